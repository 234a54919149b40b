//! What a verification tells beside damage: how much it read, and the invariants of backups.

use engine::Engine;
use engine::backup::outcome::Level;
use engine::job::JobState;
use engine::verify::outcome::{InvariantVerdict, VerifyOutcome, VerifyRequest};
use mongodb::bson::{Document, doc};

use crate::support::{Stage, back_up, finished};

async fn verify(engine: &Engine, level: Level, sample_percent: f64) -> (JobState, VerifyOutcome) {
    verify_one(engine, "latest", level, sample_percent).await
}

pub async fn verify_one(
    engine: &Engine,
    backup: &str,
    level: Level,
    sample_percent: f64,
) -> (JobState, VerifyOutcome) {
    let request = VerifyRequest { backup: backup.into(), level, sample_percent };
    let job = engine::verify::start(engine, request).await.unwrap();
    let job = finished(engine, &job).await;
    (job.state, serde_json::from_value(job.outcome.unwrap()).unwrap())
}

/// Ids of invariants with this verdict.
pub fn of(outcome: &VerifyOutcome, verdict: InvariantVerdict) -> Vec<&str> {
    let invariants = outcome.invariants.iter().filter(|one| one.verdict == verdict);
    invariants.map(|one| one.id.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_says_what_it_covers_and_proves_no_more() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    back_up(&engine, &[]).await;
    // So small a sample of so few segments reads none or few.
    let (state, sampled) = verify(&engine, Level::L3, 0.001).await;
    assert_eq!(state, JobState::Done);
    let coverage = sampled.coverage.clone().unwrap();
    assert!(!coverage.complete && coverage.segments >= 8, "{coverage:?}");
    let shown = engine::backup::list(&engine).await.unwrap()[0].verification.clone().unwrap();
    assert_eq!((shown.level, shown.proven), (Some(Level::L3), Some(Level::L1)));
    assert_eq!(shown.coverage, Some(coverage));
    let open = of(&sampled, InvariantVerdict::NotJudged);
    assert!(open.contains(&"B-MANIFEST") && open.contains(&"B-COMPLETE"), "{open:?}");

    let (_, all) = verify(&engine, Level::L3, 100.0).await;
    let coverage = all.coverage.clone().unwrap();
    assert!(coverage.complete, "{coverage:?}");
    assert_eq!(
        of(&all, InvariantVerdict::Holds),
        ["B-MANIFEST", "B-COMPLETE", "B-CONSISTENT-CUT", "B-ROLLBACK-CHAIN", "B-SECRET-KEY"]
    );
    assert_eq!(
        of(&all, InvariantVerdict::NotJudged),
        ["B-RESTORE-EQUAL", "E-REPLAY", "G-MOMENTS", "G-COUNT", "G-PHASE", "G-STATE-HASH"]
    );
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn games_without_a_whole_log_are_findings_that_stay_with_the_backup() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    let database = stage.database().open().await;
    let events = database.collection::<Document>("game_events");
    events.delete_one(doc! { "gameId": "F1", "seq": 3 }).await.unwrap();
    events.delete_many(doc! { "gameId": "F2" }).await.unwrap();
    events
        .update_one(
            doc! { "gameId": "L1", "seq": 8 },
            doc! { "$set": { "type": "GameRolledBack", "payload": { "toSeq": 2 } } },
        )
        .await
        .unwrap();
    back_up(&engine, &[]).await;
    let (state, outcome) = verify(&engine, Level::L3, 100.0).await;
    assert_eq!((state, outcome.ok), (JobState::DoneWithProblems, true));
    let broken = ["B-COMPLETE", "B-CONSISTENT-CUT", "B-ROLLBACK-CHAIN"];
    assert_eq!(of(&outcome, InvariantVerdict::Broken), broken);
    let details: Vec<_> = outcome.invariants.iter().flat_map(|one| &one.details).collect();
    assert_eq!(
        details,
        [
            "game F2 has no events",
            "game F1: 7 events up to seq 8",
            "game L1: the roll-back at seq 8 does not say why"
        ]
    );
    let shown = engine::backup::list(&engine).await.unwrap()[0].verification.clone().unwrap();
    assert_eq!((shown.ok, shown.findings), (true, broken.map(str::to_owned).to_vec()));
    // A look that cannot judge them takes nothing back.
    verify(&engine, Level::L1, 100.0).await;
    let detail = engine::backup::show(&engine, "latest").await.unwrap();
    let open = detail.invariants.iter().filter(|known| known.invariant.count > 0);
    let open: Vec<_> = open.map(|known| (known.invariant.id.as_str(), known.level)).collect();
    assert_eq!(open, broken.map(|id| (id, Some(Level::L3))));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_manifest_is_a_finding() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    back_up(&engine, &[]).await;
    let manifests = stage.folder.path().join("store/manifest");
    let mut found = vec![manifests];
    while let Some(path) = found.pop() {
        if path.is_dir() {
            found.extend(path.read_dir().unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
            break;
        }
    }
    let (state, outcome) = verify(&engine, Level::L4, 100.0).await;
    assert_eq!((state, outcome.ok), (JobState::DoneWithProblems, false));
    assert!(outcome.problems.iter().any(|one| one.object.starts_with("manifest/")), "{outcome:?}");
    let shown = engine::backup::list(&engine).await.unwrap()[0].verification.clone().unwrap();
    assert!(!shown.ok);
    stage.stop().await;
}
