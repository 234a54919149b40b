//! The owner dies by SIGKILL: its servers go, and its folder can be swept.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sandbox::{Identity, Sandbox, State};

/// The example program lies beside the test's own `deps` folder.
fn owner_program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(2).unwrap().join("examples/owner")
}

fn start_owner(folder: Option<&Path>, root: &Path) -> (Child, PathBuf) {
    let mut command = Command::new(owner_program());
    command.args(folder).env("TMPDIR", root).stdout(Stdio::piped());
    let mut owner = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(owner.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let folder = PathBuf::from(line.trim());
    assert!(folder.is_dir(), "the owner printed {line:?}");
    (owner, folder)
}

async fn gone(identity: &Identity) {
    while identity.is_alive() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn servers_end_with_a_killed_owner_and_the_sweep_removes_the_folder() {
    let root = tempfile::tempdir().unwrap();
    let (mut owner, folder) = start_owner(None, root.path());
    let state = State::load(&folder).unwrap();
    assert!(state.ready && state.servers.iter().all(sandbox::ServerRecord::is_running));

    let sweep_root = folder.parent().unwrap().to_owned();
    let report = Sandbox::sweep(&sweep_root).await.unwrap();
    assert_eq!((report.in_use, report.servers_ended), (1, 0), "a living owner is left alone");

    owner.kill().unwrap();
    owner.wait().unwrap();
    for server in &state.servers {
        gone(server.process.as_ref().unwrap()).await;
    }
    assert!(folder.exists());
    let report = Sandbox::sweep(&sweep_root).await.unwrap();
    assert_eq!(report.folders_removed, std::slice::from_ref(&folder));
    assert!(!folder.exists());
}

#[tokio::test]
async fn a_folder_of_a_killed_owner_can_be_started_again() {
    let root = tempfile::tempdir().unwrap();
    let kept = root.path().join("kept");
    let (mut owner, folder) = start_owner(Some(&kept), root.path());
    owner.kill().unwrap();
    owner.wait().unwrap();
    let options =
        sandbox::SandboxOptions { folder: Some(folder), ..sandbox::SandboxOptions::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    assert!(Sandbox::attach(&kept).unwrap().is_up());
    sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn another_process_can_stop_a_sandbox() {
    let root = tempfile::tempdir().unwrap();
    let (mut owner, folder) = start_owner(None, root.path());
    let attached = Sandbox::attach(&folder).unwrap();
    attached.stop().await.unwrap();
    assert!(!folder.exists());
    owner.kill().unwrap();
    owner.wait().unwrap();
}

/// A recorded id that now belongs to another program must never be signalled.
#[tokio::test]
async fn a_foreign_process_with_a_recorded_id_is_never_touched() {
    let root = tempfile::tempdir().unwrap();
    let (mut owner, folder) = start_owner(None, root.path());
    owner.kill().unwrap();
    owner.wait().unwrap();
    let mut state = State::load(&folder).unwrap();
    for server in &state.servers {
        gone(server.process.as_ref().unwrap()).await;
    }
    let mut foreign = Command::new("sleep").arg("600").spawn().unwrap();
    let identity = Identity::of(foreign.id()).unwrap();
    // Worst case: id, start time and boot agree, only the command line tells them apart.
    for server in &mut state.servers {
        server.process = Some(identity.clone());
    }
    std::fs::write(folder.join("sandbox.json"), serde_json::to_vec(&state).unwrap()).unwrap();
    let report = Sandbox::sweep(folder.parent().unwrap()).await.unwrap();
    assert_eq!(report.servers_ended, 0);
    assert!(foreign.try_wait().unwrap().is_none(), "the foreign process still runs");
    foreign.kill().unwrap();
    foreign.wait().unwrap();
}
