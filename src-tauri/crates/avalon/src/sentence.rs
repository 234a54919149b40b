//! What is told in words: a form that stays the same, and the values in it. So a window can put it
//! into another language, while the command line prints the English text.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::event::{Actor, Card, LoyaltyCard, QuestResult, SeatRef, Version, Vote, VoteResult};
use crate::id::{GameId, PlayerId};
use crate::role::{Role, Side};
use crate::rules::EndReason;
use crate::state::Phase;

/// A sentence, or a part of one, that can be put into another language.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Sentence {
    /// The English text with a name in braces for each value, for example
    /// `{player} plays a second card`. It is also the id of its translations. Empty in what was
    /// stored before there were forms.
    form: Cow<'static, str>,
    /// The values by name.
    values: BTreeMap<String, SentenceValue>,
}

/// What stands at a place of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum SentenceValue {
    /// A stable code, an id, a number, or text that no form is known of.
    Text(String),
    /// A sentence in the sentence.
    Sentence(Sentence),
}

/// Builds a [`Sentence`] of a form, which must be a literal, and a value for each of its places. A
/// place whose value is a variable of the same name needs the name alone.
#[macro_export]
macro_rules! sentence {
    (@ $name:ident = $value:expr) => { $value };
    (@ $name:ident) => { $name };
    ($form:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {{
        // Lets the compiler see that every value has a place.
        let _ = ::core::format_args!($form $(, $name = "")*);
        $crate::sentence::Sentence::new($form, [$((
            stringify!($name),
            $crate::sentence::SentenceValue::from($crate::sentence!(@ $name $(= $value)?)),
        )),*])
    }};
}

impl Sentence {
    /// A sentence of a form and its values. Use [`sentence!`], by which the translations are found.
    #[must_use]
    pub fn new<const N: usize>(
        form: &'static str,
        values: [(&'static str, SentenceValue); N],
    ) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let sentence = Self { form: Cow::Borrowed(form), values };
        debug_assert!(
            sentence.places().all(|place| sentence.values.contains_key(place)),
            "a place of `{form}` has no value"
        );
        sentence
    }

    /// The English text with a name in braces for each value.
    #[must_use]
    pub fn form(&self) -> &str {
        &self.form
    }

    /// The value at a place.
    #[must_use]
    pub fn value(&self, place: &str) -> Option<&SentenceValue> {
        self.values.get(place)
    }

    fn places(&self) -> impl Iterator<Item = &str> {
        Pieces(&self.form).filter_map(|piece| match piece {
            Piece::Place(name) => Some(name),
            Piece::Text(_) => None,
        })
    }
}

enum Piece<'a> {
    Text(&'a str),
    Place(&'a str),
}

/// The rest of a form, taken apart at its braces.
struct Pieces<'a>(&'a str);

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if self.0.is_empty() {
            return None;
        }
        let place = self.0.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        if let Some((name, rest)) = place {
            self.0 = rest;
            return Some(Piece::Place(name));
        }
        // A brace that opens no place is text.
        let end = self.0.char_indices().skip(1).find(|(_, c)| *c == '{');
        let (text, rest) = self.0.split_at(end.map_or(self.0.len(), |(at, _)| at));
        self.0 = rest;
        Some(Piece::Text(text))
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in Pieces(&self.form) {
            match piece {
                Piece::Text(text) => f.write_str(text)?,
                Piece::Place(name) => match self.values.get(name) {
                    Some(value) => value.fmt(f)?,
                    None => write!(f, "{{{name}}}")?,
                },
            }
        }
        Ok(())
    }
}

impl SentenceValue {
    /// A value, or what is said where there is none.
    pub fn or(value: Option<impl Into<Self>>, none: Sentence) -> Self {
        value.map_or_else(|| none.into(), Into::into)
    }
}

impl fmt::Display for SentenceValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Sentence(sentence) => sentence.fmt(f),
        }
    }
}

