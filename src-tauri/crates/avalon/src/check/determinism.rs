//! E-DETERMINISM: however a log is replayed, the same state comes out.

use serde_json::Value;

use super::parsed::ParsedEnvelope;
use crate::digest::Digest;
use crate::event::{Envelope, Event};
use crate::invariant::{Finding, log::E_DETERMINISM};
use crate::sentence;
use crate::state::GameState;

/// A stored state of a game, right after one of its events.
#[derive(Debug, Clone)]
pub struct StateAt<'a> {
    /// The event.
    pub seq: u64,
    /// The state as stored.
    pub state: &'a Value,
}

/// Replays the log from the start and from each snapshot and compares the hashes of the final
/// states. Only a log that replays whole, and whose resets all lie before a snapshot, tells
/// anything from that snapshot; others are passed over.
#[must_use]
pub fn check_determinism(log: &[ParsedEnvelope], snapshots: &[StateAt<'_>]) -> Vec<Finding> {
    let envelopes = || log.iter().map(|entry| &entry.envelope);
    let whole = || crate::reducer::fold(envelopes()).ok().and_then(|state| state.state_hash().ok());
    let Some(expected) = whole() else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    if whole() != Some(expected) {
        findings
            .push(E_DETERMINISM.finding(None, sentence!("two replays lead to different states")));
    }
    for snapshot in snapshots {
        if envelopes().any(|event| event.seq > snapshot.seq && is_reset(event)) {
            continue;
        }
        if replay_from(snapshot, envelopes()) != Some(expected) {
            let detail =
                sentence!("a replay from this state leads to another end than one from the start");
            findings.push(E_DETERMINISM.finding(snapshot.seq, detail));
        }
    }
    findings
}

fn is_reset(event: &Envelope) -> bool {
    matches!(event.event, Event::GameRestored(_) | Event::GameRolledBack(_))
}

fn replay_from<'a>(
    snapshot: &StateAt<'_>,
    log: impl Iterator<Item = &'a Envelope>,
) -> Option<Digest> {
    let mut state: GameState = serde_json::from_value(snapshot.state.clone()).ok()?;
    for envelope in log.filter(|envelope| envelope.seq > snapshot.seq) {
        state.apply(envelope).ok()?;
    }
    state.state_hash().ok()
}
