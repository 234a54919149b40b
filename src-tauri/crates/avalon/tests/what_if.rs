//! What-if courses: valid logs by the rules, made of what the players did and nothing else.

mod game;

use std::collections::BTreeSet;

use avalon::check::{ParsedEnvelope, check_log};
use avalon::event::{Draft, Envelope, Event, HistoryReset, QuestResult};
use avalon::play::{Turn, turn};
use avalon::reducer::{Replay, fold};
use avalon::view::{Viewer, view_state};
use avalon::what_if::{Alteration, Course, Edit, Origin, WhatIfError, alternatives, course};
use game::{game, numbers, profiles};
use proptest::prelude::*;
use serde_json::{Value, json};

fn skip(seq: u64) -> Edit {
    Edit { seq, change: Alteration::Skip }
}

fn set(seq: u64, payload: Value) -> Edit {
    Edit { seq, change: Alteration::Set { payload } }
}

fn refs(log: &[Envelope]) -> Vec<&Envelope> {
    log.iter().collect()
}

/// What the service decides or derives, which a course may make anew.
const DERIVED: [&str; 7] = [
    "QuestStarted",
    "LoyaltyCardDrawn",
    "TeamVoteClosed",
    "TeamForced",
    "MissionResolved",
    "AssassinationStarted",
    "GameEnded",
];

