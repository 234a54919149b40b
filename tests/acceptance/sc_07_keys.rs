//! SC-7: several keys for one vault, a recovery key on paper, and new data keys without a rewrite.

use std::collections::BTreeMap;
use std::path::PathBuf;

use acceptance::service::{DATABASE, PASSPHRASE, Service, files};
use mongodb::bson::doc;

async fn service_with_a_backup() -> Service {
    let service = Service::start().await;
    service.fill(&["users", "game_history"], 300, |name, at| doc! { "_id": at, "in": name }).await;
    service.init().await;
    service.backup().await;
    service
}

/// Adds a recovery key and gives its text and its id.
async fn recovery_key(service: &Service) -> (String, String) {
    let output = service.avault(&["--json", "key", "add", "recovery", "--label", "paper"]).await;
    let added = output.ended(0).json();
    let text = |field: &str| added[field].as_str().expect("a text").to_owned();
    (text("recoveryKey"), text("id"))
}

/// Writes a new passphrase and gives the arguments that name its file.
fn new_passphrase(service: &Service, text: &str) -> String {
    service.write("new", text);
    service.folder().join("new").display().to_string()
}

fn segments(service: &Service) -> BTreeMap<PathBuf, Vec<u8>> {
    let all = files(&service.store()).into_iter();
    all.filter(|path| !path.ends_with("keyring") && !path.ends_with("head"))
        .map(|path| (path.clone(), std::fs::read(&path).expect("an object")))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sc_07_a_recovery_key_brings_back_a_vault_whose_passphrase_is_lost() {
    let service = service_with_a_backup().await;
    let documents = service.documents(DATABASE).await;
    let (text, id) = recovery_key(&service).await;
    assert_eq!(text.split('-').map(str::len).collect::<Vec<_>>(), [7; 8]);
    // It is told once: neither the store nor the console's own folder holds it.
    for path in files(service.folder()) {
        let bytes = std::fs::read(&path).expect("a file");
        let found = bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!found, "the recovery key lies in {}", path.display());
    }
    let list = service.avault(&["--json", "key", "list"]).await.ended(0);
    assert!(!list.stdout.contains(&text[..7]));
    assert_eq!(list.json()["keys"][1]["id"], id.as_str());

    // The passphrase is gone; the paper is typed, first with a slip.
    let slip = if text.starts_with('7') { '8' } else { '7' };
    service.write("paper", &format!("{slip}{}", &text[1..]));
    service.configure_keys("recovery_key_file = \"paper\"\n");
    let refused = service.avault(&["backup", "list"]).await.ended(2);
    assert!(refused.stderr.contains("mistyped"), "{refused:?}");
    service.write("paper", &text.to_lowercase().replace('-', " "));
    let new = new_passphrase(&service, "a passphrase that is written down this time");
    let change = ["--json", "key", "passphrase", "--new-passphrase-file", &new];
    let changed = service.avault(&change).await.ended(0).json();
    assert_eq!(changed["rootRenewed"], true);

    // The old passphrase opens nothing, the new one everything.
    service.configure("");
    service.avault(&["backup", "list"]).await.ended(2);
    service.configure_keys("passphrase_file = \"new\"\n");
    service.database().drop().await.expect("the disaster");
    service.avault(&["restore", "latest", "--yes", DATABASE]).await.ended(0);
    assert!(service.documents(DATABASE).await == documents, "the data are not back");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sc_07_new_data_keys_rewrite_nothing_and_old_backups_open() {
    let service = service_with_a_backup().await;
    let (text, id) = recovery_key(&service).await;
    let before = segments(&service);
    // The recovery key lies in the safe: the root key stays, and that is said.
    let rotated = service.avault(&["--json", "key", "rotate"]).await.ended(0).json();
    assert_eq!(rotated["rootRenewed"], false);
    assert_eq!(rotated["notAtHand"][0]["id"], id.as_str());
    assert_eq!(rotated["present"]["dataKeys"].as_array().map(Vec::len), Some(2));
    let told = service.avault(&["key", "rotate"]).await.ended(0);
    assert!(told.stdout.contains("not at hand") && told.stdout.contains(&id), "{told:?}");
    // With the paper at hand it is made anew.
    service.write("paper", &text);
    service.configure_keys("passphrase_file = \"passphrase\"\nrecovery_key_file = \"paper\"\n");
    let rotated = service.avault(&["--json", "key", "rotate"]).await.ended(0).json();
    assert_eq!(rotated["rootRenewed"], true);
    service.configure("");
    let more = doc! { "_id": "new", "text": "sealed under the fourth data key" };
    service.database().collection("users").insert_one(more).await.expect("a document");
    service.backup().await;
    for (path, bytes) in before {
        let now = std::fs::read(&path).expect("an object");
        assert!(now == bytes, "{} was rewritten", path.display());
    }
    service.avault(&["backup", "verify", "--all"]).await.ended(0);
    service.avault(&["check"]).await.ended(0);
    // A key is taken away; the last one stays.
    service.avault(&["key", "remove", &id]).await.ended(0);
    service.configure_keys("recovery_key_file = \"paper\"\n");
    service.avault(&["backup", "list"]).await.ended(2);
    service.configure("");
    let keys = service.avault(&["--json", "key", "list"]).await.ended(0).json();
    let last = keys["keys"][0]["id"].as_str().expect("an id").to_owned();
    let refused = service.avault(&["key", "remove", &last]).await.ended(2);
    assert!(refused.stderr.contains("only key"), "{refused:?}");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sc_07_no_secret_is_an_argument_or_printed() {
    let service = service_with_a_backup().await;
    let refused = service.avault(&["key", "passphrase"]).await.ended(2);
    assert!(refused.stderr.contains("AVAULT_NEW_PASSPHRASE_FILE"), "{refused:?}");
    let secret = "the second passphrase of the table";
    let new = new_passphrase(&service, secret);
    let add = ["key", "add", "passphrase", "--label", "second", "--new-passphrase-file", &new];
    let added = service.avault(&add).await.ended(0);
    let list = service.avault(&["key", "list"]).await.ended(0);
    for output in [added, list] {
        for hidden in [secret, PASSPHRASE] {
            assert!(!output.stdout.contains(hidden) && !output.stderr.contains(hidden));
        }
    }
    for name in ["control.db", "control.db-wal"] {
        let bytes = std::fs::read(service.folder().join("home").join(name)).unwrap_or_default();
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "the passphrase lies in {name}");
    }
    service.stop().await;
}
