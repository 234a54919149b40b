//! The table and the board of a view.

use avalon::event::{Card, Vote};
use avalon::view::{PlayerView, ProposalView, StateView};

use super::outcome::{QuestView, SeatView};
use super::row;
use super::show::text;
use crate::error::EngineError;

/// The seats, with what is at hand on the table.
pub(super) fn seats(view: &StateView) -> Result<Vec<SeatView>, EngineError> {
    view.players.iter().map(|player| seat(view, player)).collect()
}

fn seat(view: &StateView, player: &PlayerView) -> Result<SeatView, EngineError> {
    let quest = usize::from(view.quest).checked_sub(1).and_then(|quest| view.quests.get(quest));
    let proposal = quest.and_then(|quest| quest.proposals.last());
    let at = usize::from(player.seat);
    let vote = proposal.and_then(|proposal| proposal.votes.get(at).copied().flatten());
    let card = quest.and_then(|quest| quest.cards.iter().find(|card| card.seat == player.seat));
    Ok(SeatView {
        seat: u32::from(player.seat),
        player_id: player.player_id.as_str().to_owned(),
        nick: None,
        role: player.role.map(|role| role.as_str().to_owned()),
        side: player.side,
        mark: player.mark.as_ref().map(text).transpose()?,
        leader: view.leader == Some(player.seat),
        on_team: proposal.is_some_and(|proposal| proposal.team.contains(&player.seat)),
        vote: vote.map(|vote| vote == Vote::Approve),
        voted: proposal.is_some_and(|proposal| has_voted(proposal, at)),
        card: card.map(|card| card.card == Card::Success),
        played: quest.is_some_and(|quest| quest.played.contains(&player.seat)),
        lady: view.lady.as_ref().is_some_and(|lady| lady.holder == player.seat),
        excalibur: quest
            .and_then(|quest| quest.excalibur.as_ref())
            .is_some_and(|excalibur| excalibur.holder == player.seat),
        connected: player.connected,
    })
}

fn has_voted(proposal: &ProposalView, seat: usize) -> bool {
    proposal.voted.get(seat).copied().unwrap_or(false)
}

/// The five quests.
pub(super) fn quests(view: &StateView) -> Vec<QuestView> {
    (1_u32..)
        .zip(&view.quests)
        .map(|(number, quest)| QuestView {
            quest: number,
            team_size: u32::from(quest.team_size),
            fails_needed: u32::from(quest.fails_needed),
            result: quest.result.map(row::mark),
            fails: quest.fails.map(u32::from),
            team: quest.team.iter().copied().map(u32::from).collect(),
        })
        .collect()
}
