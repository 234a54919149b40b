//! BK-10: a flipped byte of any stored object is found, and found where it is.

use std::path::Path;

use acceptance::service::{DATABASE, Service, files};
use mongodb::bson::doc;
use serde_json::Value;

async fn service_with_a_backup() -> (Service, String) {
    let service = Service::start().await;
    let names = ["users", "rooms", "game_history", "stats", "config"];
    let make = |name: &str, at| doc! { "_id": at, "name": format!("{name} {at}") };
    service.fill(&names, 300, make).await;
    service.init().await;
    let id = service.backup().await;
    (service, id)
}

/// Where to flip a byte: both ends, the middle, and places in between.
fn places(length: usize) -> Vec<usize> {
    let mut places: Vec<usize> =
        [0, 1, 2, 3, 5, 8, 13].iter().map(|step| step * length.saturating_sub(1) / 13).collect();
    places.dedup();
    places
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_10_a_flipped_byte_is_found_and_located() {
    let (service, id) = service_with_a_backup().await;
    let sound = service.avault(&["--json", "backup", "verify", &id, "--level", "3"]).await.ended(0);
    assert_eq!(sound.json()["ok"], Value::Bool(true));
    for object in files(&service.store()) {
        let bytes = std::fs::read(&object).expect("an object");
        for place in places(bytes.len()) {
            let mut flipped = bytes.clone();
            flipped[place] ^= 0x20;
            std::fs::write(&object, &flipped).expect("a damaged object");
            assert_found(&service, &id, &object, place).await;
        }
        std::fs::write(&object, &bytes).expect("the object as it was");
    }
    service.avault(&["backup", "verify", &id, "--level", "3"]).await.ended(0);
    service.stop().await;
}

/// The keyring and the ledger are read before anything else, so damage there may already stop the
/// command; it must name the object all the same.
async fn assert_found(service: &Service, id: &str, object: &Path, place: usize) {
    let key = object.strip_prefix(service.store()).expect("inside the store").display().to_string();
    let output = service.avault(&["--json", "backup", "verify", id, "--level", "3"]).await;
    assert!([1, 2].contains(&output.code), "byte {place} of {key} was not found: {output:?}");
    if output.stdout.trim().is_empty() {
        assert!(output.stderr.contains(&key), "byte {place} of {key}: {output:?}");
        return;
    }
    let report = output.json();
    let problems = report["problems"].as_array().expect("problems");
    assert!(
        problems.iter().any(|problem| problem["object"] == Value::String(key.clone())),
        "byte {place} of {key} was not located: {report}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_10_a_lost_object_is_found_and_production_is_left_alone() {
    let (service, id) = service_with_a_backup().await;
    let before = service.documents(DATABASE).await;
    let largest = files(&service.store())
        .into_iter()
        .max_by_key(|path| path.metadata().expect("a file").len())
        .expect("an object");
    std::fs::remove_file(&largest).expect("an object goes");
    service.avault(&["backup", "verify", &id, "--level", "0"]).await.ended(1);

    // Nothing differs, so that a restore of what differs needs none of it: all is asked for.
    let restore = service.avault(&["restore", &id, "--whole", "--yes", DATABASE]).await;
    assert_ne!(restore.code, 0, "{restore:?}");
    assert!(service.documents(DATABASE).await == before, "a failed restore changed production");
    service.stop().await;
}
