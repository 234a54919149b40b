//! What a backup does with a collection, and the truth to compare it with.

use std::collections::BTreeMap;

use bytes::Bytes;
use source::mongo::{
    CaptureWindow, ClusterTime, CollectionInfo, Image, MembershipFilter, MongoSource, ScanOptions,
};

pub type State = BTreeMap<Vec<u8>, Bytes>;

/// Reads every range; between batches the window is advanced.
pub async fn scan(
    source: &MongoSource,
    info: &CollectionInfo,
    options: &ScanOptions,
    window: &mut CaptureWindow,
) -> State {
    let mut state = State::new();
    for range in source.plan_ranges(info, 3).await.unwrap() {
        let mut reader = source.read_range(info, &range, options.clone());
        while let Some(batch) = reader.next_batch().await.unwrap() {
            for record in batch.iter() {
                assert!(state.insert(record.key.to_vec(), record.bytes()).is_none());
            }
            window.advance().await.unwrap();
        }
    }
    state
}

pub async fn apply_images(
    window: &mut CaptureWindow,
    info: &CollectionInfo,
    time: ClusterTime,
    filter: Option<&MembershipFilter>,
    state: &mut State,
) -> u64 {
    let mut images = window.images(info, time, filter).unwrap();
    let mut count = 0;
    let mut last: Option<Vec<u8>> = None;
    while let Some(batch) = images.next_batch().await.unwrap() {
        for image in batch {
            count += 1;
            let key = match image {
                Image::Put { key, document } => {
                    state.insert(key.clone(), document);
                    key
                }
                Image::Delete { key, .. } => {
                    state.remove(&key);
                    key
                }
            };
            assert!(last.as_ref().is_none_or(|last| *last < key), "images are not in key order");
            last = Some(key);
        }
    }
    count
}

/// The truth: one snapshot read at T1.
pub async fn snapshot(source: &MongoSource, info: &CollectionInfo, time: ClusterTime) -> State {
    let mut state = State::new();
    let options = ScanOptions { at: Some(time), ..ScanOptions::default() };
    for range in source.plan_ranges(info, 1).await.unwrap() {
        let mut reader = source.read_range(info, &range, options.clone());
        while let Some(batch) = reader.next_batch().await.unwrap() {
            state.extend(batch.iter().map(|record| (record.key.to_vec(), record.bytes())));
        }
    }
    state
}
