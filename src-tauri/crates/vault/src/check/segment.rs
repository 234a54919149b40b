//! Looking at one segment.

use std::sync::Arc;

use bytes::Bytes;

use super::{Problem, ProblemKind};
use crate::VaultError;
use crate::crypto::object::{Header, ObjectType};
use crate::manifest::SegmentRef;
use crate::objects::{hash_of, key_of};
use crate::segment::{fits, on_worker};
use crate::vault::VaultInner;

/// How deep to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// It is there, with its size.
    Presence,
    /// Its bytes match their hash; needs no key.
    Bytes,
    /// It opens and holds what its name, its index and its page tell.
    Content,
}

/// What was seen.
#[derive(Debug)]
pub(super) struct Looked {
    pub(super) bytes: u64,
    pub(super) problem: Option<Problem>,
}

pub(super) async fn look_at(
    vault: Arc<VaultInner>,
    object_type: ObjectType,
    segment: SegmentRef,
    depth: Depth,
) -> Result<Looked, VaultError> {
    let key = key_of(object_type, &segment.object.name);
    let missing = || Looked {
        bytes: 0,
        problem: Some(Problem::new(&key, ProblemKind::Missing, "it is not in the store")),
    };
    let mut odd_size = None;
    if depth == Depth::Presence {
        match vault.store.stat(&key).await? {
            None => return Ok(missing()),
            Some(info) if info.size == segment.object.size => {
                return Ok(Looked { bytes: 0, problem: None });
            }
            Some(info) => odd_size = Some(info.size),
        }
    }
    let bytes = match vault.fetch(&key).await {
        Ok(bytes) => bytes,
        Err(error) => {
            return Ok(Looked { bytes: 0, problem: Some(Problem::from_error(error)?) });
        }
    };
    let read = bytes.len() as u64;
    let result = on_worker(move || {
        // Two writers may have stored the same content at once: other bytes than recorded are
        // sound when they open and hold what the name says.
        if depth == Depth::Bytes && hash_of(&bytes) == segment.object.hash {
            return Header::verify(&key, &bytes).map(drop);
        }
        content(&vault, object_type, &key, &segment, &bytes)
    })
    .await;
    let problem = match (result, odd_size) {
        (Ok(()), _) => None,
        (Err(error), None) => Some(Problem::from_error(error)?),
        (Err(error), Some(size)) => {
            let mut problem = Problem::from_error(error)?;
            problem.kind = ProblemKind::Size;
            problem.detail = format!("it has {size} bytes; {}", problem.detail);
            Some(problem)
        }
    };
    Ok(Looked { bytes: read, problem })
}

/// Opens a segment and computes everything anew.
fn content(
    vault: &VaultInner,
    object_type: ObjectType,
    key: &str,
    segment: &SegmentRef,
    bytes: &Bytes,
) -> Result<(), VaultError> {
    let decoded = vault.open_segment(object_type, key, bytes)?;
    fits(key, segment, &decoded.index)?;
    let (sum, length) = vault.sum_of(object_type, key, &segment.object.name, &decoded)?;
    let totals = &segment.totals;
    if sum.value() != totals.digest || length != totals.bytes {
        let detail = "its digest is not the one that its page tells";
        return Err(VaultError::damaged(key, ProblemKind::Manifest, detail));
    }
    Ok(())
}
