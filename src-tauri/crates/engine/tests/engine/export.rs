//! Exports and imports that are stopped, killed, refused or damaged.

use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use engine::export::outcome::{DumpFormat, ExportOutcome, ExportRequest};
use engine::import::outcome::{ImportOutcome, ImportRequest};
use engine::job::{JobState, JobView};
use engine::{CrashPoints, Engine, EngineError};
use source::profile::DataClass;

use crate::support::{DATABASE, EVENTS, Stage, USERS, back_up, count, finished, outcome};

const FORMATS: [DumpFormat; 2] = [DumpFormat::Mongodump, DumpFormat::Archive];

fn request(path: &Path, format: DumpFormat) -> ExportRequest {
    ExportRequest {
        backup: "latest".into(),
        classes: vec![],
        format,
        path: path.display().to_string(),
        gzip: false,
    }
}

fn import_of(path: &Path, format: DumpFormat, database: &str) -> ImportRequest {
    ImportRequest {
        format,
        path: path.display().to_string(),
        gzip: false,
        from: None,
        database: Some(database.into()),
        redis: false,
    }
}

async fn export(engine: &Engine, request: ExportRequest) -> ExportOutcome {
    let job = engine::export::start(engine, request).await.unwrap();
    outcome(engine, &job).await
}

/// Names in a folder, hidden ones too.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Holds work at a crash point until it is let go.
fn gate(point: &'static str) -> (CrashPoints, Receiver<()>, Sender<()>) {
    let (reached, arrivals) = channel();
    let (go, waits) = channel::<()>();
    let ends = Mutex::new((reached, waits));
    let hook = move |name: &str| {
        if name == point {
            let ends = ends.lock().unwrap();
            ends.0.send(()).unwrap();
            ends.1.recv().unwrap();
        }
        false
    };
    (CrashPoints::new(hook), arrivals, go)
}

