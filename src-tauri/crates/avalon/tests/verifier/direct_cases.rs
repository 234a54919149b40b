//! A breach and a legal case of each invariant that needs more than a log.

use avalon::check::corpus::{Attendance, OneGameAtATime, check_nicknames};
use avalon::check::slice::{check_at_rest, check_private_slice, check_public_slice};
use avalon::check::statistics::check_statistics;
use avalon::check::stored::{check_no_rule, check_stored_state};
use avalon::check::{ParsedEnvelope, StateAt, check_determinism};
use avalon::document::{HistoryDoc, StatsDoc};
use avalon::import::{
    Pseudonyms, UnknownInput, notation, proavalon, pseudonym, timestamp, unknown,
};
use avalon::invariant::Finding;
use avalon::rating::StatsFold;
use serde_json::{Value, json};

use crate::games::{Base, states};
use crate::wire::Log;

/// The findings of a breach, and those of a legal case, which must be none of the same id.
type Verdicts = (Vec<Finding>, Vec<Finding>);

/// Everything that is judged from more than a log.
pub const CASES: &[(&str, fn() -> Verdicts)] = &[
    ("C-QUESTS", || stored(Base::Hit, 30, |s| drop(s["quests"].as_array_mut().unwrap().pop()))),
    ("L-HAMMER", || stored(Base::Hit, 10, |s| bump(s, "hammerSeat"))),
    ("L-ROTATION", || stored(Base::Hit, 10, |s| bump(s, "leader"))),
    ("V-TRACK", || stored(Base::Hit, 16, |s| bump(s, "voteTrack"))),
    ("V-TRACK-MAX", || stored(Base::Hit, 16, |s| s["voteTrack"] = json!(6))),
    ("V-COUNT", || {
        stored(Base::Hit, 20, |s| bump(&mut s["quests"][0]["proposals"][0], "approvals"))
    }),
    ("M-SCORE", || stored(Base::Hit, 40, |s| bump(s, "successes"))),
    ("M-RESULT", || stored(Base::Hit, 40, |s| s["quests"][0]["result"] = json!("fail"))),
    ("M-FAIL-COUNT", || stored(Base::Hit, 40, |s| bump(&mut s["quests"][0], "fails"))),
    ("M-PENDING", || stored(Base::Hit, 30, |s| s["quests"][4]["team"] = json!([1, 2]))),
    ("C-TEAMSIZE-TABLE", || stored(Base::Hit, 30, |s| bump(&mut s["quests"][4], "teamSize"))),
    ("C-FAILS-TABLE", || stored(Base::Hit, 30, |s| s["quests"][3]["failsNeeded"] = json!(1))),
    ("C-MODULES", || {
        stored(Base::Hit, 30, |s| s["lady"] = json!({"holder": 1, "holders": [1], "uses": []}))
    }),
    ("R-SIDE", || stored(Base::Hit, 30, |s| flip_side(&mut s["sides"][0]))),
    ("R-IMMUTABLE", || stored(Base::Hit, 30, |s| s["roles"][0] = json!("MINION"))),
    ("LN-SWITCH", || stored(Base::Lancelot1, 30, |s| flip_side(&mut s["sides"][0]))),
    ("LK-HOLDER", || stored(Base::Lady, 90, |s| bump(&mut s["lady"], "holder"))),
    ("K-MATRIX", || {
        stored(Base::Hit, 30, |s| s["knowledge"][0] = json!([{"seat": 0, "mark": "evil"}]))
    }),
    ("E-REPLAY", || stored(Base::Hit, 30, |s| s["startedAt"] = json!(7))),
    ("W-PROVISIONAL", provisional),
    ("E-DETERMINISM", determinism),
    ("D-NO-RULE", no_rule),
    ("W-STATS", statistics),
    ("S-UNIQUE-NICK", || (check_nicknames(["Ann", "Bea", "Ann"]), check_nicknames(["Ann", "Bea"]))),
    ("S-ONE-GAME", one_game),
    ("K-ATREST", at_rest),
    ("K-PUBLIC-SLICE", || slices(|events| check_public_slice(events))),
    ("K-REVEAL", || slices(|events| check_public_slice(events))),
    ("V-SECRET", || slices(|events| check_public_slice(events))),
    ("M-CARD-SECRET", || slices(|events| check_public_slice(events))),
    ("K-PRIVATE-SLICE", || slices(|events| check_private_slice(events, &"p1-0".into()))),
    ("I-PARSE", notation_parse),
    ("I-NOTATION", notation_marks),
    ("I-TS-WRAPPED", timestamps),
    ("I-HISTORY-LEN", || {
        results(&proavalon::played_missions(5, 3, true), &proavalon::played_missions(4, 3, true))
    }),
    ("I-DIRECTION", || {
        results(
            &proavalon::clockwise_leaders(&[0, 1, 0], 5),
            &proavalon::clockwise_leaders(&[2, 1, 0], 5),
        )
    }),
    ("I-PSEUDONYM", pseudonyms),
    ("I-UNKNOWN-INPUT", unknown_inputs),
];

