//! Events and the envelope they travel in.

mod envelope;
mod header;
mod play;
mod room;
mod service;
pub(crate) mod unknown;
mod value;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserializer, Serialize, Serializer};
use serde_json::Value;

pub use envelope::{ENVELOPE_VERSION, Envelope, EnvelopeError};
pub use header::{Actor, Visibility};
pub use play::{
    AssassinTargetNamed, AssassinationStarted, ExcaliburUsed, GameAborted, GameCreated, GameEnded,
    LadyDeclared, LadyUsed, LoyaltyCardDrawn, MissionCardPlayed, MissionResolved, QuestStarted,
    RoleAcknowledged, RolesAssigned, TeamForced, TeamProposed, TeamVoteCast, TeamVoteClosed,
};
pub use room::{
    HostTransferred, PlayerJoined, PlayerLeft, ReadyChanged, RoomConfigured, RoomCreated,
    SeatFreed, SeatTaken,
};
pub use service::{
    ConnectionChanged, ControlChanged, CorrectionApplied, HistoryReset, PauseChanged,
    SnapshotTaken, TimeoutHandled,
};
pub use unknown::Extra;
pub use value::{Card, LoyaltyCard, QuestResult, SeatRef, Version, Vote, VoteResult};

/// An event whose type is unknown or whose payload does not fit its type. It is kept exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct Unrecognised {
    /// The type as received.
    pub kind: Arc<str>,
    /// The payload as received.
    pub payload: Value,
    /// What is wrong with it.
    pub problem: String,
}

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident($payload:ty) $class:ident),* $(,)?) => {
        /// What happened: one variant for each event type, named like the type.
        #[derive(Debug, Clone, PartialEq, JsonSchema)]
        #[schemars(tag = "type", content = "payload")]
        pub enum Event {
            $($(#[$doc])* $name($payload),)*
            /// Not understood.
            #[schemars(skip)]
            Unrecognised(Box<Unrecognised>),
        }

        impl Event {
            /// Every event type.
            pub const KINDS: &'static [&'static str] = &[$(stringify!($name)),*];

            /// The event type, for example `TeamProposed`.
            #[must_use]
            pub fn kind(&self) -> &str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                    Self::Unrecognised(event) => &event.kind,
                }
            }

            /// What part of the service the event belongs to; none when it was not understood.
            #[must_use]
            pub const fn class(&self) -> Option<EventClass> {
                match self {
                    $(Self::$name(_) => Some(EventClass::$class),)*
                    Self::Unrecognised(_) => None,
                }
            }

            pub(crate) fn deserialize_payload<'de, D: Deserializer<'de>>(
                kind: &str,
                deserializer: D,
                extra: &mut Extra,
            ) -> Result<Self, D::Error> {
                match kind {
                    $(stringify!($name) => {
                        unknown::collecting(deserializer, extra).map(Self::$name)
                    })*
                    _ => {
                        let payload = serde::Deserialize::deserialize(deserializer)?;
                        Ok(Self::unrecognised(kind, payload, "the type is unknown".to_owned()))
                    }
                }
            }

            fn serialize_known<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$name(payload) => payload.serialize(serializer),)*
                    Self::Unrecognised(event) => event.payload.serialize(serializer),
                }
            }
        }
    };
}

