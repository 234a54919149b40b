//! Constructors of events, with actor, visibility and every derived value filled in.

use std::collections::BTreeMap;

use crate::deal::{self, Deal, Seed};
use crate::event::{
    Actor, AssassinTargetNamed, AssassinationStarted, Card, Draft, Event, ExcaliburUsed,
    GameCreated, GameEnded, LadyDeclared, LadyUsed, LoyaltyCardDrawn, MissionCardPlayed,
    MissionResolved, QuestResult, QuestStarted, RoleAcknowledged, RolesAssigned, SeatRef,
    TeamForced, TeamProposed, TeamVoteCast, TeamVoteClosed, Version, Visibility, Vote, VoteResult,
};
use crate::id::{GameId, PlayerId, Seat};
use crate::profile::RuleProfile;
use crate::role::Side;
use crate::rules::{self, EndReason};
use crate::state::GameState;

/// Time limits, from which deadlines are set. None: no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Milliseconds for a proposal.
    pub propose_ms: Option<i64>,
    /// Milliseconds for the votes on it.
    pub vote_ms: Option<i64>,
    /// Milliseconds for the cards, the next proposal or the shot.
    pub act_ms: Option<i64>,
}

/// GameCreated, with the commitment to the deal's seed.
#[must_use]
pub fn create_game(
    game_id: GameId,
    profile: RuleProfile,
    seats: Vec<PlayerId>,
    seed: &Seed,
) -> Draft {
    public(Event::GameCreated(Box::new(GameCreated {
        game_id: Some(game_id),
        n: u8::try_from(seats.len()).unwrap_or(u8::MAX),
        seats,
        profile: profile.into(),
        rng_commit: Some(deal::commitment(seed)),
        rules_version: Some(Version::Text("1".to_owned())),
    })))
}

fn public(event: Event) -> Draft {
    Draft { actor: Actor::System, visibility: Visibility::Public, event }
}

fn server(event: Event) -> Draft {
    Draft { actor: Actor::System, visibility: Visibility::Server, event }
}

fn by(player: PlayerId, visibility: Visibility, event: Event) -> Draft {
    Draft { actor: Actor::Player(player), visibility, event }
}

/// Makes events for a state. Seats beyond the table give events that the reducer refuses.
#[derive(Debug, Clone, Copy)]
pub struct Moves<'a> {
    state: &'a GameState,
    now_ms: i64,
    limits: Limits,
}

impl<'a> Moves<'a> {
    /// Moves in `state` without deadlines.
    #[must_use]
    pub fn new(state: &'a GameState) -> Self {
        Self::timed(state, 0, Limits::default())
    }

    /// Moves in `state` at Unix time `now_ms`, with deadlines where limits are set.
    #[must_use]
    pub const fn timed(state: &'a GameState, now_ms: i64, limits: Limits) -> Self {
        Self { state, now_ms, limits }
    }

    fn deadline(&self, limit: Option<i64>) -> Option<i64> {
        limit.map(|limit| self.now_ms.saturating_add(limit))
    }

    fn player(&self, seat: Seat) -> PlayerId {
        self.state.player(seat).cloned().unwrap_or_default()
    }

    fn players(&self, seats: &[Seat]) -> Vec<PlayerId> {
        seats.iter().map(|seat| self.player(*seat)).collect()
    }

    fn next_leader(&self) -> Seat {
        let first = self.state.first_leader.unwrap_or(0);
        rules::leader(first, self.state.proposals_closed.saturating_add(1), self.state.players())
    }

    /// RolesAssigned, with everybody's knowledge.
    #[must_use]
    pub fn assign_roles(&self, deal: &Deal) -> Draft {
        let profile = self.state.profile.as_deref();
        let variant = profile.map_or(0, |rules| rules.lancelot.variant);
        let told = |viewer: Seat| {
            rules::knowledge(&deal.roles, viewer, variant)
                .into_iter()
                .map(|(seat, mark)| (self.player(seat), mark))
                .collect::<BTreeMap<_, _>>()
        };
        let seats = 0..self.state.players();
        let lady = profile.is_some_and(|rules| rules.lady.on);
        let holder = rules::first_lady_holder(deal.first_leader, self.state.players());
        server(Event::RolesAssigned(Box::new(RolesAssigned {
            roles: self.state.seats.iter().cloned().zip(deal.roles.iter().copied()).collect(),
            knowledge: Some(seats.map(|seat| (self.player(seat), told(seat))).collect()),
            first_leader: SeatRef::Seat(deal.first_leader),
            lady_holder: lady.then(|| SeatRef::Player(self.player(holder))),
            loyalty_deck: deal.loyalty_deck.clone(),
        })))
    }

