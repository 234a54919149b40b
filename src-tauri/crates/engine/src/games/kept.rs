//! A game as a backup keeps it: read out of the vault, with no database at hand.

use std::collections::BTreeMap;

use bytes::Bytes;
use mongodb::bson::Document;
use source::mongo::CollectionKind;
use source::rawbson;
use source::sortkey;
use ulid::Ulid;
use vault::{SetManifest, StreamKind, StreamManifest, Vault};

use super::log::GameLog;
use super::outcome::GameRow;
use super::record::{ACCOUNTS, EVENTS, GAMES};
use crate::backup::stream::StreamSource;
use crate::engine::Engine;
use crate::error::EngineError;

/// Member of an event that names its game.
const GAME: &str = "gameId";
/// How far the times in the ids of a game's events may lie outside its own times, in milliseconds:
/// clocks of two machines may differ.
pub(super) const SLACK_MS: i64 = 10 * 60_000;
/// How far they mostly lie outside of them at most.
const CLOSE_MS: i64 = 1_000;

/// The games of one set.
pub(super) struct KeptGames {
    vault: Vault,
    manifest: SetManifest,
}

/// A stream of the set, with the class that it is filed under.
struct Stream<'s> {
    class: &'s str,
    manifest: &'s StreamManifest,
    in_order: bool,
}

impl KeptGames {
    /// Opens the set that `backup` names.
    pub(super) async fn open(engine: &Engine, backup: &str) -> Result<Self, EngineError> {
        let manifest = crate::backup::resolve(engine, backup).await?;
        Ok(Self { vault: engine.vault()?, manifest })
    }

    /// The id of the set.
    pub(super) fn id(&self) -> &str {
        &self.manifest.summary.id
    }

    /// What the list shows of a game; none when the set holds neither form of it.
    pub(super) async fn row(&self, id: &str) -> Result<Option<GameRow>, EngineError> {
        for (logical, make) in GAMES {
            let found = self.documents(logical, &[id.to_owned()]).await?;
            if let Some(document) = found.first() {
                return Ok(Some(make(document)));
            }
        }
        Ok(None)
    }

    /// The log of a game; empty when there is none. Events lie in the order of their ids, which
    /// tell the time: where those found between the game's own times are not all, and those found
    /// farther around are not either, all are looked through.
    pub(super) async fn log(
        &self,
        game: &str,
        row: Option<&GameRow>,
    ) -> Result<GameLog, EngineError> {
        GameLog::of(self.documents_of(game, row).await?)
    }

    /// The documents of a game's log, in order.
    pub(super) async fn log_documents(&self, game: &str) -> Result<Vec<Document>, EngineError> {
        let row = self.row(game).await?;
        self.documents_of(game, row.as_ref()).await
    }

    /// The name of the collection of events; none where the set holds none.
    pub(super) fn events_collection(&self) -> Result<Option<String>, EngineError> {
        let streams = self.streams(EVENTS)?;
        Ok(streams.first().map(|stream| stream.manifest.name.clone()))
    }

    async fn documents_of(
        &self,
        game: &str,
        row: Option<&GameRow>,
    ) -> Result<Vec<Document>, EngineError> {
        if let Some(row) = row
            && let Some(began) = row.started_at
        {
            for slack in [CLOSE_MS, SLACK_MS] {
                let span = Span::of(began - slack, row.updated_at + slack)?;
                let events = self.events(game, &span).await?;
                if events.len() as u64 >= row.seq {
                    return Ok(events);
                }
            }
        }
        self.events(game, &Span::all()).await
    }

    /// The nicknames of players, by player.
    pub(super) async fn nicks(
        &self,
        players: &[String],
    ) -> Result<BTreeMap<String, String>, EngineError> {
        let accounts = self.documents(ACCOUNTS, players).await?;
        let named = accounts.iter().filter_map(|account| {
            let (id, nick) = (account.get_str("_id").ok()?, account.get_str("nick").ok()?);
            Some((id.to_owned(), nick.to_owned()))
        });
        Ok(named.collect())
    }

