//! The set-up of a machine: what cannot work is said in one sentence, with status 2, before
//! anything was changed. Programs that tell about the machine are replaced by ones that tell of
//! another.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_owned()
}

/// Puts programs into a folder that do as these scripts say.
fn stand_in(folder: &Path, stubs: &[(&str, &str)]) {
    for (name, script) in stubs {
        let path = folder.join(name);
        std::fs::write(&path, format!("#!/bin/bash\n{script}\n")).expect("a program");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    }
}

/// Runs `scripts/setup run` with this search path.
fn set_up_on(path: &str) -> Output {
    Command::new("/bin/bash")
        .args(["scripts/setup", "run"])
        .current_dir(repository())
        .env("PATH", path)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .expect("the set-up runs")
}

/// Runs it where these programs stand before the machine's own.
fn set_up(stubs: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    stand_in(folder.path(), stubs);
    set_up_on(&format!("{}:/usr/bin:/bin", folder.path().display()))
}

/// One sentence of the product's own, and nothing of the programs behind it.
fn assert_refused(output: &Output, what: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    let last = said.lines().last().unwrap_or_default();
    assert!(last.starts_with("avalon-vault: ") && last.contains(what), "{said}");
    assert!(said.lines().all(|line| line.starts_with("avalon-vault: ")), "{said}");
}

#[test]
fn another_system_is_refused() {
    assert_refused(&set_up(&[("uname", "echo Darwin")]), "knows Linux only");
    let arm = "case $1 in -m) echo aarch64;; *) echo Linux;; esac";
    assert_refused(&set_up(&[("uname", arm)]), "aarch64 is not supported");
}

#[test]
fn a_full_disk_is_told_before_anything_is_fetched() {
    let df = "echo Avail; echo 12";
    assert_refused(&set_up(&[("df", df)]), "12 MiB are free");
}

#[test]
fn missing_packages_without_root_are_named() {
    let stubs = [("dpkg-query", "exit 1"), ("id", "echo 1000"), ("sudo", "exit 1")];
    assert_refused(&set_up(&stubs), "package lists could not be fetched");
    // Without sudo at all: a path of its own, with what the script itself needs.
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["bash", "dirname", "uname", "df", "tail", "tr", "grep", "mkdir", "env"] {
        let program = ["/usr/bin", "/bin"].iter().map(|at| Path::new(at).join(name));
        let program = program.into_iter().find(|path| path.exists()).expect("a program");
        std::os::unix::fs::symlink(program, folder.path().join(name)).expect("a link");
    }
    stand_in(folder.path(), &stubs[..2]);
    let output = set_up_on(&folder.path().display().to_string());
    assert_refused(&output, "neither root nor sudo is at hand");
}

#[test]
fn no_network_is_told() {
    let stubs = [("dpkg-query", "exit 1"), ("id", "echo 0"), ("apt-get", "exit 100")];
    assert_refused(&set_up(&stubs), "is there a network?");
}
