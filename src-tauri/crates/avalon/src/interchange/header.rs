//! The header of a line: enough to tell whether it can be read and whose it is, without keeping
//! the payload. In the usual order of members a peek at the first few tells whose it is.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use crate::event::unknown::Key;

/// Whose a line is and what kind of event, read no further than needed. Whether the rest of the
/// line can be read is for who reads it whole.
#[derive(Default)]
pub(super) struct Peek<'a> {
    pub(super) game_id: Cow<'a, str>,
    kind: Cow<'a, str>,
}

impl<'a> Peek<'a> {
    /// None when the members looked for are missing or malformed, or come after the payload.
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let mut found = Self::default();
        // The line is left in its middle, which the deserialiser calls an error.
        let _stopped =
            PeekSeed(&mut found).deserialize(&mut serde_json::Deserializer::from_str(line));
        (!found.game_id.is_empty() && !found.kind.is_empty()).then_some(found)
    }

    pub(super) fn ends_game(&self) -> bool {
        matches!(&*self.kind, "GameEnded" | "GameAborted")
    }
}

struct PeekSeed<'p, 'a>(&'p mut Peek<'a>);

impl<'de> DeserializeSeed<'de> for PeekSeed<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PeekSeed<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event envelope")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self(found) = self;
        while let Some(Key(member)) = map.next_key()? {
            match &*member {
                "gameId" => found.game_id = map.next_value::<Key<'de>>()?.0,
                "type" => found.kind = map.next_value::<Key<'de>>()?.0,
                "payload" => break,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
            if !found.game_id.is_empty() && !found.kind.is_empty() {
                break;
            }
        }
        Ok(())
    }
}

/// What a line must have to be an envelope.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Header<'a> {
    #[serde(borrow)]
    game_id: Cow<'a, str>,
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(rename = "seq")]
    _seq: u64,
    #[serde(rename = "ts")]
    _ts: i64,
    #[serde(rename = "payload")]
    _payload: IgnoredAny,
    #[serde(rename = "v", default)]
    _v: Option<u32>,
    #[serde(rename = "eventId", default)]
    _event_id: Option<Text>,
    #[serde(rename = "roomId", default)]
    _room_id: Option<Text>,
    #[serde(rename = "commandId", default)]
    _command_id: Option<Text>,
    #[serde(rename = "actor", default)]
    _actor: Option<Text>,
    #[serde(rename = "visibility", default)]
    _visibility: Option<Text>,
    #[serde(rename = "prevHash", default)]
    _prev_hash: Option<HexDigest>,
    #[serde(rename = "hash", default)]
    _hash: Option<HexDigest>,
}

impl<'a> Header<'a> {
    /// Reads the header of a line; the error says in plain what is wrong.
    pub(super) fn read(line: &'a [u8]) -> Result<Self, String> {
        let header: Self = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        if header.game_id.is_empty() {
            return Err("gameId is empty".to_owned());
        }
        Ok(header)
    }
}

impl<'a> From<Header<'a>> for Peek<'a> {
    fn from(header: Header<'a>) -> Self {
        Self { game_id: header.game_id, kind: header.kind }
    }
}

/// Some text, not kept.
struct Text;

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl Visitor<'_> for TextVisitor {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, _text: &str) -> Result<Text, E> {
                Ok(Text)
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

/// 64 lower-case hexadecimal digits, not kept.
struct HexDigest;

impl<'de> Deserialize<'de> for HexDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct HexVisitor;
        impl Visitor<'_> for HexVisitor {
            type Value = HexDigest;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("64 lower-case hexadecimal digits")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<HexDigest, E> {
                let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
                if text.len() == 64 && text.bytes().all(digit) {
                    Ok(HexDigest)
                } else {
                    Err(E::invalid_value(Unexpected::Str(text), &self))
                }
            }
        }
        deserializer.deserialize_str(HexVisitor)
    }
}
