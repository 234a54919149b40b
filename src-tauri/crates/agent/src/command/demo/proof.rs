//! What the story holds itself to.

use std::collections::BTreeSet;

use api::ApiError;
use api::engine::compare::outcome::CompareOutcome;
use api::message::sandbox::DamageLabel;

use crate::failure::Failure;

/// Collections whose documents change while games go on.
const LIVING: [&str; 4] = ["users", "rooms", "games", "stats"];

/// Fails the story when a claim does not hold.
pub fn that(holds: bool, claim: &str) -> Result<(), Failure> {
    if holds {
        return Ok(());
    }
    Err(ApiError::permanent("not_verified", format!("this does not hold: {claim}"))
        .hint("Run again with AVAULT_LOG=info and look at the log.")
        .into())
}

/// Each damaged collection is reported with documents missing or different.
pub fn damage_found(labels: &[DamageLabel], outcome: &CompareOutcome) -> Result<(), Failure> {
    for name in collections(labels) {
        let told = wrong(outcome, name);
        that(told > 0, &format!("the comparison reports the damage in {name}"))?;
    }
    that(!outcome.equal, "the comparison reports damage")
}

/// No damaged collection has a document missing, nor, where games that go on change nothing, a
/// document different.
pub fn damage_gone(labels: &[DamageLabel], outcome: &CompareOutcome) -> Result<(), Failure> {
    for name in collections(labels) {
        let told =
            if LIVING.contains(&name) { missing(outcome, name) } else { wrong(outcome, name) };
        that(told == 0, &format!("nothing is missing or different in {name}"))?;
    }
    Ok(())
}

fn collections(labels: &[DamageLabel]) -> BTreeSet<&str> {
    labels.iter().map(|label| label.collection.as_str()).collect()
}

fn missing(outcome: &CompareOutcome, collection: &str) -> u64 {
    let parts = outcome.collections.iter().filter(|part| part.collection == collection);
    parts.map(|part| part.missing).sum()
}

fn wrong(outcome: &CompareOutcome, collection: &str) -> u64 {
    let parts = outcome.collections.iter().filter(|part| part.collection == collection);
    parts.map(|part| part.missing + part.different).sum()
}
