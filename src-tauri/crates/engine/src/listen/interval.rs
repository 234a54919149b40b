//! Snapshots of games that went on for a while without a key moment.

use std::collections::BTreeMap;

use avalon::id::GameId;
use avalon::snapshot::{SnapshotType, id_of};
use mongodb::bson::{Document, doc};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::{GameRecord, LIVE, members, number};
use crate::snapshot::{self, Chain};

/// Games taken in one cycle: events do not wait for more.
const AT_ONCE: usize = 2;

/// When each live game was taken last, and after which event.
#[derive(Debug, Default)]
pub(super) struct Intervals {
    last: BTreeMap<String, Last>,
    /// Live games that may be due, each with its last event.
    due: Vec<(String, u64)>,
    looked_ms: i64,
}

#[derive(Debug, Clone, Copy)]
struct Last {
    at_ms: i64,
    seq: u64,
}

impl Last {
    /// Whether the game went on since, and was not taken within `every` milliseconds.
    fn is_due(self, seq: u64, now: i64, every: i64) -> bool {
        seq > self.seq && now - self.at_ms >= every
    }
}

impl Intervals {
    /// Notes that a game was taken.
    pub(super) fn note(&mut self, game: &str, chain: &Chain) {
        if let (Some(at_ms), Some(seq)) = chain.last() {
            self.last.insert(game.to_owned(), Last { at_ms, seq });
        }
    }

    /// Takes live games that went on and were not taken within `minutes`, a few each time; looks for
    /// them ten times in that time. Returns how many were taken.
    pub(super) async fn take(&mut self, engine: &Engine, minutes: u32) -> Result<u64, EngineError> {
        let (now, every) = (engine.context().now_ms(), i64::from(minutes) * 60_000);
        if minutes == 0 {
            return Ok(0);
        }
        if self.due.is_empty() && (now - self.looked_ms).abs() >= every / 10 {
            self.looked_ms = now;
            self.look(engine, now, every).await?;
        }
        let mut taken = 0;
        for (game, seq) in self.due.split_off(self.due.len().saturating_sub(AT_ONCE)) {
            let last = match self.last.get(&game) {
                Some(last) => *last,
                None => self.look_up(engine, &game, seq, now).await?,
            };
            if last.is_due(seq, now, every) {
                taken += u64::from(self.take_one(engine, &game, now).await?);
            }
        }
        Ok(taken)
    }

    /// Finds the games that are due, or of which that is not known yet.
    async fn look(&mut self, engine: &Engine, now: i64, every: i64) -> Result<(), EngineError> {
        let live = live(engine).await?;
        // Games that are over are not kept in mind.
        self.last.retain(|game, _| live.contains_key(game));
        let may_be_due = |(game, seq): &(String, u64)| {
            self.last.get(game).is_none_or(|last| last.is_due(*seq, now, every))
        };
        self.due = live.into_iter().filter(may_be_due).collect();
        Ok(())
    }

    /// When a game was taken last by what is stored; now, where it never was: its turn comes.
    async fn look_up(
        &mut self,
        engine: &Engine,
        game: &str,
        seq: u64,
        now: i64,
    ) -> Result<Last, EngineError> {
        let (at_ms, taken_seq) = Chain::read(engine, game).await?.last();
        let last = Last { at_ms: at_ms.unwrap_or(now), seq: taken_seq.unwrap_or(0).min(seq) };
        self.last.insert(game.to_owned(), last);
        Ok(last)
    }

    async fn take_one(
        &mut self,
        engine: &Engine,
        game: &str,
        now: i64,
    ) -> Result<bool, EngineError> {
        // It may have been removed meanwhile.
        let Some(record) = GameRecord::find(engine, game).await? else { return Ok(false) };
        let seq = record.last_seq();
        // Somebody else may have taken it, for whatever reason.
        let ids = SnapshotType::ALL.map(|kind| id_of(&GameId::from(game), kind, seq));
        if !snapshot::there(engine, ids.iter().map(String::as_str)).await?.is_empty() {
            self.last.insert(game.to_owned(), Last { at_ms: now, seq });
            return Ok(false);
        }
        let cut = snapshot::cut_of(&record, seq, SnapshotType::Interval, now)?;
        let mut chain = Chain::read(engine, game).await?;
        let stored = snapshot::store(engine, game, &mut chain, &[cut]).await?;
        self.last.insert(game.to_owned(), Last { at_ms: now, seq });
        Ok(stored.iter().any(|one| one.created))
    }
}

/// The games that are being played, each with its last event.
async fn live(engine: &Engine) -> Result<BTreeMap<String, u64>, EngineError> {
    let source = engine.source()?;
    let found = members(&source, LIVE, doc! {}, doc! { "seq": 1 }, "listing live games").await?;
    let row = |game: &Document| {
        let seq = number(game.get("seq")).unwrap_or(0);
        Some((game.get_str("_id").ok()?.to_owned(), seq.unsigned_abs()))
    };
    Ok(found.iter().filter_map(row).collect())
}
