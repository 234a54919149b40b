//! Playing a game by a policy.

use crate::deal::Deal;
use crate::event::{Card, Draft, Vote};
use crate::id::Seat;
use crate::play::{Limits, Moves, Turn, turn};
use crate::profile::ExcaliburAssignment;
use crate::role::Side;
use crate::state::GameState;

/// Decides for the players. It sees the whole state; a policy that is to play fair reads only what
/// the player in question may know.
pub trait Policy {
    /// A number below `bound` (at least 1), which settles orders and free choices.
    fn pick(&mut self, bound: usize) -> usize;

    /// The leader's team, `size` distinct seats.
    fn team(&mut self, state: &GameState, leader: Seat, size: usize) -> Vec<Seat>;

    /// Who of `candidates` gets Excalibur.
    fn excalibur_to(&mut self, state: &GameState, candidates: &[Seat]) -> Option<Seat>;

    /// Whether the leader thinks again before the first vote, where the profile allows it.
    fn revises(&mut self, state: &GameState, leader: Seat) -> bool;

    /// A vote.
    fn vote(&mut self, state: &GameState, seat: Seat) -> Vote;

    /// A card; asked only of a player who has the choice.
    fn card(&mut self, state: &GameState, seat: Seat) -> Card;

    /// Whose card, of `candidates`, is switched.
    fn excalibur_target(
        &mut self,
        state: &GameState,
        holder: Seat,
        candidates: &[Seat],
    ) -> Option<Seat>;

    /// Whom, of `candidates`, the Lady of the Lake examines.
    fn lady_target(&mut self, state: &GameState, holder: Seat, candidates: &[Seat])
    -> Option<Seat>;

    /// What the examiner says.
    fn lady_claim(&mut self, state: &GameState, holder: Seat) -> Option<Side>;

    /// Whether the assassin shoots now, where the profile allows it at any time.
    fn shoots_early(&mut self, state: &GameState) -> bool;

    /// Whom, of `candidates`, the assassin names.
    fn target(&mut self, state: &GameState, assassin: Seat, candidates: &[Seat]) -> Option<Seat>;
}

/// The next event of a game, as the policy decides; none when the game is over or not created.
/// `deal` is used once, for the roles.
pub fn next_draft<P: Policy + ?Sized>(
    state: &GameState,
    deal: &Deal,
    policy: &mut P,
    now_ms: i64,
    limits: Limits,
) -> Option<Draft> {
    let moves = Moves::timed(state, now_ms, limits);
    if state.assassination_may_start() && policy.shoots_early(state) {
        return Some(moves.start_assassination());
    }
    Some(match turn(state) {
        Turn::Create | Turn::Over => return None,
        Turn::Deal => moves.assign_roles(deal),
        Turn::StartQuest { may_declare, .. } => {
            let claim =
                may_declare.and_then(|holder| Some((holder, policy.lady_claim(state, holder)?)));
            match claim {
                Some((holder, claim)) => moves.declare_lady(holder, claim),
                None => moves.start_quest(),
            }
        }
        Turn::TurnLoyaltyCard { .. } => moves.turn_loyalty_card(),
        Turn::Propose { leader } => propose(state, leader, policy, Moves::propose, &moves),
        Turn::Vote { seats } => vote(state, &seats, policy, &moves)?,
        Turn::CloseVote => moves.close_vote(sword_after_approval(state, policy)),
        Turn::ForceTeam => moves.force_team(sword_after_approval(state, policy)),
        Turn::PlayCard { seats } => {
            let seat = *seats.get(policy.pick(seats.len()))?;
            moves.play_card(seat, card(state, seat, policy))
        }
        Turn::UseExcalibur { holder } => {
            let target = policy.excalibur_target(state, holder, &excalibur_targets(state, holder));
            moves.use_excalibur(holder, target)
        }
        Turn::Resolve => moves.resolve(),
        Turn::UseLady { holder } => {
            let target = policy.lady_target(state, holder, &lady_targets(state))?;
            moves.use_lady(holder, target)
        }
        Turn::StartAssassination => moves.start_assassination(),
        Turn::Shoot { assassin } => {
            let candidates = state.assassination_candidates();
            moves.shoot(assassin, policy.target(state, assassin, &candidates)?)
        }
        Turn::End(reason) => moves.end(reason),
    })
}

type Propose<'a> = fn(&Moves<'a>, &[Seat], Option<Seat>) -> Draft;

fn propose<'a, P: Policy + ?Sized>(
    state: &GameState,
    leader: Seat,
    policy: &mut P,
    make: Propose<'a>,
    moves: &Moves<'a>,
) -> Draft {
    let size = state.current_quest().map_or(0, |quest| usize::from(quest.team_size));
    let team = policy.team(state, leader, size);
    let sword = gives(state, ExcaliburAssignment::WithProposal)
        .then(|| policy.excalibur_to(state, &others(&team, leader)))
        .flatten();
    make(moves, &team, sword)
}

