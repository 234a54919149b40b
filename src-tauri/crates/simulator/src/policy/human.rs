//! The policy of a whole table, fitted to human play.

use avalon::event::{Card, Vote};
use avalon::id::Seat;
use avalon::play::Policy;
use avalon::role::Side;
use avalon::state::GameState;
use rand::RngExt;

use super::{Situation, mission, secret, team, vote};
use crate::game::timeless;
use crate::random;

/// Chance that a leader thinks again where the profile allows it.
const REVISES: f64 = 0.15;
/// Chance, before each event, that an assassin who may shoot at any time does.
const SHOOTS_EARLY: f64 = 0.002;

/// Decides for a table as humans do. Each decision depends only on the seed and the situation.
#[derive(Debug, Clone)]
pub(crate) struct HumanPolicy {
    seed: u64,
    /// Votes of the open proposal, by the seq of its game's last proposal: asked seat by seat.
    votes: Option<((u8, u8), Vec<bool>)>,
    /// Cards of the quest, likewise.
    cards: Option<(u8, Vec<(Seat, Card)>)>,
}

impl HumanPolicy {
    pub(crate) fn new(seed: u64) -> HumanPolicy {
        HumanPolicy { seed, votes: None, cards: None }
    }

    /// Forgets what was planned: the game went back to an earlier state.
    pub(crate) fn forget(&mut self) {
        self.votes = None;
        self.cards = None;
    }

    fn chance(&self, state: &GameState, label: &str, probability: f64) -> bool {
        let game = timeless(state.game_id.as_str());
        let labels = [game, label.as_bytes(), &state.seq.to_le_bytes()];
        random::generator(self.seed, &labels).random_bool(probability)
    }
}

impl Policy for HumanPolicy {
    fn pick(&mut self, _bound: usize) -> usize {
        // Seats act in turn: who is first does not matter to the rules.
        0
    }

    fn team(&mut self, state: &GameState, _leader: Seat, _size: usize) -> Vec<Seat> {
        self.forget();
        Situation::of(self.seed, state).map(|now| team::propose(&now)).unwrap_or_default()
    }

    fn excalibur_to(&mut self, state: &GameState, candidates: &[Seat]) -> Option<Seat> {
        team::excalibur_holder(&Situation::of(self.seed, state)?, candidates)
    }

    fn revises(&mut self, state: &GameState, _leader: Seat) -> bool {
        self.chance(state, "revises", REVISES)
    }

    fn vote(&mut self, state: &GameState, seat: Seat) -> Vote {
        let place = (state.quest, state.attempt);
        if self.votes.as_ref().is_none_or(|(planned, _)| *planned != place) {
            let team = state.open_proposal().map(|proposal| proposal.team.clone());
            let now = Situation::of(self.seed, state);
            let votes = now.zip(team).map(|(now, team)| vote::votes(&now, &team));
            self.votes = Some((place, votes.unwrap_or_default()));
        }
        let approves = self
            .votes
            .as_ref()
            .and_then(|(_, votes)| votes.get(usize::from(seat)).copied())
            .unwrap_or(false);
        if approves { Vote::Approve } else { Vote::Reject }
    }

    fn card(&mut self, state: &GameState, seat: Seat) -> Card {
        if self.cards.as_ref().is_none_or(|(planned, _)| *planned != state.quest) {
            let team = state.current_quest().map(|quest| quest.team.clone()).unwrap_or_default();
            let cards = Situation::of(self.seed, state).map(|now| mission::cards(&now, &team));
            let cards = team.into_iter().zip(cards.unwrap_or_default()).collect();
            self.cards = Some((state.quest, cards));
        }
        let planned = self.cards.as_ref().and_then(|(_, cards)| {
            cards.iter().find(|(member, _)| *member == seat).map(|(_, card)| *card)
        });
        planned.unwrap_or(Card::Success)
    }

    fn excalibur_target(
        &mut self,
        state: &GameState,
        _holder: Seat,
        candidates: &[Seat],
    ) -> Option<Seat> {
        mission::excalibur_target(&Situation::of(self.seed, state)?, candidates)
    }

    fn lady_target(
        &mut self,
        state: &GameState,
        _holder: Seat,
        candidates: &[Seat],
    ) -> Option<Seat> {
        secret::lady_target(&Situation::of(self.seed, state)?, candidates)
    }

    fn lady_claim(&mut self, state: &GameState, holder: Seat) -> Option<Side> {
        let seen = state.lady.as_ref()?.uses.last()?.loyalty;
        Some(secret::lady_claim(&Situation::of(self.seed, state)?, holder, seen))
    }

    fn shoots_early(&mut self, state: &GameState) -> bool {
        self.chance(state, "shoots early", SHOOTS_EARLY)
    }

    fn target(&mut self, state: &GameState, _assassin: Seat, candidates: &[Seat]) -> Option<Seat> {
        secret::shot(&Situation::of(self.seed, state)?, candidates)
    }
}
