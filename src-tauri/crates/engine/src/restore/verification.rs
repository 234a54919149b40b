//! Proof: what stands in the target, read back, against what the manifest says.

use bytes::Bytes;
use mongodb::bson::{Document, RawDocument};
use source::SourceError;
use source::mongo::{CollectionInfo, CollectionKind, MongoSource, RangeReader, ScanOptions};
use tokio_util::sync::CancellationToken;
use vault::{Digest, SetDigest, Vault};

use crate::backup::stream::StreamSource;
use crate::error::EngineError;
use crate::jobs::JobHandle;
use crate::tasks::{Together, proceed};

/// Bytes of a collection worth a range of its own.
const RANGE_BYTES: u64 = 64 << 20;
/// Most ranges read at the same time.
const MOST_RANGES: u64 = 2;

/// Counts and digests, expected and found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Proof {
    pub(super) expected_documents: u64,
    pub(super) expected_digest: Digest,
    pub(super) documents: u64,
    pub(super) digest: Digest,
}

impl Proof {
    pub(super) fn expecting(documents: u64, digest: Digest) -> Self {
        Self { expected_documents: documents, expected_digest: digest, ..Self::default() }
    }

    pub(super) fn holds(&self) -> bool {
        self.documents == self.expected_documents && self.digest == self.expected_digest
    }
}

/// Reads a collection back and fills in what was found: as it lies, which costs the server least;
/// after a fault in parallel ranges, which resume after further ones.
pub(super) async fn read_back(
    reader: &MongoSource,
    vault: &Vault,
    name: &str,
    expected: Proof,
    job: &JobHandle,
) -> Result<(CollectionInfo, Proof), EngineError> {
    let info = reader.inspect_collection(name).await?.ok_or_else(|| gone(name))?;
    let stop = job.cancel().child_token();
    let digest = if info.kind == CollectionKind::Plain {
        let whole = reader.read_unordered(&info);
        match digest_range(whole, vault.digest(), job.clone(), stop.clone()).await {
            Err(EngineError::Source(error)) => {
                tracing::warn!(%error, collection = name, "the read-back begins again");
                digest_in_ranges(reader, vault, &info, job).await?
            }
            digest => digest?,
        }
    } else {
        digest_in_ranges(reader, vault, &info, job).await?
    };
    let proof = Proof { documents: digest.documents(), digest: digest.value(), ..expected };
    Ok((info, proof))
}

async fn digest_in_ranges(
    reader: &MongoSource,
    vault: &Vault,
    info: &CollectionInfo,
    job: &JobHandle,
) -> Result<SetDigest, EngineError> {
    let parts = (info.bytes / RANGE_BYTES + 1).min(MOST_RANGES);
    let ranges = reader.plan_ranges(info, usize::try_from(parts).unwrap_or(1)).await?;
    let stop = job.cancel().child_token();
    let mut tasks = Together::new(stop.clone());
    for range in &ranges {
        let range = reader.read_range(info, range, ScanOptions::default());
        tasks.spawn(digest_range(range, vault.digest(), job.clone(), stop.clone()));
    }
    let mut digest = vault.digest();
    for part in tasks.join().await? {
        digest.merge(&part);
    }
    Ok(digest)
}

async fn digest_range(
    mut range: RangeReader,
    mut digest: SetDigest,
    job: JobHandle,
    stop: CancellationToken,
) -> Result<SetDigest, EngineError> {
    while let Some(batch) = range.next_batch().await? {
        proceed(&stop)?;
        digest.add_all(batch.iter().map(|record| (record.key, record.document)));
        job.advance(batch.document_bytes());
    }
    Ok(digest)
}

/// Refuses to go on when what was read back is not what was expected.
pub(super) fn ensure(collection: &str, proof: &Proof) -> Result<(), EngineError> {
    if proof.holds() {
        return Ok(());
    }
    Err(EngineError::NotVerified {
        collection: collection.to_owned(),
        expected_documents: proof.expected_documents,
        expected_digest: proof.expected_digest.to_string(),
        documents: proof.documents,
        digest: proof.digest.to_string(),
    })
}

/// Refuses to go on when an index that should have been built is not there as it was.
pub(super) fn ensure_indexes(
    collection: &str,
    definition: &StreamSource,
    info: &CollectionInfo,
) -> Result<(), EngineError> {
    let built: Vec<Document> = info.indexes_bson.iter().filter_map(index).collect();
    let missing = definition
        .indexes
        .iter()
        .filter(|raw| !expires(raw))
        .filter_map(index)
        .find(|wanted| !built.contains(wanted));
    match missing {
        None => Ok(()),
        Some(index) => Err(EngineError::from(SourceError::UnexpectedAnswer {
            doing: "building indexes",
            on: collection.to_owned(),
            reason: format!("the index {index} is not there as it was backed up"),
        })),
    }
}

/// Whether an index deletes documents by age.
pub(super) fn expires(index: &Bytes) -> bool {
    RawDocument::from_bytes(index)
        .is_ok_and(|raw| matches!(raw.get("expireAfterSeconds"), Ok(Some(_))))
}

/// An index specification without what names its collection.
fn index(raw: &Bytes) -> Option<Document> {
    let mut document = Document::from_reader(raw.as_ref()).ok()?;
    document.remove("ns");
    Some(document)
}

fn gone(name: &str) -> EngineError {
    EngineError::from(SourceError::UnexpectedAnswer {
        doing: "reading a staged collection back",
        on: name.to_owned(),
        reason: "it does not exist any more".to_owned(),
    })
}
