//! What was scanned becomes the state at T1: what the oplog names is read again at that time.

use futures::{StreamExt, TryStreamExt, stream};
use serde_json::json;
use source::mongo::window::{CaptureWindow, WindowEnd};
use source::mongo::{CollectionKind, Image, ImageReader};
use source::profile::Part;

use super::capture::Member;
use super::slowed::Slowed;
use crate::error::EngineError;
use crate::jobs::JobHandle;

/// Collections completed at the same time.
const COLLECTIONS_AT_ONCE: usize = 2;

/// Turns what was scanned into the state at T1, some collections at the same time: of small ones
/// most time is waiting for the server.
pub(super) async fn complete(
    window: &mut CaptureWindow,
    members: &mut [Member],
    end: &WindowEnd,
    slowed: &Slowed,
    job: &JobHandle,
) -> Result<(), EngineError> {
    let mut changed = Vec::with_capacity(members.len());
    for member in members.iter_mut().filter(|member| member.info.kind != CollectionKind::View) {
        let images = images_of(window, member, end)?;
        changed.push((member, images));
    }
    let at_once = if slowed.throttle.is_some() { 1 } else { COLLECTIONS_AT_ONCE };
    stream::iter(changed)
        .map(|(member, images)| complete_member(member, images, slowed, job))
        .buffer_unordered(at_once)
        .boxed()
        .try_collect::<()>()
        .await
}

/// What of a collection was touched in the window, as it is at T1.
fn images_of(
    window: &mut CaptureWindow,
    member: &mut Member,
    end: &WindowEnd,
) -> Result<ImageReader, EngineError> {
    let membership = match (member.selection.part, &end.live) {
        (Part::Whole, _) | (_, None) => None,
        (part, Some(live)) => Some(window.filter_at_end(part, live)?),
    };
    if let (Part::Unfinished | Part::Finished, Some(live)) = (member.selection.part, &end.live) {
        member.source.unfinished = Some(live.documents().cloned().collect());
    }
    Ok(window.images(&member.info, end.time, membership.as_ref())?)
}

async fn complete_member(
    member: &mut Member,
    images: ImageReader,
    slowed: &Slowed,
    job: &JobHandle,
) -> Result<(), EngineError> {
    job.check()?;
    job.detail(&member.selection.collection);
    let (mut puts, mut deletes) = (0_u64, 0_u64);
    let mut images = if slowed.throttle.is_some() { images.gently() } else { images };
    while let Some(batch) = images.next_batch().await? {
        job.check()?;
        let mut bytes = 0;
        for image in batch {
            match image {
                Image::Put { key, document } => {
                    bytes += document.len() as u64;
                    member.stream.delta_put(&key, &document).await?;
                    puts += 1;
                }
                Image::Delete { key, .. } => {
                    member.stream.delta_delete(&key).await?;
                    deletes += 1;
                }
            }
            job.advance(1);
        }
        slowed.read(bytes).await;
    }
    if puts + deletes > 0 {
        tracing::debug!(
            collection = %member.selection.collection,
            detail = %json!({"puts": puts, "deletes": deletes}),
            "delta at T1"
        );
    }
    Ok(())
}
