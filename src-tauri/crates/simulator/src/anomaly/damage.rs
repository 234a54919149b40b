//! The five kinds of damage.

use mongodb::bson::{Bson, Document, doc};
use rand::RngExt;

use super::{Injector, Label};
use crate::SimulatorError;
use crate::store::logical;

/// The history field by name.
type FieldDamage = (&'static str, &'static str);

/// Which fields are damaged in turn: (collection, field).
const FIELDS: [FieldDamage; 5] = [
    (logical::GAME_HISTORY, "winner"),
    (logical::GAME_HISTORY, "stateHash"),
    (logical::GAME_EVENTS, "approvals"),
    (logical::GAME_EVENTS, "fails"),
    (logical::USERS, "rating"),
];

impl Injector<'_> {
    pub(super) async fn delete_games(
        &mut self,
        count: usize,
    ) -> Result<Vec<Label>, SimulatorError> {
        let failed = || SimulatorError::mongo("deleting a game");
        let mut labels = Vec::new();
        for id in self.choose(logical::GAME_HISTORY, count).await? {
            let events = self
                .store
                .collection::<Document>(logical::GAME_EVENTS)
                .delete_many(doc! { "gameId": &id })
                .await
                .map_err(failed())?;
            self.store
                .collection::<Document>(logical::GAME_HISTORY)
                .delete_one(doc! { "_id": &id })
                .await
                .map_err(failed())?;
            let detail = format!("the history and {} events were deleted", events.deleted_count);
            labels.push(self.label(logical::GAME_HISTORY, &id, detail));
        }
        Ok(labels)
    }

    pub(super) async fn damage_fields(
        &mut self,
        count: usize,
    ) -> Result<Vec<Label>, SimulatorError> {
        let mut labels = Vec::new();
        let games = self.choose(logical::GAME_HISTORY, count).await?;
        let users = self.choose(logical::USERS, count).await?;
        for (index, game) in games.iter().enumerate() {
            let (collection, field) = FIELDS[index % FIELDS.len()];
            let label = match (collection, users.get(index)) {
                (logical::GAME_EVENTS, _) => self.damage_event(game, field).await?,
                (logical::USERS, Some(user)) => self.damage(collection, user, field).await?,
                _ => self.damage(logical::GAME_HISTORY, game, field).await?,
            };
            labels.extend(label);
        }
        Ok(labels)
    }

    /// A derived number in an event's payload.
    async fn damage_event(
        &mut self,
        game: &str,
        field: &str,
    ) -> Result<Option<Label>, SimulatorError> {
        let kind = if field == "fails" { "MissionResolved" } else { "TeamVoteClosed" };
        let found = self.find(logical::GAME_EVENTS, doc! { "gameId": game, "type": kind }).await?;
        let Some(event) = found else {
            // A game given up early has no such event: its history takes the damage.
            return self.damage(logical::GAME_HISTORY, game, "stateHash").await;
        };
        let id = event.get_str("_id").unwrap_or_default().to_owned();
        let old = event.get_document("payload").ok().and_then(|payload| payload.get(field));
        let (before, new) = (describe(old), changed(old));
        let path = format!("payload.{field}");
        let detail = format!("{path}: {before} became {}", describe(Some(&new)));
        self.set(logical::GAME_EVENTS, &id, doc! { path: new }).await?;
        Ok(Some(self.label(logical::GAME_EVENTS, &id, detail)))
    }

    async fn damage(
        &mut self,
        logical: &str,
        id: &str,
        field: &str,
    ) -> Result<Option<Label>, SimulatorError> {
        let Some(document) = self.find(logical, doc! { "_id": id }).await? else {
            return Ok(None);
        };
        let old = document.get(field);
        let new = changed(old);
        let detail = format!("{field}: {} became {}", describe(old), describe(Some(&new)));
        self.set(logical, id, doc! { field: new }).await?;
        Ok(Some(self.label(logical, id, detail)))
    }

    pub(super) async fn remove_events(
        &mut self,
        count: usize,
    ) -> Result<Vec<Label>, SimulatorError> {
        let mut labels = Vec::new();
        for game in self.choose(logical::GAME_HISTORY, count).await? {
            let history = self.find(logical::GAME_HISTORY, doc! { "_id": &game }).await?;
            let last = history.and_then(|history| history.get_i64("lastSeq").ok()).unwrap_or(2);
            // Neither the first nor the last: a hole, not a shorter log.
            let seq = self.rng.random_range(2..last.max(3));
            let found =
                self.find(logical::GAME_EVENTS, doc! { "gameId": &game, "seq": seq }).await?;
            let Some(event) = found else { continue };
            let id = event.get_str("_id").unwrap_or_default().to_owned();
            self.store
                .collection::<Document>(logical::GAME_EVENTS)
                .delete_one(doc! { "_id": &id })
                .await
                .map_err(SimulatorError::mongo("deleting an event"))?;
            let detail = format!("event {seq} of game {game} was deleted");
            labels.push(self.label(logical::GAME_EVENTS, &id, detail));
        }
        Ok(labels)
    }

    pub(super) async fn change_statistics(
        &mut self,
        count: usize,
    ) -> Result<Vec<Label>, SimulatorError> {
        let mut labels = Vec::new();
        for (index, id) in self.choose(logical::STATS, count).await?.iter().enumerate() {
            let field = ["wins", "games", "rating"][index % 3];
            labels.extend(self.damage(logical::STATS, id, field).await?);
        }
        Ok(labels)
    }

    pub(super) async fn break_references(
        &mut self,
        count: usize,
    ) -> Result<Vec<Label>, SimulatorError> {
        let mut labels = Vec::new();
        let games = self.choose(logical::GAME_HISTORY, count).await?;
        let rooms = self.choose(logical::ROOMS, count).await?;
        for (index, (game, room)) in games.iter().zip(&rooms).enumerate() {
            let number: u32 = self.rng.random();
            let (logical, id, field, new) = if index % 2 == 0 {
                (logical::GAME_HISTORY, game, "roomId", format!("r_missing_{number:08x}"))
            } else {
                (logical::ROOMS, room, "hostId", format!("p_missing_{number:08x}"))
            };
            let old = self.find(logical, doc! { "_id": id }).await?;
            let old = describe(old.as_ref().and_then(|document| document.get(field)));
            self.set(logical, id, doc! { field: &new }).await?;
            let detail = format!("{field}: {old} became \"{new}\", which does not exist");
            labels.push(self.label(logical, id, detail));
        }
        Ok(labels)
    }
}

/// Another value of the same type.
fn changed(old: Option<&Bson>) -> Bson {
    match old {
        Some(Bson::Int32(number)) => Bson::Int32(number.saturating_add(1)),
        Some(Bson::Int64(number)) => Bson::Int64(number.saturating_add(37)),
        Some(Bson::String(text)) if text == "good" => "evil".into(),
        Some(Bson::String(text)) if text == "evil" => "good".into(),
        Some(Bson::String(text)) => text.chars().rev().collect::<String>().into(),
        _ => "good".into(),
    }
}

fn describe(value: Option<&Bson>) -> String {
    value.map_or_else(|| "absent".into(), ToString::to_string)
}
