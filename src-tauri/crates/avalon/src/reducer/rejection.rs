//! Why an event is refused.

use std::fmt;

use thiserror::Error;

use crate::sentence::Sentence;

/// An event that the rules do not allow in the state before it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("event {seq} breaks {guard}: {sentence}")]
pub struct Rejection {
    /// The guard that the event violates.
    pub guard: Guard,
    /// The event.
    pub seq: u64,
    /// What was found.
    pub sentence: Sentence,
}

macro_rules! guards {
    ($($(#[$doc:meta])* $name:ident = $id:literal),* $(,)?) => {
        /// A condition that an event must meet. Each carries the id of the invariant it serves.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Guard {
            $($(#[$doc])* $name,)*
        }

        impl Guard {
            /// Every guard.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Id of the invariant that the guard serves, for example `P-SIZE`.
            #[must_use]
            pub const fn invariant(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }
        }
    };
}

guards! {
    /// The event's number follows the last one's.
    Sequence = "E-SEQ",
    /// The event belongs to this game.
    SameGame = "E-FOREIGN",
    /// The payload fits the type.
    Schema = "E-SCHEMA",
    /// The event is allowed in this phase.
    Phase = "E-FSM",
    /// GameCreated comes first, RolesAssigned second.
    First = "E-FIRST",
    /// Nothing follows the end.
    Last = "E-LAST",
    /// A rollback goes to an event that exists.
    Branch = "E-BRANCH",
    /// There are 5 to 10 players, as many as the profile says.
    Players = "C-PLAYERS",
    /// The profile is complete.
    Profile = "C-PROFILE",
    /// A stored team size is the table's.
    TeamSizeTable = "C-TEAMSIZE-TABLE",
    /// A stored number of fails needed is the rule's.
    FailsTable = "C-FAILS-TABLE",
    /// Data of a module only where the profile turns it on.
    Modules = "C-MODULES",
    /// No player sits twice.
    DistinctPlayers = "S-UNIQUE-ID",
    /// Seats do not change after GameCreated.
    SeatsFrozen = "S-FROZEN",
    /// Whoever is named sits at the table.
    KnownPlayer = "S-KNOWN-ACTOR",
    /// Every player has a role.
    RolesComplete = "R-COMPLETE",
    /// The roles dealt are the profile's.
    RoleMultiset = "R-MULTISET",
    /// The sides are as many as the table says.
    EvilCount = "R-EVIL-COUNT",
    /// A special role is dealt once.
    RoleUnique = "R-UNIQUE",
    /// With Merlin plays an assassin.
    AssassinOne = "R-ASSASSIN-ONE",
    /// Both Lancelots play, or none.
    LancelotPair = "R-LANCELOT-PAIR",
    /// Roles shown at the end are those dealt.
    RolesImmutable = "R-IMMUTABLE",
    /// Stored knowledge is the matrix's.
    Knowledge = "K-MATRIX",
    /// The first leader sits at the table.
    FirstLeader = "L-FIRST",
    /// The leader named is the one whose turn it is.
    Rotation = "L-ROTATION",
    /// Only the leader proposes.
    OnlyLeader = "L-ONLY-LEADER",
    /// The team has the quest's size.
    TeamSize = "P-SIZE",
    /// No team member twice.
    TeamDistinct = "P-DISTINCT",
    /// Team members sit at the table.
    TeamSeated = "P-SEATED",
    /// Quest and attempt are those at hand.
    Attempt = "P-ATTEMPT",
    /// Teams are proposed in TEAM_BUILDING.
    ProposalPhase = "P-PHASE",
    /// One proposal at a time.
    OneOpen = "P-ONE-OPEN",
    /// A team is revised only where the profile allows it and before the first vote.
    Revise = "P-REVISE",
    /// Every player has voted when the vote is closed.
    VotesComplete = "V-COMPLETE",
    /// One vote a player.
    VoteOnce = "V-ONCE",
    /// Seated players vote, for themselves, in TEAM_VOTING.
    Voter = "V-VOTER",
    /// Stored votes and approvals are those cast.
    VoteCount = "V-COUNT",
    /// More than half carries.
    Majority = "V-MAJORITY",
    /// The vote track counts the rejections.
    VoteTrack = "V-TRACK",
    /// The fifth rejection ends the game.
    Hammer = "V-HAMMER",
    /// A team goes without a vote only where the profile says so.
    Forced = "V-FORCED",
    /// The quest's team is the approved one.
    QuestTeam = "M-TEAM",
    /// One card of each member, none of others.
    CardsComplete = "M-COMPLETE",
    /// One card a member.
    CardOnce = "M-ONCE",
    /// Good plays Success.
    GoodSuccess = "M-GOOD-SUCCESS",
    /// Fails are the Fail cards that count.
    FailCount = "M-FAIL-COUNT",
    /// No more fails than evil on the team.
    FailsByEvil = "M-FAIL-LE-EVIL",
    /// The result follows from the fails.
    QuestOutcome = "M-RESULT",
    /// No more fails than cards.
    FailsRange = "M-FAILS-RANGE",
    /// Quests go in order.
    QuestOrder = "M-ORDER",
    /// The score counts the results.
    Score = "M-SCORE",
    /// Nothing is played after the third success or failure.
    NoLate = "M-NO-LATE",
    /// In variant 2 an evil Lancelot plays Fail.
    LancelotFails = "M-LANCELOT2",
    /// The Lady begins on the first leader's right.
    LadyFirst = "LK-FIRST",
    /// The Lady is used once, after quests 2, 3 and 4.
    LadyTiming = "LK-TIMING",
    /// The holder uses the Lady.
    LadyHolder = "LK-HOLDER",
    /// The Lady examines somebody who never held it.
    LadyTarget = "LK-TARGET",
    /// The Lady shows the current side.
    LadyTruth = "LK-TRUTH",
    /// Excalibur goes to a member who is not the leader.
    ExcaliburHolder = "X-HOLDER",
    /// One switch a quest, of another member's card, after all cards.
    ExcaliburUse = "X-USE",
    /// The card shown is the card played.
    ExcaliburEffect = "X-EFFECT",
    /// Loyalty cards come from the deck in order.
    LoyaltyDeck = "LN-DECK",
    /// Sides change exactly by a Switch card.
    LoyaltySwitch = "LN-SWITCH",
    /// The assassination begins when it may.
    AssassinationWhen = "A-WHEN",
    /// One shot.
    AssassinationOnce = "A-REQUIRED",
    /// The assassin shoots.
    AssassinationActor = "A-ACTOR",
    /// The target is another player.
    AssassinationTarget = "A-TARGET-PLAYER",
    /// The target is not known to be evil.
    AssassinationTargetEvil = "A-TARGET-EVIL",
    /// The winner follows from the game.
    Winner = "W-RESULT",
    /// The reason is the way the game went.
    Reason = "W-REASON",
    /// Evil wins by the shot exactly when it hits Merlin.
    AssassinationResult = "W-ASSASSINATION",
    /// The server acts only after the deadline.
    Deadline = "T-DEADLINE",
    /// Nothing is played while paused.
    Paused = "D-PAUSED",
    /// The server never fails a quest or shoots in a player's place.
    AutoSafe = "D-AUTO-SAFE",
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.invariant())
    }
}

/// Judges one event: strictly, where every broken guard refuses the event, or leniently, where a
/// guard that leaves a sensible state is noted and the event is taken.
pub(super) struct Judge<'a> {
    pub(super) seq: u64,
    pub(super) noted: Option<&'a mut Vec<Rejection>>,
}

