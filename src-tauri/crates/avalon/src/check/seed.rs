//! R-RNG: a log that tells the seed of its deal can be dealt again.

use crate::deal;
use crate::event::Event;
use crate::invariant::roles::R_RNG;
use crate::sentence;

use super::parsed::ParsedEnvelope;
use super::report::Findings;

/// Judges the deal by the seed that an event of the log tells as `seed`, 64 hexadecimal digits.
/// False when no event tells it.
pub(crate) fn judge_seed(log: &[&ParsedEnvelope], findings: &mut Findings) -> bool {
    let told = log.iter().find_map(|entry| {
        let seed = entry.envelope.payload_extra.as_ref()?.get("seed")?;
        Some((entry.seq(), seed))
    });
    let Some((seq, seed)) = told else {
        return false;
    };
    match seed.as_str().and_then(crate::digest::Digest::from_hex) {
        Some(seed) => judge_deal(log, seq, seed.as_bytes(), findings),
        None => findings.report(&R_RNG, seq, sentence!("the seed is not 64 hexadecimal digits")),
    }
    true
}

fn judge_deal(log: &[&ParsedEnvelope], seq: u64, seed: &deal::Seed, findings: &mut Findings) {
    let mut created = None;
    let mut dealt = None;
    for entry in log {
        match &entry.envelope.event {
            Event::GameCreated(event) => created = created.or(Some(event)),
            Event::RolesAssigned(event) => dealt = dealt.or(Some((entry.seq(), event))),
            _ => {}
        }
    }
    let Some(created) = created else { return };
    let commitment = deal::commitment(seed);
    if created.rng_commit.as_ref().is_some_and(|commit| *commit != commitment) {
        findings.report(
            &R_RNG,
            seq,
            sentence!("the seed is not the one committed to at the creation"),
        );
    }
    let (Some(rules), Some((dealt_at, dealt))) = (created.profile.rules(), dealt) else {
        return;
    };
    let due = deal::deal(seed, rules).roles;
    let roles: Vec<_> =
        created.seats.iter().filter_map(|player| dealt.roles.get(player).copied()).collect();
    if roles != due {
        findings.report(&R_RNG, dealt_at, sentence!("the seed deals other roles"));
    }
}
