//! The control store by itself: jobs, journals, plans, settings, verifications, audit.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use control::{
    Control, ControlError, JobFilter, JobLine, JobState, NewAuditEntry, NewJob, PlanUse,
    VerificationRecord,
};
use serde_json::{Value, json};

const STORE: &str = "AVAULT_TEST_STORE";

fn open(path: &Path) -> Control {
    Control::open(path, 1_000).unwrap()
}

fn insert(control: &Control, id: &str, started_at: i64) {
    let request = json!({"classes": []});
    control
        .insert_job(&NewJob {
            id,
            verb: "backup",
            subject: "avalon",
            actor: "tester",
            request: &request,
            started_at,
        })
        .unwrap();
}

#[test]
fn a_job_keeps_its_course() {
    let folder = tempfile::tempdir().unwrap();
    let control = open(&folder.path().join("control.db"));
    insert(&control, "A", 1);
    insert(&control, "B", 2);
    control.set_job_state("A", JobState::Running).unwrap();
    control.update_job_progress("A", &json!({"done": 5})).unwrap();
    control.put_checkpoint("A", "scan", b"one").unwrap();
    control.put_checkpoint("A", "scan", b"two").unwrap();
    assert_eq!(control.checkpoint("A", "scan").unwrap().as_deref(), Some(&b"two"[..]));
    for at in 0..5 {
        let line = JobLine { at, code: format!("line{at}"), context: json!({}) };
        control.append_job_line("A", &line).unwrap();
    }
    let lines: Vec<_> = control.job_lines("A", 2).unwrap().into_iter().map(|l| l.code).collect();
    assert_eq!(lines, ["line3", "line4"]);

    control.finish_job("A", JobState::Done, 9, None, Some(&json!({"ok": true}))).unwrap();
    let job = control.job("A").unwrap().unwrap();
    assert_eq!((job.state, job.finished_at), (JobState::Done, Some(9)));
    assert_eq!(job.progress, Some(json!({"done": 5})));
    assert_eq!(job.outcome, Some(json!({"ok": true})));
    assert_eq!(control.checkpoint("A", "scan").unwrap(), None);
    let again = control.set_job_state("A", JobState::Running);
    assert!(matches!(again, Err(ControlError::Absent { .. })));

    let all: Vec<_> = control.jobs(JobFilter::default()).unwrap();
    assert_eq!(all.iter().map(|j| j.id.as_str()).collect::<Vec<_>>(), ["B", "A"]);
    let open_only = control.jobs(JobFilter { open_only: true, limit: 0 }).unwrap();
    assert_eq!(open_only.len(), 1);
}

#[test]
fn a_closed_handle_leaves_its_jobs_interrupted_and_a_living_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control.db");
    let living = open(&path);
    insert(&living, "L", 1);
    let closed = open(&path);
    insert(&closed, "C", 2);
    drop(closed);
    let third = open(&path);
    assert_eq!(third.job("L").unwrap().unwrap().state, JobState::Queued);
    assert_eq!(third.job("C").unwrap().unwrap().state, JobState::Interrupted);
    // A job asked to stop from another handle learns of it.
    third.request_job_cancel("L").unwrap();
    let job = living.job("L").unwrap().unwrap();
    assert!(job.cancel_requested);
    assert_eq!(job.state, JobState::Cancelling);
}

/// Not a test of its own: the process that `a_killed_process…` kills.
#[test]
#[ignore = "started by another test"]
fn child_with_a_running_job() {
    let Ok(path) = std::env::var(STORE) else {
        return;
    };
    let control = open(Path::new(&path));
    insert(&control, "K", 1);
    control.set_job_state("K", JobState::Running).unwrap();
    println!("\nready");
    std::thread::park();
}

#[test]
fn a_killed_process_shows_its_job_as_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control.db");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "child_with_a_running_job"])
        .env(STORE, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    assert!(output.lines().any(|line| line.unwrap() == "ready"));
    assert_eq!(open(&path).job("K").unwrap().unwrap().state, JobState::Running);
    child.kill().unwrap();
    child.wait().unwrap();
    let job = open(&path).job("K").unwrap().unwrap();
    assert_eq!((job.state, job.finished_at), (JobState::Interrupted, Some(1_000)));
}

