//! Statistics of simulated games beside those of real ones.

use std::fmt;

use avalon::event::VoteResult;
use avalon::role::{Role, Side};
use avalon::rules::EndReason;
use avalon::state::{GameState, Phase};
use serde::Serialize;

use crate::game::Game;
use crate::population::{Player, account};
use crate::reference::{self, Reference};
use crate::room::{Plan, Room};
use crate::{SimulatorError, SimulatorOptions, pace};

/// Games kept for the median length of a player count.
const LENGTHS: usize = 100_000;

/// Counts of finished games. Add each game's final state, then ask for the [`Comparison`].
#[derive(Debug, Clone, Default)]
pub struct Statistics {
    tables: [Tally; 6],
    /// (approved, proposed) by attempt.
    attempts: [(u64, u64); 5],
}

#[derive(Debug, Clone, Default)]
struct Tally {
    games: u64,
    evil_wins: u64,
    shots: u64,
    hits: u64,
    three_fails: u64,
    five_rejections: u64,
    /// Seconds.
    lengths: Vec<f64>,
    /// (proposals, quests begun) by quest.
    proposals: [(u64, u64); 5],
    /// (successes, quests resolved) by quest.
    quests: [(u64, u64); 5],
}

impl Statistics {
    /// Counts a finished game. Games without Merlin or with modules that change quest cards
    /// (Excalibur, Lancelots) are not in the real sample and are left out; so are aborted ones.
    pub fn add(&mut self, game: &GameState) {
        let Some(rules) = game.profile.as_deref() else { return };
        let comparable = game.phase == Phase::Ended
            && rules.has(Role::Merlin)
            && !rules.excalibur.on
            && rules.lancelot.variant == 0;
        let index = usize::from(rules.n.saturating_sub(5));
        let Some(tally) = self.tables.get_mut(index).filter(|_| comparable) else { return };
        tally.add_result(game);
        for (number, quest) in game.quests.iter().enumerate().take(5) {
            if quest.proposals.is_empty() {
                continue;
            }
            tally.proposals[number].0 += quest.proposals.len() as u64;
            tally.proposals[number].1 += 1;
            if let Some(result) = quest.result {
                tally.quests[number].0 += u64::from(result == avalon::event::QuestResult::Success);
                tally.quests[number].1 += 1;
            }
            for proposal in quest.proposals.iter().filter(|proposal| !proposal.forced) {
                let attempt = usize::from(proposal.attempt.saturating_sub(1)).min(4);
                self.attempts[attempt].0 +=
                    u64::from(proposal.result == Some(VoteResult::Approved));
                self.attempts[attempt].1 += 1;
            }
        }
    }

    /// Measured figures beside those of real games.
    pub fn comparison(&self) -> Comparison {
        let mut rows = Vec::new();
        for (tally, real) in self.tables.iter().zip(&reference::REFERENCE) {
            tally.compare(real, &mut rows);
        }
        for (index, (approved, proposed)) in self.attempts.iter().enumerate() {
            rows.push(Row::share(
                None,
                format!("approval at attempt {}", index + 1),
                (*approved, *proposed),
                reference::APPROVAL_BY_ATTEMPT[index],
            ));
        }
        rows.retain(|row| row.sample > 0);
        Comparison { rows }
    }
}

impl Tally {
    fn add_result(&mut self, game: &GameState) {
        self.games += 1;
        self.evil_wins += u64::from(game.winner == Some(Side::Evil));
        match game.reason {
            Some(EndReason::ThreeFails) => self.three_fails += 1,
            Some(EndReason::FiveRejections) => self.five_rejections += 1,
            Some(EndReason::AssassinationHit) => {
                self.shots += 1;
                self.hits += 1;
            }
            Some(EndReason::AssassinationMiss) => self.shots += 1,
            Some(EndReason::ThreeSuccessesNoMerlin) | None => {}
        }
        if let (Some(start), Some(end)) = (game.started_at, game.ended_at)
            && self.lengths.len() < LENGTHS
        {
            self.lengths.push((end - start) as f64 / 1000.0);
        }
    }

