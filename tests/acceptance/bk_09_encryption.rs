//! BK-9, TC-04: nothing readable lies in a store, and the wrong passphrase opens nothing.

use acceptance::service::{PASSPHRASE, Service, files};
use mongodb::bson::{Document, doc};

/// What must not be found: a player, a role, a nickname in Chinese, a collection, a Redis key, the
/// passphrase.
const SECRETS: [&str; 7] = [
    "p-01JD0000000000000000000001",
    "MERLIN",
    "\u{8584}\u{8377}\u{8336}\u{738b}",
    "game_history",
    "avalon:events",
    "currentGameId",
    PASSPHRASE,
];

async fn service_with_secrets() -> Service {
    let service = Service::start().await;
    let database = service.database();
    let player = doc! { "_id": SECRETS[0], "nick": SECRETS[2], "role": SECRETS[1] };
    for name in ["users", "rooms", "game_history"] {
        let copies = (0..200).map(|at| {
            let mut copy = player.clone();
            copy.insert("_id", format!("{}{at}", SECRETS[0]));
            copy.insert("currentGameId", at);
            copy
        });
        database.collection::<Document>(name).insert_many(copies).await.expect("documents");
    }
    service.init().await;
    service.backup().await;
    service
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_09_no_plaintext_lies_in_a_store() {
    let service = service_with_secrets().await;
    let objects = files(&service.store());
    assert!(objects.len() > 3, "{objects:?}");
    for object in &objects {
        let bytes = std::fs::read(object).expect("an object");
        for secret in SECRETS {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret:?} lies in {}", object.display());
            assert!(!object.to_string_lossy().contains(secret), "{}", object.display());
        }
    }
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tc_04_the_wrong_passphrase_is_refused_without_a_hint() {
    let service = service_with_secrets().await;
    let before: Vec<Vec<u8>> = read_all(&service);
    let mut complaints = Vec::new();
    // One is off by a letter, one is far off: what is said must not tell them apart.
    for wrong in [&PASSPHRASE[1..], "x"] {
        service.write("passphrase", wrong);
        for command in
            [&["backup", "list"][..], &["restore", "latest", "--plan"], &["backup", "create"]]
        {
            let output = service.avault(command).await;
            assert_eq!(output.code, 2, "{output:?}");
            assert!(output.stdout.is_empty(), "{output:?}");
            assert!(!output.stderr.contains(PASSPHRASE), "{output:?}");
            complaints.push(output.stderr);
        }
    }
    let (off_by_one, far_off) = complaints.split_at(3);
    assert_eq!(off_by_one, far_off);
    assert!(read_all(&service) == before, "a refused passphrase changed the store");
    service.stop().await;
}

fn read_all(service: &Service) -> Vec<Vec<u8>> {
    files(&service.store()).iter().map(|path| std::fs::read(path).expect("an object")).collect()
}
