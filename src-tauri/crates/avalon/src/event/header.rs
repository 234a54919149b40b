//! Who acted, and who may see it.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::id::PlayerId;

/// Who caused an event: `system`, `admin:<id>` or a player id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, JsonSchema)]
#[schemars(with = "String")]
pub enum Actor {
    /// The game server.
    System,
    /// An administrator.
    Admin(Arc<str>),
    /// A player.
    Player(PlayerId),
}

impl Actor {
    /// The player, when a player acted.
    #[must_use]
    pub const fn player(&self) -> Option<&PlayerId> {
        match self {
            Self::Player(player) => Some(player),
            Self::System | Self::Admin(_) => None,
        }
    }
}

impl From<&str> for Actor {
    fn from(text: &str) -> Self {
        if text == "system" {
            return Self::System;
        }
        match text.strip_prefix("admin:") {
            Some(id) => Self::Admin(id.into()),
            None => Self::Player(text.into()),
        }
    }
}

impl From<PlayerId> for Actor {
    fn from(player: PlayerId) -> Self {
        Self::Player(player)
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Admin(id) => write!(f, "admin:{id}"),
            Self::Player(player) => f.write_str(player.as_str()),
        }
    }
}

/// Who may see an event: `public`, `server` or `private:[id,id]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, JsonSchema)]
#[schemars(with = "String")]
pub enum Visibility {
    /// Everybody.
    Public,
    /// Only the server.
    Server,
    /// The named players.
    Private(Vec<PlayerId>),
    /// Another spelling, kept as it was; treated as `Server`.
    Other(Arc<str>),
}

impl Visibility {
    /// For one player.
    #[must_use]
    pub fn only(player: PlayerId) -> Self {
        Self::Private(vec![player])
    }
}

impl From<&str> for Visibility {
    fn from(text: &str) -> Self {
        match text {
            "public" => return Self::Public,
            "server" => return Self::Server,
            _ => {}
        }
        let ids = text.strip_prefix("private:[").and_then(|rest| rest.strip_suffix(']'));
        match ids {
            Some("") => Self::Private(Vec::new()),
            Some(ids) => Self::Private(ids.split(',').map(PlayerId::from).collect()),
            None => Self::Other(text.into()),
        }
    }
}

impl fmt::Display for Visibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::Server => f.write_str("server"),
            Self::Other(text) => f.write_str(text),
            Self::Private(players) => {
                f.write_str("private:[")?;
                for (index, player) in players.iter().enumerate() {
                    if index > 0 {
                        f.write_str(",")?;
                    }
                    f.write_str(player.as_str())?;
                }
                f.write_str("]")
            }
        }
    }
}

macro_rules! text_form {
    ($($name:ident: $expecting:literal),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct FormVisitor;
                impl de::Visitor<'_> for FormVisitor {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expecting)
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        Ok($name::from(text))
                    }
                }
                deserializer.deserialize_str(FormVisitor)
            }
        }
    )*};
}

text_form! {
    Actor: "an actor: a player id, `system` or `admin:<id>`",
    Visibility: "a visibility: `public`, `server` or `private:[ids]`"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_survive() {
        for text in ["public", "server", "private:[a,b]", "private:[]", "private:a", ""] {
            assert_eq!(Visibility::from(text).to_string(), text);
        }
        for text in ["system", "admin:eve", "p1", "admin"] {
            assert_eq!(Actor::from(text).to_string(), text);
        }
    }
}