impl Judge<'_> {
    pub(super) fn refuse(&self, guard: Guard, sentence: Sentence) -> Rejection {
        Rejection { guard, seq: self.seq, sentence }
    }

    /// Refuses the event, strictly or not, unless `holds`.
    pub(super) fn require(
        &self,
        holds: bool,
        guard: Guard,
        sentence: impl FnOnce() -> Sentence,
    ) -> Result<(), Rejection> {
        if holds { Ok(()) } else { Err(self.refuse(guard, sentence())) }
    }

    /// Refuses the event when strict, notes it when lenient, unless `holds`.
    pub(super) fn expect(
        &mut self,
        holds: bool,
        guard: Guard,
        sentence: impl FnOnce() -> Sentence,
    ) -> Result<(), Rejection> {
        if holds {
            return Ok(());
        }
        let rejection = self.refuse(guard, sentence());
        match &mut self.noted {
            Some(noted) => {
                noted.push(rejection);
                Ok(())
            }
            None => Err(rejection),
        }
    }

    /// As [`Judge::expect`] for a stored value that follows from others: it must equal `truth`
    /// where it is stored at all. `tell` says what is stored and what is true.
    pub(super) fn claim<T: PartialEq + Clone>(
        &mut self,
        stored: Option<&T>,
        truth: &T,
        guard: Guard,
        tell: impl FnOnce(T, T) -> Sentence,
    ) -> Result<(), Rejection> {
        match stored.filter(|stored| *stored != truth) {
            None => Ok(()),
            Some(stored) => self.expect(false, guard, || tell(stored.clone(), truth.clone())),
        }
    }
}