    /// RoleAcknowledged.
    #[must_use]
    pub fn acknowledge(&self, seat: Seat) -> Draft {
        let player = self.player(seat);
        let event = Event::RoleAcknowledged(RoleAcknowledged { player_id: player.clone() });
        by(player.clone(), Visibility::only(player), event)
    }

    /// QuestStarted for the quest that begins next.
    #[must_use]
    pub fn start_quest(&self) -> Draft {
        let quest = self.state.next_quest().unwrap_or(0);
        let board = self.state.quest_at(quest);
        let first = self.state.first_leader.unwrap_or(0);
        let leader = rules::leader(first, self.state.proposals_closed, self.state.players());
        public(Event::QuestStarted(QuestStarted {
            q: quest,
            leader_seat: SeatRef::Seat(leader),
            attempt: Some(1),
            team_size: board.map(|board| board.team_size),
            fails_needed: board.map(|board| board.fails_needed),
            loyalty_card: None,
            deadline: self.deadline(self.limits.propose_ms),
        }))
    }

    /// LoyaltyCardDrawn with the deck's top card; a blank one where the log does not hold the deck.
    #[must_use]
    pub fn turn_loyalty_card(&self) -> Draft {
        let lancelot = self.state.lancelot.as_ref();
        let top = lancelot
            .and_then(|lancelot| lancelot.deck.as_ref()?.get(lancelot.draws.len()).copied());
        public(Event::LoyaltyCardDrawn(LoyaltyCardDrawn {
            q: self.state.quest,
            card: top.unwrap_or(crate::event::LoyaltyCard::Blank),
            sides: None,
        }))
    }

    /// TeamProposed by the leader.
    #[must_use]
    pub fn propose(&self, team: &[Seat], excalibur_to: Option<Seat>) -> Draft {
        self.proposal(team, excalibur_to, Event::TeamProposed)
    }

    /// TeamProposalRevised by the leader.
    #[must_use]
    pub fn revise(&self, team: &[Seat], excalibur_to: Option<Seat>) -> Draft {
        self.proposal(team, excalibur_to, Event::TeamProposalRevised)
    }

    fn proposal(
        &self,
        team: &[Seat],
        excalibur_to: Option<Seat>,
        event: fn(TeamProposed) -> Event,
    ) -> Draft {
        let leader = self.player(self.state.leader.unwrap_or(0));
        let proposal = TeamProposed {
            q: self.state.quest,
            a: self.state.attempt,
            leader: SeatRef::Player(leader.clone()),
            team: self.players(team),
            excalibur_to: excalibur_to.map(|seat| self.player(seat)),
            auto: None,
            deadline: self.deadline(self.limits.vote_ms),
        };
        by(leader, Visibility::Public, event(proposal))
    }

    /// TeamVoteCast.
    #[must_use]
    pub fn vote(&self, seat: Seat, vote: Vote) -> Draft {
        let player = self.player(seat);
        let event = Event::TeamVoteCast(TeamVoteCast {
            q: self.state.quest,
            a: self.state.attempt,
            player_id: player.clone(),
            vote,
            auto: None,
        });
        by(player, Visibility::Server, event)
    }

    /// TeamVoteClosed with the votes that are in.
    #[must_use]
    pub fn close_vote(&self, excalibur_to: Option<Seat>) -> Draft {
        let votes: BTreeMap<PlayerId, Vote> = self
            .state
            .open_proposal()
            .into_iter()
            .flat_map(|open| self.state.seats.iter().zip(&open.votes))
            .filter_map(|(player, vote)| Some((player.clone(), (*vote)?)))
            .collect();
        let approving = votes.values().filter(|vote| **vote == Vote::Approve).count();
        let approvals = u8::try_from(approving).unwrap_or(u8::MAX);
        let approved = rules::approved(self.state.players(), approvals);
        public(Event::TeamVoteClosed(TeamVoteClosed {
            q: self.state.quest,
            a: self.state.attempt,
            votes,
            approvals: Some(approvals),
            result: if approved { VoteResult::Approved } else { VoteResult::Rejected },
            vote_track_after: Some(if approved { 0 } else { self.state.attempt }),
            next_leader: Some(SeatRef::Seat(self.next_leader())),
            excalibur_to: excalibur_to.filter(|_| approved).map(|seat| self.player(seat)),
            deadline: self.deadline(self.limits.act_ms),
        }))
    }

