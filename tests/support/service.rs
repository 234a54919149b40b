//! A real game service with a store and the command line beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use futures::TryStreamExt;
use mongodb::bson::{Document, RawDocumentBuf, doc};
use mongodb::{Client, Database, IndexModel};
use sandbox::{Sandbox, SandboxOptions, ServerKind};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// The passphrase of every store in these tests.
pub const PASSPHRASE: &str = "the sword returns to the lake at midnight";

/// The game database of the default profile.
pub const DATABASE: &str = "avalon";

/// The file that joins service and store.
const CONFIGURATION: &str = "avault.toml";

/// Private servers, an empty store and a configuration that joins them.
pub struct Service {
    /// The servers.
    pub sandbox: Sandbox,
    /// A client of the private MongoDB.
    pub client: Client,
    folder: TempDir,
    /// The address of the store, and what else its part of the configuration says.
    store: (String, String),
}

/// What a run of `avault` left behind.
#[derive(Debug)]
pub struct Output {
    /// Its exit status.
    pub code: i32,
    /// What it printed.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
}

impl Output {
    /// What it printed as one JSON document.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }

    /// What it printed as JSON, one document a line.
    pub fn json_lines(&self) -> Vec<Value> {
        let lines = self.stdout.lines().filter(|line| !line.trim().is_empty());
        lines
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {self:?}")))
            .collect()
    }

    /// Itself, when it ended with this status.
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }
}

impl Service {
    /// Starts the servers and writes the configuration.
    pub async fn start() -> Self {
        Self::start_with(SandboxOptions::default()).await
    }

    /// Starts servers of a certain kind.
    pub async fn start_with(options: SandboxOptions) -> Self {
        let sandbox = Sandbox::start(options).await.expect("private servers start");
        let client = Client::with_uri_str(sandbox.mongodb_uri()).await.expect("a client");
        let folder = tempfile::tempdir().expect("a folder");
        let store = (folder.path().join("store").display().to_string(), String::new());
        let service = Self { sandbox, client, folder, store };
        service.configure("");
        service
    }

    /// Writes the configuration again, with more of it at the end.
    pub fn configure(&self, more: &str) {
        self.write("passphrase", PASSPHRASE);
        self.configure_keys(&format!("passphrase_file = \"passphrase\"\n{more}"));
    }

    /// Writes the configuration again; these are the lines of its part `[key]`.
    pub fn configure_keys(&self, keys: &str) {
        self.write("mongodb-uri", &self.sandbox.mongodb_uri());
        let redis = self.sandbox.redis_url();
        let (store, access) = &self.store;
        self.write(
            CONFIGURATION,
            &format!(
                "environment = \"test\"\n\n\
                 [service]\nmongodb_uri_file = \"mongodb-uri\"\nredis = \"{redis}\"\n\
                 database = \"{DATABASE}\"\n\n\
                 [store]\nurl = \"{store}\"\n{access}\n\
                 [key]\n{keys}"
            ),
        );
    }

    /// Keeps backups somewhere else than in a folder; `access` is lines of the configuration.
    pub fn keep_backups_at(&mut self, url: &str, access: &str) {
        self.store = (url.to_owned(), access.to_owned());
        self.configure("");
    }

