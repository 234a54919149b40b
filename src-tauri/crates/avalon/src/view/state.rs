//! Views of states.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::{Card, LoyaltyCard, QuestResult, Vote, VoteResult};
use crate::id::{GameId, PlayerId, RoomId, Seat};
use crate::profile::RuleProfile;
use crate::role::{Role, Side};
use crate::rules::{EndReason, Mark};
use crate::state::{GameState, Lady, LoyaltyDraw, Phase, PlayedCard, Proposal, Quest};
use crate::view::Viewer;

/// A game's state as a viewer may see it. What is absent or null is hidden or does not exist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StateView {
    /// The game.
    pub game_id: GameId,
    /// Its room.
    pub room_id: Option<RoomId>,
    /// The last event.
    pub seq: u64,
    /// Where the game stands.
    pub phase: Phase,
    /// Quest at hand, 1 to 5; 0 before the first.
    pub quest: u8,
    /// Attempt at hand, 1 to 5; 0 before the first quest.
    pub attempt: u8,
    /// The rules.
    pub profile: Option<RuleProfile>,
    /// The players in seat order.
    pub players: Vec<PlayerView>,
    /// Seat of the first leader.
    pub first_leader: Option<Seat>,
    /// Seat of the current leader.
    pub leader: Option<Seat>,
    /// Who leads the fifth attempt of this quest.
    pub hammer_seat: Option<Seat>,
    /// Proposals closed so far.
    pub proposals_closed: u32,
    /// Rejections in this quest.
    pub vote_track: u8,
    /// Successful quests.
    pub successes: u8,
    /// Failed quests.
    pub failures: u8,
    /// The five quests.
    pub quests: Vec<QuestView>,
    /// The Lady of the Lake.
    pub lady: Option<LadyView>,
    /// The loyalty cards.
    pub loyalty: Option<LoyaltyView>,
    /// The assassination.
    pub assassination: Option<AssassinationView>,
    /// Who won.
    pub winner: Option<Side>,
    /// How.
    pub reason: Option<EndReason>,
    /// Until when the action at hand may be taken, Unix milliseconds.
    pub deadline: Option<i64>,
    /// Time of GameCreated, Unix milliseconds.
    pub started_at: Option<i64>,
    /// Time of the end, Unix milliseconds.
    pub ended_at: Option<i64>,
    /// Whether the game is paused.
    pub paused: bool,
}

/// A player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlayerView {
    /// The seat.
    pub seat: Seat,
    /// The player.
    pub player_id: PlayerId,
    /// The role, where the viewer may know it.
    pub role: Option<Role>,
    /// The current side, where the viewer may know it.
    pub side: Option<Side>,
    /// What the viewer's own role was told about this player.
    pub mark: Option<Mark>,
    /// Whether the player has looked at the role, where the viewer may know it.
    pub acknowledged: Option<bool>,
    /// Whether connected.
    pub connected: bool,
    /// Whether a bot plays.
    pub bot: bool,
}

/// A quest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct QuestView {
    /// Players it takes.
    pub team_size: u8,
    /// Fail cards that fail it.
    pub fails_needed: u8,
    /// The proposals.
    pub proposals: Vec<ProposalView>,
    /// The team that goes.
    pub team: Vec<Seat>,
    /// Who has played a card, in order.
    pub played: Vec<Seat>,
    /// The cards that the viewer may see, as played.
    pub cards: Vec<PlayedCard>,
    /// Excalibur.
    pub excalibur: Option<ExcaliburView>,
    /// Fail cards counted, once resolved.
    pub fails: Option<u8>,
    /// How it went.
    pub result: Option<QuestResult>,
}

/// A proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProposalView {
    /// Attempt, 1 to 5.
    pub attempt: u8,
    /// Who proposed.
    pub leader: Seat,
    /// The team.
    pub team: Vec<Seat>,
    /// Who gets Excalibur.
    pub excalibur_to: Option<Seat>,
    /// Whether each seat has voted.
    pub voted: Vec<bool>,
    /// The votes that the viewer may see, by seat.
    pub votes: Vec<Option<Vote>>,
    /// How many approved, once closed.
    pub approvals: Option<u8>,
    /// The result, once closed.
    pub result: Option<VoteResult>,
    /// Whether it goes without a vote.
    pub forced: bool,
}

/// Excalibur on a quest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExcaliburView {
    /// Who holds it.
    pub holder: Seat,
    /// Whether the holder has decided.
    pub decided: bool,
    /// Whose card was switched.
    pub target: Option<Seat>,
    /// The card as the target had played it, for the holder.
    pub card: Option<Card>,
}

/// The Lady of the Lake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LadyView {
    /// Who holds the token.
    pub holder: Seat,
    /// Everybody who has held it.
    pub holders: Vec<Seat>,
    /// Its uses.
    pub uses: Vec<LadyUseView>,
}

/// A use of the Lady of the Lake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LadyUseView {
    /// The quest after which it happened.
    pub quest: u8,
    /// Who examined.
    pub holder: Seat,
    /// Who was examined.
    pub target: Seat,
    /// The side shown, for the examiner.
    pub loyalty: Option<Side>,
    /// The side claimed.
    pub claim: Option<Side>,
}

/// The loyalty cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoyaltyView {
    /// The cards turned over.
    pub draws: Vec<LoyaltyDraw>,
    /// The cards to come too, where they lie open (variant 2).
    pub deck: Option<Vec<LoyaltyCard>>,
}

