//! Live play: tables, heartbeat, control stream, trimming, all of one instance.

mod control_loop;
pub(crate) mod directory;
mod gate;
mod mailbox;
mod recover;
mod report;
mod retry;
mod table;
mod writer;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::control::CommandReader;
use crate::population::{self, Player};
use crate::{Simulator, SimulatorError};
use directory::Directory;
use gate::Gate;
use mailbox::Mailbox;
use report::Reporter;
pub use report::{Acknowledged, LiveReport};

/// Heartbeat period of the contract.
const HEARTBEAT: Duration = Duration::from_millis(300);
/// How often the stream of all events is trimmed.
const TRIM: Duration = Duration::from_secs(10);
/// Accounts for each live table.
const PLAYERS_PER_TABLE: u64 = 14;

/// A live game that nobody plays.
pub(crate) struct Orphan {
    game: String,
    players: Vec<Player>,
}

/// What all tasks of an instance share.
pub(crate) struct Instance {
    simulator: Simulator,
    gate: Gate,
    reporter: Reporter,
    directory: Directory,
    mailbox: Mailbox,
    /// Games whose instance is gone, to be taken over.
    orphans: Mutex<VecDeque<Orphan>>,
    /// Counts resyncs: a table that sees a new number reads its game again.
    generation: AtomicU64,
    rooms: AtomicU64,
    games_left: Option<AtomicU64>,
    /// When this run began: part of the ids of its rooms.
    began: i64,
    stop: CancellationToken,
    acknowledgements: Option<mpsc::Sender<Acknowledged>>,
}

impl Simulator {
    /// Keeps tables being played until `cancel`, or until the games of the options are played.
    /// Goes on by itself after a server was away. Counters go to `report`.
    ///
    /// # Errors
    /// The databases cannot be prepared, or a fault that waiting does not mend.
    pub async fn play_live(
        &self,
        cancel: CancellationToken,
        report: watch::Sender<LiveReport>,
    ) -> Result<LiveReport, SimulatorError> {
        self.play_live_acknowledging(cancel, report, None).await
    }

    /// [`Simulator::play_live`] that also sends each acknowledgement a player would get.
    ///
    /// # Errors
    /// As [`Simulator::play_live`].
    pub async fn play_live_acknowledging(
        &self,
        cancel: CancellationToken,
        report: watch::Sender<LiveReport>,
        acknowledgements: Option<mpsc::Sender<Acknowledged>>,
    ) -> Result<LiveReport, SimulatorError> {
        self.prepare().await?;
        let instance = Arc::new(self.instance(&cancel, report, acknowledgements).await?);
        instance.simulator.cache.heartbeat(self.clock.now_ms()).await?;
        instance.find_orphans().await?;
        let played = instance.clone().run().await;
        instance.stop.cancel();
        // The last act: without a heartbeat others may take the games over at once.
        if let Err(error) = self.cache.leave().await {
            tracing::warn!(%error, "the instance ends without saying so");
        }
        played.map(|()| instance.reporter.current())
    }

    async fn instance(
        &self,
        cancel: &CancellationToken,
        report: watch::Sender<LiveReport>,
        acknowledgements: Option<mpsc::Sender<Acknowledged>>,
    ) -> Result<Instance, SimulatorError> {
        let now = self.clock.now_ms();
        Ok(Instance {
            gate: Gate::default(),
            reporter: Reporter::new(self.cache.instance(), report),
            directory: Directory::new(self.players(now).await?),
            mailbox: Mailbox::default(),
            orphans: Mutex::default(),
            generation: AtomicU64::new(0),
            rooms: AtomicU64::new(0),
            games_left: self.options.games.map(AtomicU64::new),
            began: now,
            stop: cancel.child_token(),
            acknowledgements,
            simulator: self.clone(),
        })
    }

    /// All players; new accounts are made when there are too few for the tables.
    async fn players(&self, now: i64) -> Result<Vec<Player>, SimulatorError> {
        let users = self.store.users().await?;
        let mut players: Vec<Player> = users.iter().map(Player::from).collect();
        let wanted = PLAYERS_PER_TABLE * self.options.live_tables as u64;
        let mut index = players.len() as u64;
        while (players.len() as u64) < wanted {
            let account = population::account(self.options.seed, index, now);
            index += 1;
            let player = Player::from(&account);
            if !players.contains(&player) {
                self.store.ensure_account(&account).await?;
                players.push(player);
            }
        }
        Ok(players)
    }
}

impl Instance {
    fn now_ms(&self) -> i64 {
        self.simulator.clock.now_ms()
    }

    async fn run(self: Arc<Self>) -> Result<(), SimulatorError> {
        let url = &self.simulator.redis_url;
        let reader = CommandReader::start(url, self.simulator.cache.clone()).await?;
        let mut service = JoinSet::new();
        service.spawn(self.clone().keep_heartbeat());
        service.spawn(self.clone().keep_trimmed());
        service.spawn(self.clone().obey(reader));
        let mut tables = JoinSet::new();
        for number in 0..self.simulator.options.live_tables {
            tables.spawn(self.clone().keep_playing(number));
        }
        let mut outcome = Ok(());
        while let Some(ended) = tables.join_next().await {
            let result =
                ended.unwrap_or_else(|error| Err(SimulatorError::Unavailable(error.to_string())));
            if result.is_err() && outcome.is_ok() {
                self.stop.cancel();
                outcome = result;
            }
        }
        // Tables are done: nothing needs the heartbeat any more.
        self.stop.cancel();
        service.shutdown().await;
        outcome
    }

    async fn keep_heartbeat(self: Arc<Self>) {
        let mut beat = tokio::time::interval(HEARTBEAT);
        loop {
            beat.tick().await;
            if let Err(error) = self.simulator.cache.heartbeat(self.now_ms()).await {
                tracing::warn!(%error, "a heartbeat was lost");
            }
        }
    }

    async fn keep_trimmed(self: Arc<Self>) {
        let mut beat = tokio::time::interval(TRIM);
        loop {
            beat.tick().await;
            if let Err(error) = self.simulator.cache.trim().await {
                tracing::warn!(%error, "the event stream was not trimmed");
            }
        }
    }

    /// Lists the live games that nobody plays, with their players, who are busy until then.
    async fn find_orphans(&self) -> Result<(), SimulatorError> {
        for game in self.simulator.store.live_games().await? {
            let owner = self.simulator.cache.living_owner(&game.id).await?;
            let own = owner.as_deref() == Some(self.simulator.cache.instance());
            if own && self.mailbox.has(&game.id) {
                continue;
            }
            let players = self.directory.occupy(game.seats());
            if owner.is_some() && !own {
                continue;
            }
            let mut orphans = self.orphans.lock().unwrap_or_else(PoisonError::into_inner);
            if orphans.iter().all(|orphan| orphan.game != game.id) {
                orphans.push_back(Orphan { game: game.id, players });
            }
        }
        Ok(())
    }

    fn next_orphan(&self) -> Option<Orphan> {
        self.orphans.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Takes one of the games that may still be begun.
    fn may_begin(&self) -> bool {
        let Some(left) = &self.games_left else { return true };
        let taken =
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        taken.is_ok()
    }
}
