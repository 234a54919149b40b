//! Every kind of store at hand meets the contract. S3 runs the same suite against a real server in
//! the acceptance tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;

use support::*;
use vault::testing::{SeededEntropy, conformance, context};
use vault::{CheckLevel, Store, StoreCredentials, StoreUrl, Vault};

#[tokio::test]
async fn folder_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let url = StoreUrl::parse(folder.path().join("new/deep").to_str().unwrap()).unwrap();
    let store = Store::open(&url, StoreCredentials::default()).unwrap();
    conformance::run(&store).await.unwrap();
    let report = store.probe(&SeededEntropy::new(3)).await.unwrap();
    assert!(report.steps.iter().all(|step| step.ok), "{report:?}");
    let temporary = folder.path().join("new/deep/tmp");
    assert_eq!(std::fs::read_dir(temporary).unwrap().count(), 0, "nothing temporary stays");
}

#[tokio::test]
async fn memory_conforms() {
    let store = Store::open(&StoreUrl::Memory, StoreCredentials::default()).unwrap();
    conformance::run(&store).await.unwrap();
}

#[tokio::test]
async fn a_folder_refuses_keys_that_leave_it() {
    let folder = tempfile::tempdir().unwrap();
    let url = StoreUrl::Folder(folder.path().join("store"));
    let store = Store::open(&url, StoreCredentials::default()).unwrap();
    for key in ["../x", "a/../x", "/etc/x", "", "a//b", "a/.hidden"] {
        assert!(store.put(key, "x".into()).await.is_err(), "{key}");
        assert!(store.get(key).await.is_err(), "{key}");
    }
    assert!(!folder.path().join("x").exists());
}

#[tokio::test]
async fn a_vault_lives_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let url = StoreUrl::Folder(folder.path().to_owned());
    let store = || Store::open(&url, StoreCredentials::default()).unwrap();
    let vault = Vault::create(store(), &provider(), context("writer", 1)).await.unwrap();
    let (set, _) = back_up(&vault, &documents(0..9000), &BTreeMap::new()).await.unwrap();
    let vault = Vault::open(store(), &provider(), context("writer", 2)).await.unwrap();
    assert_eq!(read_all(&vault, &set.id).await.unwrap(), documents(0..9000));
    assert!(check(&vault, CheckLevel::L3).await.ok());
}
