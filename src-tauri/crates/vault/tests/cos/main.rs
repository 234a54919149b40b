//! Requests to Tencent COS are signed as published, each of them, and a bucket is dealt with as it is:
//! with versions or without, and with listings that are behind.
//!
//! No COS was reached for this. The signature is computed anew by the published rules, which are held
//! against the published examples and against requests that Tencent's own SDK signed
//! (`sdk_signatures.py`). The store sends its requests to the bucket's real host name through a proxy
//! that stands in for COS; it runs as a process of its own, for a proxy is told by the environment.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod server;
mod signature;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::process::Command;

use server::{BUCKET, Bucket, HOST, ID, SECRET, Server};
use signature::{Request, Signed, signature};
use support::*;
use vault::testing::{SeededEntropy, conformance, context};
use vault::{CheckLevel, Store, StoreCredentials, StoreError, StoreUrl, Vault};

fn signed(method: &str, path: &str, pairs: [&[(&str, &str)]; 2], authorization: &str) {
    let map = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| (name.to_lowercase(), (*value).to_owned())).collect()
    };
    let [parameters, headers] = pairs.map(map);
    let request = Request { method: method.to_owned(), path: path.to_owned(), parameters, headers };
    let read = Signed::read(authorization).unwrap();
    assert_eq!(read.id, ID);
    assert_eq!(signature(&request, &read, SECRET).as_ref(), Some(&read.signature), "{request:?}");
}

#[test]
fn the_published_examples_are_signed_so() {
    let host = ("Host", "examplebucket-1250000000.cos.ap-beijing.myqcloud.com");
    let path = "/exampleobject(腾讯云)";
    signed(
        "PUT",
        path,
        [
            &[],
            &[
                ("Date", "Thu, 16 May 2019 06:45:51 GMT"),
                host,
                ("Content-Type", "text/plain"),
                ("Content-Length", "13"),
                ("Content-MD5", "mQ/fVh815F3k6TAUm8m0eg=="),
                ("x-cos-acl", "private"),
                ("x-cos-grant-read", "uin=\"100000000011\""),
            ],
        ],
        "q-sign-algorithm=sha1&q-ak=AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q&q-sign-time=1557989151;1557996351&q-key-time=1557989151;1557996351&q-header-list=content-length;content-md5;content-type;date;host;x-cos-acl;x-cos-grant-read&q-url-param-list=&q-signature=3b8851a11a569213c17ba8fa7dcf2abec6935172",
    );
    signed(
        "GET",
        path,
        [
            &[
                ("response-content-type", "application/octet-stream"),
                ("response-cache-control", "max-age=600"),
            ],
            &[("Date", "Thu, 16 May 2019 06:55:53 GMT"), host],
        ],
        "q-sign-algorithm=sha1&q-ak=AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q&q-sign-time=1557989753;1557996953&q-key-time=1557989753;1557996953&q-header-list=date;host&q-url-param-list=response-cache-control;response-content-type&q-signature=01681b8c9d798a678e43b685a9f1bba0f6c0e012",
    );
}

#[derive(serde::Deserialize)]
struct BySdk {
    method: String,
    path: String,
    params: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    authorization: String,
}