fn results<A, B>(breach: &Result<A, Finding>, legal: &Result<B, Finding>) -> Verdicts {
    (
        breach.as_ref().err().cloned().into_iter().collect(),
        legal.as_ref().err().cloned().into_iter().collect(),
    )
}

fn bump(holder: &mut Value, member: &str) {
    holder[member] = json!(holder[member].as_u64().unwrap() + 1);
}

fn flip_side(side: &mut Value) {
    *side = json!(if side == "good" { "evil" } else { "good" });
}

fn parsed(base: Base) -> Vec<ParsedEnvelope> {
    base.sealed().into_iter().map(ParsedEnvelope::from).collect()
}

/// A stored state after event `seq`, damaged and as it is.
fn stored(base: Base, seq: usize, damage: fn(&mut Value)) -> Verdicts {
    let log = parsed(base);
    let state = serde_json::to_value(&states(&base.sealed())[seq - 1]).unwrap();
    let mut damaged = state.clone();
    damage(&mut damaged);
    (check_stored_state(&log, &damaged), check_stored_state(&log, &state))
}

fn provisional() -> Verdicts {
    let sealed = Base::Hit.sealed();
    let at = sealed.iter().position(|e| e.event.kind() == "AssassinationStarted").unwrap();
    let state = serde_json::to_value(&states(&sealed)[at]).unwrap();
    let mut damaged = state.clone();
    damaged["winner"] = json!("good");
    let log = parsed(Base::Hit);
    (check_stored_state(&log, &damaged), check_stored_state(&log, &state))
}

fn determinism() -> Verdicts {
    let log = parsed(Base::Lady);
    let state = serde_json::to_value(&states(&Base::Lady.sealed())[39]).unwrap();
    let mut damaged = state.clone();
    flip_side(&mut damaged["sides"][0]);
    let at = |state| check_determinism(&log, &[StateAt { seq: 40, state }]);
    (at(&damaged), at(&state))
}

fn no_rule() -> Verdicts {
    let before = states(&Base::Hit.sealed())[9].clone();
    let mut paused = before.clone();
    paused.seq += 1;
    paused.overlay.paused = true;
    let mut moved = paused.clone();
    moved.vote_track += 1;
    let verdict = |after| check_no_rule(11, &before, after).into_iter().collect();
    (verdict(&moved), verdict(&paused))
}