impl From<Sentence> for SentenceValue {
    fn from(sentence: Sentence) -> Self {
        Self::Sentence(sentence)
    }
}

impl From<String> for SentenceValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&SeatRef> for SentenceValue {
    fn from(named: &SeatRef) -> Self {
        match named {
            SeatRef::Seat(seat) => sentence!("seat {seat}", seat = *seat).into(),
            SeatRef::Player(player) => player.into(),
        }
    }
}

/// Values that are told as they print.
macro_rules! printed {
    ($($kind:ty),* $(,)?) => {$(
        impl From<$kind> for SentenceValue {
            fn from(value: $kind) -> Self {
                Self::Text(value.to_string())
            }
        }
    )*};
}

/// Values that are told by their stable codes.
macro_rules! coded {
    ($($kind:ty),* $(,)?) => {$(
        impl From<$kind> for SentenceValue {
            fn from(value: $kind) -> Self {
                Self::Text(value.as_str().to_owned())
            }
        }
    )*};
}

printed! {
    &str, &String, char, u8, u32, u64, usize, i32, i64, GameId, &GameId, PlayerId, &PlayerId, &Actor,
    &Version, &serde_json::Value,
}
coded! { Role, Side, EndReason, Phase, Vote, VoteResult, Card, QuestResult, LoyaltyCard }

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_sentence_prints_its_values_at_their_places() {
        let player = PlayerId::from("p3");
        let sentence = sentence!(
            "{player} is {side}, shown is {shown}",
            player = &player,
            side = Side::Good,
            shown = Side::Evil
        );
        assert_eq!(sentence.to_string(), "p3 is good, shown is evil");
        assert_eq!(sentence.form(), "{player} is {side}, shown is {shown}");
        assert_eq!(sentence.value("player"), Some(&SentenceValue::Text("p3".to_owned())));
        assert_eq!(sentence.value("nobody"), None);
        let twice = sentence!("{n} of {n}", n = 3_u8);
        assert_eq!(twice.to_string(), "3 of 3");
    }

    #[test]
    fn a_value_is_never_taken_for_a_place() {
        let odd = "{n}";
        assert_eq!(sentence!("`{odd}` of {n}", odd, n = 3_u8).to_string(), "`{n}` of 3");
    }

    #[test]
    fn a_sentence_stands_in_another() {
        let inner = sentence!("seat {seat}", seat = 2_u8);
        let value = SentenceValue::from(&SeatRef::Seat(2));
        assert_eq!(value, inner.into());
        let outer = sentence!("{leader} leads", leader = value);
        assert_eq!(outer.to_string(), "seat 2 leads");
        let absent = SentenceValue::or(None::<Card>, sentence!("no card"));
        assert_eq!(absent.to_string(), "no card");
        assert_eq!(SentenceValue::or(Some(Card::Fail), sentence!("no card")).to_string(), "fail");
    }

    #[test]
    fn a_sentence_survives_json() {
        let inner = sentence!("seat {seat}", seat = 2_u8);
        let sentence = sentence!("{leader} leads quest {quest}", leader = inner, quest = 3_u8);
        let json = serde_json::to_value(&sentence).unwrap();
        assert_eq!(
            json,
            json!({
                "form": "{leader} leads quest {quest}",
                "values": {"leader": {"form": "seat {seat}", "values": {"seat": "2"}}, "quest": "3"},
            })
        );
        assert_eq!(serde_json::from_value::<Sentence>(json).unwrap(), sentence);
    }

    #[test]
    fn a_brace_without_a_place_is_text() {
        for text in ["{", "a { b", "}{", "{{a", ""] {
            let sentence: Sentence =
                serde_json::from_value(json!({"form": text, "values": {}})).unwrap();
            assert_eq!(sentence.to_string(), text);
        }
        let unknown: Sentence =
            serde_json::from_value(json!({"form": "{who} is", "values": {}})).unwrap();
        assert_eq!(unknown.to_string(), "{who} is");
    }
}
