//! The net below the walk: the reducer judges the log too, so nothing that it refuses passes.

use crate::invariant::{self, Severity, log::E_FSM};
use crate::reducer::{Rejection, Replay};

use super::parsed::ParsedEnvelope;
use super::report::Findings;

/// Adds what the reducer refuses and no finding explains. After an error the states differ from
/// what the rest of the log was written for, so nothing later is added.
pub(crate) fn judge_by_reducer(ordered: &[&ParsedEnvelope], findings: &mut Findings) {
    let mut replay = Replay::lenient();
    for entry in ordered {
        let refused = replay.push(&entry.envelope).err();
        for rejection in replay.take_noted().iter().chain(refused.as_ref()) {
            if !take(rejection, findings) {
                return;
            }
        }
    }
}

/// False when the reducer's states are of no use any more.
fn take(rejection: &Rejection, findings: &mut Findings) -> bool {
    let invariant = invariant::by_id(rejection.guard.invariant()).unwrap_or(&E_FSM);
    if invariant.severity <= Severity::W {
        if !findings.has_at(invariant, rejection.seq) {
            findings.report(invariant, rejection.seq, rejection.sentence.clone());
        }
        return true;
    }
    if !findings.explains(rejection.seq) {
        findings.report(invariant, rejection.seq, rejection.sentence.clone());
    }
    false
}
