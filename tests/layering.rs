//! Dependencies point one way: the layering of the crates, held against `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// What each crate of the product may depend on, itself aside. Development dependencies are free
/// as long as they make no circle, which Cargo itself refuses.
const ALLOWED: [(&str, &[&str]); 11] = [
    ("avalon", &[]),
    ("vault", &[]),
    ("control", &[]),
    ("dump", &[]),
    ("sandbox", &[]),
    ("source", &["avalon"]),
    ("simulator", &["avalon", "source"]),
    ("engine", &["avalon", "vault", "source", "control", "sandbox", "dump"]),
    ("api", &["engine", "simulator"]),
    ("agent", &["api"]),
    ("avalon-vault", &["api"]),
];

/// Names of packages that would tie a crate to a window.
const WINDOW: [&str; 4] = ["tauri", "wry", "gtk", "rfd"];

fn metadata() -> serde_json::Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo prints JSON")
}

fn normal_dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("dependencies");
            let names = dependencies
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .map(|dependency| dependency["name"].as_str().expect("name").to_owned())
                .collect();
            (package["name"].as_str().expect("name").to_owned(), names)
        })
        .collect()
}

#[test]
fn crates_depend_one_way() {
    let found = normal_dependencies();
    let ours: BTreeSet<&str> = ALLOWED.iter().map(|(name, _)| *name).collect();
    for (name, allowed) in ALLOWED {
        let dependencies = found.get(name).unwrap_or_else(|| panic!("crate {name} is gone"));
        let wrong: Vec<&String> = dependencies
            .iter()
            .filter(|dependency| ours.contains(dependency.as_str()))
            .filter(|dependency| !allowed.contains(&dependency.as_str()))
            .collect();
        assert!(wrong.is_empty(), "{name} must not depend on {wrong:?}");
    }
}

#[test]
fn every_crate_has_a_layer() {
    let known: BTreeSet<&str> = ALLOWED.iter().map(|(name, _)| *name).collect();
    let outside = BTreeSet::from(["acceptance", "bench"]);
    for name in normal_dependencies().keys() {
        assert!(
            known.contains(name.as_str()) || outside.contains(name.as_str()),
            "{name} has no place in the layering"
        );
    }
}

#[test]
fn only_the_shell_knows_a_window() {
    for (name, dependencies) in normal_dependencies() {
        let window: Vec<&&str> = WINDOW.iter().filter(|w| dependencies.contains(**w)).collect();
        assert!(name == "avalon-vault" || window.is_empty(), "{name} depends on {window:?}");
    }
}

#[test]
fn the_game_does_no_io() {
    let found = normal_dependencies();
    for forbidden in ["tokio", "mongodb", "redis", "opendal", "rusqlite"] {
        assert!(!found["avalon"].contains(forbidden), "avalon depends on {forbidden}");
    }
    assert!(!found["vault"].contains("mongodb"), "vault depends on mongodb");
    for forbidden in ["tokio", "mongodb"] {
        assert!(!found["dump"].contains(forbidden), "dump depends on {forbidden}");
    }
}
