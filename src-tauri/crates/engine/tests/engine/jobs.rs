use engine::job::{JobState, Unit, Verb};
use engine::jobs::{JobEnd, JobSpec, Phase};
use engine::{Connections, CrashPoints, Engine, EngineContext, EngineError};
use serde_json::json;
use std::sync::Arc;

fn engine(folder: &std::path::Path) -> Engine {
    let mut context = EngineContext::new(
        Arc::new(vault::SystemClock),
        Arc::new(vault::SystemEntropy),
        "tester",
        "test",
    );
    context.crash = CrashPoints::default();
    let control = control::Control::open(&folder.join("control.db"), context.now_ms()).unwrap();
    Engine::new(context, Connections::default(), Arc::new(control))
}

fn spec(verb: Verb) -> JobSpec {
    JobSpec { verb, subject: "avalon".into(), request: json!({}) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_tells_its_course_and_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    let mut events = engine.jobs().subscribe();
    let job = engine
        .jobs()
        .start(spec(Verb::Check), |job| async move {
            job.phase(Phase { code: "check", unit: Unit::Objects, total: Some(2) });
            job.advance(2);
            job.line("check.begun", &[("n", "2".into())]).await?;
            Ok(JobEnd { outcome: json!({"n": 2}), with_problems: true })
        })
        .await
        .unwrap();
    let view = engine.jobs().wait(&job).await.unwrap();
    assert_eq!(view.state, JobState::DoneWithProblems);
    assert_eq!(view.outcome, Some(json!({"n": 2})));
    assert_eq!(view.progress.as_ref().unwrap().done, 2);
    assert_eq!(view.log[0].code, "check.begun");
    assert_eq!(events.recv().await.unwrap().state, JobState::Queued);
    assert_eq!(engine.jobs().list(10).await.unwrap(), [view]);
    let audit = engine.control(|control| control.audit(10)).await.unwrap();
    let outcomes: Vec<_> = audit.iter().map(|entry| entry.outcome.as_str()).collect();
    assert_eq!(outcomes, ["done_with_problems", "started"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_fails_its_job_only() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    let job = engine
        .jobs()
        .start(spec(Verb::Check), |_| async move {
            let nothing: Option<JobEnd> = None;
            Ok(nothing.expect("a defect"))
        })
        .await
        .unwrap();
    let view = engine.jobs().wait(&job).await.unwrap();
    assert_eq!(view.state, JobState::Failed);
    assert_eq!(view.error.unwrap().code, "worker_lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_wait_for_a_place_and_are_stopped_while_they_wait_or_work() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    let mut jobs = Vec::new();
    for _ in 0..3 {
        let started = engine.jobs().start(spec(Verb::Verify), |job| async move {
            job.cancel().cancelled().await;
            Err(EngineError::Cancelled)
        });
        jobs.push(started.await.unwrap());
    }
    let mut events = engine.jobs().subscribe();
    let running = || async {
        let list = engine.jobs().list(10).await.unwrap();
        list.iter().filter(|job| job.state == JobState::Running).count()
    };
    while running().await < 2 {
        events.recv().await.unwrap();
    }
    // Another process asks the first to stop; this one finds the request.
    let other = control::Control::open(&folder.path().join("control.db"), 1).unwrap();
    other.request_job_cancel(&jobs[0]).unwrap();
    assert_eq!(engine.jobs().wait(&jobs[0]).await.unwrap().state, JobState::Cancelled);
    for job in &jobs[1..] {
        engine.jobs().cancel(job).await.unwrap();
        assert_eq!(engine.jobs().wait(job).await.unwrap().state, JobState::Cancelled);
    }
    let unknown = engine.jobs().cancel("none").await;
    assert!(matches!(unknown, Err(EngineError::NoSuchJob { .. })));
}