    /// Writes a file into the service's folder.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).expect("a file is written");
    }

    /// The service's folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The store's address.
    pub fn store_url(&self) -> &str {
        &self.store.0
    }

    /// The store's folder.
    pub fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// The game database.
    pub fn database(&self) -> Database {
        self.client.database(DATABASE)
    }

    /// Runs `avault` to its end.
    pub async fn avault(&self, arguments: &[&str]) -> Output {
        self.avault_with(&[], arguments).await
    }

    /// Runs `avault` to its end, with these variables in its environment.
    pub async fn avault_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        let output = command.envs(variables.iter().copied()).output().await.expect("avault runs");
        Output {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Starts `avault` and leaves it running.
    pub fn spawn(&self, arguments: &[&str]) -> Child {
        left_running(self.command(arguments))
    }

    /// Starts `avault` with these variables in its environment; what it prints can be read when it
    /// has ended.
    pub fn spawn_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("avault runs")
    }

    /// Starts `avault` on the same service, reached by another URI than everybody else's.
    pub fn spawn_through(&self, mongodb_uri: &str, arguments: &[&str]) -> Child {
        self.write("other-uri", mongodb_uri);
        let path = self.folder.path().join(CONFIGURATION);
        let configuration = std::fs::read_to_string(path).expect("the configuration");
        self.write("other.toml", &configuration.replace("\"mongodb-uri\"", "\"other-uri\""));
        left_running(self.command_by("other.toml", arguments))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.command_by(CONFIGURATION, arguments)
    }

    fn command_by(&self, configuration: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary("avault"));
        command
            .arg("--config")
            .arg(self.folder.path().join(configuration))
            .arg("--home")
            .arg(self.folder.path().join("home"))
            .args(arguments)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Puts as many documents into each of these collections, made from the collection's name and a
    /// number from 0.
    pub async fn fill(&self, names: &[&str], many: i32, make: impl Fn(&str, i32) -> Document) {
        for name in names {
            let documents = (0..many).map(|at| make(name, at));
            let collection = self.database().collection::<Document>(name);
            collection.insert_many(documents).await.expect("documents");
        }
    }

    /// Makes the vault.
    pub async fn init(&self) {
        self.avault(&["init", "--store", &self.store.0]).await.ended(0);
    }

    /// Takes a backup of everything and gives its id.
    pub async fn backup(&self) -> String {
        let output = self.avault(&["--json", "backup", "create"]).await.ended(0);
        output.json()["summary"]["id"]
            .as_str()
            .unwrap_or_else(|| panic!("no id: {output:?}"))
            .to_owned()
    }

    /// Every document of every collection of a database, in the order of `_id`, byte for byte.
    pub async fn documents(&self, database: &str) -> BTreeMap<String, Vec<RawDocumentBuf>> {
        Self::documents_of(&self.client, database).await
    }

    /// [`Service::documents`] of any server.
    pub async fn documents_of(
        client: &Client,
        database: &str,
    ) -> BTreeMap<String, Vec<RawDocumentBuf>> {
        let database = client.database(database);
        let mut found = BTreeMap::new();
        for name in database.list_collection_names().await.expect("names") {
            if name.starts_with("system.") || name.starts_with("__avault") {
                continue;
            }
            let cursor = database
                .collection::<RawDocumentBuf>(&name)
                .find(doc! {})
                .sort(doc! { "_id": 1 })
                .await
                .expect("a cursor");
            found.insert(name, cursor.try_collect().await.expect("documents"));
        }
        found
    }

    /// Options and indexes of every collection of a database, as the server lists them.
    pub async fn metadata(&self, database: &str) -> BTreeMap<String, (Document, Vec<Document>)> {
        Self::metadata_of(&self.client, database).await
    }

    /// [`Service::metadata`] of any server.
    pub async fn metadata_of(
        client: &Client,
        database: &str,
    ) -> BTreeMap<String, (Document, Vec<Document>)> {
        let database = client.database(database);
        let mut found = BTreeMap::new();
        let mut collections = database.list_collections().await.expect("collections");
        while let Some(collection) = collections.try_next().await.expect("a collection") {
            if collection.name.starts_with("system.") || collection.name.starts_with("__avault") {
                continue;
            }
            let options =
                mongodb::bson::serialize_to_document(&collection.options).expect("options");
            let mut indexes = Vec::new();
            if let Ok(cursor) =
                database.collection::<Document>(&collection.name).list_indexes().await
            {
                let listed: Vec<IndexModel> = cursor.try_collect().await.expect("indexes");
                indexes.extend(
                    listed.iter().map(|index| {
                        mongodb::bson::serialize_to_document(index).expect("an index")
                    }),
                );
            }
            indexes.sort_by_key(ToString::to_string);
            found.insert(collection.name, (options, indexes));
        }
        found
    }

    /// Stops the servers and tells when that failed.
    pub async fn stop(self) {
        self.sandbox.stop().await.expect("the servers stop");
    }
}

fn left_running(mut command: Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("avault runs")
}

/// The port of the first MongoDB of private servers.
pub fn mongod_port(servers: &Sandbox) -> u16 {
    let mut all = servers.state().servers.iter();
    all.find(|server| server.kind == ServerKind::Mongod).expect("a mongod").port
}

/// A program of this workspace that lies beside the tests.
pub fn binary(name: &str) -> PathBuf {
    let tests = std::env::current_exe().expect("this program's path");
    let built = tests.ancestors().nth(2).expect("the target folder").join(name);
    assert!(built.exists(), "{} is not built: run through `make test`", built.display());
    built
}

/// Every file under a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}
