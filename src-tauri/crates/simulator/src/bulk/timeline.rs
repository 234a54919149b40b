//! Rooms and games on a simulated clock, in the order in which they happen.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use avalon::document::{RoomDoc, StatsDoc, UserDoc};
use avalon::id::PlayerId;
use avalon::rating::GLOBAL;
use avalon::state::GameState;
use mongodb::bson::RawDocumentBuf;

use super::Batch;
use crate::game::Game;
use crate::live::directory::{Idle, by_id, seat};
use crate::options::SimulatorOptions;
use crate::population::{self, Player};
use crate::room::{Plan, Room};
use crate::standings::{self, Standings};
use crate::statistics::Statistics;
use crate::store::envelope_document;
use crate::{SimulatorError, pace, random};

const HOUR: i64 = 3_600_000;
/// How far back the first games lie.
const PAST: i64 = 90 * 24 * HOUR;
/// Share of the time up to now that a run fills: a later run has room behind it.
const FILLED: f64 = 0.9;
/// Time by which rooms stop opening, so that every game ends in the window.
const LONGEST_ROOM: i64 = 8 * HOUR;
/// Games of a room, on average.
const GAMES_PER_ROOM: f64 = 2.0;

/// A room that opens or plays its next game at a time.
struct Due {
    at: i64,
    order: u64,
    room: Option<OpenRoom>,
}

struct OpenRoom {
    room: Room,
    log: Vec<RawDocumentBuf>,
}

/// A game that was played and awaits its turn in the standings.
struct Finished {
    state: GameState,
    events: Vec<RawDocumentBuf>,
    /// The room, when this was its last game.
    room: Option<(RoomDoc, Vec<RawDocumentBuf>)>,
}

/// What the database holds already.
pub(super) struct Past<'a> {
    pub(super) users: Vec<UserDoc>,
    pub(super) stats: Vec<StatsDoc>,
    /// When the last game ended, Unix milliseconds.
    pub(super) last_end: Option<i64>,
    /// Players of live games.
    pub(super) busy: BTreeSet<&'a str>,
}

/// The simulated clock and everything on it.
pub(super) struct Timeline {
    options: SimulatorOptions,
    left: u64,
    /// Share of the usual thinking time, when the window is short.
    tempo: f64,
    next_room_at: f64,
    /// When the last room opens.
    last_room_at: f64,
    rooms: u64,
    /// Tells this run from those before it: how many games the players had played in all.
    run: [u8; 8],
    order: u64,
    due: BinaryHeap<Reverse<(i64, u64)>>,
    waiting: BTreeMap<u64, Due>,
    /// Finished games by (end, id).
    finished: BTreeMap<(i64, String), Finished>,
    idle: Idle,
    /// Players by when they leave their room, and its number.
    leaving: BTreeMap<(i64, u64), Vec<Player>>,
    accounts: u64,
    new_accounts: BTreeMap<String, UserDoc>,
    standings: Standings,
    statistics: Statistics,
}

impl Timeline {
    pub(super) fn new(
        options: &SimulatorOptions,
        now: i64,
        games: u64,
        past: Past<'_>,
    ) -> Timeline {
        let Past { users, stats, last_end, busy } = past;
        let start = last_end.map_or(now - PAST, |end| (end + 1).clamp(now - PAST, now));
        let window = ((now - start) as f64 * FILLED).max(1.0);
        let tempo = (window / (2 * LONGEST_ROOM) as f64).min(1.0);
        let opening = window - LONGEST_ROOM as f64 * tempo;
        let accounts = population::next_index(&users);
        let free = users.iter().filter(|user| !busy.contains(user.id.as_str()));
        let idle = by_id(free.map(Player::from));
        let played: i64 = stats.iter().map(|stats| stats.games).sum();
        let standings = stats.into_iter().map(|stats| (stats.id.clone(), stats)).collect();
        let mut timeline = Timeline {
            options: options.clone(),
            left: games,
            tempo,
            next_room_at: start as f64,
            last_room_at: start as f64 + opening,
            rooms: 0,
            run: played.to_le_bytes(),
            order: 0,
            due: BinaryHeap::new(),
            waiting: BTreeMap::new(),
            finished: BTreeMap::new(),
            idle,
            leaving: BTreeMap::new(),
            accounts,
            new_accounts: BTreeMap::new(),
            standings,
            statistics: Statistics::default(),
        };
        let wanted = (games / 4).clamp(40, 5_000);
        while timeline.accounts < wanted {
            timeline.add_account(start);
        }
        timeline.expect_room();
        timeline
    }

    pub(super) fn into_statistics(self) -> Statistics {
        self.statistics
    }

