use futures::TryStreamExt;
use mongodb::Collection;
use mongodb::bson::{Document, doc};
use vault::Vault;

use super::outcome::{SnapshotListRequest, SnapshotPage, SnapshotRow, SnapshotTotal};
use super::{body, collection, filter, stored};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::failed;
use crate::listen;

/// Most rows of a page.
const MOST: u32 = 200;
/// How far matches are counted: what a count may cost.
const COUNTED: u64 = 10_000;

/// A page of snapshots, newest first. Looked for by what is in plain; a player by the keyed hash.
///
/// # Errors
/// When MongoDB or the vault is not connected, or the request is invalid; also when too many ids
/// begin with the text.
pub async fn list(
    engine: &Engine,
    request: &SnapshotListRequest,
) -> Result<SnapshotPage, EngineError> {
    if request.limit == 0 || request.limit > MOST {
        let reason = format!("{} is not between 1 and {MOST}", request.limit);
        return Err(EngineError::Invalid { field: "limit", reason });
    }
    let vault = engine.vault()?;
    let (snapshots, name) = collection(&engine.source()?)?;
    let failed = |error| failed("listing snapshots", &name, error);
    let wanted = filter::wanted(&snapshots, &name, request, &vault).await?;
    let total = match &request.cursor {
        Some(_) => None,
        None => Some(total(&snapshots, wanted.clone()).await.map_err(failed)?),
    };
    let from = request.cursor.as_deref().map(filter::after).transpose()?;
    let conditions: Vec<Document> = [wanted].into_iter().chain(from).collect();
    let mut found = snapshots
        .find(doc! { "$and": conditions })
        .sort(doc! { "timestamp": -1, "_id": -1 })
        .limit(i64::from(request.limit) + 1)
        .await
        .map_err(failed)?;
    let mut rows: Vec<SnapshotRow> = Vec::new();
    while let Some(document) = found.try_next().await.map_err(failed)? {
        rows.extend(row(&vault, &document).await);
    }
    let more = rows.len() > request.limit as usize;
    rows.truncate(request.limit as usize);
    let cursor = rows.last().filter(|_| more).map(|row| format!("{}:{}", row.at, row.id));
    let followed_by = listen::running(engine).await?.map(|job| job.id);
    Ok(SnapshotPage { snapshots: rows, cursor, total, followed_by })
}

/// The row of a stored document; none when it is no snapshot. Of a body that does not open, only
/// what is in plain is told.
pub(super) async fn row(vault: &Vault, document: &Document) -> Option<SnapshotRow> {
    let row = stored::row(document)?;
    let opened = body::open(vault, &row.id, stored::body(document).unwrap_or_default()).await;
    Some(SnapshotRow { at_seq: opened.ok().map(|body| body.at_seq), ..row })
}

async fn total(
    snapshots: &Collection<Document>,
    wanted: Document,
) -> mongodb::error::Result<SnapshotTotal> {
    // Without a condition the documents would be counted, not the places of an index.
    let dated = doc! { "timestamp": { "$type": "date" } };
    let wanted = if wanted.is_empty() { dated } else { wanted };
    let found = snapshots.count_documents(wanted).limit(COUNTED + 1).await?;
    Ok(SnapshotTotal { count: found.min(COUNTED), capped: found > COUNTED })
}
