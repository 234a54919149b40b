//! How the players of a game are told in a file.

use std::collections::BTreeMap;

use avalon::view::StateView;
use serde_json::Value;

use super::outcome::Names;
use crate::page::escape;
use crate::wording::Words;

/// Letters that an id is told by from its beginning, and from its end.
const SHORT: (usize, usize) = (4, 5);

/// The players in seat order.
pub(super) struct People {
    ids: Vec<String>,
    names: Vec<Option<String>>,
    words: Words,
}

impl People {
    pub(super) fn of(
        view: &StateView,
        nicks: &BTreeMap<String, String>,
        names: Names,
        words: Words,
    ) -> Self {
        let ids: Vec<String> =
            view.players.iter().map(|player| player.player_id.as_str().to_owned()).collect();
        let name = |id: &String| match names {
            Names::Keep => Some(nicks.get(id).cloned().unwrap_or_else(|| short(id))),
            Names::Seats => None,
        };
        let names = ids.iter().map(name).collect();
        Self { ids, names, words }
    }

    /// What each seat is called beside its number; none where it is told by that alone.
    pub(super) fn names(&self) -> &[Option<String>] {
        &self.names
    }

    /// Where a player sits.
    pub(super) fn seat(&self, player: &str) -> Option<usize> {
        self.ids.iter().position(|id| id == player)
    }

    /// Whom an event names, by seat number or by player, as HTML. Somebody who does not sit at the
    /// table is not told: it is damage, and for the rules to tell.
    pub(super) fn told(&self, of: &Value) -> Option<String> {
        let seat = match of {
            Value::String(player) => self.seat(player)?,
            other => usize::try_from(other.as_u64()?).ok().filter(|seat| *seat < self.ids.len())?,
        };
        Some(self.label(seat))
    }

    /// A seat as HTML, with the name of who sits there.
    pub(super) fn label(&self, seat: usize) -> String {
        let number = self.words.filled("table.seat", &[("seat", &(seat + 1).to_string())]);
        match self.names.get(seat).and_then(Option::as_deref) {
            // Isolated: letters of a name that turn the direction of writing stay its own affair.
            Some(name) => format!("{} <bdi>{}</bdi>", escape(&number), escape(name)),
            None => escape(&number),
        }
    }
}

/// The part of an id by which people tell it from others.
fn short(id: &str) -> String {
    let letters: Vec<char> = id.chars().collect();
    let (first, last) = SHORT;
    if letters.len() <= first + last + 3 {
        return id.to_owned();
    }
    let first: String = letters.iter().take(first).collect();
    let last: String = letters.iter().skip(letters.len() - last).collect();
    format!("{first}…{last}")
}
