//! Values of enums, one to one.

use super::ProtobufError;
use super::generated as proto;
use crate::event::{Card, QuestResult, Vote};
use crate::role::Role;
use crate::snapshot::SnapshotType;

/// A value that has a number on the wire.
pub(super) trait Word: Sized {
    /// Its number, never 0.
    fn number(self) -> i32;

    /// That of a number; none for 0.
    fn of(number: i32) -> Result<Option<Self>, prost::UnknownEnumValue>;

    /// That of a number, which must be one.
    fn read(number: i32, field: impl FnOnce() -> String) -> Result<Self, ProtobufError> {
        match Self::of(number) {
            Ok(Some(word)) => Ok(word),
            Ok(None) => Err(ProtobufError::Unspecified { field: field() }),
            Err(_) => Err(ProtobufError::UnknownValue { field: field(), value: number }),
        }
    }
}

/// Both matches are exhaustive: a value that is added to one side only does not compile.
macro_rules! words {
    ($($name:ident: $($value:ident),+;)+) => {$(
        impl Word for $name {
            fn number(self) -> i32 {
                let value = match self {
                    $(Self::$value => proto::$name::$value,)+
                };
                value.into()
            }

            fn of(number: i32) -> Result<Option<Self>, prost::UnknownEnumValue> {
                Ok(match proto::$name::try_from(number)? {
                    proto::$name::Unspecified => None,
                    $(proto::$name::$value => Some(Self::$value),)+
                })
            }
        }
    )+};
}

words! {
    SnapshotType: GameCreated, RolesAssigned, BeforeTeamAssignment, TeamAssigned, MissionExecuted,
        MerlinGuessStarted, GameOver, Interval, Manual, Player, PreImage;
    Role: Merlin, Percival, Servant, Assassin, Morgana, Mordred, Oberon, Minion, LancelotGood,
        LancelotEvil;
    Vote: Approve, Reject;
    QuestResult: Success, Fail;
    Card: Success, Fail;
}
