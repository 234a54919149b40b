//! The journal of a switch: in the control store, and on the target where any workstation finds
//! it. The target's copy decides, since it lies where the data are.

use std::time::Duration;

use mongodb::bson::{Document, doc};
use mongodb::options::{Acknowledgment, WriteConcern};
use mongodb::{Collection, Database};
use serde::{Deserialize, Serialize};
use serde_json::json;
use source::SourceError;
use source::profile::STAGING_PREFIX;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::destination::Destination;
use crate::engine::Engine;
use crate::error::EngineError;

/// How often a restore says on the target that it lives.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// Kind of these journals in the control store.
pub(super) const KIND: &str = "switch";

/// How far a restore is, as far as recovery is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    /// Writing staging collections only. Recovery drops them and lets the service go on.
    Staging,
    /// The switch has begun. Recovery carries it through.
    Switching,
    /// Every collection is switched. Recovery does what comes after.
    Switched,
}

/// One collection's part of a switch; each can be done again without harm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(super) enum Step {
    /// Rename the staged collection over the live one.
    Replace {
        /// The staged collection.
        staged: String,
        /// The live name.
        collection: String,
        /// UUID of the staged collection, hex: the proof that what was verified is live.
        uuid: String,
        /// Raw BSON of its expiring indexes, hex; built after everything else.
        expiring: Vec<String>,
    },
    /// Remove and write single documents of the live collection.
    Documents {
        /// The staged documents to write. It goes last: without it the step was done.
        staged: String,
        /// The collection of `{_id: …}` of documents to remove.
        removed: String,
        /// The live collection.
        collection: String,
        /// UUID of the live collection, hex.
        uuid: String,
    },
    /// Create a view anew.
    View {
        /// Its name.
        collection: String,
        /// Raw BSON of its definition, hex.
        options: String,
    },
    /// Drop a collection that did not exist at the backup's time.
    Drop {
        /// Its name.
        collection: String,
    },
}

/// What recovery needs to know of a restore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SwitchJournal {
    /// The restore job's id.
    pub(super) id: String,
    pub(super) backup: String,
    pub(super) database: String,
    pub(super) target: Option<String>,
    pub(super) stage: Stage,
    /// Whether the game service is, or is about to be, paused for it.
    pub(super) paused: bool,
    /// Whether the games' Redis keys are rebuilt after the switch.
    pub(super) redis: bool,
    /// The epoch that all restored games get, once it is known.
    pub(super) epoch: Option<i64>,
    pub(super) pre_image: Option<String>,
    pub(super) steps: Vec<Step>,
}

impl SwitchJournal {
    /// Names of staging collections begin with one of these.
    pub(super) fn staging_prefixes(&self) -> [String; 2] {
        [staging_prefix(&self.id), removal_prefix(&self.id)]
    }
}

/// Names of the staging collections of the restore `id` begin with this.
pub(super) fn staging_prefix(id: &str) -> String {
    format!("{STAGING_PREFIX}stage_{id}_")
}

/// Names of the collections of what the restore `id` removes begin with this.
pub(super) fn removal_prefix(id: &str) -> String {
    format!("{STAGING_PREFIX}remove_{id}_")
}

/// The journals on a database.
pub(super) struct TargetJournals {
    documents: Collection<Document>,
}

impl TargetJournals {
    pub(super) fn new(database: &Database) -> Self {
        let durable = WriteConcern::builder().w(Acknowledgment::Majority).journal(true).build();
        let options = mongodb::options::CollectionOptions::builder().write_concern(durable).build();
        let name = format!("{STAGING_PREFIX}journal");
        Self { documents: database.collection_with_options(&name, options) }
    }

    /// Begins a journal, durable on a majority when this returns.
    pub(super) async fn begin(&self, journal: &SwitchJournal) -> Result<(), EngineError> {
        self.documents
            .update_one(doc! { "_id": &journal.id }, update(journal))
            .upsert(true)
            .await
            .map(drop)
            .map_err(|error| failed("beginning the journal of a switch", &self.documents, error))
    }

    /// Replaces a journal, durable on a majority when this returns. Everything written to the
    /// server before it is then durable too, since members replay operations in order.
    pub(super) async fn put(&self, journal: &SwitchJournal) -> Result<(), EngineError> {
        let written =
            self.documents.update_one(doc! { "_id": &journal.id }, update(journal)).await.map_err(
                |error| failed("writing the journal of a switch", &self.documents, error),
            )?;
        if written.matched_count == 0 {
            // Another workstation took this restore for dead and rolled it back.
            return Err(EngineError::JournalUnusable {
                journal: journal.id.clone(),
                detail: "it is gone from the target".to_owned(),
            });
        }
        Ok(())
    }

    /// Says that the restore lives; also waits until all written so far is on a majority.
    pub(super) async fn touch(&self, id: &str) -> Result<(), EngineError> {
        self.documents
            .update_one(doc! { "_id": id }, vec![doc! { "$set": { "updatedAt": "$$NOW" } }])
            .await
            .map(drop)
            .map_err(|error| failed("waiting for a majority", &self.documents, error))
    }

    pub(super) async fn remove(&self, id: &str) -> Result<(), EngineError> {
        let action = "removing the journal of a switch";
        self.documents
            .delete_one(doc! { "_id": id })
            .await
            .map_err(|error| failed(action, &self.documents, error))?;
        // The collection goes with its last document, so that a restored database shows no trace.
        let left = self
            .documents
            .count_documents(doc! {})
            .await
            .map_err(|error| failed(action, &self.documents, error))?;
        if left == 0 {
            self.documents.drop().await.map_err(|error| failed(action, &self.documents, error))?;
        }
        Ok(())
    }

