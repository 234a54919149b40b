//! Arguments of `avault game`.

use clap::{Args, Subcommand};

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
        /// Read the game out of this backup, or latest; needs no database
        #[arg(long, value_name = "ID")]
        backup: Option<String>,
        /// Show the game out of this snapshot; needs neither its log nor its document
        #[arg(long, value_name = "ID", conflicts_with = "backup")]
        snapshot: Option<String>,
    },
    /// Tell what differs between two moments of a game, two games, or a backup, a snapshot and the
    /// database
    Diff(Diff),
    /// Find the first event, and all further ones, at which a rule is broken or a member of the
    /// state changes
    Bisect(Bisect),
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
    /// Read the game out of this backup, or latest; needs no database
    #[arg(long, value_name = "ID")]
    pub backup: Option<String>,
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
    #[arg(long, value_name = "ID")]
    pub from_backup: Option<String>,
    /// Read the second moment out of this backup, or latest
    #[arg(long, value_name = "ID")]
    pub to_backup: Option<String>,
    /// Read the first moment out of this snapshot
    #[arg(long, value_name = "ID", conflicts_with = "from_backup")]
    pub from_snapshot: Option<String>,
    /// Read the second moment out of this snapshot
    #[arg(long, value_name = "ID", conflicts_with = "to_backup")]
    pub to_snapshot: Option<String>,
    /// Through whose eyes: god, audience, or a player's id
    #[arg(long = "as", value_name = "VIEWER", default_value = "god")]
    pub viewer: String,
}
