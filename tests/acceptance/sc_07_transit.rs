//! SC-7: the transit engine of a real OpenBao as key provider.

use std::sync::Arc;

use acceptance::bao::{BaoServer, KEY, ROOT_TOKEN};
use acceptance::keys::{create, open, passphrase};
use acceptance::service::Service;
use vault::store::MemoryBackend;
use vault::{KeyChange, KeyProvider, TransitOptions, TransitProvider, VaultError};

fn options(server: &BaoServer, token: &str) -> TransitOptions {
    TransitOptions {
        address: server.address(),
        mount: "transit".to_owned(),
        key: KEY.to_owned(),
        namespace: None,
        ca_pem: None,
        token: token.into(),
    }
}

fn provider(options: TransitOptions) -> Arc<dyn KeyProvider> {
    Arc::new(TransitProvider::new(options).expect("a provider"))
}

#[tokio::test]
async fn sc_07_a_vault_is_opened_by_a_key_that_a_server_keeps() {
    let server = BaoServer::start().await;
    let transit = provider(options(&server, &server.token().await));
    let backend = create(&transit).await;
    let vault = open(&backend, &[transit]).await.expect("it opens");
    let key = vault.keys().keys.remove(0);
    assert_eq!(key.provider, "transit");
    assert_eq!((&*key.parameters["key"], &*key.parameters["keyVersion"]), (KEY, "1"));
    // Another key of the same server is another key.
    let another = TransitOptions { key: "other".to_owned(), ..options(&server, ROOT_TOKEN) };
    let refused = open(&backend, &[provider(another)]).await;
    assert!(matches!(refused, Err(VaultError::WrongKey)), "{refused:?}");
    // So is a key of the same name on another server.
    let elsewhere = BaoServer::start().await;
    let refused = open(&backend, &[provider(options(&elsewhere, ROOT_TOKEN))]).await;
    assert!(matches!(refused, Err(VaultError::WrongKey)), "{refused:?}");
}

#[tokio::test]
async fn sc_07_only_a_server_of_a_known_authority_gets_the_token() {
    let server = BaoServer::start_tls().await;
    let unknown = provider(options(&server, ROOT_TOKEN));
    let ca_pem = std::fs::read(server.ca()).expect("a certificate");
    let known = TransitOptions { ca_pem: Some(ca_pem), ..options(&server, ROOT_TOKEN) };
    let backend = create(&provider(known.clone())).await;
    open(&backend, &[provider(known)]).await.expect("it opens");
    match open(&backend, &[unknown]).await {
        Err(VaultError::KeyServerDown { detail, .. }) => {
            assert!(detail.contains("certificate"), "{detail}");
        }
        other => panic!("{other:?}"),
    }
    let no_pem = TransitOptions { ca_pem: Some(b"-----BEGIN".to_vec()), ..options(&server, "t") };
    assert!(matches!(TransitProvider::new(no_pem), Err(VaultError::Key { .. })));
}

#[tokio::test]
async fn sc_07_a_token_that_does_not_suffice_is_refused_and_never_told() {
    let server = BaoServer::start().await;
    let backend = create(&provider(options(&server, &server.token().await))).await;
    let wrong = "s.this-token-is-unknown";
    let refused = open(&backend, &[provider(options(&server, wrong))]).await;
    let Err(error @ VaultError::KeyServerRefuses { .. }) = refused else { panic!("{refused:?}") };
    let said = format!("{error} {error:?}");
    assert!(said.contains("renew the token") && said.contains(&server.address()), "{said}");
    assert!(!said.contains(wrong), "{said}");
    // The policy of this token names one key: a slip in the name makes no new one.
    let slip =
        TransitOptions { key: "avalom".to_owned(), ..options(&server, &server.token().await) };
    let refused = open(&backend, &[provider(slip.clone())]).await;
    assert!(matches!(refused, Err(VaultError::WrongKey)), "{refused:?}");
    let vault = open(&backend, &[provider(options(&server, ROOT_TOKEN))]).await.expect("it opens");
    let change = KeyChange::Add { provider: provider(slip), label: String::new() };
    let refused = vault.change_keys(change).await;
    assert!(matches!(refused, Err(VaultError::KeyServerRefuses { .. })), "{refused:?}");
}

