//! SC-7: the keyring of the operating system as key provider, against a real Secret Service.
#![cfg(target_os = "linux")]

use acceptance::keyring::SystemKeyring;
use acceptance::service::{Output, PASSPHRASE, Service};

/// Runs `avault` where this keyring is.
async fn avault(service: &Service, keyring: &SystemKeyring, arguments: &[&str]) -> Output {
    let (name, address) = keyring.variable();
    service.avault_with(&[(name, &address)], arguments).await
}

/// A service whose vault has one backup and is opened by a keyring alone.
async fn backed_up(keyring: &SystemKeyring) -> (Service, String) {
    let service = Service::start().await;
    service.fill(&["users"], 50, |_, at| mongodb::bson::doc! { "_id": at }).await;
    service.configure_keys("[key.keyring]\n");
    avault(&service, keyring, &["init", "--store", service.store_url()]).await.ended(0);
    let backup = avault(&service, keyring, &["--json", "backup", "create"]).await.ended(0).json();
    let id = backup["summary"]["id"].as_str().expect("an id").to_owned();
    (service, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn sc_07_a_vault_is_opened_by_the_keyring_of_the_system() {
    let mut keyring = SystemKeyring::start().await;
    let (service, backup) = backed_up(&keyring).await;
    let keys = avault(&service, &keyring, &["--json", "key", "list"]).await.ended(0).json();
    let key = &keys["keys"][0];
    assert_eq!((&key["provider"], &key["inUse"]), (&"keyring".into(), &true.into()));
    assert_eq!(key["parameters"]["name"], "vault");
    // It is there after the next login, too.
    keyring.lock().await;
    keyring.unlock().await;
    let list = avault(&service, &keyring, &["--json", "backup", "list"]).await.ended(0);
    assert_eq!(list.json_lines()[0]["id"], backup.as_str());
    // A new data key makes a new root key, since the keyring is at hand.
    let rotated = avault(&service, &keyring, &["--json", "key", "rotate"]).await.ended(0).json();
    assert_eq!(rotated["rootRenewed"], true);
    avault(&service, &keyring, &["backup", "list"]).await.ended(0);
    // Another entry of the same keyring is another key, and none is made by looking.
    service.configure_keys("[key.keyring]\nname = \"other\"\n");
    let refused = avault(&service, &keyring, &["backup", "list"]).await.ended(2);
    assert!(refused.stderr.contains("does not open this vault"), "{refused:?}");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sc_07_a_keyring_that_is_locked_or_away_is_told_and_another_key_opens() {
    let mut keyring = SystemKeyring::start().await;
    let (service, _) = backed_up(&keyring).await;
    service.write("second", PASSPHRASE);
    let file = service.folder().join("second").display().to_string();
    let add = ["key", "add", "passphrase", "--new-passphrase-file", &file];
    avault(&service, &keyring, &add).await.ended(0);
    keyring.lock().await;
    let locked = avault(&service, &keyring, &["backup", "list"]).await.ended(2);
    assert!(locked.stderr.contains("unlock it or log in"), "{locked:?}");
    keyring.stop().await;
    let away = avault(&service, &keyring, &["backup", "list"]).await.ended(2);
    assert!(away.stderr.contains("does not serve"), "{away:?}");
    let nowhere = [("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")];
    let away = service.avault_with(&nowhere, &["backup", "list"]).await.ended(2);
    assert!(away.stderr.contains("does not serve"), "{away:?}");
    service.configure_keys("passphrase_file = \"second\"\n[key.keyring]\n");
    service.avault_with(&nowhere, &["backup", "list"]).await.ended(0);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sc_07_each_machine_adds_the_key_of_its_own_keyring() {
    let (here, there) = (SystemKeyring::start().await, SystemKeyring::start().await);
    let (service, backup) = backed_up(&here).await;
    let refused = avault(&service, &there, &["backup", "list"]).await.ended(2);
    assert!(refused.stderr.contains("holds no key called `vault`"), "{refused:?}");
    service.write("second", PASSPHRASE);
    let file = service.folder().join("second").display().to_string();
    let add = ["key", "add", "passphrase", "--new-passphrase-file", &file];
    avault(&service, &here, &add).await.ended(0);
    // The other machine comes in by the passphrase and adds its own.
    service.configure_keys("passphrase_file = \"second\"\n[key.keyring]\n");
    let add = ["key", "add", "keyring", "--label", "the other desk"];
    avault(&service, &there, &add).await.ended(0);
    // There the first machine's key is not at hand, so the root key stays and the key is named.
    let rotated = avault(&service, &there, &["--json", "key", "rotate"]).await.ended(0).json();
    assert_eq!(rotated["rootRenewed"], false);
    assert_eq!(rotated["notAtHand"][0]["provider"], "keyring");
    service.configure_keys("[key.keyring]\n");
    for keyring in [&here, &there] {
        let list = avault(&service, keyring, &["--json", "backup", "list"]).await.ended(0);
        assert_eq!(list.json_lines()[0]["id"], backup.as_str());
    }
    service.stop().await;
}