events! {
    /// Row 1.
    RoomCreated(RoomCreated) Room,
    /// Row 2.
    RoomConfigured(RoomConfigured) Room,
    /// Row 3.
    PlayerJoined(PlayerJoined) Room,
    /// Row 4.
    PlayerLeft(PlayerLeft) Room,
    /// Row 4.
    PlayerKicked(PlayerLeft) Room,
    /// Row 5.
    SeatTaken(SeatTaken) Room,
    /// Row 5.
    SeatFreed(SeatFreed) Room,
    /// Row 6.
    ReadyChanged(ReadyChanged) Room,
    /// Row 7.
    HostTransferred(HostTransferred) Room,
    /// Row 8, K1.
    GameCreated(Box<GameCreated>) Rule,
    /// Row 9, K2.
    RolesAssigned(Box<RolesAssigned>) Rule,
    /// Row 10.
    RoleAcknowledged(RoleAcknowledged) Rule,
    /// Row 11, K3.
    QuestStarted(QuestStarted) Rule,
    /// Row 12.
    TeamProposed(TeamProposed) Rule,
    /// Row 13.
    TeamProposalRevised(TeamProposed) Rule,
    /// Row 14.
    TeamVoteCast(TeamVoteCast) Rule,
    /// Row 15, K4 when approved.
    TeamVoteClosed(TeamVoteClosed) Rule,
    /// Row 16, K4.
    TeamForced(TeamForced) Rule,
    /// Row 17.
    MissionCardPlayed(MissionCardPlayed) Rule,
    /// Row 18.
    ExcaliburUsed(ExcaliburUsed) Rule,
    /// Row 19, K5.
    MissionResolved(MissionResolved) Rule,
    /// Row 20.
    LadyUsed(LadyUsed) Rule,
    /// Row 20.
    LadyDeclared(LadyDeclared) Rule,
    /// Row 21.
    LoyaltyCardDrawn(LoyaltyCardDrawn) Rule,
    /// Row 22, K6.
    AssassinationStarted(AssassinationStarted) Rule,
    /// Row 23.
    AssassinTargetNamed(AssassinTargetNamed) Rule,
    /// Row 24, K7.
    GameEnded(GameEnded) Rule,
    /// Row 25.
    GameAborted(GameAborted) Rule,
    /// Row 26.
    PlayerDisconnected(ConnectionChanged) Overlay,
    /// Row 26.
    PlayerReconnected(ConnectionChanged) Overlay,
    /// Row 27.
    GamePaused(PauseChanged) Overlay,
    /// Row 27.
    GameResumed(PauseChanged) Overlay,
    /// Row 28.
    ActionTimedOut(TimeoutHandled) Overlay,
    /// Row 28.
    AutoActionApplied(TimeoutHandled) Overlay,
    /// Row 29.
    BotTookOver(ControlChanged) Overlay,
    /// Row 29.
    SeatReclaimed(ControlChanged) Overlay,
    /// Row 30.
    SnapshotTaken(SnapshotTaken) Service,
    /// Row 31.
    GameRestored(HistoryReset) Service,
    /// Row 31.
    GameRolledBack(HistoryReset) Service,
    /// Row 32.
    CorrectionApplied(CorrectionApplied) Service,
}

/// What part of the service an event belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventClass {
    /// The room before a game; a log of its own.
    Room,
    /// The rules of the game.
    Rule,
    /// Connections, pauses, bots and time limits: never changes the state of the rules.
    Overlay,
    /// Snapshots, rollbacks and corrections.
    Service,
}

impl Event {
    /// An event that was not understood.
    #[must_use]
    pub fn unrecognised(kind: &str, payload: Value, problem: String) -> Self {
        Self::Unrecognised(Box::new(Unrecognised { kind: kind.into(), payload, problem }))
    }

    /// Whether the event belongs to the rules of the game (rows 8 to 25).
    #[must_use]
    pub const fn is_rule(&self) -> bool {
        matches!(self.class(), Some(EventClass::Rule))
    }

    /// The payload as JSON, without members unknown to the type.
    #[must_use]
    pub fn payload(&self) -> Value {
        self.serialize_known(serde_json::value::Serializer).unwrap_or_default()
    }

    /// Whether the server acted in a player's place.
    #[must_use]
    pub const fn is_auto(&self) -> bool {
        let auto = match self {
            Self::TeamProposed(event) | Self::TeamProposalRevised(event) => event.auto,
            Self::TeamVoteCast(event) => event.auto,
            Self::MissionCardPlayed(event) => event.auto,
            Self::ExcaliburUsed(event) => event.auto,
            Self::LadyUsed(event) => event.auto,
            _ => None,
        };
        matches!(auto, Some(true))
    }
}

/// An event that is to be written: what the rules decide, before time, ids and hash are added.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Who acts.
    pub actor: Actor,
    /// Who may see it.
    pub visibility: Visibility,
    /// What happens.
    pub event: Event,
}