#[test]
fn many_handles_open_and_write_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control.db");
    std::thread::scope(|scope| {
        for n in 0..8 {
            let path = &path;
            scope.spawn(move || {
                let control = open(path);
                insert(&control, &format!("J{n}"), n);
                append(&control, &format!("act{n}"));
                control.finish_job(&format!("J{n}"), JobState::Done, 9, None, None).unwrap();
            });
        }
    });
    let control = open(&path);
    let jobs = control.jobs(JobFilter::default()).unwrap();
    assert_eq!(jobs.len(), 8);
    assert!(jobs.iter().all(|job| job.state == JobState::Done));
    assert_eq!(control.verify_audit().unwrap(), None);
}

fn append(control: &Control, verb: &str) {
    let detail = json!({"n": 1});
    control
        .append_audit(&NewAuditEntry {
            at: 5,
            actor: "tester",
            verb,
            subject: "avalon",
            outcome: "done",
            detail: &detail,
        })
        .unwrap();
}

#[test]
fn any_change_of_the_audit_chain_is_found() {
    let damages = [
        ("UPDATE audit SET actor = 'somebody' WHERE seq = 2", 2),
        ("UPDATE audit SET detail = '{\"n\":2}' WHERE seq = 3", 3),
        ("UPDATE audit SET detail = '{' WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 2", 3),
        ("DELETE FROM audit WHERE seq = 1", 2),
        ("DELETE FROM audit WHERE seq = 4", 4),
        ("DELETE FROM audit", 4),
        ("UPDATE audit SET seq = 5 - seq - 100; UPDATE audit SET seq = seq + 100", 1),
    ];
    for (damage, at) in damages {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("control.db");
        let control = open(&path);
        for n in 0..4 {
            append(&control, &format!("act{n}"));
        }
        assert_eq!(control.verify_audit().unwrap(), None);
        let raw = rusqlite::Connection::open(&path).unwrap();
        raw.execute_batch(damage).unwrap();
        let fault = control.verify_audit().unwrap();
        assert_eq!(fault.map(|fault| fault.seq), Some(at), "{damage}");
    }
}

#[test]
fn a_plan_is_used_once() {
    let folder = tempfile::tempdir().unwrap();
    let control = open(&folder.path().join("control.db"));
    control.insert_plan("P", "restore", &json!({"a": 1}), "print", 1).unwrap();
    assert_eq!(control.plan("P").unwrap().unwrap().fingerprint, "print");
    assert_eq!(control.take_plan("P", "J1").unwrap(), PlanUse::Taken);
    assert_eq!(control.take_plan("P", "J2").unwrap(), PlanUse::UsedBy("J1".into()));
    assert!(matches!(control.take_plan("Q", "J1"), Err(ControlError::Absent { .. })));
}

#[test]
fn journals_settings_and_verifications_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control.db");
    let control = open(&path);
    control.put_journal("S", "switch", &json!({"step": 1}), 1).unwrap();
    control.put_journal("S", "switch", &json!({"step": 2}), 2).unwrap();
    drop(control);

    let control = open(&path);
    let journals = control.open_journals("switch").unwrap();
    assert_eq!(journals.len(), 1);
    assert_eq!(journals[0].body, json!({"step": 2}));
    control.close_journal("S", 3).unwrap();
    assert!(control.open_journals("switch").unwrap().is_empty());
    assert_eq!(control.journal("S").unwrap().unwrap().closed_at, Some(3));

    assert_eq!(control.setting("theme").unwrap(), None);
    control.set_setting("theme", &json!("dark"), 1).unwrap();
    assert_eq!(control.setting("theme").unwrap(), Some(json!("dark")));
    control.set_setting("theme", &Value::Null, 1).unwrap();
    assert_eq!(control.setting("theme").unwrap(), None);

    for (at, ok) in [(1, true), (2, false)] {
        let record = VerificationRecord {
            backup: "B".into(),
            level: ok.then(|| "L2".into()),
            at,
            ok,
            problems: u64::from(!ok),
            detail: json!({"read": at}),
        };
        control.insert_verification(&record).unwrap();
    }
    let known = control.verifications(Some("B")).unwrap();
    assert_eq!(known.iter().map(|v| v.at).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(known[0].detail, json!({"read": 2}));
    assert_eq!(control.verifications(None).unwrap().len(), 2);
    assert!(control.verifications(Some("C")).unwrap().is_empty());
}
