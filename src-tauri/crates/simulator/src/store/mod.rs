//! MongoDB: the durable side of the game service.

mod commit;
mod document;
mod read;

use avalon::document::UserDoc;
use mongodb::bson::{Document, RawDocumentBuf, doc};
use mongodb::options::{
    Acknowledgment, ClientOptions, IndexOptions, ReadConcern, TransactionOptions, WriteConcern,
};
use mongodb::{Client, ClientSession, Collection, Database, IndexModel};
use source::profile::Profile;

use crate::SimulatorError;

pub(crate) use commit::{Change, GameCommit, RoomCommit, finish};
pub(crate) use document::{envelope_document, envelope_from, raw};

/// Logical names of the collections, as the profile file uses them.
pub(crate) mod logical {
    pub(crate) const USERS: &str = "users";
    pub(crate) const ROOMS: &str = "rooms";
    pub(crate) const ROOM_EVENTS: &str = "room_events";
    pub(crate) const GAMES: &str = "games";
    pub(crate) const GAME_EVENTS: &str = "game_events";
    pub(crate) const GAME_HISTORY: &str = "game_history";
    pub(crate) const STATS: &str = "stats";
    pub(crate) const CONFIG: &str = "config";

    pub(crate) const ALL: [&str; 8] =
        [USERS, ROOMS, ROOM_EVENTS, GAMES, GAME_EVENTS, GAME_HISTORY, STATS, CONFIG];
}

/// The game service's database.
#[derive(Clone)]
pub(crate) struct Store {
    client: Client,
    database: Database,
    profile: Profile,
}

impl Store {
    pub(crate) async fn connect(uri: &str, profile: &Profile) -> Result<Store, SimulatorError> {
        let failed = || SimulatorError::mongo("connecting");
        let mut options = ClientOptions::parse(uri).await.map_err(failed())?;
        options.app_name = Some("avalon-simulator".into());
        options.server_selection_timeout = Some(std::time::Duration::from_secs(5));
        let client = Client::with_options(options).map_err(failed())?;
        let database = client.database(&profile.database);
        let store = Store { client, database, profile: profile.clone() };
        for name in logical::ALL {
            store.name(name)?;
        }
        Ok(store)
    }

    fn name(&self, logical: &str) -> Result<&str, SimulatorError> {
        self.profile.collection(logical).ok_or_else(|| {
            SimulatorError::Unavailable(format!("the profile names no collection `{logical}`"))
        })
    }

    /// A collection by its logical name, which [`Store::connect`] has checked.
    pub(crate) fn collection<T: Send + Sync>(&self, logical: &str) -> Collection<T> {
        self.database.collection(self.profile.collection(logical).unwrap_or(logical))
    }

    fn raw(&self, logical: &str) -> Collection<RawDocumentBuf> {
        self.collection(logical)
    }

    fn documents(&self, logical: &str) -> Collection<Document> {
        self.collection(logical)
    }

    /// Creates the collections and indexes of the game service where they are missing.
    pub(crate) async fn prepare(&self) -> Result<(), SimulatorError> {
        let failed = || SimulatorError::mongo("creating an index");
        let existing = self.database.list_collection_names().await.map_err(failed())?;
        for logical in logical::ALL {
            let name = self.name(logical)?;
            if !existing.iter().any(|known| known == name) {
                match self.database.create_collection(name).await {
                    // Another instance was quicker.
                    Err(error) if exists_already(&error) => {}
                    result => result.map_err(failed())?,
                }
            }
        }
        let indexes = [
            (logical::USERS, doc! { "nick": 1 }, false),
            (logical::USERS, doc! { "rating": -1 }, false),
            (logical::ROOMS, doc! { "code": 1 }, false),
            (logical::ROOM_EVENTS, doc! { "roomId": 1, "seq": 1 }, true),
            (logical::GAMES, doc! { "roomId": 1 }, false),
            (logical::GAME_EVENTS, doc! { "gameId": 1, "seq": 1 }, true),
            (logical::GAME_HISTORY, doc! { "endedAt": -1 }, false),
            (logical::GAME_HISTORY, doc! { "seats.playerId": 1, "endedAt": -1 }, false),
        ];
        for (logical, keys, unique) in indexes {
            let options = IndexOptions::builder().unique(unique.then_some(true)).build();
            let model = IndexModel::builder().keys(keys).options(options).build();
            self.documents(logical).create_index(model).await.map_err(failed())?;
        }
        Ok(())
    }

    /// Writes an account unless it exists.
    pub(crate) async fn ensure_account(&self, account: &UserDoc) -> Result<(), SimulatorError> {
        let mut fields = mongodb::bson::serialize_to_document(account)
            .map_err(|error| SimulatorError::form("an account")(error.into()))?;
        fields.remove("_id");
        self.documents(logical::USERS)
            .update_one(doc! { "_id": account.id.as_str() }, doc! { "$setOnInsert": fields })
            .upsert(true)
            .await
            .map(drop)
            .map_err(SimulatorError::mongo("writing an account"))
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// A session in a transaction that is majority and journaled.
    pub(crate) async fn transaction(&self) -> Result<ClientSession, mongodb::error::Error> {
        let mut session = self.client.start_session().await?;
        session.start_transaction().with_options(Self::durable()).await?;
        Ok(session)
    }

    /// Majority and journaled: what the acknowledgement promises.
    fn durable() -> TransactionOptions {
        let durable = WriteConcern::builder().w(Acknowledgment::Majority).journal(true).build();
        TransactionOptions::builder()
            .read_concern(ReadConcern::snapshot())
            .write_concern(durable)
            .build()
    }
}

fn exists_already(error: &mongodb::error::Error) -> bool {
    const NAMESPACE_EXISTS: i32 = 48;
    matches!(error.kind.as_ref(), mongodb::error::ErrorKind::Command(reply) if reply.code == NAMESPACE_EXISTS)
}