fn vote<P: Policy + ?Sized>(
    state: &GameState,
    seats: &[Seat],
    policy: &mut P,
    moves: &Moves<'_>,
) -> Option<Draft> {
    let leader = state.leader.unwrap_or(0);
    let may_revise = state.profile.as_ref().is_some_and(|rules| rules.repropose_before_vote)
        && seats.len() == state.seats.len();
    if may_revise && policy.revises(state, leader) {
        return Some(propose(state, leader, policy, Moves::revise, moves));
    }
    let seat = *seats.get(policy.pick(seats.len()))?;
    Some(moves.vote(seat, policy.vote(state, seat)))
}

fn card<P: Policy + ?Sized>(state: &GameState, seat: Seat, policy: &mut P) -> Card {
    match state.side(seat) {
        Some(Side::Evil) if state.must_fail(seat) => Card::Fail,
        Some(Side::Evil) => policy.card(state, seat),
        Some(Side::Good) | None => Card::Success,
    }
}

fn gives(state: &GameState, assign: ExcaliburAssignment) -> bool {
    state
        .profile
        .as_ref()
        .is_some_and(|rules| rules.excalibur.on && rules.excalibur.assign == assign)
}

fn sword_after_approval<P: Policy + ?Sized>(state: &GameState, policy: &mut P) -> Option<Seat> {
    if !gives(state, ExcaliburAssignment::AfterApproval) {
        return None;
    }
    let last = state.current_quest()?.proposals.last()?;
    policy.excalibur_to(state, &others(&last.team, last.leader))
}

pub(super) fn others(seats: &[Seat], but: Seat) -> Vec<Seat> {
    seats.iter().copied().filter(|seat| *seat != but).collect()
}

pub(super) fn excalibur_targets(state: &GameState, holder: Seat) -> Vec<Seat> {
    state.current_quest().map_or_else(Vec::new, |quest| others(&quest.team, holder))
}

pub(super) fn lady_targets(state: &GameState) -> Vec<Seat> {
    let Some(lady) = &state.lady else {
        return Vec::new();
    };
    (0..state.players()).filter(|seat| !lady.holders.contains(seat)).collect()
}

/// Plays every legal choice with equal chance, drawn from a source of numbers below a bound.
#[derive(Debug)]
pub struct Uniform<F>(pub F);

impl<F: FnMut(usize) -> usize> Uniform<F> {
    fn one_of(&mut self, seats: &[Seat]) -> Option<Seat> {
        seats.get(self.pick(seats.len().max(1))).copied()
    }

    fn coin(&mut self) -> bool {
        self.pick(2) == 1
    }
}

impl<F: FnMut(usize) -> usize> Policy for Uniform<F> {
    fn pick(&mut self, bound: usize) -> usize {
        (self.0)(bound)
    }

    fn team(&mut self, state: &GameState, _leader: Seat, size: usize) -> Vec<Seat> {
        let mut seats: Vec<Seat> = (0..state.players()).collect();
        let mut team = Vec::with_capacity(size);
        while team.len() < size && !seats.is_empty() {
            let index = self.pick(seats.len()).min(seats.len() - 1);
            team.push(seats.swap_remove(index));
        }
        team
    }

    fn excalibur_to(&mut self, _state: &GameState, candidates: &[Seat]) -> Option<Seat> {
        self.one_of(candidates)
    }

    fn revises(&mut self, _state: &GameState, _leader: Seat) -> bool {
        self.pick(4) == 0
    }

    fn vote(&mut self, _state: &GameState, _seat: Seat) -> Vote {
        if self.coin() { Vote::Approve } else { Vote::Reject }
    }

    fn card(&mut self, _state: &GameState, _seat: Seat) -> Card {
        if self.coin() { Card::Success } else { Card::Fail }
    }

    fn excalibur_target(
        &mut self,
        _state: &GameState,
        _holder: Seat,
        candidates: &[Seat],
    ) -> Option<Seat> {
        if self.coin() { self.one_of(candidates) } else { None }
    }

    fn lady_target(
        &mut self,
        _state: &GameState,
        _holder: Seat,
        candidates: &[Seat],
    ) -> Option<Seat> {
        self.one_of(candidates)
    }

    fn lady_claim(&mut self, _state: &GameState, _holder: Seat) -> Option<Side> {
        [None, Some(Side::Good), Some(Side::Evil)].get(self.pick(3)).copied().flatten()
    }

    fn shoots_early(&mut self, _state: &GameState) -> bool {
        self.pick(40) == 0
    }

    fn target(&mut self, _: &GameState, _: Seat, candidates: &[Seat]) -> Option<Seat> {
        self.one_of(candidates)
    }
}
