//! Seeded policies: what the players of a table decide.
//!
//! They are fitted to real games (see [`crate::reference`]): how often a team is approved by quest
//! and attempt, how many evil players are on it, how often they fail it, whom the assassin names.
//! A policy is a pure function of the seed and the situation.

mod fit;
mod human;
mod mission;
mod secret;
mod team;
mod vote;

use avalon::event::QuestResult;
use avalon::id::Seat;
use avalon::profile::RuleProfile;
use avalon::role::{Role, Side};
use avalon::state::GameState;
use rand::rngs::StdRng;

use crate::game::timeless;
use crate::random;

pub(crate) use human::HumanPolicy;

/// A quest that was resolved.
#[derive(Debug, Clone)]
struct PastQuest {
    team: Vec<Seat>,
    succeeded: bool,
}

/// What decisions depend on.
#[derive(Debug, Clone)]
struct Situation<'a> {
    seed: u64,
    state: &'a GameState,
    profile: &'a RuleProfile,
    quest: u8,
    attempt: u8,
    leader: Seat,
    past: Vec<PastQuest>,
}

impl<'a> Situation<'a> {
    /// The situation of a game that was created; none before.
    fn of(seed: u64, state: &'a GameState) -> Option<Situation<'a>> {
        let past = state.quests.iter().filter_map(|quest| {
            let succeeded = quest.result? == QuestResult::Success;
            Some(PastQuest { team: quest.team.clone(), succeeded })
        });
        Some(Situation {
            seed,
            state,
            profile: state.profile.as_deref()?,
            quest: state.quest,
            attempt: state.attempt,
            leader: state.leader.unwrap_or(0),
            past: past.collect(),
        })
    }

    fn generator(&self, label: &str) -> StdRng {
        let place = [self.quest, self.attempt];
        random::generator(
            self.seed,
            &[timeless(self.state.game_id.as_str()), label.as_bytes(), &place],
        )
    }

    fn n(&self) -> u8 {
        self.profile.n
    }

    fn seats(&self) -> impl Iterator<Item = Seat> + use<> {
        0..self.profile.n
    }

    fn is_evil(&self, seat: Seat) -> bool {
        self.state.side(seat) == Some(Side::Evil)
    }

    fn role(&self, seat: Seat) -> Option<Role> {
        self.state.role(seat)
    }

    fn evil_count(&self) -> usize {
        self.state.sides.iter().filter(|side| **side == Side::Evil).count()
    }

    /// How much the table trusts a player: up with successful quests, down with failed ones.
    fn trust(&self, seat: Seat) -> f64 {
        let trust: f64 = self
            .past
            .iter()
            .filter(|quest| quest.team.contains(&seat))
            .map(|quest| if quest.succeeded { 0.8 } else { -0.6 })
            .sum();
        (1.0 + trust).max(0.2)
    }
}