    /// TeamForced for the fifth team, which was proposed just before.
    #[must_use]
    pub fn force_team(&self, excalibur_to: Option<Seat>) -> Draft {
        let last = self.state.current_quest().and_then(|quest| quest.proposals.last());
        public(Event::TeamForced(TeamForced {
            q: self.state.quest,
            a: self.state.attempt,
            team: last.map_or_else(Vec::new, |last| self.players(&last.team)),
            excalibur_to: excalibur_to.map(|seat| self.player(seat)),
        }))
    }

    /// MissionCardPlayed.
    #[must_use]
    pub fn play_card(&self, seat: Seat, card: Card) -> Draft {
        let player = self.player(seat);
        let event = Event::MissionCardPlayed(MissionCardPlayed {
            q: self.state.quest,
            player_id: player.clone(),
            card,
            auto: None,
        });
        by(player, Visibility::Server, event)
    }

    /// ExcaliburUsed; no target: declined.
    #[must_use]
    pub fn use_excalibur(&self, holder: Seat, target: Option<Seat>) -> Draft {
        let holder = self.player(holder);
        let event = Event::ExcaliburUsed(ExcaliburUsed {
            q: self.state.quest,
            holder: holder.clone(),
            target: target.map(|seat| self.player(seat)),
            card: None,
            auto: None,
        });
        by(holder, Visibility::Public, event)
    }

    /// MissionResolved with the cards that are in.
    #[must_use]
    pub fn resolve(&self) -> Draft {
        let quest = self.state.current_quest();
        let fails = quest.map_or(0, crate::state::Quest::effective_fails);
        let needed = quest.map_or(1, |quest| quest.fails_needed);
        let failed = fails >= needed;
        public(Event::MissionResolved(MissionResolved {
            q: self.state.quest,
            team: quest.map(|quest| self.players(&quest.team)),
            fails,
            fails_needed: Some(needed),
            result: if failed { QuestResult::Fail } else { QuestResult::Success },
            successes: Some(self.state.successes + u8::from(!failed)),
            failures: Some(self.state.failures + u8::from(failed)),
        }))
    }

    /// LadyUsed, with the side that the target is on.
    #[must_use]
    pub fn use_lady(&self, holder: Seat, target: Seat) -> Draft {
        let player = self.player(holder);
        let event = Event::LadyUsed(LadyUsed {
            q: self.state.quest,
            holder: player.clone(),
            target: self.player(target),
            loyalty: self.state.side(target).unwrap_or(Side::Good),
            auto: None,
        });
        by(player.clone(), Visibility::only(player), event)
    }

    /// LadyDeclared about the last use.
    #[must_use]
    pub fn declare_lady(&self, holder: Seat, claim: Side) -> Draft {
        let last = self.state.lady.as_ref().and_then(|lady| lady.uses.last());
        let player = self.player(holder);
        let event = Event::LadyDeclared(LadyDeclared {
            q: self.state.quest,
            holder: player.clone(),
            target: last.map(|last| self.player(last.target)),
            claim,
        });
        by(player, Visibility::Public, event)
    }

    /// AssassinationStarted.
    #[must_use]
    pub fn start_assassination(&self) -> Draft {
        public(Event::AssassinationStarted(AssassinationStarted {
            assassin_id: self.player(self.state.assassin().unwrap_or(0)),
            candidates: Some(self.players(&self.state.assassination_candidates())),
            deadline: self.deadline(self.limits.act_ms),
        }))
    }

    /// AssassinTargetNamed.
    #[must_use]
    pub fn shoot(&self, assassin: Seat, target: Seat) -> Draft {
        let player = self.player(assassin);
        let event = Event::AssassinTargetNamed(AssassinTargetNamed {
            assassin_id: player.clone(),
            target_id: self.player(target),
        });
        by(player, Visibility::Public, event)
    }

    /// GameEnded, with the roles.
    #[must_use]
    pub fn end(&self, reason: EndReason) -> Draft {
        let (seats, roles) = (&self.state.seats, &self.state.roles);
        public(Event::GameEnded(GameEnded {
            winner: reason.winner(),
            reason,
            successes: Some(self.state.successes),
            failures: Some(self.state.failures),
            roles: Some(seats.iter().cloned().zip(roles.iter().copied()).collect()),
        }))
    }
}
