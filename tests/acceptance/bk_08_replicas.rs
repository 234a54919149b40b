//! BK-8: replicas on real servers: they are enough when the primary is gone, each heals the other, a
//! cut of the network is got over, and stores that are not apart are refused.

use std::path::{Path, PathBuf};

use acceptance::proxy::Proxy;
use acceptance::s3::{ACCESS_KEY, S3Server, SECRET_KEY};
use acceptance::service::{DATABASE, PASSPHRASE, Service, binary, files};
use mongodb::bson::{Document, doc};
use serde_json::Value;
use tokio::process::Command;

const BUCKET: &str = "replica";

/// A document that does not compress to nothing.
fn document(name: &str, at: i32) -> Document {
    let mut mixed = u64::from(at.unsigned_abs()).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut text = String::new();
    while text.len() < 500 {
        mixed = mixed.rotate_left(23).wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ 0x5851;
        text.push_str(&format!("{mixed:016x}"));
    }
    doc! { "_id": at, "name": format!("{name} {at}"), "text": text }
}

fn credentials() -> String {
    format!("access_key_id = \"{ACCESS_KEY}\"\nsecret_access_key_file = \"store-secret\"\n")
}

/// A service with its backups in a folder, a replica at `replica` and an off-site folder.
async fn service(replica: &str) -> Service {
    let mut service = Service::start().await;
    service.write("store-secret", SECRET_KEY);
    let primary = service.store().display().to_string();
    let offsite = service.folder().join("offsite").display().to_string();
    service.keep_backups_at(
        &primary,
        &format!(
            "[replica]\nurl = \"{replica}\"\nbandwidth = \"500MB/s\"\n{}\n\
             [offsite]\nurl = \"{offsite}\"\nevery = \"month\"\n",
            credentials()
        ),
    );
    service.fill(&["users", "game_history"], 4_000, document).await;
    service.avault(&["init"]).await.ended(0);
    service
}

