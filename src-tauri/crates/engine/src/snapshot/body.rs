//! The sealed part of a stored snapshot: a whole document or the delta to another one, as JSON in a
//! Protocol Buffers message, compressed, then sealed under the snapshot's id.

use avalon::digest::Digest;
use avalon::snapshot::{Snapshot, SnapshotError, delta};
use prost::Message;
use serde_json::Value;
use vault::Vault;

use super::proto::SnapshotBody;
use crate::error::EngineError;
use crate::wire;

/// Version of the message.
const FORMAT: u32 = 1;
/// Most deltas between a snapshot and its keyframe: what opening any snapshot may cost.
pub(super) const MOST_DEEP: u32 = 7;
/// A body says how long it is uncompressed; one that claims more is not taken.
const LARGEST: usize = 64 << 20;

/// A snapshot as it can be the base of the next.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    pub(super) id: String,
    pub(super) base: Option<String>,
    pub(super) depth: u32,
    pub(super) at_seq: u64,
    /// The essence of the document or the document itself: what deltas are made between.
    content: Value,
    essence: bool,
}

impl Opened {
    /// The document, in the present form whatever version it was stored in.
    pub(super) fn document(&self) -> Result<Snapshot, SnapshotError> {
        let content = self.content.clone();
        if self.essence { Snapshot::of_essence(content) } else { Snapshot::of_document(content) }
    }
}

/// Seals a document: as a delta to `base` where that is smaller and not too deep. With the body
/// comes what the next can stand on.
pub(super) fn seal(
    vault: &Vault,
    document: &Snapshot,
    base: Option<&Opened>,
) -> Result<(Vec<u8>, Opened), EngineError> {
    let id = &document.snapshot_id;
    let at_seq = document.at_seq().unwrap_or_default();
    let failed = |error: serde_json::Error| EngineError::Worker { detail: error.to_string() };
    let (content, essence) = match document.essence() {
        Some(essence) => (essence, true),
        None => (serde_json::to_value(document).map_err(failed)?, false),
    };
    let whole = content.to_string();
    let change = base
        .filter(|base| base.depth < MOST_DEEP)
        .and_then(|base| Some((base, delta::delta(&base.content, &content)?.to_string())))
        .filter(|(_, change)| change.len() < whole.len());
    let (base, depth, base_digest, stored) = match change {
        Some((base, change)) => (base.id.clone(), base.depth + 1, digest(&base.content)?, change),
        None => (String::new(), 0, 0, whole),
    };
    let opened = Opened {
        id: id.clone(),
        base: Some(base.clone()).filter(|base| !base.is_empty()),
        depth,
        at_seq,
        content,
        essence,
    };
    let content = stored.into_bytes();
    let body = SnapshotBody { format: FORMAT, base, depth, at_seq, content, essence, base_digest };
    let packed = snap::raw::Encoder::new()
        .compress_vec(&body.encode_to_vec())
        .map_err(|error| EngineError::Worker { detail: error.to_string() })?;
    Ok((vault.seal_detached(&name(id), &packed)?.to_vec(), opened))
}

/// Opens a body, not yet applied to its base.
pub(super) async fn open(
    vault: &Vault,
    id: &str,
    sealed: &[u8],
) -> Result<SnapshotBody, EngineError> {
    let unreadable = |detail: String| EngineError::SnapshotUnusable { id: id.to_owned(), detail };
    let packed = vault.open_detached(&name(id), sealed).await?;
    let length =
        snap::raw::decompress_len(&packed).map_err(|error| unreadable(error.to_string()))?;
    if length > LARGEST {
        return Err(unreadable(format!("it claims to hold {length} bytes")));
    }
    let plain = snap::raw::Decoder::new()
        .decompress_vec(&packed)
        .map_err(|error| unreadable(error.to_string()))?;
    let body =
        SnapshotBody::decode(plain.as_slice()).map_err(|error| unreadable(error.to_string()))?;
    if body.format > FORMAT {
        let detail = format!("its form is {}; this version reads {FORMAT}", body.format);
        return Err(EngineError::SnapshotTooNew { id: id.to_owned(), detail });
    }
    if body.format != FORMAT {
        return Err(unreadable(format!("its form {} is not known here", body.format)));
    }
    Ok(body)
}

/// What a body holds, given what its base holds.
pub(super) fn applied(
    id: &str,
    body: SnapshotBody,
    base: Option<&Opened>,
) -> Result<Opened, EngineError> {
    let unreadable = |detail: String| EngineError::SnapshotUnusable { id: id.to_owned(), detail };
    let content: Value = serde_json::from_slice(&body.content)
        .map_err(|error| unreadable(format!("its content is no JSON: {error}")))?;
    let content = match (base, body.base.is_empty()) {
        (None, true) => content,
        (Some(base), false) => {
            // Bodies of before the digest have none.
            if body.base_digest != 0 && body.base_digest != digest(&base.content)? {
                let detail = format!("its base {} is not the one that it was made from", base.id);
                return Err(unreadable(detail));
            }
            let mut applied = base.content.clone();
            delta::apply(&mut applied, &content).map_err(|error| unreadable(error.to_string()))?;
            applied
        }
        _ => return Err(unreadable("it does not fit its base".to_owned())),
    };
    Ok(Opened {
        id: id.to_owned(),
        base: Some(body.base).filter(|base| !base.is_empty()),
        depth: body.depth,
        at_seq: body.at_seq,
        content,
        essence: body.essence,
    })
}

/// Tells one base from another, in whatever order its members lie; what keeps it from being forged
/// is the seal.
fn digest(content: &Value) -> Result<u64, EngineError> {
    let digest = Digest::of(wire::canonical(content)?.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&digest.as_bytes()[..8]);
    Ok(u64::from_le_bytes(first).max(1))
}

fn name(id: &str) -> String {
    format!("snapshot/{id}")
}