    fn compare(&self, real: &Reference, rows: &mut Vec<Row>) {
        let n = Some(real.n);
        let share = |name: &str, counts, reference| Row::share(n, name.into(), counts, reference);
        rows.push(share("evil wins", (self.evil_wins, self.games), real.evil_wins));
        rows.push(share("shots hit", (self.hits, self.shots), real.shot_hits));
        rows.push(share("three fails", (self.three_fails, self.games), real.three_fails));
        let rejections = (self.five_rejections, self.games);
        rows.push(share("five rejections", rejections, real.five_rejections));
        rows.push(Row {
            n,
            figure: "median length, s".into(),
            sample: self.lengths.len() as u64,
            measured: median(&self.lengths),
            reference: real.median_seconds,
            tolerance: real.median_seconds
                * (0.08 + 2.0 / (self.lengths.len().max(1) as f64).sqrt()),
        });
        for quest in 0..5 {
            let (proposals, begun) = self.proposals[quest];
            rows.push(Row {
                n,
                figure: format!("proposals of quest {}", quest + 1),
                sample: begun,
                measured: ratio(proposals, begun),
                reference: real.proposals[quest],
                tolerance: 0.04 + 4.0 / (begun.max(1) as f64).sqrt(),
            });
        }
        for quest in 0..5 {
            let name = format!("success of quest {}", quest + 1);
            rows.push(Row::share(n, name, self.quests[quest], real.success[quest]));
        }
    }
}

/// One figure.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Players; none over all.
    pub n: Option<u8>,
    /// Name of the figure.
    pub figure: String,
    /// How many games, quests, shots or proposals it is taken over.
    pub sample: u64,
    /// The simulated value.
    pub measured: f64,
    /// The value of real games.
    pub reference: f64,
    /// By how much they may differ: a systematic part and four standard errors.
    pub tolerance: f64,
}

impl Row {
    fn share(n: Option<u8>, figure: String, (part, whole): (u64, u64), reference: f64) -> Row {
        let error = (reference * (1.0 - reference) / whole.max(1) as f64).sqrt();
        let tolerance = 0.025 + 4.0 * error;
        Row { n, figure, sample: whole, measured: ratio(part, whole), reference, tolerance }
    }

    /// True when the simulated value is as close as it should be.
    pub fn is_close(&self) -> bool {
        (self.measured - self.reference).abs() <= self.tolerance
    }
}

/// Simulated games beside real ones, a figure a row. Displays as a table.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The figures.
    pub rows: Vec<Row>,
}

impl Comparison {
    /// Figures that are not close.
    pub fn outliers(&self) -> Vec<&Row> {
        self.rows.iter().filter(|row| !row.is_close()).collect()
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:>3}  {:<24} {:>8} {:>9} {:>9} {:>10}",
            "n", "figure", "sample", "simulated", "real", "difference"
        )?;
        for row in &self.rows {
            let n = row.n.map_or_else(|| "all".into(), |n| n.to_string());
            let mark = if row.is_close() { "" } else { "  !" };
            let difference = row.measured - row.reference;
            writeln!(
                f,
                "{n:>3}  {:<24} {:>8} {:>9.3} {:>9.3} {difference:>+10.3}{mark}",
                row.figure, row.sample, row.measured, row.reference
            )?;
        }
        Ok(())
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// Plays games without any server and compares them with real ones: the table that shows how close
/// the policies are. Deterministic by the options' seed.
///
/// # Errors
/// The options make no sense, or a policy made a move that the rules refuse.
pub fn played_statistics(
    options: &SimulatorOptions,
    games: u64,
) -> Result<Comparison, SimulatorError> {
    options.validate()?;
    let mut statistics = Statistics::default();
    for index in 0..games {
        let plan =
            Plan::new(options.seed, b"statistics", index, options.players, &options.modules, 0);
        let accounts = (0..plan.players() as u64).map(|index| account(options.seed, index, 0));
        let members = accounts.map(|user| Player::from(&user)).collect();
        let (mut room, _) = Room::open(plan, members, 0)?;
        let Some(opening) = room.next_game(0) else { continue };
        let mut game = Game::open(options.seed, opening, true);
        let mut now = 0;
        while let Some(step) = game.next(now) {
            now += pace::think_ms(options.seed, &game.state, &step.draft.event);
            now = now.max(step.not_before.unwrap_or(now));
            game.seal(step.draft, now)?;
        }
        statistics.add(&game.state);
    }
    Ok(statistics.comparison())
}
