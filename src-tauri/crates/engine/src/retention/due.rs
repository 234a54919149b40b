//! Which runs are due: a pure function of the policy, what was taken before, and the time.

use serde::{Deserialize, Serialize};
use source::profile::DataClass;
use ts_rs::TS;

use super::policy::{Frequency, Policy, TierMethod};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// 1970-01-01 was a Thursday.
const THURSDAY: i64 = 3;

/// A run that was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The class.
    pub class: DataClass,
    /// When it began, Unix time in milliseconds.
    pub began_ms: i64,
    /// Whether it was a full.
    pub full: bool,
}

/// What is known when asking what is due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Runs carried out, in any order.
    pub taken: Vec<Taken>,
    /// When the configuration last changed, where that is known.
    pub changed_ms: Option<i64>,
    /// Classes whose events are being followed at the moment.
    pub followed: Vec<DataClass>,
}

/// A run that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Due {
    /// The class.
    pub class: DataClass,
    /// How it is to be taken.
    pub method: TierMethod,
    /// Whether a full is to be made of what is in the store and what changed.
    pub synthetic: bool,
}

/// The runs that are due at `now_ms`. However many were missed, one makes up for them.
#[must_use]
pub fn due(policy: &Policy, history: &History, now_ms: i64) -> Vec<Due> {
    let run = |class| due_of(policy, history, class, now_ms);
    DataClass::ALL.into_iter().filter_map(run).collect()
}

fn due_of(policy: &Policy, history: &History, class: DataClass, now_ms: i64) -> Option<Due> {
    let rule = policy.of(class);
    let newest = |full_only: bool| {
        let taken = history.taken.iter().filter(|run| run.class == class);
        taken.filter(|run| run.full || !full_only).map(|run| run.began_ms).max()
    };
    let last = newest(false);
    let is_due = match rule.every {
        Frequency::Event => !history.followed.contains(&class),
        Frequency::Change => last.is_none_or(|last| history.changed_ms > Some(last)),
        every => last.is_none_or(|last| last < period_start(every, now_ms)),
    };
    if !is_due {
        return None;
    }
    let plain = |method| Some(Due { class, method, synthetic: false });
    match (rule.method, rule.full_every, newest(true)) {
        (TierMethod::Full | TierMethod::EventLog, ..) => plain(rule.method),
        // There is nothing yet to make a synthetic full of.
        (_, _, None) => plain(TierMethod::Full),
        (_, Some(full_every), Some(full)) if full < period_start(full_every, now_ms) => {
            Some(Due { class, method: TierMethod::Full, synthetic: true })
        }
        (method, ..) => plain(method),
    }
}

/// When the hour, day or week of `now_ms` began, in UTC.
fn period_start(every: Frequency, now_ms: i64) -> i64 {
    match every {
        Frequency::Hour => now_ms - now_ms.rem_euclid(HOUR_MS),
        Frequency::Week => {
            let day = now_ms.div_euclid(DAY_MS);
            (day - (day + THURSDAY).rem_euclid(7)) * DAY_MS
        }
        Frequency::Day | Frequency::Event | Frequency::Change => now_ms - now_ms.rem_euclid(DAY_MS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2028-02-28 was a Monday.
    const MONDAY: i64 = 1_835_308_800_000;

    #[test]
    fn weeks_begin_on_monday() {
        let date: jiff::Timestamp = "2028-02-28T00:00:00Z".parse().unwrap();
        assert_eq!(date.as_millisecond(), MONDAY);
        for day in 0..7 {
            let now = MONDAY + day * DAY_MS + 5 * HOUR_MS;
            assert_eq!(period_start(Frequency::Week, now), MONDAY);
        }
        assert_eq!(period_start(Frequency::Week, MONDAY - 1), MONDAY - 7 * DAY_MS);
        assert_eq!(period_start(Frequency::Hour, MONDAY + 1), MONDAY);
        assert_eq!(period_start(Frequency::Week, -1), -3 * DAY_MS);
    }

    #[test]
    fn a_chain_begins_in_full_and_goes_on_in_increments() {
        let policy = Policy::default();
        let mut history = History::default();
        let rooms = |history: &History, now| {
            due(&policy, history, now).into_iter().find(|run| run.class == DataClass::Rooms)
        };
        let first = rooms(&history, MONDAY + 10).unwrap();
        assert_eq!((first.method, first.synthetic), (TierMethod::Full, false));
        let taken = |began_ms, full| Taken { class: DataClass::Rooms, began_ms, full };
        history.taken.push(taken(MONDAY + 10, true));
        assert_eq!(rooms(&history, MONDAY + HOUR_MS - 1), None);
        let second = rooms(&history, MONDAY + HOUR_MS).unwrap();
        assert_eq!((second.method, second.synthetic), (TierMethod::Incremental, false));
        history.taken.push(taken(MONDAY + HOUR_MS, false));
        // Two days later, after nothing ran: one run, in full.
        let next = rooms(&history, MONDAY + 2 * DAY_MS).unwrap();
        assert_eq!((next.method, next.synthetic), (TierMethod::Full, true));
    }

    #[test]
    fn configuration_is_taken_once_a_change() {
        let policy = Policy::default();
        let class = DataClass::Configuration;
        let is_due =
            |history: &History| due(&policy, history, MONDAY).iter().any(|run| run.class == class);
        let mut history = History::default();
        assert!(is_due(&history));
        history.taken.push(Taken { class, began_ms: MONDAY - 50, full: true });
        assert!(!is_due(&history));
        history.changed_ms = Some(MONDAY - 60);
        assert!(!is_due(&history));
        history.changed_ms = Some(MONDAY - 40);
        assert!(is_due(&history));
    }

    #[test]
    fn an_event_log_is_followed_once() {
        let policy = Policy::default();
        let mut history = History::default();
        let follows = |history: &History| {
            due(&policy, history, 0).iter().any(|run| run.method == TierMethod::EventLog)
        };
        assert!(follows(&history));
        history.followed.push(DataClass::Active);
        assert!(!follows(&history));
    }
}