/// Cancels a job while it stands at the gate.
async fn cancel_at(engine: &Engine, job: &str, arrivals: Receiver<()>, go: Sender<()>) -> JobView {
    let arrived = tokio::task::spawn_blocking(move || arrivals.recv().map(|()| arrivals));
    let arrivals = arrived.await.unwrap().unwrap();
    engine.jobs().cancel(job).await.unwrap();
    go.send(()).unwrap();
    let ended = finished(engine, job).await;
    drop((arrivals, go));
    ended
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stopped_leaves_nothing() {
    let stage = Stage::filled().await;
    let quiet = stage.engine().await;
    back_up(&quiet, &[]).await;
    let folder = tempfile::tempdir().unwrap();
    for format in FORMATS {
        let (crash, arrivals, go) = gate("exported");
        let engine = stage.engine_with(crash).await;
        let target = folder.path().join("dump");
        let job = engine::export::start(&engine, request(&target, format)).await.unwrap();
        let ended = cancel_at(&engine, &job, arrivals, go).await;
        assert_eq!(ended.state, JobState::Cancelled, "{:?}", ended.error);
        assert_eq!(names(folder.path()), [""; 0], "{format:?}");

        export(&quiet, request(&target, format)).await;
        let (crash, arrivals, go) = gate("imported");
        let engine = stage.engine_with(crash).await;
        let job = engine::import::start(&engine, import_of(&target, format, "copy")).await.unwrap();
        let ended = cancel_at(&engine, &job, arrivals, go).await;
        assert_eq!(ended.state, JobState::Cancelled, "{:?}", ended.error);
        let copy = stage.database().named("copy").open().await;
        assert_eq!(copy.list_collection_names().await.unwrap(), [""; 0], "{format:?}");
        if target.is_dir() {
            std::fs::remove_dir_all(&target).unwrap();
        } else {
            std::fs::remove_file(&target).unwrap();
        }
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_killed_does_not_look_finished() {
    let stage = Stage::filled().await;
    back_up(&stage.engine().await, &[]).await;
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("dump");
    for format in FORMATS {
        let crash = CrashPoints::new(|name| name == "exported");
        let engine = stage.engine_with(crash).await;
        let job = engine::export::start(&engine, request(&target, format)).await.unwrap();
        engine.jobs().drained().await;
        assert!(!target.exists(), "{format:?}");
        let left = names(folder.path());
        assert!(left.iter().any(|name| name.contains(&job) && name.ends_with(".partial")));
    }
    // What a killed one left is in nobody's way.
    let engine = stage.engine().await;
    export(&engine, request(&target, DumpFormat::Archive)).await;
    assert!(target.is_file());

    // An import that was killed is not taken for a whole one either.
    let killed = stage.engine_with(CrashPoints::new(|name| name == "imported")).await;
    let asked = import_of(&target, DumpFormat::Archive, "copy");
    engine::import::start(&killed, asked.clone()).await.unwrap();
    killed.jobs().drained().await;
    let refused = engine::import::start(&engine, asked.clone()).await.unwrap_err();
    assert!(matches!(refused, EngineError::NotEmpty { .. }), "{refused}");
    stage.database().named("copy").open().await.drop().await.unwrap();
    let job = engine::import::start(&engine, asked).await.unwrap();
    let imported: ImportOutcome = outcome(&engine, &job).await;
    assert!(imported.documents > 0);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_two_classes_leave_once_or_in_part() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    back_up(&engine, &[]).await;
    let folder = tempfile::tempdir().unwrap();
    // The game database has two live games and three that ended.
    for (name, classes, games) in [
        ("all", vec![], 5),
        ("history", vec![DataClass::History], 3),
        ("active", vec![DataClass::Active], 2),
        ("both", vec![DataClass::Active, DataClass::History], 5),
    ] {
        for format in FORMATS {
            let path = folder.path().join(format!("{name}-{format:?}"));
            let asked = ExportRequest { classes: classes.clone(), ..request(&path, format) };
            let exported = export(&engine, asked).await;
            let events: Vec<_> = exported
                .collections
                .iter()
                .filter(|one| one.collection == "game_events")
                .map(|one| one.documents)
                .collect();
            let expected = games * u64::try_from(EVENTS).unwrap();
            assert_eq!(events, [expected], "{name} {format:?}");
            let database = format!("{name}_{format:?}");
            let request = import_of(&path, format, &database);
            let job = engine::import::start(&engine, request).await.unwrap();
            let imported: ImportOutcome = outcome(&engine, &job).await;
            assert_eq!(imported.documents, exported.documents);
            let copy = stage.database().named(&database).open().await;
            assert_eq!(count(&copy, "game_events").await, expected, "{name} {format:?}");
        }
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_over() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    back_up(&engine, &[]).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "kept").unwrap();
    for format in FORMATS {
        for taken in [folder.path().to_owned(), folder.path().join("file")] {
            let refused = engine::export::start(&engine, request(&taken, format)).await;
            assert!(matches!(refused, Err(EngineError::NotEmpty { .. })), "{refused:?}");
        }
        let target = folder.path().join(format!("{format:?}"));
        export(&engine, request(&target, format)).await;
        let refused =
            engine::import::start(&engine, import_of(&target, format, DATABASE)).await.unwrap_err();
        assert_eq!(refused.code(), "not_empty");
        for database in ["admin", "a.b", ""] {
            let request = import_of(&target, format, database);
            let refused = engine::import::start(&engine, request).await.unwrap_err();
            assert_eq!(refused.code(), "invalid_request", "{database:?}");
        }
        let other =
            ImportRequest { from: Some("other".into()), ..import_of(&target, format, "copy") };
        let refused = engine::import::start(&engine, other).await.unwrap_err();
        assert!(refused.to_string().contains("avalon"), "{refused}");
        let missing =
            engine::import::start(&engine, import_of(&folder.path().join("none"), format, "copy"));
        assert_eq!(missing.await.unwrap_err().code(), "file_failed");
    }
    assert_eq!(std::fs::read(folder.path().join("file")).unwrap(), b"kept");
    let wrong = engine::import::start(
        &engine,
        import_of(&folder.path().join("file"), DumpFormat::Archive, "copy"),
    );
    assert_eq!(wrong.await.unwrap_err().code(), "no_dump");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_dump_leaves_nothing_behind() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    back_up(&engine, &[]).await;
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("dump");
    export(&engine, request(&target, DumpFormat::Archive)).await;
    let whole = std::fs::read(&target).unwrap();
    let note = whole.windows(20).position(|bytes| bytes == [b'x'; 20]).unwrap();
    let flipped = {
        let mut bytes = whole.clone();
        bytes[note] ^= 1;
        bytes
    };
    let cut = whole[..whole.len() - 1].to_vec();
    let copy = stage.database().named("copy").open().await;
    for bytes in [flipped, cut] {
        std::fs::write(&target, bytes).unwrap();
        let request = import_of(&target, DumpFormat::Archive, "copy");
        let job = engine::import::start(&engine, request).await.unwrap();
        let ended = finished(&engine, &job).await;
        assert_eq!(ended.state, JobState::Failed);
        assert_eq!(ended.error.unwrap().code, "dump_damaged");
        assert_eq!(copy.list_collection_names().await.unwrap(), [""; 0]);
    }
    std::fs::write(&target, whole).unwrap();
    let request = import_of(&target, DumpFormat::Archive, "copy");
    let job = engine::import::start(&engine, request).await.unwrap();
    let imported: ImportOutcome = outcome(&engine, &job).await;
    assert_eq!(imported.database, "copy");
    assert_eq!(count(&copy, "users").await, u64::try_from(USERS).unwrap());
    let audit = engine.control(|control| control.audit(100)).await.unwrap();
    let outcomes: Vec<_> = audit
        .iter()
        .filter(|entry| entry.verb == "import")
        .map(|entry| entry.outcome.as_str())
        .collect();
    assert_eq!(outcomes, ["done", "started", "failed", "started", "failed", "started"]);
    stage.stop().await;
}
