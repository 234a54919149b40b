//! What every store must do; run against each kind.

use std::sync::Arc;

use bytes::Bytes;

use super::SeededEntropy;
use crate::store::{Store, StoreError};

/// Runs the whole suite in an empty store; what fails is said in the error.
///
/// # Errors
/// The first expectation that the store does not meet.
pub async fn run(store: &Store) -> Result<(), String> {
    written_is_read(store).await?;
    absence_is_told(store).await?;
    replaced_whole(store).await?;
    first_writer_wins(store).await?;
    deleting_twice_is_fine(store).await?;
    large_and_empty(store).await?;
    writers_at_once(store).await?;
    let report = store.probe(&SeededEntropy::new(1)).await.map_err(said)?;
    expect(report.usable(), &format!("the probe finds it usable: {report:?}"))
}

fn said(error: StoreError) -> String {
    error.to_string()
}

fn expect(condition: bool, what: &str) -> Result<(), String> {
    if condition { Ok(()) } else { Err(format!("expected: {what}")) }
}

async fn written_is_read(store: &Store) -> Result<(), String> {
    let body = Bytes::from_static(b"some bytes\0\xff");
    store.put("conformance/a/one", body.clone()).await.map_err(said)?;
    expect(store.get("conformance/a/one").await.map_err(said)? == body, "the bytes come back")?;
    let parts =
        store.get_ranges("conformance/a/one", &[0..4, 5..10, 10..12]).await.map_err(said)?;
    expect(parts == [&b"some"[..], b"bytes", b"\0\xff"], "parts come back in their order")?;
    for beyond in [5..105, 50..51] {
        let parts = store.get_ranges("conformance/a/one", &[0..4, beyond]).await;
        expect(matches!(parts, Err(StoreError::Failed { .. })), "no part reaches beyond the end")?;
    }
    let info = store.stat("conformance/a/one").await.map_err(said)?;
    expect(info.is_some_and(|info| info.size == body.len() as u64), "stat tells the size")
}

async fn absence_is_told(store: &Store) -> Result<(), String> {
    let read = store.get("conformance/absent").await;
    expect(matches!(read, Err(StoreError::NotFound { .. })), "NotFound for what is absent")?;
    let read = store.get_ranges("conformance/absent", &[0..0, 1..2]).await.map(drop);
    expect(matches!(read, Err(StoreError::NotFound { .. })), "NotFound for a part of it too")?;
    let info = store.stat("conformance/absent").await.map_err(said)?;
    expect(info.is_none(), "stat tells absence")?;
    // A folder on the way to an object is no object.
    let info = store.stat("conformance/a").await.map_err(said)?;
    expect(info.is_none(), "a prefix is no object")
}

async fn replaced_whole(store: &Store) -> Result<(), String> {
    store.put("conformance/two", Bytes::from(vec![1; 5000])).await.map_err(said)?;
    store.put("conformance/two", Bytes::from_static(b"short")).await.map_err(said)?;
    let body = store.get("conformance/two").await.map_err(said)?;
    expect(body == "short", "nothing of the old bytes is left")
}

async fn first_writer_wins(store: &Store) -> Result<(), String> {
    let key = "conformance/three";
    let first = store.put_if_absent(key, Bytes::from_static(b"1")).await.map_err(said)?;
    let second = store.put_if_absent(key, Bytes::from_static(b"2")).await.map_err(said)?;
    expect(first && !second, "put_if_absent tells who was first")?;
    expect(store.get(key).await.map_err(said)? == "1", "the first bytes stay")
}

async fn deleting_twice_is_fine(store: &Store) -> Result<(), String> {
    store.put("conformance/four", Bytes::from_static(b"4")).await.map_err(said)?;
    store.delete("conformance/four").await.map_err(said)?;
    store.delete("conformance/four").await.map_err(said)?;
    expect(store.find("conformance/four").await.map_err(said)?.is_none(), "it is gone")
}

async fn large_and_empty(store: &Store) -> Result<(), String> {
    let large: Vec<u8> = (0..9_000_011_u32).map(|n| (n ^ (n >> 8)) as u8).collect();
    store.put("conformance/large", Bytes::from(large)).await.map_err(said)?;
    store.put("conformance/empty", Bytes::new()).await.map_err(said)?;
    let empty = store.get("conformance/empty").await.map_err(said)?;
    expect(empty.is_empty(), "an empty object is an object")
}

async fn writers_at_once(store: &Store) -> Result<(), String> {
    let store = Arc::new(store.clone());
    let tasks: Vec<_> = (0..16_u8)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                store.put(&format!("conformance/many/{n}"), Bytes::from(vec![n; 1000])).await
            })
        })
        .collect();
    for task in tasks {
        task.await.map_err(|error| error.to_string())?.map_err(said)?;
    }
    for n in 0..16_u8 {
        let body = store.get(&format!("conformance/many/{n}")).await.map_err(said)?;
        expect(body == vec![n; 1000], "each writer's bytes are its own")?;
    }
    Ok(())
}
