//! A file of games that was opened, and what it holds.

use avalon::import::file::FileForm;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::games::outcome::GameRow;

/// A file of games.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenRequest {
    /// The file's name, for people.
    pub name: String,
    /// All of its text, 16 MiB at most.
    pub text: String,
}

/// An opened file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenedFile {
    /// What its games are asked for by: the same for the same content.
    pub file: String,
    /// Its name.
    pub name: String,
    /// Its form.
    pub form: FileForm,
    /// Its games, in order.
    pub games: Vec<OpenedGame>,
    /// What could not be read of it, in English, line by line.
    pub unreadable: Vec<String>,
}

/// A game of an opened file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenedGame {
    /// What a list shows of it.
    pub row: GameRow,
    /// Rules of severity F or E that it breaks.
    pub broken: u32,
    /// What its source does not tell; it stays unknown.
    pub unknown: UnknownInputs,
}

/// How much the source of a game does not tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnknownInputs {
    /// Votes.
    pub votes: u32,
    /// Cards on quests.
    pub cards: u32,
    /// Whom the assassin named.
    pub target: bool,
    /// When things happened; all events carry the time of the record.
    pub times: bool,
}