async fn stores(service: &Service) -> Vec<Value> {
    service.avault(&["--json", "store", "list"]).await.ended(0).json_lines()
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_08_a_replica_and_the_key_are_enough_when_the_primary_is_gone() {
    let s3 = S3Server::start().await;
    s3.create_bucket(BUCKET).await;
    let service = service(&s3.url(BUCKET, "avalon")).await;
    let before = service.documents(DATABASE).await;
    let first = service.backup().await;
    service.fill(&["rooms"], 50, document).await;
    service.avault(&["backup", "create", "--method", "incremental"]).await.ended(0);
    let listed = stores(&service).await;
    let behind: Vec<_> = listed.iter().map(|store| (&store["name"], &store["behind"])).collect();
    assert_eq!(
        format!("{behind:?}"),
        format!(
            "{:?}",
            [("primary", 0), ("replica", 1), ("offsite", 1)]
                .map(|(name, behind)| (Value::from(name), Value::from(behind)))
        )
    );
    assert_eq!(listed[1]["health"], "absent");

    // The cycle asks for the newest of the week; the older one is named.
    let output = service.avault(&["--json", "replicate"]).await.ended(0).json_lines();
    assert_eq!(output.len(), 2, "both replicas");
    assert!(output[0]["probe"]["usable"] == true, "probed before its first use: {}", output[0]);
    assert_eq!(output[0]["backups"].as_array().expect("sets").len(), 1);
    let output = service.avault(&["--json", "replicate", "--to", "replica", &first]).await.ended(0);
    let outcome = output.json();
    assert_eq!(outcome["backups"][0]["result"], "copied");
    assert!(outcome["probe"].is_null());
    let again = service.avault(&["--json", "replicate", "--all", "--to", "replica"]).await.ended(0);
    assert_eq!(again.json()["objects"], 0, "{again:?}");
    let listed = stores(&service).await;
    assert_eq!((&listed[1]["backups"], &listed[1]["behind"]), (&2.into(), &0.into()));
    assert!(listed[1]["replicatedAt"].is_i64(), "{listed:?}");

    // Keys are changed, and backups taken, in the primary alone.
    for refused in [&["backup", "create"][..], &["key", "rotate"]] {
        let arguments = [refused, &["--store", "replica"]].concat();
        let output = service.avault(&arguments).await.ended(2);
        assert!(output.stderr.contains("primary"), "{output:?}");
    }

    // A fresh workstation, with nothing but the replica and the passphrase.
    std::fs::remove_dir_all(service.store()).expect("the primary goes");
    let fresh = service.folder().join("fresh");
    std::fs::create_dir(&fresh).expect("a folder");
    std::fs::write(fresh.join("passphrase"), PASSPHRASE).expect("a key");
    std::fs::write(fresh.join("secret"), SECRET_KEY).expect("a secret");
    let uri = service.sandbox.mongodb_uri();
    std::fs::write(
        fresh.join("avault.toml"),
        format!(
            "environment = \"test\"\n[service]\nmongodb = \"{uri}\"\ndatabase = \"copy\"\n\
             [store]\nurl = \"{}\"\naccess_key_id = \"{ACCESS_KEY}\"\n\
             secret_access_key_file = \"secret\"\n[key]\npassphrase_file = \"passphrase\"\n",
            s3.url(BUCKET, "avalon"),
        ),
    )
    .expect("a configuration");
    alone(&fresh, &["backup", "verify", &first, "--level", "3"]).await;
    alone(&fresh, &["restore", &first, "--database", "copy", "--yes", "copy"]).await;
    let copy = service.documents("copy").await;
    for name in ["users", "game_history"] {
        assert!(copy[name] == before[name], "{name}");
    }
    // The old workstation reads it by its name.
    service.avault(&["backup", "verify", "latest", "--store", "replica"]).await.ended(0);
    service.stop().await;
}

async fn alone(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new(binary("avault"));
    command.arg("--config").arg(folder.join("avault.toml")).arg("--home").arg(folder.join("home"));
    let output = command.args(arguments).output().await.expect("avault runs");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
}

fn some(store: &Path, folder: &str, skip: usize) -> PathBuf {
    files(&store.join(folder)).into_iter().nth(skip).expect("an object")
}

/// Damages an object of each type.
fn damage(store: &Path) {
    let halve = |path: &PathBuf| {
        let bytes = std::fs::read(path).expect("an object");
        std::fs::write(path, &bytes[..bytes.len() / 2]).expect("damage");
    };
    std::fs::remove_file(some(store, "segment", 0)).expect("damage");
    halve(&some(store, "page", 0));
    std::fs::remove_file(some(store, "manifest", 1)).expect("damage");
    halve(&some(store, "ledger", 0));
    std::fs::remove_file(some(store, "registry", 1)).expect("damage");
    std::fs::write(store.join("keyring"), vec![0; 300]).expect("damage");
}

#[tokio::test(flavor = "multi_thread")]
async fn fi_05_a_backup_corrupted_in_one_store_is_restored_by_another() {
    let s3 = S3Server::start().await;
    s3.create_bucket(BUCKET).await;
    let service = service(&s3.url(BUCKET, "avalon")).await;
    let before = service.documents(DATABASE).await;
    let set = service.backup().await;
    service.avault(&["replicate"]).await.ended(0);

    let primary = service.store();
    damage(&primary);
    service.avault(&["backup", "list"]).await.ended(1);
    let damaged: Vec<_> = files(&primary);
    let plan = service.avault(&["--json", "repair", "store", "--from", "replica", "--dry-run"]);
    let plan = plan.await.ended(1).json();
    assert_eq!(files(&primary), damaged, "a dry run writes nothing");
    assert!(plan["repaired"].as_array().expect("cures").len() >= 6, "{plan}");
    let done = service.avault(&["--json", "repair", "store", "--from", "replica"]).await.ended(0);
    assert_eq!(done.json()["repaired"], plan["repaired"]);
    service.avault(&["check"]).await.ended(0);
    service.avault(&["restore", &set, "--database", "copy"]).await.ended(0);
    assert!(service.documents("copy").await == before);

    // And the other way round; what is checked is remembered of that store alone.
    let offsite = service.folder().join("offsite");
    std::fs::remove_file(some(&offsite, "segment", 0)).expect("damage");
    service.avault(&["check", "--store", "offsite"]).await.ended(1);
    let listed = stores(&service).await;
    assert_eq!((&listed[2]["health"], &listed[0]["health"]), (&"attention".into(), &"ok".into()));
    damage(&offsite);
    let output = service.avault(&["replicate", "--to", "offsite"]).await.ended(1);
    assert!(output.stderr.contains("repair store offsite"), "{output:?}");
    let done = service.avault(&["repair", "store", "offsite", "--from", "primary"]).await;
    done.ended(0);
    service.avault(&["check", "--store", "offsite"]).await.ended(0);
    assert_eq!(stores(&service).await[2]["health"], "ok");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_08_a_cut_of_the_network_is_got_over() {
    let s3 = S3Server::start().await;
    s3.create_bucket(BUCKET).await;
    let through = |proxy: &Proxy, prefix: &str| {
        s3.url(BUCKET, prefix).replace(&s3.port().to_string(), &proxy.port().to_string())
    };
    // While copying into a replica, in the middle of an object.
    let line = Proxy::to(s3.port()).await;
    line.cut_after_sending(900_000, 3);
    let mut service = service(&through(&line, "copied")).await;
    let before = service.documents(DATABASE).await;
    let set = service.backup().await;
    service.avault(&["replicate", "--to", "replica"]).await.ended(0);
    assert_eq!(line.refused(), 3, "the line was cut");
    service.avault(&["check", "--store", "replica"]).await.ended(0);

    // While backing up.
    let line = Proxy::to(s3.port()).await;
    line.cut_after_sending(900_000, 3);
    service.keep_backups_at(&through(&line, "taken"), &credentials());
    service.avault(&["init"]).await.ended(0);
    let taken = service.backup().await;
    assert_eq!(line.refused(), 3, "the line was cut");
    assert_ne!(set, taken);
    service.avault(&["check"]).await.ended(0);
    service.avault(&["restore", &taken, "--database", "copy"]).await.ended(0);
    assert!(service.documents("copy").await == before);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_08_stores_that_are_not_apart_are_refused_in_production() {
    let mut service = Service::start().await;
    let folder = service.folder().join("second");
    service.keep_backups_at(
        &service.store().display().to_string(),
        &format!("[replica]\nurl = \"{}\"\n", folder.display()),
    );
    service.fill(&["users"], 10, document).await;
    // Elsewhere it is said, and done.
    service.avault(&["init"]).await.ended(0);
    let output = service.avault(&["backup", "create"]).await.ended(0);
    assert!(output.stderr.contains("same host as MongoDB"), "{output:?}");
    assert!(output.stderr.contains("same disk"), "{output:?}");
    service.avault(&["replicate"]).await.ended(0);
    let codes: Vec<_> =
        stores(&service).await.into_iter().map(|store| store["warnings"].clone()).collect();
    assert_eq!(codes[0][0]["code"], "with_mongodb", "{codes:?}");

    let file = service.folder().join("avault.toml");
    let text = std::fs::read_to_string(&file).expect("the configuration");
    std::fs::write(&file, text.replace("\"test\"", "\"production\"")).expect("production");
    for refused in [&["backup", "create"][..], &["replicate"], &["init"]] {
        let output = service.avault(refused).await.ended(3);
        assert!(output.stderr.contains("MongoDB"), "{refused:?}: {output:?}");
    }
    // What is there can still be read and brought back.
    service.avault(&["backup", "verify", "latest"]).await.ended(0);
    service.avault(&["restore", "latest", "--database", "copy"]).await.ended(0);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_08_a_store_is_probed_by_name() {
    let s3 = S3Server::start().await;
    s3.create_bucket(BUCKET).await;
    let service = service(&s3.url(BUCKET, "avalon")).await;
    for store in ["primary", "replica", "offsite"] {
        let probe = service.avault(&["--json", "store", "probe", store]).await.ended(0).json();
        assert!(probe["usable"] == true && probe["store"] == store, "{probe}");
        assert!(probe["steps"].as_array().expect("steps").len() >= 7, "{probe}");
    }
    service.stop().await;
}
