//! The sealed part of a stored snapshot: a whole document or the delta to another one, as JSON in a
//! Protocol Buffers message, compressed, then sealed under the snapshot's id.

use avalon::snapshot::delta;
use prost::Message;
use serde_json::Value;
use vault::Vault;

use super::proto::SnapshotBody;
use crate::error::EngineError;

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
    pub(super) document: Value,
}

/// Seals a document: as a delta to `base` where that is smaller and not too deep.
pub(super) fn seal(
    vault: &Vault,
    id: &str,
    at_seq: u64,
    document: &Value,
    base: Option<&Opened>,
) -> Result<Vec<u8>, EngineError> {
    let whole = document.to_string();
    let change = base
        .filter(|base| base.depth < MOST_DEEP)
        .and_then(|base| Some((base, delta::delta(&base.document, document)?.to_string())))
        .filter(|(_, change)| change.len() < whole.len());
    let body = match change {
        Some((base, change)) => SnapshotBody {
            format: FORMAT,
            base: base.id.clone(),
            depth: base.depth + 1,
            at_seq,
            content: change.into_bytes(),
        },
        None => SnapshotBody {
            format: FORMAT,
            base: String::new(),
            depth: 0,
            at_seq,
            content: whole.into_bytes(),
        },
    };
    let packed = snap::raw::Encoder::new()
        .compress_vec(&body.encode_to_vec())
        .map_err(|error| EngineError::Worker { detail: error.to_string() })?;
    Ok(vault.seal_detached(&name(id), &packed)?.to_vec())
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
    if body.format != FORMAT {
        return Err(unreadable(format!("its form {} is not known here", body.format)));
    }
    Ok(body)
}

/// The document of a body, given that of its base.
pub(super) fn document(
    id: &str,
    body: SnapshotBody,
    base: Option<&Value>,
) -> Result<Opened, EngineError> {
    let unreadable = |detail: String| EngineError::SnapshotUnusable { id: id.to_owned(), detail };
    let content: Value = serde_json::from_slice(&body.content)
        .map_err(|error| unreadable(format!("its content is no JSON: {error}")))?;
    let document = match (base, body.base.is_empty()) {
        (None, true) => content,
        (Some(base), false) => {
            let mut document = base.clone();
            delta::apply(&mut document, &content).map_err(|error| unreadable(error.to_string()))?;
            document
        }
        _ => return Err(unreadable("it does not fit its base".to_owned())),
    };
    Ok(Opened {
        id: id.to_owned(),
        base: Some(body.base).filter(|base| !base.is_empty()),
        depth: body.depth,
        at_seq: body.at_seq,
        document,
    })
}

fn name(id: &str) -> String {
    format!("snapshot/{id}")
}
