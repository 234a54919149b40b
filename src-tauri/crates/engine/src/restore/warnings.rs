//! Reasons for care that a plan carries, worst first.

use std::collections::BTreeMap;

use super::destination::Destination;
use super::outcome::CollectionChange;
use super::scope::Scope;
use super::verification::expires;
use crate::backup::is_complete;
use crate::backup::outcome::{Level, VerificationView};
use crate::job::Problem;

/// What warnings are drawn from.
pub(super) struct Facts<'a> {
    pub(super) scope: &'a Scope,
    pub(super) destination: &'a Destination,
    pub(super) changes: &'a [CollectionChange],
    pub(super) verification: Option<VerificationView>,
    pub(super) live_games: u64,
    pub(super) busy: bool,
}

pub(super) fn warnings(facts: &Facts<'_>) -> Vec<Problem> {
    let found = [
        damaged(facts),
        lost(facts),
        paused(facts),
        shared(facts),
        incomplete(facts),
        expiring(facts),
        unverified(facts),
    ];
    found.into_iter().flatten().collect()
}

fn problem(code: &str, message: String, hint: &str, context: &[(&str, String)]) -> Problem {
    Problem {
        code: code.to_owned(),
        message,
        hint: Some(hint.to_owned()),
        context: context
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect::<BTreeMap<_, _>>(),
    }
}

fn damaged(facts: &Facts<'_>) -> Option<Problem> {
    let failed = facts.verification.as_ref().filter(|view| !view.ok)?;
    Some(problem(
        "backup_damaged",
        format!("the last verification of this backup found {} problems", failed.problems),
        "choose another backup; a damaged document stops the restore before anything is switched",
        &[("problems", failed.problems.to_string())],
    ))
}

fn lost(facts: &Facts<'_>) -> Option<Problem> {
    let removed: u64 = facts.changes.iter().map(|change| change.removed).sum();
    let changed: u64 = facts.changes.iter().map(|change| change.changed).sum();
    (removed + changed > 0).then(|| {
        problem(
            "newer_documents_lost",
            format!("{removed} documents that the backup lacks go, {changed} change back"),
            "they are kept in a pre-image first; undo brings them back",
            &[("removed", removed.to_string()), ("changed", changed.to_string())],
        )
    })
}

fn paused(facts: &Facts<'_>) -> Option<Problem> {
    (facts.busy && facts.destination.in_place).then(|| {
        problem(
            "live_games_paused",
            format!("{} games are being played and are paused for the switch", facts.live_games),
            "players wait for a few seconds, then their games go on from the backup's state",
            &[("games", facts.live_games.to_string())],
        )
    })
}

fn shared(facts: &Facts<'_>) -> Option<Problem> {
    let item = facts.scope.items.iter().find(|item| item.carry.is_some())?;
    Some(problem(
        "other_part_kept",
        format!("{} is restored in part; the rest of it stays as it is", item.collection()),
        "restore the active and the finished games together for one moment of both",
        &[("collection", item.collection().to_owned())],
    ))
}

fn incomplete(facts: &Facts<'_>) -> Option<Problem> {
    (!is_complete(&facts.scope.manifest.summary)).then(|| {
        problem(
            "backup_incomplete",
            "the backup does not hold all six classes".to_owned(),
            "classes it lacks stay as they are, and may then refer to what is not there",
            &[],
        )
    })
}

fn expiring(facts: &Facts<'_>) -> Option<Problem> {
    let collections: Vec<&str> = facts
        .scope
        .items
        .iter()
        .filter(|item| item.definition.indexes.iter().any(expires))
        .map(|item| item.collection())
        .collect();
    (!collections.is_empty()).then(|| {
        let names = collections.join(", ");
        problem(
            "documents_expire",
            format!("{names} delete documents by age; what is past its age goes again soon"),
            "restore into another database to look at them, without their expiry",
            &[("collections", names.clone())],
        )
    })
}

fn unverified(facts: &Facts<'_>) -> Option<Problem> {
    let level = facts.verification.as_ref().filter(|view| view.ok).and_then(|view| view.proven);
    (level < Some(Level::L2) && facts.verification.as_ref().is_none_or(|view| view.ok)).then(|| {
        problem(
            "backup_unverified",
            "this backup's bytes have not been read since it was taken".to_owned(),
            "verify it at L3 first, or rely on the restore's own verification",
            &[],
        )
    })
}
