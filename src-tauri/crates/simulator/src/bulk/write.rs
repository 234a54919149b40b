//! Writing a batch of whole games: one transaction.

use mongodb::ClientSession;
use mongodb::bson::{Document, RawDocumentBuf, doc, serialize_to_document};
use mongodb::error::Error;

use super::Batch;
use crate::SimulatorError;
use crate::store::{Store, finish, logical, raw};

/// Attempts at a batch that a conflict or a change of the primary interrupts.
const TRIES: usize = 5;

impl Store {
    /// Writes a batch. A batch that fails leaves nothing behind.
    pub(super) async fn write_batch(&self, batch: &Batch) -> Result<(), SimulatorError> {
        let history = batch.history.iter().map(|game| raw("a game's history", game));
        let history: Vec<RawDocumentBuf> = history.collect::<Result<_, _>>()?;
        let rooms = batch.rooms.iter().map(|room| raw("a room", room));
        let rooms: Vec<RawDocumentBuf> = rooms.collect::<Result<_, _>>()?;
        let accounts = batch.accounts.iter().map(|user| raw("an account", user));
        let accounts: Vec<RawDocumentBuf> = accounts.collect::<Result<_, _>>()?;
        let inserts = [
            (logical::GAME_EVENTS, &batch.events),
            (logical::ROOM_EVENTS, &batch.room_events),
            (logical::ROOMS, &rooms),
            (logical::GAME_HISTORY, &history),
            (logical::USERS, &accounts),
        ];
        let standings: Vec<Document> = batch
            .standings
            .iter()
            .map(|(id, fields)| doc! { "q": { "_id": id }, "u": { "$set": fields.clone() } })
            .collect();
        let stats = batch.stats.iter().map(|stats| {
            let document = serialize_to_document(stats)
                .map_err(|error| SimulatorError::form("statistics")(error.into()))?;
            Ok(doc! { "q": { "_id": stats.id.as_str() }, "u": document, "upsert": true })
        });
        let stats: Vec<Document> = stats.collect::<Result<_, SimulatorError>>()?;
        let updates = [(logical::STATS, &stats), (logical::USERS, &standings)];
        let mut tries = 1;
        loop {
            match self.try_batch(&inserts, &updates).await {
                Err(error) if error.is_transient() && tries < TRIES => tries += 1,
                result => return result,
            }
        }
    }

    async fn try_batch(
        &self,
        inserts: &[(&str, &Vec<RawDocumentBuf>)],
        updates: &[(&str, &Vec<Document>)],
    ) -> Result<(), SimulatorError> {
        let failed = || SimulatorError::mongo("writing a batch of games");
        let mut session = self.transaction().await.map_err(failed())?;
        for (logical, documents) in inserts {
            if !documents.is_empty() {
                let collection = self.collection::<RawDocumentBuf>(logical);
                let insert = collection.insert_many(*documents).session(&mut session);
                insert.await.map_err(failed())?;
            }
        }
        for (logical, statements) in updates {
            self.update_many(&mut session, logical, statements).await.map_err(failed())?;
        }
        finish(&mut session).await.map_err(failed())
    }

    /// One `update` command for many statements.
    async fn update_many(
        &self,
        session: &mut ClientSession,
        logical: &str,
        statements: &[Document],
    ) -> Result<(), Error> {
        for part in statements.chunks(1_000) {
            let name = self.collection::<Document>(logical).name().to_owned();
            let command = doc! { "update": name, "updates": part, "ordered": false };
            let reply = self.database().run_command(command).session(&mut *session).await?;
            if let Some(first) = reply.get_array("writeErrors").ok().and_then(|all| all.first()) {
                return Err(Error::custom(first.to_string()));
            }
        }
        Ok(())
    }
}