/// A course is a sound log that holds every input of the log once, or says why not.
fn judge(log: &[Envelope], edits: &[Edit], course: &Course) -> Result<(), TestCaseError> {
    let envelopes: Vec<&Envelope> = course.events.iter().map(|event| &event.envelope).collect();
    let state = fold(envelopes.iter().copied()).map_err(|error| {
        TestCaseError::fail(format!("the course of {edits:?} breaks a rule: {error}"))
    })?;
    prop_assert_eq!(turn(&state), course.turn.clone());
    let parsed: Vec<ParsedEnvelope> =
        envelopes.iter().map(|&event| ParsedEnvelope::from(event.clone())).collect();
    let report = check_log(&parsed);
    prop_assert!(report.is_sound(), "{:?}: {:?}", edits, report.findings);

    let skipped: BTreeSet<u64> = edits
        .iter()
        .filter_map(|edit| (edit.change == Alteration::Skip).then_some(edit.seq))
        .collect();
    for original in log {
        let (seq, kind) = (original.seq, original.event.kind());
        let kept = course.events.iter().filter(|event| event.of == Some(seq)).count();
        let dropped = course.dropped.iter().filter(|dropped| dropped.seq == seq).count();
        prop_assert_eq!(kept + dropped, 1, "event {} {}", seq, kind);
    }
    for event in &course.events {
        match event.origin {
            Origin::Derived => prop_assert!(DERIVED.contains(&event.envelope.event.kind())),
            Origin::Changed => {
                prop_assert!(event.of.is_some_and(|of| edits.iter().any(|edit| edit.seq == of)));
            }
            Origin::Log => {
                let of = usize::try_from(event.of.unwrap()).unwrap();
                prop_assert_eq!(&event.envelope.event, &log[of - 1].event);
            }
        }
        if event.envelope.seq < course.from {
            prop_assert_eq!(Some(event.envelope.seq), event.of);
            prop_assert_eq!(
                &event.envelope,
                &log[usize::try_from(event.envelope.seq).unwrap() - 1]
            );
        }
    }
    for dropped in &course.dropped {
        prop_assert_eq!(dropped.guard.is_none(), skipped.contains(&dropped.seq));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn without_an_edit_the_course_is_the_log(profile in profiles(), number in any::<u64>()) {
        let log = game(&profile, number).log;
        let course = course(&refs(&log), &[]).unwrap();
        let events: Vec<Envelope> =
            course.events.iter().map(|event| event.envelope.clone()).collect();
        prop_assert_eq!(&events, &log);
        prop_assert!(course.dropped.is_empty());
        prop_assert_eq!(course.turn, Turn::Over);
        prop_assert_eq!(course.from, log.len() as u64 + 1);
    }

    #[test]
    fn whatever_is_left_out_the_course_keeps_the_rules(
        profile in profiles(),
        number in any::<u64>(),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
    ) {
        let log = game(&profile, number).log;
        let edits: BTreeSet<u64> =
            picks.iter().map(|pick| pick.index(log.len()) as u64 + 1).collect();
        // A game that was never created has no log.
        let edits: Vec<Edit> = edits.into_iter().filter(|seq| *seq > 1).map(skip).collect();
        judge(&log, &edits, &course(&refs(&log), &edits).unwrap())?;
    }

    #[test]
    fn every_alternative_that_is_offered_is_taken(
        profile in profiles(), number in any::<u64>(), pick in any::<prop::sample::Index>(),
    ) {
        let log = game(&profile, number).log;
        let seq = pick.index(log.len()) as u64 + 1;
        let offered = alternatives(&refs(&log), &[], seq).unwrap();
        let own = log[usize::try_from(seq).unwrap() - 1].event.payload();
        prop_assert!(!offered.contains(&own));
        let mut number = numbers(number);
        for _ in 0..offered.len().min(3) {
            let edits = [set(seq, offered[number(offered.len())].clone())];
            let course = course(&refs(&log), &edits).unwrap();
            let changed = course.events.iter().find(|event| event.of == Some(seq)).unwrap();
            prop_assert_eq!(changed.origin, Origin::Changed);
            judge(&log, &edits, &course)?;
        }
    }

    #[test]
    fn a_vote_that_decides_nothing_changes_nothing_else(
        profile in profiles(), number in any::<u64>(),
    ) {
        let table = game(&profile, number);
        let log = &table.log;
        for (at, envelope) in log.iter().enumerate() {
            let Event::TeamVoteCast(cast) = &envelope.event else { continue };
            let other = if json!(cast.vote) == "approve" { "reject" } else { "approve" };
            let course = course(&refs(log), &[set(envelope.seq, json!({"vote": other}))]).unwrap();
            let closed = |event: &Event| match event {
                Event::TeamVoteClosed(closed) => Some(closed.result),
                _ => None,
            };
            let before = log[at..].iter().find_map(|event| closed(&event.event));
            let after = course.events[at..].iter().find_map(|event| closed(&event.envelope.event));
            if before == after {
                prop_assert!(course.dropped.is_empty(), "{:?}", course.dropped);
                prop_assert_eq!(course.events.len(), log.len());
                prop_assert_eq!(course.turn, Turn::Over);
                let end = fold(course.events.iter().map(|event| &event.envelope)).unwrap();
                prop_assert_eq!(end.winner, table.state.winner);
                let differs = course.events.iter().filter(|event| event.origin != Origin::Log);
                let counted = usize::from(before.is_some());
                prop_assert_eq!(differs.count(), 1 + counted, "the vote, and the count of it");
            } else {
                judge(log, &[set(envelope.seq, json!({"vote": other}))], &course)?;
            }
        }
    }
}

#[test]
fn a_fail_that_was_not_played_lets_the_quest_succeed() {
    let mut seen = 0;
    for number in 0..40 {
        let log = game(&avalon::profile::RuleProfile::standard(7).unwrap(), number).log;
        let fail = log.iter().find(|event| {
            matches!(&event.event, Event::MissionCardPlayed(card) if json!(card.card) == "fail")
        });
        let Some(fail) = fail else { continue };
        let course = course(&refs(&log), &[set(fail.seq, json!({"card": "success"}))]).unwrap();
        let result = |event: &Event| match event {
            Event::MissionResolved(resolved) => Some(resolved.result),
            _ => None,
        };
        let at = usize::try_from(fail.seq).unwrap();
        let before = log[at..].iter().find_map(|event| result(&event.event)).unwrap();
        let events = &course.events[at..];
        let after = events.iter().find_map(|event| result(&event.envelope.event)).unwrap();
        if before == QuestResult::Fail && after == QuestResult::Success {
            seen += 1;
            let ends = |log: &[&Envelope]| {
                let state = fold(log.iter().copied()).unwrap();
                view_state(&state, &Viewer::God)
            };
            let new: Vec<&Envelope> = course.events.iter().map(|event| &event.envelope).collect();
            assert_ne!(ends(&refs(&log)).quests, ends(&new).quests);
        }
    }
    assert!(seen > 5, "{seen} games with a fail that decides");
}

#[test]
fn what_cannot_be_is_refused_by_the_rule() {
    let log = game(&avalon::profile::RuleProfile::standard(5).unwrap(), 7).log;
    let first = |kind: &str| log.iter().find(|event| event.event.kind() == kind).unwrap().seq;
    let ask = |edits: &[Edit]| course(&refs(&log), edits).unwrap_err();
    let closed = first("TeamVoteClosed");
    let vote = first("TeamVoteCast");
    let told = log[usize::try_from(closed).unwrap() - 1].event.payload();
    let other = if told["result"] == "approved" { "rejected" } else { "approved" };
    let refused = ask(&[set(closed, json!({"result": other}))]);
    assert!(matches!(&refused, WhatIfError::Refused { seq, .. } if *seq == closed), "{refused}");
    assert!(matches!(ask(&[set(vote, json!({"vote": "perhaps"}))]), WhatIfError::Misfit { .. }));
    assert!(matches!(ask(&[set(vote, json!(3))]), WhatIfError::Misfit { .. }));
    assert_eq!(ask(&[skip(vote), skip(vote)]), WhatIfError::Twice { seq: vote });
    assert_eq!(ask(&[skip(0)]), WhatIfError::NoSuchEvent { seq: 0 });
    let beyond = log.len() as u64 + 1;
    assert_eq!(ask(&[skip(beyond)]), WhatIfError::NoSuchEvent { seq: beyond });
    assert!(alternatives(&refs(&log), &[], closed).unwrap().is_empty(), "votes decide it");
}

#[test]
fn what_a_rollback_superseded_is_not_in_the_course() {
    let log = game(&avalon::profile::RuleProfile::standard(6).unwrap(), 3).log;
    let mut back = log[..20].to_vec();
    let reset: HistoryReset = serde_json::from_value(json!({"toSeq": 12})).unwrap();
    let draft = Draft {
        actor: avalon::event::Actor::System,
        visibility: avalon::event::Visibility::Server,
        event: Event::GameRolledBack(reset),
    };
    let mut envelope = Envelope::new("game".into(), 21, back[19].ts, draft.event);
    envelope.seal(back[19].hash.unwrap()).unwrap();
    back.push(envelope);
    let course = course(&refs(&back), &[]).unwrap();
    assert_eq!(course.events.len(), 12);
    let mut replay = Replay::new();
    for event in &course.events {
        replay.push(&event.envelope).unwrap();
    }
    let superseded = [skip(15)];
    let refused = avalon::what_if::course(&refs(&back), &superseded).unwrap_err();
    assert_eq!(refused, WhatIfError::NoSuchEvent { seq: 15 });
}