    /// The next games in the order of their ends; an empty batch at the end.
    pub(super) fn next_batch(&mut self, size: usize) -> Result<Batch, SimulatorError> {
        let mut batch = Batch::default();
        let mut touched = BTreeSet::new();
        while batch.games < size as u64 {
            let next_start = self.due.peek().map(|Reverse((at, _))| *at);
            let earliest_end = self.finished.keys().next().map(|(end, _)| *end);
            match (earliest_end, next_start) {
                // Every game that is still to begin ends later than this one, in the order of
                // standings: by end and then by id.
                (Some(end), Some(start)) if end >= start => self.play_due()?,
                (None, Some(_)) => self.play_due()?,
                (Some(_), _) => self.settle_first(&mut batch, &mut touched)?,
                (None, None) => break,
            }
        }
        self.add_standings(&mut batch, touched);
        Ok(batch)
    }

    fn settle_first(
        &mut self,
        batch: &mut Batch,
        touched: &mut BTreeSet<PlayerId>,
    ) -> Result<(), SimulatorError> {
        let Some((_, mut finished)) = self.finished.pop_first() else { return Ok(()) };
        let history = standings::settle(&finished.state, &mut self.standings)?;
        touched.extend(finished.state.seats);
        batch.games += 1;
        batch.aborted += u64::from(history.winner.is_none());
        batch.events.append(&mut finished.events);
        batch.history.push(history);
        if let Some((room, mut log)) = finished.room {
            batch.rooms.push(room);
            batch.room_events.append(&mut log);
        }
        Ok(())
    }

    /// Statistics and accounts of the players of a batch.
    fn add_standings(&mut self, batch: &mut Batch, touched: BTreeSet<PlayerId>) {
        if batch.games == 0 {
            return;
        }
        let at = batch.history.last().map_or(0, |history| history.ended_at);
        for id in touched {
            let new = self.new_accounts.remove(id.as_str());
            let Some(stats) = self.standings.get(&id) else {
                // Only aborted games so far: an account without statistics.
                batch.accounts.extend(new);
                continue;
            };
            batch.stats.push(stats.clone());
            match new {
                Some(mut account) => {
                    account.rating = stats.rating.unwrap_or(account.rating);
                    account.games = stats.games;
                    account.wins = stats.wins;
                    account.updated_at = at;
                    batch.accounts.push(account);
                }
                None => {
                    let fields = standings::account_fields(stats, at);
                    batch.standings.push((id.to_string(), fields));
                }
            }
        }
        batch.stats.extend(self.standings.get(GLOBAL).cloned());
    }

    fn expect_room(&mut self) {
        if self.left > 0 {
            // Its first game is taken at once, so that rooms in waiting never play too many.
            self.left -= 1;
            let at = self.next_room_at as i64;
            // Shared out anew each time: rooms play more or fewer games than the mean.
            let rooms = self.left as f64 / GAMES_PER_ROOM + 1.0;
            self.next_room_at += (self.last_room_at - self.next_room_at) / rooms;
            self.push(Due { at, order: 0, room: None });
        }
    }

    fn push(&mut self, mut due: Due) {
        self.order += 1;
        due.order = self.order;
        self.due.push(Reverse((due.at, due.order)));
        self.waiting.insert(due.order, due);
    }

    fn play_due(&mut self) -> Result<(), SimulatorError> {
        let Some(Reverse((at, order))) = self.due.pop() else { return Ok(()) };
        let Some(due) = self.waiting.remove(&order) else { return Ok(()) };
        self.seat_those_who_left(at);
        match due.room {
            Some(open) => self.play(open, at),
            None => {
                let open = self.open_room(at)?;
                self.expect_room();
                self.play(open, at + 20_000)
            }
        }
    }

    fn open_room(&mut self, at: i64) -> Result<OpenRoom, SimulatorError> {
        let (seed, players) = (self.options.seed, self.options.players);
        let plan = Plan::new(seed, &self.run, self.rooms, players, &self.options.modules, at);
        self.rooms += 1;
        while self.idle.len() < plan.players() {
            self.add_account(at);
        }
        let index = self.rooms.to_le_bytes();
        let mut rng = random::generator(seed, &[b"seats", &self.run, &index]);
        let members = seat(&mut self.idle, &mut rng, plan.players()).unwrap_or_default();
        let (room, log) = Room::open(plan, members, at)?;
        let log = log.iter().map(envelope_document).collect::<Result<_, _>>()?;
        Ok(OpenRoom { room, log })
    }