#[tokio::test]
async fn sc_07_a_server_that_is_away_is_told_and_another_key_opens() {
    let mut server = BaoServer::start().await;
    let transit = provider(options(&server, ROOT_TOKEN));
    let backend = create(&transit).await;
    let vault = open(&backend, &[transit.clone()]).await.expect("it opens");
    let change = KeyChange::Add { provider: passphrase("second"), label: String::new() };
    vault.change_keys(change).await.expect("a second key");
    server.seal().await;
    let sealed = open(&backend, &[transit.clone()]).await;
    assert!(matches!(sealed, Err(VaultError::KeyServerDown { .. })), "{sealed:?}");
    server.stop().await;
    let down = open(&backend, &[transit.clone(), passphrase("wrong")]).await;
    let Err(error @ VaultError::KeyServerDown { .. }) = down else { panic!("{down:?}") };
    assert!(error.is_transient());
    let said = error.to_string();
    assert!(said.contains(&server.address()) && said.contains("another of its keys"), "{said}");
    let vault = open(&backend, &[transit, passphrase("second")]).await.expect("it opens");
    // A server that is gone for good is taken out without it.
    let id = vault.keys().keys[0].id.clone();
    let removed = vault.change_keys(KeyChange::Remove { id }).await.expect("it is removed");
    assert!(removed.root_renewed);
}

#[tokio::test]
async fn sc_07_a_key_that_the_server_rotates_still_opens_and_is_wrapped_anew() {
    let server = BaoServer::start().await;
    let transit = provider(options(&server, &server.token().await));
    let backend = create(&transit).await;
    server.rotate().await;
    let vault = open(&backend, &[transit.clone()]).await.expect("version 1 still opens");
    assert!(vault.change_keys(KeyChange::Rotate).await.expect("a new data key").root_renewed);
    assert_eq!(vault.keys().keys[0].parameters["keyVersion"], "2");
    let before = backend.snapshot();
    server.retire_before(2).await;
    open(&backend, &[transit.clone()]).await.expect("version 2 opens");
    // What only version 1 could open is told with the server's own words.
    server.rotate().await;
    server.retire_before(3).await;
    let old = Arc::new(MemoryBackend::from_snapshot(before));
    let refused = open(&old, &[transit]).await;
    match refused {
        Err(VaultError::Key { detail, .. }) => assert!(detail.contains("version"), "{detail}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sc_07_backups_by_a_key_server_through_the_command_line() {
    let mut server = BaoServer::start().await;
    let service = Service::start().await;
    service.fill(&["users"], 50, |_, at| mongodb::bson::doc! { "_id": at }).await;
    let token = server.token().await;
    service.write("token", &format!("{token}\n"));
    let transit = format!(
        "[key.transit]\naddress = \"{}\"\nkey = \"{KEY}\"\ntoken_file = \"token\"\n",
        server.address()
    );
    service.configure_keys(&transit);
    service.init().await;
    let backup = service.backup().await;
    let keys = service.avault(&["--json", "key", "list"]).await.ended(0).json();
    assert_eq!(keys["keys"][0]["provider"], "transit");
    assert_eq!(keys["keys"][0]["inUse"], true);
    service.write("token", "s.no-token");
    let refused = service.avault(&["backup", "list"]).await.ended(2);
    assert!(refused.stderr.contains("renew the token"), "{refused:?}");
    assert!(!refused.stderr.contains("s.no-token"), "{refused:?}");
    service.write("token", &token);
    service.write("second", "a passphrase beside the key server");
    let file = service.folder().join("second").display().to_string();
    let add = ["key", "add", "passphrase", "--label", "safe", "--new-passphrase-file", &file];
    service.avault(&add).await.ended(0);
    server.stop().await;
    let down = service.avault(&["backup", "list"]).await.ended(2);
    assert!(down.stderr.contains("does not serve"), "{down:?}");
    service.configure_keys(&format!("passphrase_file = \"second\"\n{transit}"));
    let list = service.avault(&["--json", "backup", "list"]).await.ended(0).json_lines();
    assert_eq!(list[0]["id"], backup.as_str());
    service.stop().await;
}
