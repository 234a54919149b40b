//! Snapshots held against the games' logs (G, L5): each kind of damage is found, told by its rule, and
//! put right where the log can.

use std::collections::BTreeMap;

use avalon::event::Envelope;
use engine::snapshot::outcome::{
    SnapshotFault, SnapshotFinding, SnapshotVerifyOutcome, SnapshotVerifyRequest,
};
use engine::snapshot::start_verify;
use engine::{Engine, listen};
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Document, doc};
use simulator::{Modules, SimulatorOptions};

use crate::listen::{due, logs, publish, rows, service, stop_at, taken};
use crate::support::{Stage, outcome};

type Logs = BTreeMap<String, Vec<Envelope>>;

/// Games with all their snapshots.
pub async fn listened(stage: &Stage, games: u64) -> (Engine, Logs) {
    let options = SimulatorOptions { modules: Modules::All, ..SimulatorOptions::default() };
    service(stage, options).await.bulk(games).await.unwrap();
    let (engine, logs) = (stage.engine().await, logs(stage).await);
    publish(stage, logs.values().flatten()).await;
    let job = listen::start(&engine).await.unwrap();
    stop_at(&engine, &job, due(&logs).len() as u64).await;
    (engine, logs)
}

async fn verify(engine: &Engine, game: Option<&str>, repair: bool) -> SnapshotVerifyOutcome {
    let request = SnapshotVerifyRequest { game: game.map(str::to_owned), repair };
    let job = start_verify(engine, request).await.unwrap();
    outcome(engine, &job).await
}

