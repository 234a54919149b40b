//! Questions to a game's state. They answer for any state, also for one that no log leads to.

use crate::event::{Actor, Card, SeatRef};
use crate::id::{PlayerId, Seat};
use crate::profile::{AssassinActor, AssassinTargets, Hammer};
use crate::role::{Role, Side};
use crate::rules::{self, EndReason, Mark};
use crate::state::{GameState, Phase, Proposal, Quest};

impl GameState {
    /// Players at the table.
    #[must_use]
    pub fn players(&self) -> u8 {
        u8::try_from(self.seats.len()).unwrap_or(u8::MAX)
    }

    /// The seat of a player.
    #[must_use]
    pub fn seat_of(&self, player: &PlayerId) -> Option<Seat> {
        self.seats
            .iter()
            .position(|seated| seated == player)
            .and_then(|seat| Seat::try_from(seat).ok())
    }

    /// The player of a seat.
    #[must_use]
    pub fn player(&self, seat: Seat) -> Option<&PlayerId> {
        self.seats.get(usize::from(seat))
    }

    /// The seat that a reference names; none when nobody sits there.
    #[must_use]
    pub fn resolve(&self, reference: &SeatRef) -> Option<Seat> {
        match reference {
            SeatRef::Seat(seat) => (usize::from(*seat) < self.seats.len()).then_some(*seat),
            SeatRef::Player(player) => self.seat_of(player),
        }
    }

    /// The role of a seat.
    #[must_use]
    pub fn role(&self, seat: Seat) -> Option<Role> {
        self.roles.get(usize::from(seat)).copied()
    }

    /// The current side of a seat.
    #[must_use]
    pub fn side(&self, seat: Seat) -> Option<Side> {
        self.sides.get(usize::from(seat)).copied()
    }

    /// Whether Merlin plays; false before the roles are dealt.
    #[must_use]
    pub fn merlin_in_play(&self) -> bool {
        self.roles.contains(&Role::Merlin)
    }

    /// Quest `number`, 1 to 5.
    #[must_use]
    pub fn quest_at(&self, number: u8) -> Option<&Quest> {
        self.quests.get(usize::from(number.checked_sub(1)?))
    }

    /// The quest at hand.
    #[must_use]
    pub fn current_quest(&self) -> Option<&Quest> {
        self.quest_at(self.quest)
    }

    pub(crate) fn current_quest_mut(&mut self) -> Option<&mut Quest> {
        self.quests.get_mut(usize::from(self.quest.checked_sub(1)?))
    }

    /// The proposal that is being voted on.
    #[must_use]
    pub fn open_proposal(&self) -> Option<&Proposal> {
        if self.phase != Phase::TeamVoting {
            return None;
        }
        self.current_quest()?.proposals.last().filter(|proposal| proposal.result.is_none())
    }

    /// The quest that begins next; none when one is open or all five are over.
    #[must_use]
    pub fn next_quest(&self) -> Option<u8> {
        let next = match self.phase {
            Phase::Dealt => 1,
            Phase::Quest | Phase::Lady if self.current_quest()?.result.is_some() => self.quest + 1,
            _ => return None,
        };
        (next <= rules::QUESTS && self.ending_due().is_none()).then_some(next)
    }

    /// How the game must end now; none while it goes on or when it is over.
    #[must_use]
    pub fn ending_due(&self) -> Option<EndReason> {
        if self.phase.is_final() {
            return None;
        }
        if self.failures >= rules::MAJORITY_OF_QUESTS {
            return Some(EndReason::ThreeFails);
        }
        if self.vote_track >= rules::ATTEMPTS {
            return Some(EndReason::FiveRejections);
        }
        if let Some(target) = self.assassination.as_ref().and_then(|shot| shot.target) {
            let hit = self.role(target) == Some(Role::Merlin);
            return Some(if hit {
                EndReason::AssassinationHit
            } else {
                EndReason::AssassinationMiss
            });
        }
        (self.successes >= rules::MAJORITY_OF_QUESTS && !self.merlin_in_play())
            .then_some(EndReason::ThreeSuccessesNoMerlin)
    }

    /// Whether the Lady of the Lake must be used before the game goes on.
    #[must_use]
    pub fn lady_due(&self) -> bool {
        self.phase == Phase::Lady
            && self
                .lady
                .as_ref()
                .is_some_and(|lady| lady.uses.last().is_none_or(|last| last.quest != self.quest))
    }

