//! SC-7: a key of AWS KMS as key provider, against moto, which checks signatures and policies.

use std::sync::Arc;

use acceptance::keys::{create, open, passphrase};
use acceptance::moto::{ALIAS, Credentials, MotoServer, REGION};
use acceptance::service::Service;
use data_encoding::BASE64;
use serde_json::json;
use vault::{AwsKmsOptions, AwsKmsProvider, KeyChange, KeyProvider, VaultError};

const VAULT: [u8; 16] = [7; 16];

fn options(server: &MotoServer, key: &str, who: &Credentials) -> AwsKmsOptions {
    AwsKmsOptions {
        region: REGION.to_owned(),
        key: key.to_owned(),
        endpoint: Some(server.endpoint()),
        ca_pem: None,
        access_key_id: who.id.clone(),
        secret_access_key: who.secret.as_str().into(),
        session_token: who.token.as_deref().map(Into::into),
    }
}

fn provider(options: AwsKmsOptions) -> Arc<dyn KeyProvider> {
    Arc::new(AwsKmsProvider::new(options).expect("a provider"))
}

#[tokio::test]
async fn sc_07_a_vault_is_opened_by_a_key_of_kms_however_it_is_named() {
    let server = MotoServer::start().await;
    let who = server.user("avault", true).await;
    let backend = create(&provider(options(&server, ALIAS, &who))).await;
    let id = server.arn.rsplit('/').next().expect("an id");
    for name in [ALIAS, &server.arn, id] {
        let vault = open(&backend, &[provider(options(&server, name, &who))]).await;
        let key = vault.unwrap_or_else(|error| panic!("{name}: {error}")).keys().keys.remove(0);
        assert_eq!((&*key.provider, &key.parameters["key"]), ("aws-kms", &server.arn));
    }
    // Temporary credentials of a role sign with their token.
    let role = server.role().await;
    open(&backend, &[provider(options(&server, ALIAS, &role))]).await.expect("a role opens it");
    // With another key the server itself opens nothing. AWS says `IncorrectKeyException`, which is
    // a wrong key; moto says that access is denied.
    let another = server.create_key().await;
    let refused = open(&backend, &[provider(options(&server, &another, &who))]).await;
    assert!(matches!(refused, Err(VaultError::KeyServerRefuses { .. })), "{refused:?}");
}

#[tokio::test]
async fn sc_07_kms_unseals_for_the_vault_that_it_sealed_for_and_for_no_other() {
    let server = MotoServer::start().await;
    let who = server.user("avault", true).await;
    let kms = provider(options(&server, ALIAS, &who));
    let wrapped = kms.wrap(&VAULT, &[1; 32], &[2; 32]).await.expect("it wraps");
    assert_eq!(*kms.unwrap(&VAULT, &wrapped).await.expect("it unwraps"), [1; 32]);
    let refused = kms.unwrap(&[8; 16], &wrapped).await;
    assert!(matches!(refused, Err(VaultError::WrongKey)), "{refused:?}");
    // Whoever may decrypt, but does not name the vault, is refused by the server itself.
    let bytes = &wrapped.parameters;
    let at = 2 + usize::from(bytes[1]);
    assert_eq!((bytes[at], usize::from(bytes[at + 1])), (0x12, bytes.len() - at - 2));
    let ciphertext = BASE64.encode(&bytes[at + 2..]);
    let (status, said) = server.kms_answer("Decrypt", &json!({"CiphertextBlob": ciphertext})).await;
    assert!(status == 400 && said.contains("InvalidCiphertextException"), "{said}");
    let context = json!({"avalon-vault": "07".repeat(16)});
    let body = json!({"CiphertextBlob": ciphertext, "EncryptionContext": context});
    // What it unseals is the key that seals the root key, not the root key.
    let unsealed = server.kms("Decrypt", &body).await["Plaintext"].clone();
    assert_eq!(unsealed, BASE64.encode(&[2; 32]));
}

