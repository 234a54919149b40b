//! Legal play: what is due in a state, every legal event in it, constructors of events with their
//! derived values filled in, and whole games played by a policy.

mod draft;
mod legal;
mod policy;

use crate::id::Seat;
use crate::rules::EndReason;
use crate::state::{GameState, Phase};

pub use draft::{Limits, Moves, create_game};
pub use legal::legal_events;
pub use policy::{Policy, Uniform, next_draft};

/// What is due next in a game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// The game must be created.
    Create,
    /// The roles must be dealt.
    Deal,
    /// Quest `quest` begins. After the Lady of the Lake the examiner may first say something.
    StartQuest {
        /// 1 to 5.
        quest: u8,
        /// The examiner, as long as nothing was said.
        may_declare: Option<Seat>,
    },
    /// The loyalty card of the quest is turned over.
    TurnLoyaltyCard {
        /// 1 to 5.
        quest: u8,
    },
    /// The leader proposes a team.
    Propose {
        /// The leader.
        leader: Seat,
    },
    /// These seats vote.
    Vote {
        /// Who has not voted yet.
        seats: Vec<Seat>,
    },
    /// All have voted.
    CloseVote,
    /// The fifth team goes without a vote.
    ForceTeam,
    /// These seats play a card.
    PlayCard {
        /// Who has not played yet.
        seats: Vec<Seat>,
    },
    /// The holder of Excalibur decides.
    UseExcalibur {
        /// The holder.
        holder: Seat,
    },
    /// All cards are in.
    Resolve,
    /// The holder of the Lady of the Lake examines a player.
    UseLady {
        /// The holder.
        holder: Seat,
    },
    /// The assassination begins.
    StartAssassination,
    /// The assassin names a player.
    Shoot {
        /// The assassin.
        assassin: Seat,
    },
    /// The game ends.
    End(EndReason),
    /// Nothing is due: the game is over.
    Over,
}

/// What is due next. A paused game has a turn too, which waits.
#[must_use]
pub fn turn(state: &GameState) -> Turn {
    if let Some(reason) = state.ending_due() {
        return Turn::End(reason);
    }
    match state.phase {
        Phase::Lobby if state.profile.is_none() => Turn::Create,
        Phase::Lobby => Turn::Deal,
        Phase::Dealt => start_quest(state),
        Phase::TeamBuilding if state.loyalty_due(state.quest) => {
            Turn::TurnLoyaltyCard { quest: state.quest }
        }
        Phase::TeamBuilding => Turn::Propose { leader: state.leader.unwrap_or(0) },
        Phase::TeamVoting => match state.votes_missing() {
            seats if seats.is_empty() => Turn::CloseVote,
            seats => Turn::Vote { seats },
        },
        Phase::Quest => quest_turn(state),
        Phase::Excalibur => {
            let sword = state.current_quest().and_then(|quest| quest.excalibur);
            match sword.filter(|sword| !sword.decided) {
                Some(sword) => Turn::UseExcalibur { holder: sword.holder },
                None => Turn::Resolve,
            }
        }
        Phase::Lady => match &state.lady {
            Some(lady) if state.lady_due() => Turn::UseLady { holder: lady.holder },
            _ => start_quest(state),
        },
        Phase::Assassination => match &state.assassination {
            Some(shot) => Turn::Shoot { assassin: shot.assassin },
            None => Turn::StartAssassination,
        },
        Phase::Ended | Phase::Aborted => Turn::Over,
    }
}

fn quest_turn(state: &GameState) -> Turn {
    let Some(quest) = state.current_quest() else {
        return Turn::Over;
    };
    if quest.result.is_some() {
        return start_quest(state);
    }
    if quest.team.is_empty() {
        return Turn::ForceTeam;
    }
    match state.cards_missing() {
        seats if seats.is_empty() => Turn::Resolve,
        seats => Turn::PlayCard { seats },
    }
}

fn start_quest(state: &GameState) -> Turn {
    let last = state.lady.as_ref().and_then(|lady| lady.uses.last());
    let may_declare = last
        .filter(|last| {
            state.phase == Phase::Lady && last.quest == state.quest && last.claim.is_none()
        })
        .map(|last| last.holder);
    state.next_quest().map_or(Turn::Over, |quest| Turn::StartQuest { quest, may_declare })
}
