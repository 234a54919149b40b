//! Where to cut a collection into ranges.

use bytes::Bytes;

use super::super::command::{ReadTime, ReplyCursor};
use super::super::connect::MongoSource;
use super::super::inspect::CollectionInfo;
use super::id_document;
use crate::SourceError;
use crate::mongo::RawBatch;
use crate::rawbson::DocumentWriter;
use crate::sortkey;

/// Samples per range: with 40 the sizes of ranges differ by a factor of two at the very most.
const SAMPLES_PER_RANGE: usize = 40;

/// At most `parts − 1` different `_id`s in ascending order, as raw `{_id: …}`, that cut the
/// collection into ranges of about the same number of documents.
pub(super) async fn sample(
    source: &MongoSource,
    info: &CollectionInfo,
    parts: usize,
) -> Result<Vec<Bytes>, SourceError> {
    if parts < 2 {
        return Ok(Vec::new());
    }
    // $sample walks a random cursor only for less than 5 % of the documents, else it sorts all.
    let cheap = usize::try_from(info.documents / 21).unwrap_or(usize::MAX);
    let size = (parts * SAMPLES_PER_RANGE).min(cheap).max(parts * 2);
    let mut samples = sampled_ids(source, info, size).await?;
    samples.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    samples.dedup_by(|a, b| a.0 == b.0);
    let count = samples.len();
    let mut cuts: Vec<(Vec<u8>, Bytes)> = Vec::with_capacity(parts - 1);
    for part in 1..parts {
        let Some(cut) = samples.get(part * count / parts) else {
            continue;
        };
        if cuts.last().is_none_or(|last| last.0 < cut.0) {
            cuts.push(cut.clone());
        }
    }
    Ok(cuts.into_iter().map(|(_, id)| id).collect())
}

async fn sampled_ids(
    source: &MongoSource,
    info: &CollectionInfo,
    size: usize,
) -> Result<Vec<(Vec<u8>, Bytes)>, SourceError> {
    let on = source.namespace(&info.name);
    let malformed = |error| SourceError::malformed(on.clone(), error);
    let mut command = DocumentWriter::with_capacity(256);
    command.string("aggregate", &info.name);
    command.array("pipeline", &sample_pipeline(size));
    command.document("cursor", &DocumentWriter::default().finish());
    ReadTime::Newest.append(&mut command);
    let mut cursor = ReplyCursor::open(source.database(), "sampling _ids", &on, command).await?;
    let mut ids = Vec::with_capacity(size);
    while let Some(reply) = cursor.next_reply().await? {
        let batch = RawBatch::from_reply(reply, None).map_err(malformed)?;
        for record in batch.iter() {
            let id = sortkey::id_element(record.document).map_err(malformed)?;
            ids.push((record.key.to_vec(), id_document(id.kind, id.value)));
        }
    }
    Ok(ids)
}

fn sample_pipeline(size: usize) -> Vec<u8> {
    let mut amount = DocumentWriter::default();
    amount.i32("size", i32::try_from(size).unwrap_or(i32::MAX));
    let mut sample = DocumentWriter::default();
    sample.document("$sample", &amount.finish());
    let mut only_id = DocumentWriter::default();
    only_id.i32("_id", 1);
    let mut project = DocumentWriter::default();
    project.document("$project", &only_id.finish());
    let mut pipeline = DocumentWriter::default();
    pipeline.document("0", &sample.finish()).document("1", &project.finish());
    pipeline.finish()
}