fn faults(outcome: &SnapshotVerifyOutcome) -> Vec<(SnapshotFault, &str)> {
    let fault = |finding: &SnapshotFinding| (finding.fault, finding.snapshot.clone());
    let mut faults: Vec<_> = outcome.findings.iter().map(fault).collect();
    faults.sort();
    faults.dedup();
    let rule = |fault| {
        let of = outcome.findings.iter().find(|finding| finding.fault == fault);
        of.map_or("", |finding| finding.rule.as_str())
    };
    let mut kinds: Vec<_> = faults.into_iter().map(|(fault, _)| (fault, rule(fault))).collect();
    kinds.dedup();
    kinds
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_damaged_or_missing_is_found_and_made_again_by_the_log() {
    let stage = Stage::empty().await;
    let (engine, logs) = listened(&stage, 4).await;
    let all = due(&logs);
    let sound = verify(&engine, None, false).await;
    assert_eq!((sound.games, sound.snapshots, sound.problems), (4, all.len() as u64, 0));

    let snapshots = stage.database().open().await.collection::<Document>("snapshots");
    let rows = rows(&engine).await;
    let game = rows[0].game.clone();
    let of = |kind: &str| rows.iter().find(|r| r.game == game && r.kind.as_str() == kind).unwrap();
    // A keyframe that does not open takes those with it that stand on it; one is lost.
    let (broken, lost) = (of("game_created"), of("roles_assigned"));
    let nonsense = Binary { subtype: BinarySubtype::Generic, bytes: vec![7; 90] };
    let change = doc! { "$set": { "body": nonsense } };
    snapshots.update_one(doc! { "_id": &broken.id }, change).await.unwrap();
    snapshots.delete_one(doc! { "_id": &lost.id }).await.unwrap();
    // One says that it is of another moment than it is.
    let moved = of("game_over");
    let change = doc! { "$set": { "snapshot_type": "mission_executed" } };
    snapshots.update_one(doc! { "_id": &moved.id }, change).await.unwrap();

    let found = verify(&engine, Some(&game), false).await;
    let expected = [
        (SnapshotFault::Missing, "G-MOMENTS"),
        (SnapshotFault::Broken, "G-STATE-HASH"),
        (SnapshotFault::Misplaced, "G-PHASE"),
    ];
    let told = faults(&found);
    // The moved one opens where it does not stand on the broken one.
    assert!(expected[..2].iter().all(|fault| told.contains(fault)), "{told:?}");
    assert!(told.iter().all(|fault| expected.contains(fault)), "{told:?}");
    assert!(found.findings.iter().all(|finding| !finding.repaired));

    // The type is put back by hand: what it was is in nobody's log.
    let back = doc! { "$set": { "snapshot_type": "game_over" } };
    snapshots.update_one(doc! { "_id": &moved.id }, back).await.unwrap();
    let mended = verify(&engine, None, true).await;
    assert!(mended.problems > 2 && mended.problems == mended.repaired, "{mended:?}");
    // What was replaced is kept beside what replaced it, and one that was missing replaced nothing.
    let kept = |id: String| snapshots.find_one(doc! { "_id": id });
    let replaced = kept(broken.id.clone()).await.unwrap().unwrap();
    let replaced = replaced.get_array("replaced").unwrap()[0].as_document().unwrap();
    assert_eq!(replaced.get_binary_generic("body").unwrap(), &vec![7; 90]);
    assert!(replaced.get_datetime("at").is_ok() && replaced.get_datetime("timestamp").is_ok());
    assert!(!kept(lost.id.clone()).await.unwrap().unwrap().contains_key("replaced"));
    assert_eq!(verify(&engine, None, false).await.problems, 0);
    assert_eq!(taken(&engine, &logs).await, all);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_later_version_wrote_is_told_and_not_written_over() {
    let stage = Stage::empty().await;
    let (engine, _) = listened(&stage, 1).await;
    let rows = rows(&engine).await;
    let last = rows.iter().find(|row| row.kind.as_str() == "game_over").unwrap();
    // The first member of a body is its form.
    let later = snap::raw::Encoder::new().compress_vec(&[0x08, 2]).unwrap();
    let vault = engine.vault().unwrap();
    let sealed = vault.seal_detached(&format!("snapshot/{}", last.id), &later).unwrap();
    let body = Binary { subtype: BinarySubtype::Generic, bytes: sealed.to_vec() };
    let snapshots = stage.database().open().await.collection::<Document>("snapshots");
    let change = doc! { "$set": { "body": body.clone() } };
    snapshots.update_one(doc! { "_id": &last.id }, change).await.unwrap();

    let found = verify(&engine, None, true).await;
    let [finding] = found.findings.as_slice() else { panic!("{found:?}") };
    assert_eq!((&finding.snapshot, finding.fault), (&last.id, SnapshotFault::Broken));
    assert!(finding.detail.contains("its form is 2") && !finding.repairable, "{finding:?}");
    assert_eq!(found.repaired, 0);
    let kept = snapshots.find_one(doc! { "_id": &last.id }).await.unwrap().unwrap();
    assert_eq!(kept.get_binary_generic("body").unwrap(), &body.bytes);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_changed_or_lost_makes_nothing_again() {
    let stage = Stage::empty().await;
    let (engine, logs) = listened(&stage, 2).await;
    let database = stage.database().open().await;
    let games: Vec<&String> = logs.keys().collect();
    let (changed, lost) = (games[0], games[1]);
    let events = database.collection::<Document>("game_events");
    let roles = doc! { "gameId": changed, "type": "RolesAssigned" };
    let next = doc! { "$mod": [{ "$add": ["$payload.firstLeader", 1] }, 5] };
    let change = vec![doc! { "$set": { "payload.firstLeader": next } }];
    assert_eq!(events.update_one(roles, change).await.unwrap().modified_count, 1);
    events.delete_many(doc! { "gameId": lost }).await.unwrap();
    let history = database.collection::<Document>("game_history");
    history.delete_one(doc! { "_id": lost }).await.unwrap();

    let found = verify(&engine, None, true).await;
    let told = faults(&found);
    assert!(told.contains(&(SnapshotFault::Orphan, "G-COUNT")), "{told:?}");
    assert!(told.contains(&(SnapshotFault::Differs, "G-STATE-HASH")), "{told:?}");
    assert_eq!(found.repaired, 0, "{found:?}");
    // Nothing was touched: each still opens.
    for row in rows(&engine).await {
        assert!(row.at_seq.is_some(), "{row:?}");
    }
    stage.stop().await;
}
