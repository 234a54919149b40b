//! Arguments of `avault snapshot`.

use api::engine::avalon::snapshot::SnapshotType;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum Snapshot {
    /// Take a snapshot of a game
    Create {
        /// The game
        #[arg(value_name = "GAME")]
        game: String,
        /// The event to cut after; the last when absent
        #[arg(long, value_name = "N")]
        seq: Option<u64>,
    },
    /// Take snapshots of games as they are played, until interrupted
    Follow,
    /// Hold snapshots against the games' logs
    Verify {
        /// Only of this game
        #[arg(value_name = "GAME")]
        game: Option<String>,
        /// Make again what the logs can make again
        #[arg(long)]
        repair: bool,
    },
    /// List snapshots, newest first
    List(SnapshotList),
    /// Show a snapshot in full, in the structure of the specification
    Show {
        /// Id of a snapshot
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Tell what differs between two snapshots
    Diff {
        /// Id of the first
        #[arg(value_name = "A")]
        before: String,
        /// Id of the second
        #[arg(value_name = "B")]
        after: String,
        /// Through whose eyes: god, audience, or a player's id
        #[arg(long = "as", value_name = "VIEWER", default_value = "god")]
        viewer: String,
    },
}

#[derive(Debug, Args)]
pub struct SnapshotList {
    /// Only of this game
    #[arg(long, value_name = "GAME")]
    pub game: Option<String>,
    /// Only of this room
    #[arg(long, value_name = "ROOM")]
    pub room: Option<String>,
    /// Only of games in which this player plays
    #[arg(long, value_name = "PLAYER")]
    pub player: Option<String>,
    /// Only of these types, separated by commas, for example mission_executed
    #[arg(long = "type", value_name = "T[,T]", value_delimiter = ',', value_parser = kind)]
    pub kinds: Vec<SnapshotType>,
    /// Only those taken at this time or later, for example 2026-11-25T20:00:00+08:00
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub from: Option<i64>,
    /// Only those taken before this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub to: Option<i64>,
    /// The beginning of a snapshot's, game's or room's id
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub limit: u32,
}

fn kind(text: &str) -> Result<SnapshotType, String> {
    let names = SnapshotType::ALL.map(SnapshotType::as_str).join(", ");
    SnapshotType::ALL
        .into_iter()
        .find(|known| known.as_str() == text)
        .ok_or_else(|| format!("it is none of {names}"))
}

/// Unix time in milliseconds.
fn time(text: &str) -> Result<i64, String> {
    let time: Result<jiff::Timestamp, _> = text.parse();
    time.map(|time| time.as_millisecond())
        .map_err(|error| format!("write 2026-11-25T20:00:00+08:00: {error}"))
}
