//! Which sets a store's cycle asks for: of each day, week or month the newest of each class.

use std::collections::{BTreeMap, BTreeSet};

use vault::{Catalog, SetSummary};

use super::outcome::Cycle;
use crate::backup::is_requested;

const DAY_MS: i64 = 24 * 3_600_000;
/// 1970-01-01 was a Thursday.
const THURSDAY: i64 = 3;

/// Sets of the primary that belong into a replica and are not there, oldest first. What was removed
/// there is not asked for again.
pub(crate) fn due<'s>(
    cycle: Cycle,
    primary: &'s [SetSummary],
    replica: Option<&Catalog>,
) -> Vec<&'s SetSummary> {
    let mut newest: BTreeMap<(i64, &str), &SetSummary> = BTreeMap::new();
    for set in primary.iter().filter(|set| is_requested(set)) {
        for class in &set.classes {
            let place = newest.entry((period(cycle, set.consistent_at_ms), class)).or_insert(set);
            if set.consistent_at_ms >= place.consistent_at_ms {
                *place = set;
            }
        }
    }
    let wanted: BTreeSet<&str> = newest.values().map(|set| set.id.as_str()).collect();
    let there = |id: &String| {
        replica.is_some_and(|replica| {
            replica.removed.contains(id) || replica.sets.iter().any(|set| set.id == *id)
        })
    };
    let is_due = |set: &&SetSummary| wanted.contains(set.id.as_str()) && !there(&set.id);
    primary.iter().filter(is_due).collect()
}

/// The number of the period that a moment lies in, rising with time.
pub(super) fn period(cycle: Cycle, at_ms: i64) -> i64 {
    let day = at_ms.div_euclid(DAY_MS);
    match cycle {
        Cycle::Day => day,
        Cycle::Week => (day + THURSDAY).div_euclid(7),
        Cycle::Month => {
            let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default();
            let date = at.to_zoned(jiff::tz::TimeZone::UTC).date();
            i64::from(date.year()) * 12 + i64::from(date.month())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2028-02-28 was a Monday.
    const MONDAY: i64 = 1_835_308_800_000;

    fn set(id: &str, at_ms: i64, classes: &[&str]) -> SetSummary {
        SetSummary {
            id: id.to_owned(),
            started_at_ms: at_ms,
            committed_at_ms: at_ms,
            cluster_time: String::new(),
            consistent_at_ms: at_ms,
            classes: classes.iter().map(|class| (*class).to_owned()).collect(),
            documents: 0,
            bytes: 0,
            stored_bytes: 0,
            key_epoch: 1,
            tool_version: String::new(),
            writer_id: String::new(),
            fencing_token: 0,
            attributes: [("origin".to_owned(), "requested".to_owned())].into(),
        }
    }

    fn ids(sets: &[&SetSummary]) -> Vec<String> {
        sets.iter().map(|set| set.id.clone()).collect()
    }

    #[test]
    fn periods_follow_the_calendar() {
        assert_eq!(period(Cycle::Week, MONDAY) - 1, period(Cycle::Week, MONDAY - 1));
        assert_eq!(period(Cycle::Week, MONDAY), period(Cycle::Week, MONDAY + 7 * DAY_MS - 1));
        // Tuesday was the 29th, Wednesday the first of March.
        let month = |days: i64| period(Cycle::Month, MONDAY + days * DAY_MS);
        assert_eq!(month(0), month(1));
        assert_eq!(month(1) + 1, month(2));
        assert_eq!(period(Cycle::Day, -1), -1);
    }

    #[test]
    fn of_each_period_the_newest_of_each_class_is_due() {
        let sets = [
            set("1", MONDAY, &["a", "b"]),
            set("2", MONDAY + DAY_MS, &["a", "b"]),
            set("3", MONDAY + 2 * DAY_MS, &["a"]),
            set("4", MONDAY + 8 * DAY_MS, &["a", "b"]),
        ];
        assert_eq!(ids(&due(Cycle::Week, &sets, None)), ["2", "3", "4"]);
        assert_eq!(ids(&due(Cycle::Month, &sets, None)), ["2", "4"]);
        assert_eq!(due(Cycle::Day, &sets, None).len(), 4);
        let there = Catalog {
            sets: vec![sets[1].clone()],
            removed: ["4".to_owned()].into(),
            ..Catalog::default()
        };
        assert_eq!(ids(&due(Cycle::Week, &sets, Some(&there))), ["3"]);
        let mut pre_image = set("5", MONDAY + 9 * DAY_MS, &["a", "b"]);
        pre_image.attributes.insert("origin".to_owned(), "pre_image".to_owned());
        assert!(due(Cycle::Week, &[pre_image], None).is_empty());
    }
}
