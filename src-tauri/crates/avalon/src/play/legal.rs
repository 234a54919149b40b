//! Every legal event in a state.

use crate::event::{Card, Draft, Vote};
use crate::id::Seat;
use crate::play::policy::{excalibur_targets, lady_targets, others};
use crate::play::{Moves, Turn, turn};
use crate::profile::ExcaliburAssignment;
use crate::role::Side;
use crate::state::GameState;

/// Every event of the rules that may come next, each once; up to 252 teams times the seats that
/// may get Excalibur. Creating the game and dealing the roles are not among them, since they need
/// players and a seed; nor are pauses, connections and giving up, which are always possible.
#[must_use]
pub fn legal_events(state: &GameState) -> Vec<Draft> {
    let moves = Moves::new(state);
    let mut events = turn_events(state, &moves);
    let early = state.assassination_may_start() && turn(state) != Turn::StartAssassination;
    if early {
        events.push(moves.start_assassination());
    }
    events
}

fn turn_events(state: &GameState, moves: &Moves<'_>) -> Vec<Draft> {
    match turn(state) {
        Turn::Create | Turn::Deal | Turn::Over => Vec::new(),
        Turn::StartQuest { may_declare, .. } => {
            let mut events = vec![moves.start_quest()];
            if let Some(holder) = may_declare {
                events.push(moves.declare_lady(holder, Side::Good));
                events.push(moves.declare_lady(holder, Side::Evil));
            }
            events
        }
        Turn::TurnLoyaltyCard { .. } => vec![moves.turn_loyalty_card()],
        Turn::Propose { leader } => {
            proposals(state, leader, |team, sword| moves.propose(team, sword))
        }
        Turn::Vote { seats } => votes(state, &seats, moves),
        Turn::CloseVote => swords(state).map(|sword| moves.close_vote(sword)).collect(),
        Turn::ForceTeam => swords(state).map(|sword| moves.force_team(sword)).collect(),
        Turn::PlayCard { seats } => seats
            .iter()
            .flat_map(|seat| cards(state, *seat).iter().map(|card| moves.play_card(*seat, *card)))
            .collect(),
        Turn::UseExcalibur { holder } => std::iter::once(None)
            .chain(excalibur_targets(state, holder).into_iter().map(Some))
            .map(|target| moves.use_excalibur(holder, target))
            .collect(),
        Turn::Resolve => vec![moves.resolve()],
        Turn::UseLady { holder } => {
            lady_targets(state).into_iter().map(|target| moves.use_lady(holder, target)).collect()
        }
        Turn::StartAssassination => vec![moves.start_assassination()],
        Turn::Shoot { assassin } => state
            .assassination_candidates()
            .into_iter()
            .map(|target| moves.shoot(assassin, target))
            .collect(),
        Turn::End(reason) => vec![moves.end(reason)],
    }
}

fn votes(state: &GameState, seats: &[Seat], moves: &Moves<'_>) -> Vec<Draft> {
    let mut events: Vec<Draft> = seats
        .iter()
        .flat_map(|seat| [Vote::Approve, Vote::Reject].map(|vote| moves.vote(*seat, vote)))
        .collect();
    let revisable = state.profile.as_ref().is_some_and(|rules| rules.repropose_before_vote)
        && seats.len() == state.seats.len();
    if revisable {
        let leader = state.leader.unwrap_or(0);
        events.extend(proposals(state, leader, |team, sword| moves.revise(team, sword)));
    }
    events
}

fn cards(state: &GameState, seat: Seat) -> &'static [Card] {
    match state.side(seat) {
        Some(Side::Evil) if state.must_fail(seat) => &[Card::Fail],
        Some(Side::Evil) => &[Card::Success, Card::Fail],
        Some(Side::Good) | None => &[Card::Success],
    }
}

fn assignment(state: &GameState) -> Option<ExcaliburAssignment> {
    let sword = &state.profile.as_ref()?.excalibur;
    sword.on.then_some(sword.assign)
}

fn proposals(
    state: &GameState,
    leader: Seat,
    propose: impl Fn(&[Seat], Option<Seat>) -> Draft,
) -> Vec<Draft> {
    let size = state.current_quest().map_or(0, |quest| u32::from(quest.team_size));
    let mut events = Vec::new();
    for members in 0_u32..1 << state.players().min(crate::rules::MAX_PLAYERS) {
        if members.count_ones() != size {
            continue;
        }
        let team: Vec<Seat> =
            (0..state.players()).filter(|seat| members >> seat & 1 == 1).collect();
        if assignment(state) == Some(ExcaliburAssignment::WithProposal) {
            let holders = others(&team, leader);
            events.extend(holders.into_iter().map(|holder| propose(&team, Some(holder))));
        } else {
            events.push(propose(&team, None));
        }
    }
    events
}

/// Who may get Excalibur when a team is approved; one "nobody" where it is not given then.
fn swords(state: &GameState) -> impl Iterator<Item = Option<Seat>> {
    let last = state.current_quest().and_then(|quest| quest.proposals.last());
    let late = assignment(state) == Some(ExcaliburAssignment::AfterApproval)
        && (last.is_some_and(|last| last.forced) || vote_carries(state));
    let holders =
        last.filter(|_| late).map_or_else(Vec::new, |last| others(&last.team, last.leader));
    let nobody = holders.is_empty().then_some(None);
    nobody.into_iter().chain(holders.into_iter().map(Some))
}

fn vote_carries(state: &GameState) -> bool {
    let approvals = state
        .open_proposal()
        .map_or(0, |open| open.votes.iter().filter(|vote| **vote == Some(Vote::Approve)).count());
    crate::rules::approved(state.players(), u8::try_from(approvals).unwrap_or(u8::MAX))
}
