//! Level L5: the games of a backup are replayed in a trial restore, and what does not lead to what is
//! stored is told by its rule.

use engine::Engine;
use engine::backup::outcome::Level;
use engine::job::JobState;
use engine::verify::outcome::{InvariantVerdict, VerifyOutcome};
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Document, doc};
use simulator::{LiveReport, SimulatorOptions};
use source::profile::DataClass;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::listen::{rows, service};
use crate::snapshot_verify::listened;
use crate::support::{Stage, back_up};
use crate::verify::{of, verify_one};

const OF_GAMES: [&str; 5] = ["E-REPLAY", "G-MOMENTS", "G-COUNT", "G-PHASE", "G-STATE-HASH"];

async fn replayed(engine: &Engine, backup: &str) -> (JobState, VerifyOutcome) {
    verify_one(engine, backup, Level::L5, 100.0).await
}

/// Leaves games that are under way.
async fn play(stage: &Stage, events: usize) {
    let options = SimulatorOptions { rate: 300.0, live_tables: 3, ..SimulatorOptions::default() };
    let service = service(stage, options).await;
    let stop = CancellationToken::new();
    let (report, _reports) = watch::channel(LiveReport::default());
    let (acknowledge, mut acknowledged) = mpsc::channel(64);
    let playing = service.play_live_acknowledging(stop.clone(), report, Some(acknowledge));
    let stopping = async {
        for _ in 0..events {
            acknowledged.recv().await.unwrap();
        }
        stop.cancel();
        acknowledged.close();
    };
    let (played, ()) = tokio::join!(playing, stopping);
    played.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn games_are_replayed_and_what_they_do_not_lead_to_is_told() {
    let stage = Stage::empty().await;
    let (engine, _) = listened(&stage, 4).await;
    play(&stage, 60).await;
    back_up(&engine, &[]).await;
    let (state, sound) = replayed(&engine, "latest").await;
    assert_eq!(
        (state, sound.ok, sound.level),
        (JobState::Done, true, Some(Level::L5)),
        "{sound:?}"
    );
    let holds = of(&sound, InvariantVerdict::Holds);
    assert!(OF_GAMES.iter().all(|id| holds.contains(id)), "{:?}", sound.invariants);
    let shown = engine::backup::list(&engine).await.unwrap()[0].verification.clone().unwrap();
    assert_eq!(shown.proven, Some(Level::L5));

    let database = stage.database().open().await;
    let all = |name: &str| database.collection::<Document>(name);
    let (games, history) = (all("games"), all("game_history"));
    let change = doc! { "$set": { "state.voteTrack": 4 } };
    let begun = doc! { "state.profile": { "$ne": null } };
    let live = games.find_one_and_update(begun, change).await.unwrap().unwrap();
    let change = doc! { "$set": { "stateHash": "0".repeat(64) } };
    let ended = history.find_one_and_update(doc! {}, change).await.unwrap().unwrap();
    let rows = rows(&engine).await;
    let lost = rows.iter().find(|row| row.kind.as_str() == "roles_assigned").unwrap();
    all("snapshots").delete_one(doc! { "_id": &lost.id }).await.unwrap();
    let nonsense = Binary { subtype: BinarySubtype::Generic, bytes: vec![7; 90] };
    let garbled = rows.iter().find(|row| row.game != lost.game).unwrap();
    let change = doc! { "$set": { "body": nonsense } };
    all("snapshots").update_one(doc! { "_id": &garbled.id }, change).await.unwrap();

    back_up(&engine, &[]).await;
    let (state, outcome) = replayed(&engine, "latest").await;
    // It comes back as it was: what is wrong is in the games, and stays with the backup.
    assert_eq!((state, outcome.ok), (JobState::DoneWithProblems, true));
    assert_eq!(outcome.level, Some(Level::L4));
    let broken = of(&outcome, InvariantVerdict::Broken);
    assert!(
        ["E-REPLAY", "G-MOMENTS", "G-STATE-HASH", "V-TRACK"].iter().all(|id| broken.contains(id))
    );
    let told: Vec<&String> = outcome.invariants.iter().flat_map(|one| &one.details).collect();
    for game in
        [live.get_str("_id").unwrap(), ended.get_str("_id").unwrap(), &lost.game, &garbled.game]
    {
        assert!(told.iter().any(|detail| detail.contains(game)), "{game}: {told:#?}");
    }
    let shown = engine::backup::list(&engine).await.unwrap()[0].verification.clone().unwrap();
    assert!(shown.ok && shown.findings.contains(&"E-REPLAY".to_owned()), "{shown:?}");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_without_games_reaches_no_further_than_a_trial_restore() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    let backup = back_up(&engine, &[DataClass::Accounts]).await.summary.id;
    let (state, outcome) = replayed(&engine, &backup).await;
    assert_eq!((state, outcome.level), (JobState::Done, Some(Level::L4)));
    let open = outcome.invariants.iter().find(|one| one.id == "E-REPLAY").unwrap();
    assert_eq!(open.reason.as_deref(), Some("class_absent"));
    stage.stop().await;
}
