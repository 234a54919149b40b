//! What a policy will do: runs and expiries over days to come, hour by hour.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

use source::profile::DataClass;

use super::due::{Due, History, Taken, due};
use super::expiry::{SetFacts, judge};
use super::policy::{Policy, TierMethod};

const HOUR_MS: i64 = 3_600_000;

/// What is simulated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scenario {
    /// The first hour, Unix time in milliseconds.
    pub start_ms: i64,
    /// How many days.
    pub days: u32,
    /// When the configuration changes.
    pub changes_ms: Vec<i64>,
    /// Times at which the machine is off: nothing runs and nothing expires.
    pub away_ms: Vec<Range<i64>>,
}

/// A run of a simulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimulatedRun {
    /// When.
    pub at_ms: i64,
    /// What.
    pub due: Due,
}

/// A set that goes in a simulation; each class is a set of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimulatedExpiry {
    /// When it goes.
    pub at_ms: i64,
    /// When it was taken.
    pub taken_ms: i64,
    /// Its class.
    pub class: DataClass,
}

/// A set that is there at the end of a simulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimulatedSet {
    /// When it was taken.
    pub taken_ms: i64,
    /// Its class.
    pub class: DataClass,
}

/// What a simulation yields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Simulation {
    /// Runs, in order of time.
    pub runs: Vec<SimulatedRun>,
    /// Sets that go, in order of time.
    pub expiries: Vec<SimulatedExpiry>,
    /// Sets that are left.
    pub left: Vec<SimulatedSet>,
    /// The most sets of each class at once.
    pub most: BTreeMap<DataClass, u64>,
}

/// Simulates a policy. Every run succeeds at once and is verified; a set holds one class, and what
/// is due and what expires is looked at once an hour.
#[must_use]
pub fn simulate(policy: &Policy, scenario: &Scenario) -> Simulation {
    let mut world = World::default();
    let changes = &scenario.changes_ms;
    for hour in 0..i64::from(scenario.days) * 24 {
        let now_ms = scenario.start_ms + hour * HOUR_MS;
        if scenario.away_ms.iter().any(|away| away.contains(&now_ms)) {
            world.history.followed.clear();
            continue;
        }
        world.history.changed_ms = changes.iter().copied().filter(|at| *at <= now_ms).max();
        for due in due(policy, &world.history, now_ms) {
            world.run(due, now_ms);
        }
        world.expire(policy, now_ms);
    }
    world.simulation.left = world
        .sets
        .into_iter()
        .flat_map(|(class, sets)| {
            sets.into_iter().map(move |set| SimulatedSet { taken_ms: set.taken_ms, class })
        })
        .collect();
    world.simulation
}

#[derive(Default)]
struct World {
    history: History,
    /// Sets of each class, oldest first; no rule looks from one class at another.
    sets: BTreeMap<DataClass, VecDeque<SetFacts>>,
    simulation: Simulation,
    number: u64,
}

impl World {
    fn run(&mut self, due: Due, now_ms: i64) {
        self.simulation.runs.push(SimulatedRun { at_ms: now_ms, due });
        if due.method == TierMethod::EventLog {
            self.history.followed.push(due.class);
            return;
        }
        let full = due.method == TierMethod::Full;
        let sets = self.sets.entry(due.class).or_default();
        let base = match due.method {
            TierMethod::Incremental => sets.back(),
            TierMethod::Differential => sets.iter().rev().find(|set| set.base.is_none()),
            TierMethod::Full | TierMethod::EventLog => None,
        };
        self.number += 1;
        let set = SetFacts {
            id: format!("{:012}", self.number),
            taken_ms: now_ms,
            classes: BTreeSet::from([due.class]),
            foreign: false,
            base: base.map(|base| base.id.clone()),
            pre_image: false,
            pinned: false,
            verified: true,
            complete: false,
        };
        sets.push_back(set);
        let most = self.simulation.most.entry(due.class).or_default();
        *most = (*most).max(sets.len() as u64);
        // Only the newest run, and the newest full, decide what is due.
        let class = due.class;
        self.history.taken.retain(|run| run.class != class || (run.full && !full));
        self.history.taken.push(Taken { class, began_ms: now_ms, full });
    }

    fn expire(&mut self, policy: &Policy, now_ms: i64) {
        for (class, sets) in &mut self.sets {
            let judged = judge(policy, sets.make_contiguous(), now_ms);
            let mut judged = judged.iter();
            sets.retain(|set| {
                let goes = judged.next().is_some_and(super::expiry::Judgement::goes);
                if goes {
                    let (taken_ms, class) = (set.taken_ms, *class);
                    let expiry = SimulatedExpiry { at_ms: now_ms, taken_ms, class };
                    self.simulation.expiries.push(expiry);
                }
                !goes
            });
        }
    }
}
