//! What expires: a pure function of the policy, the sets, and the time.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use source::profile::DataClass;
use ts_rs::TS;

use super::policy::{Keep, Policy};

const DAY_MS: i64 = 24 * 3_600_000;
/// Nothing younger is removed, whatever the policy says: a backup that is at work may count on it.
const GRACE_MS: i64 = vault::PRUNE_GRACE_MS;

/// What matters of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetFacts {
    /// Its id.
    pub id: String,
    /// When it was committed, Unix time in milliseconds.
    pub taken_ms: i64,
    /// The classes it holds.
    pub classes: BTreeSet<DataClass>,
    /// Whether it holds a class that this version does not know; then it is kept.
    pub foreign: bool,
    /// The set that it was taken against, where it is an increment or a differential.
    pub base: Option<String>,
    /// Whether a restore took it of what it was about to replace.
    pub pre_image: bool,
    /// Whether somebody pinned it.
    pub pinned: bool,
    /// Whether it was read and found sound, at L2 or higher.
    pub verified: bool,
    /// Whether it holds all classes.
    pub complete: bool,
}

/// Why a set is kept although its time is over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum KeepReason {
    /// Somebody pinned it.
    Pinned,
    /// It is younger than the grace period of the store.
    Young,
    /// No other set of the class was read and found sound.
    LastVerified {
        /// The class.
        class: DataClass,
    },
    /// It is the newest set of the class.
    LastOfClass {
        /// The class.
        class: DataClass,
    },
    /// It is the newest set that holds all classes.
    LastComplete,
    /// A set that is kept was taken against it.
    BaseOf {
        /// That set.
        backup: String,
    },
}

/// What the policy says of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// When its time is over for every class that it holds; none: never.
    pub expires_ms: Option<i64>,
    /// Whether its time is over.
    pub expired: bool,
    /// Why it is kept all the same.
    pub kept: Option<KeepReason>,
}

impl Judgement {
    /// Whether the set goes.
    #[must_use]
    pub fn goes(&self) -> bool {
        self.expired && self.kept.is_none()
    }
}

/// Judges all sets of a store at `now_ms`; the order is that of `sets`.
#[must_use]
pub fn judge(policy: &Policy, sets: &[SetFacts], now_ms: i64) -> Vec<Judgement> {
    let mut judged: Vec<Judgement> = sets
        .iter()
        .map(|set| {
            let expires_ms = expires(policy, set);
            let expired = expires_ms.is_some_and(|at| at <= now_ms);
            let kept = if !expired {
                None
            } else if set.pinned {
                Some(KeepReason::Pinned)
            } else if now_ms - set.taken_ms < GRACE_MS {
                Some(KeepReason::Young)
            } else {
                None
            };
            Judgement { expires_ms, expired, kept }
        })
        .collect();
    if judged.iter().any(Judgement::goes) {
        for (at, reason) in last_ones(sets) {
            keep(&mut judged[at], reason);
        }
        keep_bases(sets, &mut judged);
    }
    judged
}

fn keep(judgement: &mut Judgement, reason: KeepReason) {
    if judgement.goes() {
        judgement.kept = Some(reason);
    }
}

/// When a set's time is over: when it is for every class that it holds.
fn expires(policy: &Policy, set: &SetFacts) -> Option<i64> {
    let after = |days: u32| set.taken_ms + i64::from(days) * DAY_MS;
    if set.foreign {
        return None;
    }
    if set.pre_image {
        return Some(after(policy.pre_image_days));
    }
    let of_class = |class: &DataClass| match policy.of(*class).keep {
        Keep::Days(days) => Some(after(days)),
        Keep::Forever(_) => None,
    };
    let mut last = None;
    for class in &set.classes {
        last = last.max(Some(of_class(class)?));
    }
    last
}

/// The sets without which a class, or the whole, could not be brought back.
fn last_ones(sets: &[SetFacts]) -> Vec<(usize, KeepReason)> {
    let mut verified = [None; DataClass::ALL.len()];
    let mut any = [None; DataClass::ALL.len()];
    let (mut complete, mut whole) = (None, None);
    let meet = |last: &mut Option<usize>, at: usize, counts: bool| {
        let order = |at: usize| (sets[at].taken_ms, &sets[at].id);
        if counts && last.is_none_or(|last| order(at) > order(last)) {
            *last = Some(at);
        }
    };
    for (at, set) in sets.iter().enumerate() {
        for class in &set.classes {
            meet(&mut verified[*class as usize], at, set.verified);
            meet(&mut any[*class as usize], at, true);
        }
        meet(&mut complete, at, set.complete);
        meet(&mut whole, at, set.complete && set.verified);
    }
    let of_class = |last: [Option<usize>; 6], reason: fn(DataClass) -> KeepReason| {
        let held = DataClass::ALL.into_iter().zip(last);
        held.filter_map(move |(class, at)| Some((at?, reason(class)))).collect::<Vec<_>>()
    };
    let mut ones = of_class(verified, |class| KeepReason::LastVerified { class });
    ones.extend(of_class(any, |class| KeepReason::LastOfClass { class }));
    let complete = [whole, complete].into_iter().flatten();
    ones.extend(complete.map(|at| (at, KeepReason::LastComplete)));
    ones
}

/// A set that stays holds what it was taken against, so that its chain is always shown whole.
fn keep_bases(sets: &[SetFacts], judged: &mut [Judgement]) {
    let going = sets.iter().enumerate().filter(|(at, _)| judged[*at].goes());
    let places: BTreeMap<&str, usize> = going.map(|(at, set)| (set.id.as_str(), at)).collect();
    for start in 0..sets.len() {
        let mut at = start;
        while !judged[at].goes()
            && let Some(base) = sets[at].base.as_deref().and_then(|base| places.get(base))
            && judged[*base].goes()
        {
            judged[*base].kept = Some(KeepReason::BaseOf { backup: sets[at].id.clone() });
            at = *base;
        }
    }
}
