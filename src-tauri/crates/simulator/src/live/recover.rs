//! Taking a game over, or reading it again: a higher epoch first, then what both stores hold.

use avalon::chain::Chain;
use avalon::event::Envelope;

use super::Instance;
use super::retry::until_done;
use super::writer::{Held, Written};
use crate::SimulatorError;
use crate::cache::CacheEvent;
use crate::game::Game;

/// Tries to win an epoch against other instances.
const CLAIMS: usize = 5;

impl Instance {
    /// Takes a live game over. `None` when it is no longer live or another instance was quicker.
    ///
    /// Redis may be one unacknowledged event ahead: it is kept when its hash continues the chain.
    pub(super) async fn take_over(&self, game: &str) -> Result<Option<Held>, SimulatorError> {
        let claim = || self.claim(game);
        let Some(epoch) = until_done(&self.reporter, &self.stop, claim).await? else {
            return Ok(None);
        };
        let read = || self.simulator.store.log(game);
        let mut log = until_done(&self.reporter, &self.stop, read).await?;
        let next = || self.event_ahead(game, &log);
        let ahead = until_done(&self.reporter, &self.stop, next).await?;
        let kept = ahead.is_some();
        log.extend(ahead);
        let held = Held { game: Game::resume(self.simulator.options.seed, &log)?, epoch };
        if kept && let Some(last) = log.last() {
            let hash = last.hash.map(|hash| hash.to_string()).unwrap_or_default();
            self.commit(&held, last, &hash, None).await?;
        }
        let rebuild = || self.rebuild(&held.game, epoch, &log);
        until_done(&self.reporter, &self.stop, rebuild).await?;
        self.reporter.update(|report| report.games_recovered += 1);
        Ok(Some(held))
    }

    /// A higher epoch than any in Redis or MongoDB, taken in both.
    async fn claim(&self, game: &str) -> Result<Option<i64>, SimulatorError> {
        let (store, cache) = (&self.simulator.store, &self.simulator.cache);
        for _ in 0..CLAIMS {
            let Some(live) = store.live_game(game).await? else { return Ok(None) };
            let epoch = live.epoch.max(cache.epoch(game).await?) + 1;
            if cache.claim(game, epoch).await? == epoch && store.claim(game, epoch).await? {
                cache.list_game(game, true).await?;
                return Ok(Some(epoch));
            }
        }
        Ok(None)
    }

    /// The event that Redis holds beyond the log, when it continues the chain.
    async fn event_ahead(
        &self,
        game: &str,
        log: &[Envelope],
    ) -> Result<Option<Envelope>, SimulatorError> {
        let Some(chain) = log.last().and_then(Chain::after) else { return Ok(None) };
        let cache = &self.simulator.cache;
        // More than one event ahead is no lost answer: the data were taken back, and so is Redis.
        if cache.last_seq(game).await? != chain.seq() + 1 {
            return Ok(None);
        }
        let Some(text) = cache.event_at(game, chain.seq() + 1).await? else { return Ok(None) };
        let ahead = Envelope::from_json(text.as_bytes()).ok();
        Ok(ahead.filter(|event| {
            event.prev_hash == Some(chain.head()) && event.verify_hash() == Some(true)
        }))
    }

    /// Gives Redis a game's whole log.
    async fn rebuild(
        &self,
        game: &Game,
        epoch: i64,
        log: &[Envelope],
    ) -> Result<(), SimulatorError> {
        let Some(last) = log.last() else { return Ok(()) };
        let written = Written::of(game, last)?;
        self.rebuild_with(&written.cached(game.id(), epoch, last.seq), log).await
    }

    /// Gives Redis, which lost a game, everything before an event.
    pub(super) async fn rebuild_before(
        &self,
        event: &CacheEvent<'_>,
    ) -> Result<(), SimulatorError> {
        let (store, cache) = (&self.simulator.store, &self.simulator.cache);
        if cache.claim(event.game, event.epoch).await? != event.epoch {
            return Err(SimulatorError::Fenced { game: event.game.into(), epoch: event.epoch });
        }
        let mut log = store.log(event.game).await?;
        log.retain(|stored| stored.seq < event.seq);
        let Some(last) = log.last() else { return Ok(()) };
        let before = Game::resume(self.simulator.options.seed, &log)?;
        let written = Written::of(&before, last)?;
        self.rebuild_with(&written.cached(event.game, event.epoch, last.seq), &log).await
    }

    async fn rebuild_with(
        &self,
        last: &CacheEvent<'_>,
        log: &[Envelope],
    ) -> Result<(), SimulatorError> {
        let texts: Result<Vec<String>, _> = log.iter().map(serde_json::to_string).collect();
        let texts = texts.map_err(|error| SimulatorError::form("an event")(error.into()))?;
        self.simulator.cache.rebuild(last, &texts).await
    }
}
