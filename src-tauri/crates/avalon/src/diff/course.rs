//! How the quests went: proposals, votes, teams, cards, results.

use std::collections::BTreeSet;

use crate::event::{Card, Vote};
use crate::id::Seat;
use crate::view::{ProposalView, QuestView, StateView};

use super::fact::{Change, Fact, SeatChange, Tally};

/// The quests in order, each with its proposals before it.
pub(super) fn quests(before: &StateView, after: &StateView, facts: &mut Vec<Fact>) {
    let quests = before.quests.len().max(after.quests.len());
    for (number, at) in (1u8..).zip(0..quests) {
        let (old, new) = (before.quests.get(at), after.quests.get(at));
        let attempts = |quest: Option<&QuestView>| quest.map_or(0, |quest| quest.proposals.len());
        for attempt in 0..attempts(old).max(attempts(new)) {
            let of = |quest: Option<&'_ QuestView>| quest?.proposals.get(attempt).cloned();
            facts.extend(proposal(number, of(old).as_ref(), of(new).as_ref()));
        }
        facts.extend(quest(number, old, new));
    }
}

fn proposal(
    quest: u8,
    before: Option<&ProposalView>,
    after: Option<&ProposalView>,
) -> Option<Fact> {
    let attempt = after.or(before)?.attempt;
    let leader = Change::of(before.map(|old| old.leader), after.map(|new| new.leader));
    let team =
        Change::of(before.map(|old| in_order(&old.team)), after.map(|new| in_order(&new.team)));
    let excalibur_to =
        Change::of(before.and_then(|old| old.excalibur_to), after.and_then(|new| new.excalibur_to));
    let votes = votes(before, after);
    let voted = Change::of(before.and_then(voted), after.and_then(voted));
    let tally = Change::of(before.and_then(tally), after.and_then(tally));
    let result = Change::of(before.and_then(|old| old.result), after.and_then(|new| new.result));
    let differs = leader.is_some()
        || team.is_some()
        || excalibur_to.is_some()
        || !votes.is_empty()
        || voted.is_some()
        || tally.is_some()
        || result.is_some();
    differs.then_some(Fact::Proposal {
        quest,
        attempt,
        leader,
        team,
        excalibur_to,
        votes,
        voted,
        tally,
        result,
    })
}

fn votes(before: Option<&ProposalView>, after: Option<&ProposalView>) -> Vec<SeatChange<Vote>> {
    let seats = |side: Option<&ProposalView>| side.map_or(0, |proposal| proposal.votes.len());
    let of = |side: Option<&ProposalView>, seat: Seat| {
        side.and_then(|proposal| proposal.votes.get(usize::from(seat)).copied().flatten())
    };
    (0u8..)
        .zip(0..seats(before).max(seats(after)))
        .filter_map(|(seat, _)| {
            let value = Change::of(of(before, seat), of(after, seat))?;
            Some(SeatChange { seat, value })
        })
        .collect()
}

/// Who has voted; none until somebody has.
fn voted(proposal: &ProposalView) -> Option<Vec<Seat>> {
    let seats = (0u8..).zip(&proposal.voted).filter(|(_, voted)| **voted).map(|(seat, _)| seat);
    anybody(&seats.collect::<Vec<_>>())
}

/// The votes counted; none while the vote is open or where there was none.
fn tally(proposal: &ProposalView) -> Option<Tally> {
    let approvals = proposal.approvals?;
    let cast = proposal.voted.iter().filter(|voted| **voted).count();
    let cast = u8::try_from(cast).unwrap_or(u8::MAX);
    Some(Tally { approvals, rejections: cast.saturating_sub(approvals) })
}

fn quest(quest: u8, before: Option<&QuestView>, after: Option<&QuestView>) -> Option<Fact> {
    let sword = |side: Option<&QuestView>| side.and_then(|quest| quest.excalibur.clone());
    let (old_sword, new_sword) = (sword(before), sword(after));
    let team = Change::of(before.and_then(team), after.and_then(team));
    let cards = cards(before, after);
    let played = Change::of(before.and_then(played), after.and_then(played));
    let excalibur = Change::of(
        old_sword.as_ref().map(|sword| sword.holder),
        new_sword.as_ref().map(|sword| sword.holder),
    );
    let decided = Change::of(
        old_sword.as_ref().map(|sword| sword.decided),
        new_sword.as_ref().map(|sword| sword.decided),
    );
    let switched = Change::of(
        old_sword.and_then(|sword| sword.target),
        new_sword.and_then(|sword| sword.target),
    );
    let fails = Change::of(before.and_then(|old| old.fails), after.and_then(|new| new.fails));
    let result = Change::of(before.and_then(|old| old.result), after.and_then(|new| new.result));
    let differs = team.is_some()
        || !cards.is_empty()
        || played.is_some()
        || excalibur.is_some()
        || decided.is_some()
        || switched.is_some()
        || fails.is_some()
        || result.is_some();
    differs.then_some(Fact::Quest {
        quest,
        team,
        cards,
        played,
        excalibur,
        decided,
        switched,
        fails,
        result,
    })
}

fn cards(before: Option<&QuestView>, after: Option<&QuestView>) -> Vec<SeatChange<Card>> {
    let of = |side: Option<&QuestView>, seat: Seat| {
        side?.cards.iter().find(|card| card.seat == seat).map(|card| card.card)
    };
    let seats: BTreeSet<Seat> = [before, after]
        .into_iter()
        .flatten()
        .flat_map(|quest| quest.cards.iter().map(|card| card.seat))
        .collect();
    seats
        .into_iter()
        .filter_map(|seat| {
            let value = Change::of(of(before, seat), of(after, seat))?;
            Some(SeatChange { seat, value })
        })
        .collect()
}

/// Who goes; none until a team is approved.
fn team(quest: &QuestView) -> Option<Vec<Seat>> {
    anybody(&quest.team)
}

/// Who has played a card; none until somebody has.
fn played(quest: &QuestView) -> Option<Vec<Seat>> {
    anybody(&quest.played)
}

/// Seats in order; none when there is nobody.
fn anybody(seats: &[Seat]) -> Option<Vec<Seat>> {
    (!seats.is_empty()).then(|| in_order(seats))
}

/// Seats from the lowest on: a team named in another order is the same team.
fn in_order(seats: &[Seat]) -> Vec<Seat> {
    let mut seats = seats.to_vec();
    seats.sort_unstable();
    seats
}