    /// Plays the next game of a room to its end.
    fn play(&mut self, mut open: OpenRoom, at: i64) -> Result<(), SimulatorError> {
        let Some(opening) = open.room.next_game(at) else { return Ok(()) };
        let mut game = Game::open(self.options.seed, opening, true);
        let mut now = at;
        let mut events = Vec::with_capacity(160);
        while let Some(step) = game.next(now) {
            let think = pace::think_ms(self.options.seed, &game.state, &step.draft.event);
            now += (think as f64 * self.tempo) as i64;
            now = now.max(step.not_before.unwrap_or(now));
            let envelope = game.seal(step.draft, now)?;
            events.push(envelope_document(&envelope)?);
        }
        self.statistics.add(&game.state);
        open.room.game_over(now);
        let key = (game.state.ended_at.unwrap_or(now), game.id().to_owned());
        let again = self.left > 0 && !open.room.is_done();
        self.left -= u64::from(again);
        let room = (!again).then(|| {
            open.room.close(now);
            (open.room.doc.clone(), std::mem::take(&mut open.log))
        });
        if room.is_some() {
            self.leaving.insert((now, self.order), open.room.members().to_vec());
            self.order += 1;
        } else {
            let pause = (60_000.0 * self.tempo) as i64;
            self.push(Due { at: now + pause, order: 0, room: Some(open) });
        }
        self.finished.insert(key, Finished { state: game.state, events, room });
        Ok(())
    }

    fn seat_those_who_left(&mut self, now: i64) {
        while let Some(entry) = self.leaving.first_entry() {
            if entry.key().0 > now {
                break;
            }
            self.idle.extend(by_id(entry.remove()));
        }
    }

    fn add_account(&mut self, at: i64) {
        let account = population::account(self.options.seed, self.accounts, at);
        self.accounts += 1;
        let player = Player::from(&account);
        self.new_accounts.insert(player.id.clone(), account);
        self.idle.insert(player.id.clone(), player);
    }
}

#[cfg(test)]
mod tests {
    use avalon::document::HistoryDoc;
    use avalon::rating::StatsFold;

    use super::*;
    use crate::options::Modules;

    /// What two runs leave behind.
    #[derive(Default)]
    struct Kept {
        users: BTreeMap<String, UserDoc>,
        stats: BTreeMap<PlayerId, StatsDoc>,
        history: Vec<HistoryDoc>,
    }

    impl Kept {
        fn run(&mut self, seed: u64, now: i64, games: u64) {
            let modules = Modules::All;
            let options = SimulatorOptions { seed, modules, ..SimulatorOptions::default() };
            let past = Past {
                users: self.users.values().cloned().collect(),
                stats: self.stats.values().cloned().collect(),
                last_end: self.history.iter().map(|game| game.ended_at).max(),
                busy: BTreeSet::new(),
            };
            let mut timeline = Timeline::new(&options, now, games, past);
            loop {
                let batch = timeline.next_batch(50).unwrap();
                if batch.games == 0 {
                    break;
                }
                for user in batch.accounts {
                    assert!(self.users.insert(user.id.to_string(), user).is_none());
                }
                for (id, fields) in batch.standings {
                    let user = self.users.get_mut(&id).unwrap();
                    user.rating = fields.get_i64("rating").unwrap();
                    user.games = fields.get_i64("games").unwrap();
                }
                self.stats.extend(batch.stats.into_iter().map(|stats| (stats.id.clone(), stats)));
                self.history.extend(batch.history);
            }
        }
    }

    #[test]
    fn standings_follow_the_order_of_the_histories_run_after_run() {
        // At the last one rooms play so few games that they would go on opening past the present.
        for (seed, step) in (1..).zip([0, 1, 2, 20_i64]) {
            let now = 1_795_000_000_000 + step * 7_919;
            let mut kept = Kept::default();
            for (run, games) in [70, 25, 9, 9, 9, 9].into_iter().enumerate() {
                kept.run(seed, now, games);
                // Each run leaves less time to the next; it still ends before now.
                let last = kept.history.iter().map(|game| game.ended_at).max();
                assert!(last <= Some(now), "{now}, run {run}: a game ends at {last:?}");
            }
            let mut fold = StatsFold::default();
            for game in &kept.history {
                fold.add(game);
            }
            for user in kept.users.values() {
                assert_eq!(user.rating, fold.rating(&user.id), "{now} {}", user.id);
            }
            assert_eq!(kept.stats, fold.into_stats(), "{now}");
        }
    }

    #[test]
    fn the_same_games_are_played_at_any_hour() {
        let played = |now| {
            let mut kept = Kept::default();
            kept.run(3, now, 40);
            kept.run(3, now, 10);
            let games = kept.history.into_iter();
            let course = games.map(|game| (game.seats, game.winner, game.reason, game.last_seq));
            course.collect::<Vec<_>>()
        };
        let games = played(1_795_000_000_000);
        assert_eq!(games.len(), 50);
        assert_eq!(games, played(1_795_012_345_678));
    }
}