#[test]
fn the_vendors_own_library_signs_so() {
    let requests: Vec<BySdk> = serde_json::from_str(include_str!("sdk_signatures.json")).unwrap();
    assert_eq!(requests.len(), 13);
    for request in &requests {
        let pairs = |map: &BTreeMap<String, String>| -> Vec<(String, String)> {
            map.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        let (params, headers) = (pairs(&request.params), pairs(&request.headers));
        let [params, headers] = [&params, &headers].map(|pairs| {
            pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>()
        });
        signed(&request.method, &request.path, [&params, &headers], &request.authorization);
    }
}

/// Runs one of the tests below in a process of its own, which finds the proxy in its environment.
fn behind(server: &Server, act: &str) -> std::process::Output {
    let proxy = format!("http://127.0.0.1:{}", server.port);
    let proxies = ["http_proxy", "HTTP_PROXY"].map(|name| (name, proxy.as_str()));
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", act, "--ignored", "--nocapture"])
        .envs(proxies.into_iter().chain([("no_proxy", ""), ("NO_PROXY", "")]))
        .output()
        .unwrap()
}

fn run(bucket: Bucket, act: &str) -> Server {
    let server = Server::start(bucket);
    let child = behind(&server, act);
    let seen = server.seen.lock().unwrap();
    let said = String::from_utf8_lossy(&child.stderr).into_owned();
    assert!(seen.wrong.is_empty(), "{:?}\n{said}", seen.wrong);
    assert!(child.status.success(), "{bucket:?}: {said}");
    drop(seen);
    server
}

fn kinds(server: &Server) -> Vec<String> {
    server.seen.lock().unwrap().kinds.iter().cloned().collect()
}

#[test]
fn a_bucket_conforms_and_each_request_is_signed() {
    for bucket in [Bucket::Plain, Bucket::Versioned, Bucket::Refusing, Bucket::StaleList] {
        let server = run(bucket, "conforms");
        let seen = kinds(&server);
        for kind in ["PUT", "PUT if absent", "GET", "GET range", "HEAD", "LIST", "DELETE"] {
            assert!(seen.iter().any(|seen| seen == kind), "{bucket:?}: {kind} of {seen:?}");
        }
    }
}

/// What is signed with another secret is refused, and said to be: the stand-in looks.
#[test]
fn another_secret_is_refused() {
    let server = Server::start(Bucket::Plain);
    let child = behind(&server, "is_refused");
    let seen = server.seen.lock().unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    assert!(!seen.wrong.is_empty() && seen.kinds.is_empty(), "{seen:?}");
}

#[test]
fn a_vault_lives_in_a_bucket() {
    for bucket in [Bucket::Plain, Bucket::Versioned, Bucket::StaleList] {
        let server = run(bucket, "keeps_a_vault");
        let paged = kinds(&server).iter().any(|kind| kind == "LIST next");
        assert_eq!(paged, bucket != Bucket::StaleList);
    }
}

fn store(secret: &str) -> Store {
    let endpoint = HOST.strip_prefix(BUCKET).unwrap().trim_start_matches('.');
    let url = format!("cos://{BUCKET}/avalon/main?endpoint=http://{endpoint}");
    let credentials = StoreCredentials {
        access_key_id: Some(ID.to_owned()),
        secret_access_key: Some(secret.to_owned().into()),
        session_token: None,
    };
    Store::open(&StoreUrl::parse(&url).unwrap(), credentials).unwrap()
}

#[tokio::test]
#[ignore = "run by another test, behind a proxy"]
async fn conforms() {
    let store = store(SECRET);
    conformance::run(&store).await.unwrap();
    store.probe(&SeededEntropy::new(3)).await.unwrap();
}

#[tokio::test]
#[ignore = "run by another test, behind a proxy"]
async fn keeps_a_vault() {
    let open = |seed| {
        Vault::open_with_any(store(SECRET), vec![passphrase(PASSPHRASE)], context("w", seed))
    };
    Vault::create(store(SECRET), &provider(), context("w", 1)).await.unwrap();
    let vault = open(2).await.unwrap();
    let (set, _) = back_up(&vault, &documents(0..9_000), &BTreeMap::new()).await.unwrap();
    let vault = open(3).await.unwrap();
    assert_eq!(read_all(&vault, &set.id).await.unwrap(), documents(0..9_000));
    assert!(check(&vault, CheckLevel::L3).await.ok());
    vault.drop_set(&set.id, 0).await.unwrap();
    vault.store().list("").await.unwrap();
}

#[tokio::test]
#[ignore = "run by another test, behind a proxy"]
async fn is_refused() {
    let refused = store("another").put("keyring", "x".into()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Denied { .. }), "{refused}");
    assert!(!refused.to_string().contains("another"), "{refused}");
}
