//! Arguments of `avault game`.

use std::path::PathBuf;

use api::engine::avalon::what_if::{Alteration, Edit};
use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub enum Game {
    /// Check games against every rule; needs no server for a file
    Check {
        /// A file of JSON Lines (- for standard input), or the id of a game of the service
        #[arg(value_name = "FILE.jsonl|GAME")]
        subject: String,
    },
    /// List games of the service
    List {
        /// Games that are over
        #[arg(long)]
        finished: bool,
        /// Part of a game's, room's or player's id
        #[arg(long, value_name = "TEXT", default_value = "")]
        search: String,
        /// How many at most
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
    /// Show a game
    Show {
        /// The game
        #[arg(value_name = "GAME")]
        id: String,
        /// The event after which to look
        #[arg(long, value_name = "N")]
        seq: Option<u64>,
        /// Through whose eyes: god, audience, or a player's id
        #[arg(long = "as", value_name = "VIEWER", default_value = "god")]
        viewer: String,
        #[command(flatten)]
        place: Place,
    },
    /// Make an event log of a file of games in a foreign form, in the interchange format; real names
    /// become pseudonyms
    Import {
        /// A file in the interchange format, or of a form that is known; - for standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// File to write; nothing may be there. Standard output when absent
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Put it in the place of a file that is there
        #[arg(long, requires = "out")]
        force: bool,
    },
    /// Tell what differs between two moments of a game, two games, or a backup, a snapshot and the
    /// database
    Diff(Diff),
    /// Find the first event, and all further ones, at which a rule is broken or a member of the
    /// state changes
    Bisect(Bisect),
    /// Make one HTML file of a game that replays it, without network, as somebody sees it
    Share(Share),
}

/// Where a game is read: the database when nothing is said.
#[derive(Debug, Args)]
pub struct Place {
    /// Read the game out of this backup, or latest; needs no database
    #[arg(long, value_name = "ID", group = "place")]
    pub backup: Option<String>,
    /// Read the game out of this snapshot; needs neither its log nor its document
    #[arg(long, value_name = "ID", group = "place")]
    pub snapshot: Option<String>,
    /// Read the game out of this file of games; needs neither database nor store
    #[arg(long, value_name = "FILE", group = "place")]
    pub file: Option<PathBuf>,
    /// Read the game out of the event log in the store, each event as it was when it was written
    #[arg(long, group = "place")]
    pub event_log: bool,
    /// See how the game would have gone: SEQ=skip, or SEQ=JSON with the members of the event's payload
    /// that differ. In memory alone; more than once for several events
    #[arg(long, value_name = "SEQ=CHANGE", value_parser = edit)]
    pub what_if: Vec<Edit>,
}

/// Reads `17=skip` or `17={"vote":"reject"}`.
pub fn edit(text: &str) -> Result<Edit, String> {
    let (seq, change) = text.split_once('=').ok_or("write SEQ=skip or SEQ=JSON")?;
    let seq = seq.trim().parse().map_err(|_| format!("`{seq}` is no event's number"))?;
    let change = match change.trim() {
        "skip" => Alteration::Skip,
        json => {
            let payload = serde_json::from_str(json)
                .map_err(|error| format!("`{json}` is neither skip nor JSON: {error}"))?;
            Alteration::Set { payload }
        }
    };
    Ok(Edit { seq, change })
}

#[derive(Debug, Args)]
pub struct Share {
    /// The game
    #[arg(value_name = "GAME")]
    pub id: String,
    /// Through whose eyes: god, audience, or a player's id; the file holds what they see
    #[arg(long = "as", value_name = "VIEWER", default_value = "god")]
    pub viewer: String,
    #[command(flatten)]
    pub place: Place,
    /// Language of the file
    #[arg(long, value_enum, default_value_t = Language::English)]
    pub language: Language,
    /// Tell players by nickname, or by seat alone
    #[arg(long, value_enum, default_value_t = Names::Keep)]
    pub names: Names,
    /// File to write; nothing may be there
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Put it in the place of a file that is there
    #[arg(long)]
    pub force: bool,
}

/// A language of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    #[value(name = "zh-CN")]
    Chinese,
    #[value(name = "en")]
    English,
}

/// How players are told in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Names {
    Keep,
    Seats,
}

/// The form of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffForm {
    Json,
    Markdown,
    Html,
}

#[derive(Debug, Args)]
pub struct Bisect {
    /// The game
    #[arg(value_name = "GAME")]
    pub game: String,
    /// A member of the state, for example quests.2.result
    #[arg(long, value_name = "PATH", required_unless_present = "rule", conflicts_with = "rule")]
    pub field: Option<String>,
    /// A rule, for example V-COUNT
    #[arg(long, value_name = "ID")]
    pub rule: Option<String>,
    #[command(flatten)]
    pub place: Place,
    /// Through whose eyes: god, audience, or a player's id
    #[arg(long = "as", value_name = "VIEWER", default_value = "god")]
    pub viewer: String,
}

#[derive(Debug, Args)]
pub struct Diff {
    /// The game
    #[arg(value_name = "GAME")]
    pub game: String,
    /// The game to compare with; the same when absent
    #[arg(value_name = "OTHER")]
    pub other: Option<String>,
    /// The event after which to look first; the last when absent
    #[arg(long, value_name = "N")]
    pub from: Option<u64>,
    /// The event after which to look then; the last when absent
    #[arg(long, value_name = "N")]
    pub to: Option<u64>,
    /// Read the first moment out of this backup, or latest
    #[arg(long, value_name = "ID", group = "first")]
    pub from_backup: Option<String>,
    /// Read the second moment out of this backup, or latest
    #[arg(long, value_name = "ID", group = "second")]
    pub to_backup: Option<String>,
    /// Read the first moment out of this snapshot
    #[arg(long, value_name = "ID", group = "first")]
    pub from_snapshot: Option<String>,
    /// Read the second moment out of this snapshot
    #[arg(long, value_name = "ID", group = "second")]
    pub to_snapshot: Option<String>,
    /// Read the first moment out of this file of games; two files need no database
    #[arg(long, value_name = "FILE", group = "first")]
    pub from_file: Option<PathBuf>,
    /// Read the second moment out of this file of games
    #[arg(long, value_name = "FILE", group = "second")]
    pub to_file: Option<PathBuf>,
    /// Read the first moment out of the event log in the store
    #[arg(long, group = "first")]
    pub from_event_log: bool,
    /// Read the second moment out of the event log in the store
    #[arg(long, group = "second")]
    pub to_event_log: bool,
    /// What is to be otherwise in the second, as for `game show`
    #[arg(long, value_name = "SEQ=CHANGE", value_parser = edit)]
    pub what_if: Vec<Edit>,
    /// Through whose eyes: god, audience, or a player's id
    #[arg(long = "as", value_name = "VIEWER", default_value = "god")]
    pub viewer: String,
    /// Write a file of this form instead of a table
    #[arg(long, value_enum)]
    pub format: Option<DiffForm>,
    /// Language of the file
    #[arg(long, value_enum, default_value_t = Language::English)]
    pub language: Language,
    /// File to write; nothing may be there. Standard output when absent
    #[arg(long, value_name = "FILE", requires = "format")]
    pub out: Option<PathBuf>,
    /// Put it in the place of a file that is there
    #[arg(long, requires = "out")]
    pub force: bool,
}