    /// Whether a loyalty card must be turned over for `quest`.
    #[must_use]
    pub fn loyalty_due(&self, quest: u8) -> bool {
        let draws = self.profile.as_ref().is_some_and(|rules| rules.draws_loyalty_at(quest));
        draws
            && self
                .lancelot
                .as_ref()
                .is_none_or(|deck| deck.draws.iter().all(|draw| draw.quest != quest))
    }

    /// Whether the attempt at hand goes without a vote.
    #[must_use]
    pub fn forced_attempt(&self) -> bool {
        self.attempt == rules::ATTEMPTS
            && self.profile.as_ref().is_some_and(|rules| rules.hammer == Hammer::ForcedNoVote)
    }

    /// The seats on the team at hand that have not played a card.
    #[must_use]
    pub fn cards_missing(&self) -> Vec<Seat> {
        let Some(quest) = self.current_quest() else {
            return Vec::new();
        };
        let played = |seat: &Seat| quest.cards.iter().any(|card| card.seat == *seat);
        quest.team.iter().copied().filter(|seat| !played(seat)).collect()
    }

    /// The seats that have not voted on the open proposal.
    #[must_use]
    pub fn votes_missing(&self) -> Vec<Seat> {
        self.open_proposal().map_or_else(Vec::new, |proposal| {
            (0u8..)
                .zip(&proposal.votes)
                .filter(|(_, vote)| vote.is_none())
                .map(|(seat, _)| seat)
                .collect()
        })
    }

    /// Who shoots. Where the profile has the assassin appointed, the evil player of the lowest
    /// seat until the assassination has begun.
    #[must_use]
    pub fn assassin(&self) -> Option<Seat> {
        if let Some(shot) = &self.assassination {
            return Some(shot.assassin);
        }
        let profile = self.profile.as_ref()?;
        if profile.assassin.actor == AssassinActor::Appointed {
            return (0..self.players()).find(|seat| self.side(*seat) == Some(Side::Evil));
        }
        rules::assassin_seat(&self.roles, profile)
    }

    /// Whether `assassin` was told that `seat` is evil.
    #[must_use]
    pub fn knows_evil(&self, assassin: Seat, seat: Seat) -> bool {
        self.knowledge.get(usize::from(assassin)).is_some_and(|told| {
            told.iter().any(|sighting| sighting.seat == seat && sighting.mark == Mark::Evil)
        })
    }

    /// Whom the assassin may name.
    #[must_use]
    pub fn assassination_candidates(&self) -> Vec<Seat> {
        self.assassin().map_or_else(Vec::new, |assassin| self.candidates_of(assassin))
    }

    /// Whom `assassin` may name.
    pub(crate) fn candidates_of(&self, assassin: Seat) -> Vec<Seat> {
        let Some(rules) = &self.profile else {
            return Vec::new();
        };
        let anyone = rules.assassin.targets == AssassinTargets::Anyone;
        (0..self.players())
            .filter(|seat| *seat != assassin && (anyone || !self.knows_evil(assassin, *seat)))
            .collect()
    }

    /// Whether `actor` may act for `seat`: the player himself; the server for a player whose time
    /// is over or for whom a bot plays. An actor that is not stored is not judged.
    #[must_use]
    pub fn acts_for(&self, actor: Option<&Actor>, seat: Seat, auto: bool) -> bool {
        match actor {
            None => true,
            Some(Actor::Player(player)) => self.player(seat) == Some(player),
            Some(Actor::System) => {
                auto || self.overlay.bots.get(usize::from(seat)).copied().unwrap_or(false)
            }
            Some(Actor::Admin(_)) => false,
        }
    }
}

impl Quest {
    /// The card of a seat as it counts, after Excalibur.
    #[must_use]
    pub fn effective_card(&self, seat: Seat) -> Option<Card> {
        let played = self.cards.iter().find(|card| card.seat == seat)?.card;
        let switched = self.excalibur.is_some_and(|sword| sword.target == Some(seat));
        Some(if switched { played.switched() } else { played })
    }

    /// Fail cards on the table as they count.
    #[must_use]
    pub fn effective_fails(&self) -> u8 {
        let fails = self
            .cards
            .iter()
            .filter(|card| self.effective_card(card.seat) == Some(Card::Fail))
            .count();
        u8::try_from(fails).unwrap_or(u8::MAX)
    }
}