    /// The streams of a collection, by the profile's name: parts of it may be filed apart.
    fn streams(&self, logical: &str) -> Result<Vec<Stream<'_>>, EngineError> {
        let mut found = Vec::new();
        for class in &self.manifest.classes {
            for stream in &class.streams {
                if stream.kind != StreamKind::Collection {
                    continue;
                }
                let source = StreamSource::of(&self.manifest.summary.id, stream)?;
                if source.logical == logical && source.kind != CollectionKind::View {
                    let in_order = source.kind != CollectionKind::Capped;
                    found.push(Stream { class: &class.class, manifest: stream, in_order });
                }
            }
        }
        Ok(found)
    }

    /// The documents with these ids that a collection has.
    async fn documents(&self, logical: &str, ids: &[String]) -> Result<Vec<Document>, EngineError> {
        let mut keys = ids.iter().map(|id| key_of(id)).collect::<Result<Vec<_>, _>>()?;
        keys.sort();
        let mut documents = Vec::new();
        for stream in self.streams(logical)?.into_iter().filter(|stream| stream.in_order) {
            let found = self.vault.batch_lookup(stream.manifest).documents(&keys).await?;
            for document in found.into_iter().flatten() {
                documents.push(read(&document)?);
            }
        }
        Ok(documents)
    }

    /// A game's events within a stretch of ids, in the order of their numbers.
    async fn events(&self, game: &str, span: &Span) -> Result<Vec<Document>, EngineError> {
        let wanted = key_of(game)?;
        let mut events = Vec::new();
        for stream in self.streams(EVENTS)? {
            let span = if stream.in_order { span } else { &Span::all() };
            let name = &stream.manifest.name;
            let vault = &self.vault;
            let mut reader =
                vault.read_stream_from(&self.manifest, stream.class, name, &span.from).await?;
            'stream: while let Some(batch) = reader.next_batch().await? {
                for record in batch {
                    if span.ends_before(&record.key) {
                        break 'stream;
                    }
                    if is_of(&record.doc, &wanted)? {
                        events.push(read(&record.doc)?);
                    }
                }
            }
        }
        events.sort_by_key(|event| super::row::number(event.get("seq")));
        Ok(events)
    }
}

/// A stretch of keys.
struct Span {
    from: Bytes,
    /// The first key after it; none for all that follow.
    to: Option<Bytes>,
}

impl Span {
    const fn all() -> Self {
        Self { from: Bytes::new(), to: None }
    }

    /// The ids of events that were made between two times, Unix milliseconds.
    fn of(from_ms: i64, to_ms: i64) -> Result<Self, EngineError> {
        let first = |ms: i64| key_of(&Ulid::from_parts(ms.max(0).unsigned_abs(), 0).to_string());
        Ok(Self { from: first(from_ms)?, to: Some(first(to_ms)?) })
    }

    fn ends_before(&self, key: &[u8]) -> bool {
        self.to.as_ref().is_some_and(|to| key >= to.as_ref())
    }
}

/// Whether an event is of the game whose id has this key.
pub(super) fn is_of(event: &[u8], game: &[u8]) -> Result<bool, EngineError> {
    Ok(game_key(event)?.is_some_and(|key| key == game))
}

/// The key of the id of the game that a document names.
pub(super) fn game_key(document: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
    let Some(found) = rawbson::find(document, GAME).map_err(malformed)? else { return Ok(None) };
    let mut key = Vec::with_capacity(32);
    sortkey::encode_value(found.kind, found.value, &mut key).map_err(malformed)?;
    Ok(Some(key))
}

/// The key that a text sorts by.
pub(super) fn key_of(id: &str) -> Result<Bytes, EngineError> {
    let id = mongodb::bson::RawBsonRef::String(id);
    sortkey::encode(&id).map(Bytes::from).map_err(malformed)
}

pub(super) fn read(document: &[u8]) -> Result<Document, EngineError> {
    Document::from_reader(document).map_err(malformed)
}

fn malformed(error: impl std::fmt::Display) -> EngineError {
    EngineError::Worker { detail: format!("a document of the backup is no BSON: {error}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_between_two_times_lie_in_the_span() {
        let span = Span::of(1_000, 2_000).unwrap();
        let key = |ms| key_of(&Ulid::from_parts(ms, 77).to_string()).unwrap();
        assert!(key(999) < span.from);
        assert!(key(1_000) >= span.from && !span.ends_before(&key(1_999)));
        assert!(span.ends_before(&key(2_000)));
        assert!(!Span::all().ends_before(&key(u64::from(u32::MAX))));
    }

    #[test]
    fn an_event_of_another_game_is_passed_over() {
        let event = mongodb::bson::doc! { "_id": "E", "gameId": "G1" }.to_vec().unwrap();
        assert!(is_of(&event, &key_of("G1").unwrap()).unwrap());
        assert!(!is_of(&event, &key_of("G").unwrap()).unwrap());
        let bare = mongodb::bson::doc! { "_id": "E" }.to_vec().unwrap();
        assert!(!is_of(&bare, &key_of("G1").unwrap()).unwrap());
    }
}