fn statistics() -> Verdicts {
    let delta = |player: &str, wins: i64, after: i64| json!({"playerId": player, "games": 1, "wins": wins, "ratingBefore": 1200, "ratingAfter": after});
    let history: HistoryDoc = serde_json::from_value(json!({
        "_id": "g1", "roomId": null, "profile": null, "missions": [], "winner": "good",
        "reason": "assassination_miss", "startedAt": 1, "endedAt": 5, "lastSeq": 9,
        "stateHash": "00".repeat(32),
        "seats": [
            {"playerId": "a", "seat": 0, "role": "MERLIN", "side": "good"},
            {"playerId": "b", "seat": 1, "role": "ASSASSIN", "side": "evil"},
        ],
        "deltas": [delta("a", 1, 1216), delta("b", 0, 1184)],
    }))
    .unwrap();
    let mut fold = StatsFold::default();
    fold.add(&history);
    let right: Vec<StatsDoc> = fold.into_stats().into_values().collect();
    let mut wrong = right.clone();
    wrong[0].wins += 1;
    (check_statistics([&history], &wrong), check_statistics([&history], &right))
}

fn one_game() -> Verdicts {
    let log = parsed(Base::Hit);
    let shifted = |by: i64| {
        let mut log = log.clone();
        for entry in &mut log {
            entry.envelope.game_id = "other".into();
            entry.envelope.ts += by;
        }
        let mut judge = OneGameAtATime::default();
        let mut findings = judge.judge(Attendance::of(&parsed(Base::Hit)).unwrap());
        findings.extend(judge.judge(Attendance::of(&log).unwrap()));
        findings
    };
    (shifted(1_000), shifted(100_000_000))
}

fn at_rest() -> Verdicts {
    let plain = json!({"_id": "g", "state": {"phase": "QUEST", "roles": ["MERLIN"]}});
    let sealed = json!({"_id": "g", "state": {"phase": "QUEST", "roles": null}, "sealed": "b64"});
    (check_at_rest(&plain), check_at_rest(&sealed))
}

/// What a running game shows: everything, and only what is public.
fn slices(check: fn(&[Value]) -> Vec<Finding>) -> Verdicts {
    let mut log = Log::from(Base::Hit.sealed().as_slice());
    log.cut_before("TeamVoteClosed", 1);
    let mut all = log.0.clone();
    all.push(json!({"seq": 99, "type": "MissionCardPlayed",
        "payload": {"q": 1, "playerId": "p1-1", "card": "success"}}));
    let public: Vec<Value> =
        all.iter().filter(|event| event["visibility"] == "public").cloned().collect();
    (check(&all), check(&public))
}

fn notation_parse() -> Verdicts {
    results(&notation::parse_proposal("16?", 10), &notation::parse_proposal("168", 10))
}

fn notation_marks() -> Verdicts {
    let judge = |text| notation::judge_marks(&notation::parse_proposal(text, 10).unwrap());
    (judge("168 1+"), judge("168 3+1-"))
}

fn timestamps() -> Verdicts {
    let wrapped = json!({"__datatype__": "timestamp", "value": {"_seconds": 1}});
    results(&timestamp::firestore_millis(&json!(1)), &timestamp::firestore_millis(&wrapped))
}

fn pseudonyms() -> Verdicts {
    let mut given = Pseudonyms::new(b"salt");
    let document = json!({"seats": [given.of("Alice")]});
    let names: Vec<&str> = given.names().collect();
    let judge = |document: &Value| pseudonym::judge_names(document, &names);
    (judge(&json!({"seats": ["Alice"]})), judge(&document))
}

fn unknown_inputs() -> Verdicts {
    let missing = [UnknownInput::Card { quest: 1, player: "p".into() }];
    let card = |player: &str| {
        json!({"seq": 1, "type": "MissionCardPlayed",
            "payload": {"q": 1, "playerId": player, "card": "success"}})
    };
    let judge = |event| unknown::judge_unknown(&[event], &missing);
    (judge(card("p")), judge(card("q")))
}

#[test]
fn every_breach_is_found() {
    let mut failures = Vec::new();
    for (id, case) in CASES {
        let (breach, legal) = case();
        if !breach.iter().any(|finding| finding.id == *id) {
            failures.push(format!("{id}: not found, but {breach:?}"));
        }
        if let Some(finding) = legal.iter().find(|finding| finding.id == *id) {
            failures.push(format!("{id}: in the legal case {finding}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
