//! A restore that dies between any two of its steps is carried wholly forward or back by the next
//! start, and leaves no trace either way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use engine::job::JobState;
use engine::{CrashPoints, Engine};

use crate::support::{Stage, back_up, compare, count, damage, finished, in_place, traces};

/// The places, in order, and whether the switch has begun there.
const POINTS: [(&str, bool); 19] = [
    ("begun", false),
    ("found", false),
    ("loaded", false),
    ("indexed", false),
    ("staged", false),
    ("pausing", false),
    ("paused", false),
    ("differing", false),
    ("carried", false),
    ("fenced", false),
    ("step 0", true),
    ("step 1", true),
    ("step 5", true),
    ("stepped", true),
    ("switched", true),
    ("expiring", true),
    ("rebuilt", true),
    ("resumed", true),
    ("closing", true),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_restore_is_carried_wholly_forward_or_back() {
    let stage = Stage::filled().await;
    let database = stage.database().open().await;
    let backup = {
        let engine = stage.engine().await;
        back_up(&engine, &[]).await.summary.id
    };
    for (point, forward) in POINTS {
        damage(&database).await;
        let job = crash_at(&stage, point, &backup).await;

        let engine = stage.engine().await;
        assert_eq!(finished(&engine, &job).await.state, JobState::Interrupted, "{point}");
        let recovered = engine::restore::recover(&engine).await.unwrap();
        assert_eq!(recovered.len(), 1, "{point}");
        assert_eq!((recovered[0].journal.as_str(), recovered[0].completed), (&*job, forward));
        assert_eq!(traces(&database).await, [""; 0], "{point}");
        assert_eq!(engine::restore::recover(&engine).await.unwrap(), [], "{point}");
        if forward {
            let compared = compare(&engine, &backup).await;
            assert!(compared.equal, "{point}: {compared:#?}");
        } else {
            assert_eq!(count(&database, "users").await, 251, "{point}");
            let names = database.list_collection_names().await.unwrap();
            assert!(!names.contains(&"config".to_owned()), "{point}");
        }
        engine.jobs().shut_down().await;
    }
    stage.stop().await;
}

/// The journal's own write can be cut in two: known here, not yet on the target.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_did_not_reach_the_target_is_none() {
    let stage = Stage::filled().await;
    let database = stage.database().open().await;
    let backup = {
        let engine = stage.engine().await;
        back_up(&engine, &[]).await.summary.id
    };
    damage(&database).await;
    // The first write after the staging says that the pause begins; the second is the commit.
    let writes = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let crash = CrashPoints::new(move |name| {
        name == "remembered" && writes.fetch_add(1, Ordering::SeqCst) == 1
    });
    let engine = stage.engine_with(crash).await;
    let job = start(&engine, &backup).await;
    engine.jobs().drained().await;
    drop(engine);
    let engine = stage.engine().await;
    let recovered = engine::restore::recover(&engine).await.unwrap();
    assert_eq!((recovered[0].journal.as_str(), recovered[0].completed), (&*job, false));
    assert_eq!(count(&database, "users").await, 251);
    assert_eq!(traces(&database).await, [""; 0]);
    stage.stop().await;
}

pub async fn crash_at(stage: &Stage, point: &'static str, backup: &str) -> String {
    let reached = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&reached);
    let crash = CrashPoints::new(move |name| {
        let here = name == point;
        if here {
            seen.store(true, Ordering::SeqCst);
        }
        here
    });
    let engine = stage.engine_with(crash).await;
    let job = start(&engine, backup).await;
    engine.jobs().drained().await;
    assert!(reached.load(Ordering::SeqCst), "{point} was not reached");
    job
}

async fn start(engine: &Engine, backup: &str) -> String {
    let plan = engine::restore::plan(engine, in_place(backup)).await.unwrap();
    engine::restore::start(engine, &plan.id, "avalon").await.unwrap()
}