    /// All journals, with the seconds since each was last written, by the server's clock.
    pub(super) async fn list(&self) -> Result<Vec<(SwitchJournal, i64)>, EngineError> {
        let action = "reading journals of switches";
        let age = doc! { "$dateDiff": {
            "startDate": "$updatedAt", "endDate": "$$NOW", "unit": "second",
        } };
        let mut cursor = self
            .documents
            .aggregate([doc! { "$set": { "age": age } }])
            .await
            .map_err(|error| failed(action, &self.documents, error))?;
        let mut found = Vec::new();
        while cursor.advance().await.map_err(|error| failed(action, &self.documents, error))? {
            let document = cursor
                .deserialize_current()
                .map_err(|error| failed(action, &self.documents, error))?;
            found.push((parse(&document)?, document.get_i64("age").unwrap_or(i64::MAX)));
        }
        Ok(found)
    }

    pub(super) async fn get(&self, id: &str) -> Result<Option<SwitchJournal>, EngineError> {
        let found =
            self.documents.find_one(doc! { "_id": id }).await.map_err(|error| {
                failed("reading the journal of a switch", &self.documents, error)
            })?;
        found.as_ref().map(parse).transpose()
    }
}

fn update(journal: &SwitchJournal) -> Vec<Document> {
    vec![doc! { "$set": {
        "stage": json!(journal.stage).as_str().unwrap_or_default(),
        "body": { "$literal": json!(journal).to_string() },
        "updatedAt": "$$NOW",
    } }]
}

fn parse(document: &Document) -> Result<SwitchJournal, EngineError> {
    let id = document.get_str("_id").unwrap_or("?").to_owned();
    let body = document.get_str("body").unwrap_or_default();
    serde_json::from_str(body)
        .map_err(|error| EngineError::JournalUnusable { journal: id, detail: error.to_string() })
}

fn failed(
    doing: &'static str,
    on: &Collection<Document>,
    error: mongodb::error::Error,
) -> EngineError {
    let on = on.namespace().to_string();
    EngineError::from(SourceError::Mongo { doing, on, error: Box::new(error) })
}

/// Begins the journal: in the control store first, so that it is known here before the target
/// shows a trace.
pub(super) async fn begin(
    engine: &Engine,
    destination: &Destination,
    journal: &SwitchJournal,
) -> Result<(), EngineError> {
    remember(engine, journal).await?;
    engine.context().crash.pass("begun")?;
    TargetJournals::new(destination.writer.database()).begin(journal).await
}

/// Writes the journal to the control store, then to the target, whose copy decides.
pub(super) async fn write(
    engine: &Engine,
    destination: &Destination,
    journal: &SwitchJournal,
) -> Result<(), EngineError> {
    remember(engine, journal).await?;
    engine.context().crash.pass("remembered")?;
    TargetJournals::new(destination.writer.database()).put(journal).await
}

async fn remember(engine: &Engine, journal: &SwitchJournal) -> Result<(), EngineError> {
    let (id, body, now) = (journal.id.clone(), json!(journal), engine.context().now_ms());
    engine.control(move |control| control.put_journal(&id, KIND, &body, now)).await
}

/// Ends the journal: the target's first, so that no journal is left there that the control store
/// no longer knows.
pub(super) async fn close(
    engine: &Engine,
    destination: &Destination,
    journal: &SwitchJournal,
) -> Result<(), EngineError> {
    TargetJournals::new(destination.writer.database()).remove(&journal.id).await?;
    engine.context().crash.pass("closing")?;
    let (id, now) = (journal.id.clone(), engine.context().now_ms());
    engine.control(move |control| control.close_journal(&id, now)).await
}

/// Says on the target that the restore `id` lives, until dropped.
pub(super) fn heartbeat(destination: &Destination, id: &str) -> DropGuard {
    let stop = CancellationToken::new();
    let (journals, id) = (TargetJournals::new(destination.writer.database()), id.to_owned());
    let stopped = stop.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = stopped.cancelled() => return,
                () = tokio::time::sleep(HEARTBEAT) => {}
            }
            if let Err(error) = journals.touch(&id).await {
                tracing::warn!(journal = id, %error, "the restore could not say that it lives");
            }
        }
    });
    stop.drop_guard()
}

/// Bytes as hex.
pub(super) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes from hex, none when it is no hex.
pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len() / 2).map(|n| u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_goes_there_and_back() {
        assert_eq!(from_hex(&to_hex(&[0, 0xab, 0xff])).unwrap(), [0, 0xab, 0xff]);
        assert_eq!(from_hex("abc"), None);
        assert_eq!(from_hex("zz"), None);
    }

    #[test]
    fn a_journal_survives_its_encoding() {
        let journal = SwitchJournal {
            id: "J".into(),
            backup: "B".into(),
            database: "avalon".into(),
            target: None,
            stage: Stage::Switching,
            paused: true,
            redis: true,
            epoch: Some(7),
            pre_image: Some("P".into()),
            steps: vec![
                Step::Drop { collection: "a".into() },
                Step::View { collection: "v".into(), options: "00".into() },
            ],
        };
        let document = doc! { "_id": "J", "body": json!(journal).to_string() };
        assert_eq!(parse(&document).unwrap(), journal);
    }
}
