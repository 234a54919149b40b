//! SC-7: a key of Tencent Cloud KMS as key provider, against a stand-in that checks signatures by
//! itself. The real service was never reached.

use std::sync::Arc;

use acceptance::keys::{create, open};
use acceptance::service::Service;
use acceptance::tencent::{KEYS, REGION, SECRET_ID, SECRET_KEY, TencentKms};
use vault::{KeyProvider, TencentKmsOptions, TencentKmsProvider, VaultError, WrappedKey};

const VAULT: [u8; 16] = [7; 16];

fn options(server: &TencentKms) -> TencentKmsOptions {
    TencentKmsOptions {
        region: REGION.to_owned(),
        key: KEYS[0].to_owned(),
        endpoint: Some(server.endpoint()),
        ca_pem: None,
        secret_id: SECRET_ID.to_owned(),
        secret_key: SECRET_KEY.into(),
        token: None,
    }
}

fn provider(options: TencentKmsOptions) -> Arc<dyn KeyProvider> {
    Arc::new(TencentKmsProvider::new(options).expect("a provider"))
}

async fn wrapped(provider: &Arc<dyn KeyProvider>) -> WrappedKey {
    provider.wrap(&VAULT, &[1; 32], &[2; 32]).await.expect("it wraps")
}

#[tokio::test]
async fn sc_07_a_key_of_tencent_kms_opens_its_own_vault_and_no_other() {
    let server = TencentKms::start().await;
    let kms = provider(options(&server));
    let backend = create(&kms).await;
    let vault = open(&backend, std::slice::from_ref(&kms)).await.expect("it opens");
    let key = vault.keys().keys.remove(0);
    assert_eq!(key.provider, "tencent-kms");
    assert_eq!((&*key.parameters["region"], &*key.parameters["key"]), (REGION, KEYS[0]));
    let wrapped = wrapped(&kms).await;
    assert_eq!(*kms.unwrap(&VAULT, &wrapped).await.expect("it unwraps"), [1; 32]);
    let other_vault = kms.unwrap(&[8; 16], &wrapped).await;
    assert!(matches!(other_vault, Err(VaultError::WrongKey)), "{other_vault:?}");
    let other_key = TencentKmsOptions { key: KEYS[1].to_owned(), ..options(&server) };
    let refused = provider(other_key).unwrap(&VAULT, &wrapped).await;
    assert!(matches!(refused, Err(VaultError::WrongKey)), "{refused:?}");
    // A server that never sealed it takes it for no ciphertext.
    let elsewhere = TencentKms::start().await;
    let refused = provider(options(&elsewhere)).unwrap(&VAULT, &wrapped).await;
    assert!(matches!(refused, Err(VaultError::WrongKey)), "{refused:?}");
}

#[tokio::test]
async fn sc_07_tencent_kms_takes_only_what_is_signed_by_a_known_identity() {
    let mut server = TencentKms::start().await;
    let wrapped = wrapped(&provider(options(&server))).await;
    let forged = "a-secret-that-is-not-theirs";
    for options in [
        TencentKmsOptions { secret_key: forged.into(), ..options(&server) },
        TencentKmsOptions { secret_id: "AKIDunknown".to_owned(), ..options(&server) },
        TencentKmsOptions { token: Some(forged.into()), ..options(&server) },
    ] {
        let refused = provider(options).unwrap(&VAULT, &wrapped).await;
        let Err(error @ VaultError::KeyServerRefuses { .. }) = refused else {
            panic!("{refused:?}")
        };
        let said = format!("{error} {error:?}");
        assert!(said.contains("AuthFailure") && said.contains(&server.endpoint()), "{said}");
        assert!(!said.contains(forged), "{said}");
    }
    let slip = TencentKmsOptions { key: "no-such-key".to_owned(), ..options(&server) };
    match provider(slip).wrap(&VAULT, &[1; 32], &[2; 32]).await {
        Err(VaultError::Key { detail, .. }) => assert!(detail.contains("InvalidKeyId"), "{detail}"),
        other => panic!("{other:?}"),
    }
    server.stop().await;
    let down = provider(options(&server)).unwrap(&VAULT, &wrapped).await;
    assert!(matches!(down, Err(VaultError::KeyServerDown { .. })), "{down:?}");
}

#[tokio::test]
async fn sc_07_temporary_credentials_of_tencent_cloud_come_with_their_token() {
    let server = TencentKms::start_with("a-token-of-an-hour").await;
    let token = Some("a-token-of-an-hour".into());
    let kms = provider(TencentKmsOptions { token, ..options(&server) });
    let wrapped = wrapped(&kms).await;
    assert_eq!(*kms.unwrap(&VAULT, &wrapped).await.expect("it unwraps"), [1; 32]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sc_07_backups_by_a_key_of_tencent_kms_through_the_command_line() {
    let server = TencentKms::start().await;
    let service = Service::start().await;
    service.fill(&["users"], 50, |_, at| mongodb::bson::doc! { "_id": at }).await;
    let (endpoint, key) = (server.endpoint(), KEYS[0]);
    let kms = format!(
        "[key.tencent_kms]\nregion = \"{REGION}\"\nkey = \"{key}\"\nendpoint = \"{endpoint}\"\n"
    );
    service.configure(&kms);
    service.avault(&["init", "--store", service.store_url()]).await.ended(2);
    let variables = [
        ("AVAULT_TENCENT_KMS_SECRET_ID", SECRET_ID),
        ("AVAULT_TENCENT_KMS_SECRET_KEY", SECRET_KEY),
    ];
    let avault = async |arguments: &[&str]| service.avault_with(&variables, arguments).await;
    avault(&["init", "--store", service.store_url()]).await.ended(0);
    avault(&["key", "add", "tencent-kms", "--label", "cloud"]).await.ended(0);
    service.configure_keys(&kms);
    let keys = avault(&["--json", "key", "list"]).await.ended(0).json();
    assert_eq!(
        (&keys["keys"][1]["provider"], &keys["keys"][1]["inUse"]),
        (&"tencent-kms".into(), &true.into())
    );
    avault(&["backup", "create"]).await.ended(0);
    service.stop().await;
}
