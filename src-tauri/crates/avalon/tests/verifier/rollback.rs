//! Logs that go back: what a rollback supersedes stays and no longer counts.

use serde_json::json;

use crate::games::Base;
use crate::wire::Log;

/// A rollback that keeps the rest of the log's header.
fn roll_back(log: &mut Log, to: usize) {
    let at = log.0.len();
    let payload = json!({
        "toSeq": to, "discardedFrom": to + 1, "discardedTo": at, "by": "admin:a", "why": "test",
    });
    log.insert(at, "GameRolledBack", payload);
}

/// The rest of the first run again, under ids of their own.
fn go_on(log: &mut Log, game: &Log, from: usize) {
    for event in &game.0[from..] {
        let mut event = event.clone();
        let members = event.as_object_mut().unwrap();
        members.remove("eventId");
        members.remove("commandId");
        members["ts"] = log.0.last().unwrap()["ts"].clone();
        log.0.push(event);
    }
    log.renumber();
}

#[test]
fn what_was_rolled_back_no_longer_counts() {
    let game = Base::Hit.log();
    for (played, to) in [(30, 20), (45, 3), (70, 69)] {
        let mut log = Log(game.0[..played].to_vec());
        roll_back(&mut log, to);
        go_on(&mut log, &game, to);
        let (report, straight) = (log.check(), game.check());
        assert!(report.is_sound(), "{played} to {to}: {:?}", report.findings);
        assert_eq!((report.winner, report.moments), (straight.winner, straight.moments));
    }
}

#[test]
fn a_rollback_can_be_undone() {
    let game = Base::Hit.log();
    let mut log = Log(game.0[..30].to_vec());
    roll_back(&mut log, 20);
    let at = log.0.len();
    log.insert(at, "GameRolledBack", json!({"toSeq": 30}));
    go_on(&mut log, &game, 30);
    let report = log.check();
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!(report.moments, game.check().moments);
}

#[test]
fn a_breach_that_was_rolled_back_is_no_breach() {
    let game = Base::Hit.log();
    let mut log = Log(game.0[..30].to_vec());
    log.0[10]["payload"]["vote"] = json!("reject");
    roll_back(&mut log, 8);
    go_on(&mut log, &game, 8);
    assert!(log.check().is_sound());
}
