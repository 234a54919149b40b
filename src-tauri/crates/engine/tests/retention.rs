//! The policy over a simulated year, and what no policy may do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use engine::retention::{
    ClassPolicy, Frequency, Judgement, Keep, KeepReason, Policy, Scenario, SetFacts, TierMethod,
    judge, simulate,
};
use proptest::prelude::*;
use source::profile::DataClass;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

fn moment(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

/// The leap year 2028, which begins on a Saturday; on Monday, 13 March, the machine is off.
fn leap_year() -> Scenario {
    let monday = moment("2028-03-13T00:00:00Z");
    Scenario {
        start_ms: moment("2028-01-01T00:00:00Z"),
        days: 366,
        changes_ms: vec![
            moment("2028-01-11T12:30:00Z"),
            moment("2028-03-13T05:00:00Z"),
            moment("2028-07-19T00:00:00Z"),
        ],
        away_ms: vec![monday..monday + DAY_MS],
    }
}

#[test]
fn a_year_of_the_default_policy_is_exactly_this() {
    let scenario = leap_year();
    let year = simulate(&Policy::default(), &scenario);
    let mut runs: BTreeMap<(DataClass, TierMethod, bool), usize> = BTreeMap::new();
    for run in &year.runs {
        *runs.entry((run.due.class, run.due.method, run.due.synthetic)).or_default() += 1;
    }
    use DataClass::{Accounts, Active, Configuration, History, Rooms, Statistics};
    use TierMethod::{EventLog, Full, Incremental};
    let expected = BTreeMap::from([
        // 366 days, one of them missed.
        ((Accounts, Full, false), 365),
        // The first of all is plain; then one a day, 23 increments between.
        ((Rooms, Full, false), 1),
        ((Rooms, Full, true), 364),
        ((Rooms, Incremental, false), 365 * 23),
        // Followed from the start, and again when the machine is back.
        ((Active, EventLog, false), 2),
        ((History, Full, false), 365),
        // The first day, and 52 Mondays, one of them a day late.
        ((Statistics, Full, false), 53),
        // The first day, and three changes, one of them found a day late.
        ((Configuration, Full, false), 4),
    ]);
    assert_eq!(runs, expected);
    assert_eq!(year.runs.len(), 9549);

    let count = |class| year.expiries.iter().filter(|expiry| expiry.class == class).count();
    let left = |class| year.left.iter().filter(|set| set.class == class).count();
    assert_eq!((count(Accounts), left(Accounts)), (275, 90));
    assert_eq!((count(History), left(History)), (275, 90));
    assert_eq!((count(Rooms), left(Rooms)), (335 * 24, 30 * 24));
    assert_eq!((count(Statistics), left(Statistics)), (28, 25));
    assert_eq!((count(Configuration), left(Configuration)), (0, 4));
    assert_eq!(year.expiries.len(), 8618);
    // A day's chain of rooms waits for its last increment: 30 days of sets, and one day more.
    assert_eq!(year.most[&Rooms], 31 * 24);
    assert_eq!(year.most[&Accounts], 91);
}

#[test]
fn each_set_goes_in_the_hour_in_which_its_time_is_over() {
    let scenario = leap_year();
    let year = simulate(&Policy::default(), &scenario);
    let back_ms = scenario.away_ms[0].end;
    let open_ms = |at_ms: i64| if scenario.away_ms[0].contains(&at_ms) { back_ms } else { at_ms };
    for expiry in &year.expiries {
        let over_ms = match expiry.class {
            DataClass::Accounts | DataClass::History => expiry.taken_ms + 90 * DAY_MS,
            // With the last increment of its day.
            DataClass::Rooms => {
                expiry.taken_ms.div_euclid(DAY_MS) * DAY_MS + 30 * DAY_MS + 23 * HOUR_MS
            }
            DataClass::Statistics => expiry.taken_ms + 180 * DAY_MS,
            DataClass::Active | DataClass::Configuration => panic!("{expiry:?}"),
        };
        assert_eq!(expiry.at_ms, open_ms(over_ms), "{expiry:?}");
    }
    // The leap day is a day like any other.
    let leap = moment("2028-02-29T00:00:00Z");
    let on = |class| year.runs.iter().any(|run| run.at_ms == leap && run.due.class == class);
    assert!(on(DataClass::Accounts) && on(DataClass::Rooms) && on(DataClass::History));
    // What Monday missed is made up for once, when the machine is back.
    let of = |class| {
        year.runs.iter().filter(move |run| {
            run.due.class == class && (back_ms - 2 * DAY_MS..=back_ms).contains(&run.at_ms)
        })
    };
    assert_eq!(of(DataClass::Statistics).map(|run| run.at_ms).collect::<Vec<_>>(), [back_ms]);
    assert_eq!(of(DataClass::Accounts).count(), 2);
    let rooms: Vec<_> = of(DataClass::Rooms).collect();
    assert_eq!(rooms.len(), 25);
    assert!(rooms[24].due.synthetic);
}

#[test]
fn differentials_hold_their_full_alone() {
    let rooms = ClassPolicy {
        method: TierMethod::Differential,
        every: Frequency::Day,
        full_every: Some(Frequency::Week),
        keep: Keep::Days(10),
    };
    let policy = Policy { rooms, ..Policy::default() };
    let start_ms = moment("2027-01-04T00:00:00Z");
    let scenario = Scenario { start_ms, days: 30, ..Scenario::default() };
    let year = simulate(&policy, &scenario);
    let rooms = |class: DataClass| class == DataClass::Rooms;
    assert_eq!(year.runs.iter().filter(|run| rooms(run.due.class)).count(), 30);
    let days: Vec<(i64, i64)> = year
        .expiries
        .iter()
        .filter(|expiry| rooms(expiry.class))
        .map(|expiry| {
            let day = |ms: i64| (ms - start_ms) / DAY_MS;
            (day(expiry.taken_ms), day(expiry.at_ms))
        })
        .collect();
    // The full of day 0 waits for the differential of day 6, the others for nothing.
    let mut expected: Vec<(i64, i64)> = (1..6).map(|day| (day, day + 10)).collect();
    expected.extend([(0, 16), (6, 16)]);
    expected.extend((8..13).map(|day| (day, day + 10)));
    expected.extend([(7, 23), (13, 23)]);
    expected.extend((15..20).map(|day| (day, day + 10)));
    assert_eq!(days, expected);
}

fn facts() -> impl Strategy<Value = Vec<SetFacts>> {
    let class = || proptest::sample::select(DataClass::ALL.to_vec());
    let one = (
        0..400_i64,
        proptest::collection::btree_set(class(), 1..=6),
        proptest::option::weighted(0.5, any::<prop::sample::Index>()),
        (proptest::bool::weighted(0.1), proptest::bool::weighted(0.1)),
        (proptest::bool::weighted(0.4), proptest::bool::weighted(0.05)),
    );
    proptest::collection::vec(one, 0..40).prop_map(|sets| {
        let ids: Vec<String> = (0..sets.len()).map(|at| format!("{at:03}")).collect();
        let mut facts = Vec::new();
        for (at, (day, classes, base, (pre_image, pinned), (verified, foreign))) in
            sets.into_iter().enumerate()
        {
            facts.push(SetFacts {
                id: ids[at].clone(),
                taken_ms: day * DAY_MS + at as i64,
                complete: classes.len() == 6,
                classes,
                foreign,
                base: base.filter(|_| at > 0).map(|base| ids[base.index(at)].clone()),
                pre_image,
                pinned,
                verified,
            });
        }
        facts
    })
}

fn policy() -> impl Strategy<Value = Policy> {
    (1..120_u32, 1..40_u32, 1..20_u32).prop_map(|(long, short, pre_image_days)| {
        let mut policy = Policy { pre_image_days, ..Policy::default() };
        policy.accounts.keep = Keep::Days(long);
        policy.rooms.keep = Keep::Days(short);
        policy.active.keep = Keep::Days(short);
        policy
    })
}

/// The sets that stay.
fn stay(sets: &[SetFacts], judged: &[Judgement]) -> Vec<SetFacts> {
    let kept = sets.iter().zip(judged).filter(|(_, judgement)| !judgement.goes());
    kept.map(|(set, _)| set.clone()).collect()
}

fn holding(sets: &[SetFacts], fits: impl Fn(&SetFacts) -> bool) -> bool {
    sets.iter().any(fits)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_policy_takes_what_it_must_not(sets in facts(), policy in policy(), day in 0..500_i64) {
        let now_ms = day * DAY_MS;
        let judged = judge(&policy, &sets, now_ms);
        prop_assert_eq!(judged.len(), sets.len());
        let left = stay(&sets, &judged);
        for class in DataClass::ALL {
            let held = |set: &SetFacts| set.classes.contains(&class);
            prop_assert_eq!(holding(&sets, held), holding(&left, held));
            let sound = |set: &SetFacts| set.verified && held(set);
            prop_assert_eq!(holding(&sets, sound), holding(&left, sound));
        }
        prop_assert_eq!(holding(&sets, |set| set.complete), holding(&left, |set| set.complete));
        let whole = |set: &SetFacts| set.complete && set.verified;
        prop_assert_eq!(holding(&sets, whole), holding(&left, whole));
        let ids: BTreeSet<&str> = left.iter().map(|set| set.id.as_str()).collect();
        for set in &left {
            prop_assert!(set.base.as_deref().is_none_or(|base| ids.contains(base)));
        }
        for (set, judgement) in sets.iter().zip(&judged) {
            if !judgement.goes() {
                continue;
            }
            prop_assert!(!set.pinned && !set.foreign);
            prop_assert!(now_ms - set.taken_ms >= DAY_MS);
            let days = |keep: Keep| match keep {
                Keep::Days(days) => i64::from(days),
                Keep::Forever(_) => i64::MAX / DAY_MS / 4,
            };
            let longest = if set.pre_image {
                i64::from(policy.pre_image_days)
            } else {
                set.classes.iter().map(|class| days(policy.of(*class).keep)).max().unwrap()
            };
            prop_assert!(now_ms >= set.taken_ms + longest * DAY_MS, "early: {set:?}");
        }
    }

    #[test]
    fn what_is_over_goes_or_says_why_it_stays(sets in facts(), policy in policy(), day in 0..500_i64) {
        let now_ms = day * DAY_MS;
        let judged = judge(&policy, &sets, now_ms);
        for (set, judgement) in sets.iter().zip(&judged) {
            prop_assert_eq!(
                judgement.expired,
                judgement.expires_ms.is_some_and(|at| at <= now_ms)
            );
            let newer = |fits: &dyn Fn(&SetFacts) -> bool| {
                sets.iter().any(|other| (other.taken_ms, &other.id) > (set.taken_ms, &set.id) && fits(other))
            };
            match &judgement.kept {
                None => {}
                Some(KeepReason::Pinned) => prop_assert!(set.pinned),
                Some(KeepReason::Young) => prop_assert!(now_ms - set.taken_ms < DAY_MS),
                Some(KeepReason::LastVerified { class }) => {
                    prop_assert!(!newer(&|set| set.verified && set.classes.contains(class)));
                }
                Some(KeepReason::LastOfClass { class }) => {
                    prop_assert!(!newer(&|set| set.classes.contains(class)));
                }
                Some(KeepReason::LastComplete) => prop_assert!(set.complete),
                Some(KeepReason::BaseOf { backup }) => {
                    let increment = sets.iter().position(|other| other.id == *backup).unwrap();
                    prop_assert_eq!(sets[increment].base.as_ref(), Some(&set.id));
                    prop_assert!(!judged[increment].goes());
                }
            }
        }
        // What went stays gone: the rest is judged as before.
        let left = stay(&sets, &judged);
        let again = judge(&policy, &left, now_ms);
        prop_assert!(again.iter().all(|judgement| !judgement.goes()));
    }
}