/// The assassination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssassinationView {
    /// Who shoots.
    pub assassin: Seat,
    /// Who may be shot, for the assassin: whom he may not shoot he knows to be evil.
    pub candidates: Option<Vec<Seat>>,
    /// Who was shot.
    pub target: Option<Seat>,
}

/// The state as `viewer` may see it.
#[must_use]
pub fn view_state(state: &GameState, viewer: &Viewer) -> StateView {
    let eyes = Eyes {
        state,
        god: *viewer == Viewer::God,
        seat: match viewer {
            Viewer::Seat(player) => state.seat_of(player),
            Viewer::God | Viewer::Audience => None,
        },
    };
    StateView {
        game_id: state.game_id.clone(),
        room_id: state.room_id.clone(),
        seq: state.seq,
        phase: state.phase,
        quest: state.quest,
        attempt: state.attempt,
        profile: state.profile.as_deref().cloned(),
        players: (0u8..)
            .zip(&state.seats)
            .map(|(seat, player)| eyes.player(seat, player))
            .collect(),
        first_leader: state.first_leader,
        leader: state.leader,
        hammer_seat: state.hammer_seat,
        proposals_closed: state.proposals_closed,
        vote_track: state.vote_track,
        successes: state.successes,
        failures: state.failures,
        quests: state.quests.iter().map(|quest| eyes.quest(quest)).collect(),
        lady: state.lady.as_ref().map(|lady| eyes.lady(lady)),
        loyalty: eyes.loyalty(),
        assassination: state.assassination.as_ref().map(|shot| AssassinationView {
            assassin: shot.assassin,
            candidates: eyes.sees_as(shot.assassin).then(|| shot.candidates.clone()),
            target: shot.target,
        }),
        winner: state.winner,
        reason: state.reason,
        deadline: state.deadline,
        started_at: state.started_at,
        ended_at: state.ended_at,
        paused: state.overlay.paused,
    }
}

struct Eyes<'a> {
    state: &'a GameState,
    god: bool,
    seat: Option<Seat>,
}

impl Eyes<'_> {
    fn sees_as(&self, seat: Seat) -> bool {
        self.god || self.seat == Some(seat)
    }

    fn player(&self, seat: Seat, player: &PlayerId) -> PlayerView {
        let state = self.state;
        let at = usize::from(seat);
        let told = self.seat.and_then(|viewer| state.knowledge.get(usize::from(viewer)));
        let sighting = told.and_then(|told| told.iter().find(|sighting| sighting.seat == seat));
        let revealed = self.sees_as(seat) || state.phase == Phase::Ended;
        PlayerView {
            seat,
            player_id: player.clone(),
            role: state.role(seat).filter(|_| revealed),
            side: state.side(seat).filter(|_| revealed),
            mark: sighting.map(|sighting| sighting.mark),
            acknowledged: state.acknowledged.get(at).copied().filter(|_| self.sees_as(seat)),
            connected: state.overlay.connected.get(at).copied().unwrap_or(false),
            bot: state.overlay.bots.get(at).copied().unwrap_or(false),
        }
    }

    fn quest(&self, quest: &Quest) -> QuestView {
        QuestView {
            team_size: quest.team_size,
            fails_needed: quest.fails_needed,
            proposals: quest.proposals.iter().map(|proposal| self.proposal(proposal)).collect(),
            team: quest.team.clone(),
            played: quest.cards.iter().map(|card| card.seat).collect(),
            cards: quest.cards.iter().copied().filter(|card| self.sees_as(card.seat)).collect(),
            excalibur: quest.excalibur.map(|sword| ExcaliburView {
                holder: sword.holder,
                decided: sword.decided,
                target: sword.target,
                card: sword
                    .target
                    .filter(|_| self.sees_as(sword.holder))
                    .and_then(|target| quest.cards.iter().find(|card| card.seat == target))
                    .map(|card| card.card),
            }),
            fails: quest.fails,
            result: quest.result,
        }
    }

    fn proposal(&self, proposal: &Proposal) -> ProposalView {
        let public = proposal.result.is_some()
            && self.state.profile.as_ref().is_some_and(|rules| !rules.anonymous_votes);
        let visible =
            |(seat, vote): (Seat, &Option<Vote>)| vote.filter(|_| public || self.sees_as(seat));
        ProposalView {
            attempt: proposal.attempt,
            leader: proposal.leader,
            team: proposal.team.clone(),
            excalibur_to: proposal.excalibur_to,
            voted: proposal.votes.iter().map(Option::is_some).collect(),
            votes: (0u8..).zip(&proposal.votes).map(visible).collect(),
            approvals: proposal.approvals,
            result: proposal.result,
            forced: proposal.forced,
        }
    }

    fn lady(&self, lady: &Lady) -> LadyView {
        LadyView {
            holder: lady.holder,
            holders: lady.holders.clone(),
            uses: lady
                .uses
                .iter()
                .map(|usage| LadyUseView {
                    quest: usage.quest,
                    holder: usage.holder,
                    target: usage.target,
                    loyalty: Some(usage.loyalty).filter(|_| self.sees_as(usage.holder)),
                    claim: usage.claim,
                })
                .collect(),
        }
    }

    fn loyalty(&self) -> Option<LoyaltyView> {
        let lancelot = self.state.lancelot.as_ref()?;
        let open = self.state.profile.as_ref().is_some_and(|rules| rules.lancelot.variant == 2);
        Some(LoyaltyView {
            draws: lancelot.draws.clone(),
            deck: lancelot.deck.clone().filter(|_| open || self.god),
        })
    }
}
