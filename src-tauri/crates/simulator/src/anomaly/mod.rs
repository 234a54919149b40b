//! The injector of labelled anomalies: it damages the data and says exactly what it did.

mod damage;

use std::str::FromStr;

use mongodb::bson::{Document, doc};
use rand::RngExt;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};
use source::profile::Profile;

use crate::store::{Store, logical};
use crate::{SimulatorError, random};

/// Candidates looked at: a sample of a large collection is as good as all of it.
const CANDIDATES: i64 = 20_000;

/// What is done to the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Ended games vanish: their history and all their events.
    DeleteGames,
    /// A field of a history, an event or an account holds a wrong value.
    DamageField,
    /// One event in the middle of a log is gone.
    MissingEvent,
    /// A counter or a rating is not what the history says.
    WrongStatistic,
    /// A document refers to one that does not exist.
    DanglingReference,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 5] = [
        Kind::DeleteGames,
        Kind::DamageField,
        Kind::MissingEvent,
        Kind::WrongStatistic,
        Kind::DanglingReference,
    ];

    /// Its name, for example `delete_games`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::DeleteGames => "delete_games",
            Kind::DamageField => "damage_field",
            Kind::MissingEvent => "missing_event",
            Kind::WrongStatistic => "wrong_statistic",
            Kind::DanglingReference => "dangling_reference",
        }
    }
}

impl FromStr for Kind {
    type Err = SimulatorError;

    fn from_str(name: &str) -> Result<Kind, SimulatorError> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
            let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
            SimulatorError::Unavailable(format!(
                "`{name}` is no anomaly; there are {}",
                known.join(", ")
            ))
        })
    }
}

/// One thing that was damaged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Label {
    /// What was done.
    pub kind: Kind,
    /// The collection, by its name in the database.
    pub collection: String,
    /// `_id` of the document.
    pub id: String,
    /// What changed, in words: field, value before and after.
    pub detail: String,
}

/// Damages `count` things of one kind, chosen by the seed. Fewer when there are fewer.
///
/// # Errors
/// There is nothing of the kind to damage, or MongoDB fails.
pub async fn inject(
    mongodb_uri: &str,
    profile: &Profile,
    kind: Kind,
    count: usize,
    seed: u64,
) -> Result<Vec<Label>, SimulatorError> {
    let store = Store::connect(mongodb_uri, profile).await?;
    inject_into(&store, kind, count, seed).await
}

/// [`inject`] on an open store.
pub(crate) async fn inject_into(
    store: &Store,
    kind: Kind,
    count: usize,
    seed: u64,
) -> Result<Vec<Label>, SimulatorError> {
    let mut injector = Injector {
        store,
        kind,
        rng: random::generator(seed, &[b"anomaly", kind.name().as_bytes()]),
    };
    let labels = match kind {
        Kind::DeleteGames => injector.delete_games(count).await?,
        Kind::DamageField => injector.damage_fields(count).await?,
        Kind::MissingEvent => injector.remove_events(count).await?,
        Kind::WrongStatistic => injector.change_statistics(count).await?,
        Kind::DanglingReference => injector.break_references(count).await?,
    };
    if labels.is_empty() && count > 0 {
        let what = kind.name();
        return Err(SimulatorError::Unavailable(format!(
            "there is nothing in the database for the anomaly {what}; generate games first"
        )));
    }
    Ok(labels)
}

struct Injector<'a> {
    store: &'a Store,
    kind: Kind,
    rng: StdRng,
}

impl Injector<'_> {
    /// `count` different `_id`s of a collection, by the seed.
    async fn choose(&mut self, logical: &str, count: usize) -> Result<Vec<String>, SimulatorError> {
        let failed = || SimulatorError::mongo("choosing what to damage");
        let filter = if logical == logical::STATS {
            doc! { "_id": { "$ne": avalon::rating::GLOBAL } }
        } else {
            doc! {}
        };
        let mut cursor = self
            .store
            .collection::<Document>(logical)
            .find(filter)
            .projection(doc! { "_id": 1 })
            .sort(doc! { "_id": 1 })
            .limit(CANDIDATES)
            .await
            .map_err(failed())?;
        let mut ids = Vec::new();
        while cursor.advance().await.map_err(failed())? {
            if let Ok(id) = cursor.current().get_str("_id") {
                ids.push(id.to_owned());
            }
        }
        let mut chosen = Vec::with_capacity(count.min(ids.len()));
        while chosen.len() < count && !ids.is_empty() {
            chosen.push(ids.swap_remove(self.rng.random_range(0..ids.len())));
        }
        Ok(chosen)
    }

    async fn find(
        &self,
        logical: &str,
        filter: Document,
    ) -> Result<Option<Document>, SimulatorError> {
        let found = self.store.collection::<Document>(logical).find_one(filter).await;
        found.map_err(SimulatorError::mongo("reading what to damage"))
    }

    async fn set(&self, logical: &str, id: &str, fields: Document) -> Result<(), SimulatorError> {
        let updated = self
            .store
            .collection::<Document>(logical)
            .update_one(doc! { "_id": id }, doc! { "$set": fields })
            .await;
        updated.map(drop).map_err(SimulatorError::mongo("damaging a field"))
    }

    fn label(&self, logical: &str, id: &str, detail: String) -> Label {
        let collection = self.store.collection::<Document>(logical).name().to_owned();
        Label { kind: self.kind, collection, id: id.to_owned(), detail }
    }
}
