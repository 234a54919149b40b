//! Members of a record by name and kind. Mongoose leaves what is not set out, or writes null or an
//! empty list.

use serde_json::{Map, Value};

use super::super::extended::{millis, whole};
use super::super::malformed;
use crate::canonical;
use crate::invariant::Finding;
use crate::sentence;
use crate::sentence::Sentence;

const LADY: &str = "lady of the lake";

/// Members that only modules outside the rules of this product fill.
const FOREIGN: &[&str] = &[
    "refChain",
    "refHistoryUsernames",
    "sireChain",
    "sireHistoryUsernames",
    "noreboUsername",
    "melronSpiesSeen",
    "moreganoSpiesSeen",
    "whoAssassinShot2",
];

/// The members of a record.
pub(super) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    pub(super) fn of(value: &'a Value) -> Result<Self, Finding> {
        value
            .as_object()
            .map(Self)
            .ok_or_else(|| malformed(sentence!("a game record is a JSON object")))
    }

    /// A member that is set.
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text; none when it is not set or empty.
    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, Finding> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let text =
            value.as_str().ok_or_else(|| malformed(sentence!("`{name}` is no text", name)))?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// A list of texts; empty when it is not set.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<&'a str>, Finding> {
        let refused = || sentence!("`{name}` is no list of texts", name);
        self.list(name, refused, Value::as_str)
    }

    /// A list of small numbers; empty when it is not set.
    pub(super) fn counts(&self, name: &str) -> Result<Vec<u8>, Finding> {
        let refused = || sentence!("`{name}` is no list of counts", name);
        self.list(name, refused, |value| u8::try_from(whole(value)?).ok())
    }

    fn list<T>(
        &self,
        name: &str,
        refused: impl FnOnce() -> Sentence,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Vec<T>, Finding> {
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        value
            .as_array()
            .and_then(|items| items.iter().map(read).collect())
            .ok_or_else(|| malformed(refused()))
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, Finding> {
        let Some(value) = self.get(name) else { return Ok(None) };
        whole(value)
            .map(Some)
            .ok_or_else(|| malformed(sentence!("`{name}` is no whole number", name)))
    }

    /// Unix milliseconds.
    pub(super) fn time(&self, name: &str) -> Result<Option<i64>, Finding> {
        let Some(value) = self.get(name) else { return Ok(None) };
        millis(value)
            .map(Some)
            .ok_or_else(|| malformed(sentence!("`{name}` is no date in any form read here", name)))
    }

    /// `proavalon-` and the record's id, or a digest that stands in for it.
    pub(super) fn game_id(&self) -> Result<String, Finding> {
        if let Some(id) = self.text("_id")? {
            return Ok(format!("proavalon-{id}"));
        }
        let digest = canonical::digest(self.0).map_err(|_| {
            malformed(sentence!("the record has neither an `_id` nor a canonical form"))
        })?;
        Ok(format!("proavalon-{:.24}", digest.to_string()))
    }

    /// Refuses games and modules that the rules of this product do not know.
    pub(super) fn judge_modules(&self) -> Result<(), Finding> {
        match self.text("gameMode")? {
            None | Some("avalon" | "avalonBot") => {}
            Some(other) => {
                return Err(malformed(sentence!(
                    "`{text}` is no game mode known here",
                    text = other
                )));
            }
        }
        for card in self.texts("cards")? {
            if card.to_lowercase() != LADY {
                let detail = sentence!(
                    "the card `{text}` is outside the rules of this product",
                    text = card
                );
                return Err(malformed(detail));
            }
        }
        let filled = |name: &str| match self.get(name) {
            None => false,
            Some(Value::String(text)) => !text.is_empty(),
            Some(Value::Array(items)) => !items.is_empty(),
            Some(_) => true,
        };
        match FOREIGN.iter().find(|name| filled(name)) {
            None => Ok(()),
            Some(name) => {
                let detail = sentence!(
                    "`{name}` tells of a module outside the rules of this product",
                    name = *name
                );
                Err(malformed(detail))
            }
        }
    }

    /// Whether the Lady of the Lake is among the cards.
    pub(super) fn has_lady(&self) -> Result<bool, Finding> {
        Ok(self.texts("cards")?.iter().any(|card| card.to_lowercase() == LADY))
    }
}