#[tokio::test]
async fn sc_07_credentials_that_do_not_suffice_are_refused_and_never_told() {
    let server = MotoServer::start().await;
    let who = server.user("avault", true).await;
    let backend = create(&provider(options(&server, ALIAS, &who))).await;
    let forged = Credentials { secret: "a-secret-that-is-not-theirs".to_owned(), ..who.clone() };
    let unknown = Credentials { id: "AKIDUNKNOWN".to_owned(), ..who.clone() };
    let powerless = server.user("guest", false).await;
    for who in [forged, unknown, powerless] {
        let refused = open(&backend, &[provider(options(&server, ALIAS, &who))]).await;
        let Err(error @ VaultError::KeyServerRefuses { .. }) = refused else {
            panic!("{refused:?}")
        };
        let said = format!("{error} {error:?}");
        assert!(said.contains("access key") && said.contains(&server.endpoint()), "{said}");
        assert!(!said.contains(&who.secret), "{said}");
    }
}

#[tokio::test]
async fn sc_07_a_kms_that_is_away_or_knows_no_such_key_is_told_and_another_key_opens() {
    let mut server = MotoServer::start().await;
    let who = server.user("avault", true).await;
    let kms = provider(options(&server, ALIAS, &who));
    let backend = create(&kms).await;
    let vault = open(&backend, &[kms.clone()]).await.expect("it opens");
    let change = KeyChange::Add { provider: passphrase("second"), label: String::new() };
    vault.change_keys(change).await.expect("a second key");
    let slip = provider(options(&server, "alias/avalom", &who));
    match open(&backend, &[slip]).await {
        Err(VaultError::Key { detail, .. }) => assert!(detail.contains("NotFound"), "{detail}"),
        other => panic!("{other:?}"),
    }
    server.stop().await;
    let down = open(&backend, &[kms.clone(), passphrase("wrong")]).await;
    let Err(error @ VaultError::KeyServerDown { .. }) = down else { panic!("{down:?}") };
    assert!(error.is_transient() && error.to_string().contains("another of its keys"), "{error}");
    open(&backend, &[kms, passphrase("second")]).await.expect("it opens");
}

#[tokio::test(flavor = "multi_thread")]
async fn sc_07_backups_by_a_key_of_kms_through_the_command_line() {
    let server = MotoServer::start().await;
    let service = Service::start().await;
    service.fill(&["users"], 50, |_, at| mongodb::bson::doc! { "_id": at }).await;
    let who = server.user("avault", true).await;
    service.write("secret", &format!("{}\n", who.secret));
    let kms = format!(
        "[key.aws_kms]\nregion = \"{REGION}\"\nkey = \"{ALIAS}\"\nendpoint = \"{}\"\n\
         access_key_id = \"{}\"\nsecret_access_key_file = \"secret\"\n",
        server.endpoint(),
        who.id
    );
    service.configure_keys(&kms);
    service.init().await;
    let backup = service.backup().await;
    let keys = service.avault(&["--json", "key", "list"]).await.ended(0).json();
    assert_eq!(
        (&keys["keys"][0]["provider"], &keys["keys"][0]["inUse"]),
        (&json!("aws-kms"), &json!(true))
    );
    // The key is added beside a passphrase, and opens alone.
    service.write("second", "a passphrase beside the key of KMS");
    let file = service.folder().join("second").display().to_string();
    let add = ["key", "add", "passphrase", "--label", "safe", "--new-passphrase-file", &file];
    service.avault(&add).await.ended(0);
    let id = keys["keys"][0]["id"].as_str().expect("an id");
    service.configure_keys(&format!("passphrase_file = \"second\"\n{kms}"));
    service.avault(&["key", "remove", id]).await.ended(0);
    service.avault(&["key", "add", "aws-kms", "--label", "cloud"]).await.ended(0);
    service.configure_keys(&kms);
    let list = service.avault(&["--json", "backup", "list"]).await.ended(0).json_lines();
    assert_eq!(list[0]["id"], backup.as_str());
    service.write("secret", "not-the-secret");
    let refused = service.avault(&["backup", "list"]).await.ended(2);
    assert!(refused.stderr.contains("renew the token or access key"), "{refused:?}");
    assert!(!refused.stderr.contains("not-the-secret"), "{refused:?}");
    service.stop().await;
}
