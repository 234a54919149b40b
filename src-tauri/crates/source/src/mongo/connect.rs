//! Connections: a source that is read, a target that is written.

use std::sync::Arc;
use std::time::Duration;

use mongodb::bson::{Document, RawDocumentBuf, doc};
use mongodb::error::ErrorKind;
use mongodb::options::ClientOptions;
use mongodb::{Client, Database};

use super::secondary::Reading;
use super::server::{self, ServerInfo};
use super::time::ClusterTime;
use super::write::WriteSafety;
use crate::SourceError;
use crate::profile::Profile;

/// How long a reachable server may take to be found.
const SELECTION_TIMEOUT: Duration = Duration::from_secs(8);

/// A MongoDB database that is read. Cheap to clone; clones share the connection pool.
#[derive(Debug, Clone)]
pub struct MongoSource {
    pub(crate) client: Client,
    pub(crate) database: Database,
    profile: Arc<Profile>,
    server: Arc<ServerInfo>,
    pub(crate) reading: Arc<Reading>,
}

/// A MongoDB database that is written. Cheap to clone; clones share the connection pool.
#[derive(Debug, Clone)]
pub struct MongoTarget {
    pub(crate) client: Client,
    pub(crate) database: Database,
    pub(crate) safety: WriteSafety,
}

impl MongoSource {
    /// Connects to a replica set (one member is enough) and reads what it is.
    ///
    /// The database is the profile's. `uri` may hold credentials; no error or log repeats them.
    ///
    /// # Errors
    /// Address, reachability, credentials, no replica set, or a server older than 5.0.
    pub async fn connect(uri: &str, profile: &Profile) -> Result<Self, SourceError> {
        let client = connect_client(uri).await?;
        let server = server::probe(&client).await?;
        let database = client.database(&profile.database);
        let (profile, server) = (Arc::new(profile.clone()), Arc::new(server));
        Ok(Self { client, database, profile, server, reading: Arc::default() })
    }

    /// The same connection looking at another database of the server.
    #[must_use]
    pub fn on_database(&self, name: &str) -> Self {
        Self { database: self.client.database(name), ..self.clone() }
    }

    pub(crate) fn reading_by(&self, reading: Reading) -> Self {
        Self { reading: Arc::new(reading), ..self.clone() }
    }

    /// A writer to a database of the same server.
    #[must_use]
    pub fn target(&self, database: &str) -> MongoTarget {
        MongoTarget {
            client: self.client.clone(),
            database: self.client.database(database),
            safety: WriteSafety::default(),
        }
    }

    /// The driver's client, for reads this crate does not offer.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The driver's database handle.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The database's name.
    #[must_use]
    pub fn database_name(&self) -> &str {
        self.database.name()
    }

    /// The profile given to [`Self::connect`].
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// What the server was when it was connected.
    #[must_use]
    pub fn server_info(&self) -> &ServerInfo {
        &self.server
    }

    /// Reads the server's state again: oplog window, primary, privileges.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub async fn probe(&self) -> Result<ServerInfo, SourceError> {
        server::probe(&self.client).await
    }

    /// The newest cluster time that a majority of the members holds: no later failover undoes it.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn cluster_time(&self) -> Result<ClusterTime, SourceError> {
        server::majority_time(&self.client).await
    }

    /// What time it is by the primary's clock, Unix time in milliseconds.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn server_time(&self) -> Result<i64, SourceError> {
        let hello = server::hello(&self.client).await?;
        let time = hello.get_datetime("localTime").map_err(|error| {
            SourceError::answer("asking for the time", "hello", error.to_string())
        })?;
        Ok(time.timestamp_millis())
    }

    /// A time at or after every write the primary had applied when this was called, once a
    /// majority holds it.
    pub async fn committed_now(&self) -> Result<ClusterTime, SourceError> {
        server::committed_now(&self.client).await
    }

    pub(crate) fn namespace(&self, collection: &str) -> String {
        format!("{}.{collection}", self.database.name())
    }
}

impl MongoTarget {
    /// Connects to a server that is written to; a stand-alone server is allowed.
    ///
    /// # Errors
    /// Address, reachability or credentials.
    pub async fn connect(uri: &str, database: &str) -> Result<Self, SourceError> {
        let client = connect_client(uri).await?;
        server::hello(&client).await?;
        Ok(Self { database: client.database(database), client, safety: WriteSafety::default() })
    }

    /// The same connection writing to another database.
    #[must_use]
    pub fn on_database(&self, name: &str) -> Self {
        Self { database: self.client.database(name), ..self.clone() }
    }

    /// The same connection with another promise of durability.
    #[must_use]
    pub fn with_safety(&self, safety: WriteSafety) -> Self {
        Self { safety, ..self.clone() }
    }

    /// The driver's client.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The driver's database handle.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The database's name.
    #[must_use]
    pub fn database_name(&self) -> &str {
        self.database.name()
    }

    pub(crate) fn namespace(&self, collection: &str) -> String {
        format!("{}.{collection}", self.database.name())
    }

    pub(crate) async fn run(
        &self,
        doing: &'static str,
        on: &str,
        command: RawDocumentBuf,
    ) -> Result<Document, SourceError> {
        self.database
            .run_raw_command(command)
            .await
            .map_err(|error| SourceError::mongo(doing, on, error))
    }
}

/// Opens a client and makes sure that a primary answers with these credentials.
async fn connect_client(uri: &str) -> Result<Client, SourceError> {
    const EXAMPLE: &str = "mongodb://user:password@host:27017/?replicaSet=rs";
    let invalid =
        |reason: String| SourceError::InvalidAddress { what: "MongoDB", reason, example: EXAMPLE };
    let mut options =
        ClientOptions::parse(uri).await.map_err(|error| invalid(plain_reason(&error)))?;
    options.app_name.get_or_insert_with(|| "avault".to_owned());
    options.server_selection_timeout.get_or_insert(SELECTION_TIMEOUT);
    options.connect_timeout.get_or_insert(Duration::from_secs(5));
    // Bodies are already compact or compressed by the vault; the network is not the bottleneck.
    let address = options.hosts.first().map(ToString::to_string).unwrap_or_default();
    let client = Client::with_options(options).map_err(|error| invalid(plain_reason(&error)))?;
    client
        .database("admin")
        .run_command(doc! { "ping": 1 })
        .await
        .map_err(|error| classify(address, &error))?;
    Ok(client)
}

fn classify(address: String, error: &mongodb::error::Error) -> SourceError {
    let reason = plain_reason(error);
    match error.kind.as_ref() {
        ErrorKind::Authentication { .. } => {
            SourceError::Authentication { what: "MongoDB", address, reason }
        }
        ErrorKind::Command(command) if matches!(command.code, 13 | 18) => {
            SourceError::Authentication { what: "MongoDB", address, reason }
        }
        _ => SourceError::Unreachable { what: "MongoDB", address, reason },
    }
}

/// The driver's words; they name hosts but never the user or the password.
fn plain_reason(error: &mongodb::error::Error) -> String {
    error.kind.to_string()
}
