//! The command line, declared once: parsing, help and completions come from here.

mod browse;
mod game;
mod key;
mod restore;
mod snapshot;
mod store;

use std::path::PathBuf;

use api::engine::impact::Impact;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub use browse::Browse;
pub use game::{Bisect, Diff, DiffForm, Game, Language, Names, Place, Share};
pub use key::{Key, NewKey};
pub use restore::Restore;
pub use snapshot::{Snapshot, SnapshotList};
pub use store::{AnyStore, Repair, Replica, Store};

/// Keeps the data of an Avalon game service safe: backup, restore, verification, proof
#[derive(Debug, Parser)]
#[command(name = "avault", version, propagate_version = true, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 done, 1 ran and found problems, 2 could not run, 3 refused.\n\
    Secrets come from files or the environment (AVAULT_PASSPHRASE_FILE, AVAULT_PASSPHRASE, \
    AVAULT_MONGODB_URI, AVAULT_REDIS_URL), never from arguments."
)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Configuration file
    #[arg(long, global = true, value_name = "FILE", env = "AVAULT_CONFIG")]
    pub config: Option<PathBuf>,
    /// Folder of the console's own state
    #[arg(long, global = true, value_name = "DIR", env = "AVAULT_HOME")]
    pub home: Option<PathBuf>,
    /// Store: /path, s3://bucket/prefix?endpoint=… or cos://bucket/prefix?…; or replica, offsite of
    /// the configuration, to read from there
    #[arg(long, global = true, value_name = "URL", env = "AVAULT_STORE")]
    pub store: Option<String>,
    /// Print JSON to standard output
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create a vault in a store
    Init {
        /// Profile of the game database; the default one serves an Avalon service
        #[arg(long, value_name = "FILE")]
        profile: Option<PathBuf>,
    },
    /// Take, list, show, browse and verify backups
    #[command(subcommand)]
    Backup(Backup),
    /// Bring data back from a backup
    Restore(Restore),
    /// Write a backup out as a dump of MongoDB's own tools, unencrypted
    Export(Export),
    /// Read a dump of MongoDB's own tools into an empty database
    Import(Import),
    /// Check every object of the store
    Check,
    /// Remove backups whose time is over, and delete what no backup needs any more
    Prune {
        /// Show what would go and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Copy backups into the replicas of the configuration
    Replicate {
        /// Ids of backups, or latest; without any, what each replica's cycle asks for
        #[arg(value_name = "ID", conflicts_with = "all")]
        backups: Vec<String>,
        /// One replica alone
        #[arg(long, value_name = "STORE", value_enum)]
        to: Option<Replica>,
        /// Every backup of the primary
        #[arg(long)]
        all: bool,
    },
    /// Show the stores of the configuration, and try what they really do
    #[command(subcommand)]
    Store(Store),
    /// Make sound what is damaged
    #[command(subcommand)]
    Repair(Repair),
    /// Show what the store holds, how it grows, and when it is full
    Statistics,
    /// Show the policy of backups, and what it comes to
    #[command(subcommand)]
    Policy(Policy),
    /// Compare a backup with the live data
    Compare {
        /// Id of a backup, or latest
        #[arg(value_name = "ID", default_value = "latest")]
        backup: String,
        /// Data classes, separated by commas
        #[arg(long = "class", value_name = "C[,C]", value_delimiter = ',', value_enum)]
        classes: Vec<Class>,
    },
    /// List, show and check games
    #[command(subcommand)]
    Game(Game),
    /// Take, list and show snapshots of games
    #[command(subcommand)]
    Snapshot(Snapshot),
    /// List and show jobs
    #[command(subcommand)]
    Job(Job),
    /// Say who may open the vault, and make new data keys
    #[command(subcommand)]
    Key(Key),
    /// Play games and compare their statistics with those of real ones
    Simulate(Simulate),
    /// Start, stop and look at the private servers
    #[command(subcommand)]
    Sandbox(Sandbox),
    /// Tell the whole story: games, backup, damage, restore, proof
    Demo {
        /// Games played before the backup
        #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u64).range(20..=100_000))]
        games: u64,
    },
    /// Print a completion script for a shell
    Completions {
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Subcommand)]
pub enum Backup {
    /// Take a backup of the running service
    Create {
        /// Data classes, separated by commas, or all
        #[arg(long = "class", value_name = "C[,C]", value_delimiter = ',', value_enum)]
        classes: Vec<Class>,
        /// How it is taken
        #[arg(long, value_enum, default_value_t = Method::Full)]
        method: Method,
        /// How much it may slow the service down: gentle, off, or a rate such as 40MB/s; as
        /// configured when absent
        #[arg(long, value_name = "HOW")]
        impact: Option<Impact>,
    },
    /// List the backups of the store, newest first
    List,
    /// Show a backup in detail
    Show {
        /// Id of a backup, or latest
        #[arg(value_name = "ID", default_value = "latest")]
        id: String,
    },
    /// Show documents inside a backup, without restoring it
    Browse(Browse),
    /// Verify a backup to a level of the ladder
    Verify {
        /// Id of a backup, or latest
        #[arg(value_name = "ID", default_value = "latest", conflicts_with = "all")]
        id: String,
        /// Every backup of the store
        #[arg(long)]
        all: bool,
        /// 0 present, 1 structure, 2 every byte, 3 decoded, 4 restored on trial, 5 games replayed
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(0..=5))]
        level: u8,
        /// Percent of the objects to read
        #[arg(long, value_name = "PERCENT", default_value_t = 100.0)]
        sample: f64,
    },
    /// Follow the database into the event log until interrupted
    Follow,
    /// List the points in time that can be restored, and the gaps between them
    Points,
    /// Keep a backup whatever the policy says
    Pin {
        /// Id of a backup, or latest
        #[arg(value_name = "ID")]
        id: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Leave a backup to the policy again
    Unpin {
        /// Id of a backup, or latest
        #[arg(value_name = "ID")]
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Policy {
    /// Show how each class is backed up and how long that is kept
    Show,
    /// Tell the runs, expiries and bytes of the days to come
    Simulate {
        /// Days to look ahead
        #[arg(long, value_name = "N", default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=3660))]
        days: u32,
    },
    /// Start what is due, as it comes due, until interrupted
    Run,
}

#[derive(Debug, Args)]
pub struct Export {
    /// Id of a backup, or latest
    #[arg(value_name = "ID")]
    pub backup: String,
    /// Form of the dump
    #[arg(long, value_enum)]
    pub format: Format,
    /// Folder or file to write; nothing may be there
    #[arg(long, value_name = "PATH")]
    pub out: PathBuf,
    /// Compress the files
    #[arg(long)]
    pub gzip: bool,
    /// Data classes, separated by commas
    #[arg(long = "class", value_name = "C[,C]", value_delimiter = ',', value_enum)]
    pub classes: Vec<Class>,
}

#[derive(Debug, Args)]
pub struct Import {
    /// Folder or file of the dump
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// Form of the dump
    #[arg(long, value_enum)]
    pub format: Format,
    /// Refuse files that are not compressed; whether they are is seen either way
    #[arg(long)]
    pub gzip: bool,
    /// Database to write, which must be empty; that of the dump when left out
    #[arg(long, value_name = "DATABASE")]
    pub database: Option<String>,
    /// Database of the dump, where it holds several
    #[arg(long, value_name = "DATABASE")]
    pub from: Option<String>,
    /// Write the Redis keys beside the dump too; none of them may exist
    #[arg(long)]
    pub redis: bool,
}

#[derive(Debug, Subcommand)]
pub enum Job {
    /// List the jobs of this workstation, newest first
    List,
    /// Show a job with the last lines of its log
    Show {
        /// Id of a job
        #[arg(value_name = "ID")]
        id: String,
    },
}

#[derive(Debug, Args)]
pub struct Simulate {
    /// Games to play
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub games: u64,
    /// Seed of every decision
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Fewest and most players at a table
    #[arg(long, value_name = "MIN-MAX", default_value = "5-10", value_parser = players)]
    pub players: (u8, u8),
    /// Anomalies to inject afterwards: kind=count, separated by commas
    #[arg(long, value_name = "KIND=N[,KIND=N]", value_delimiter = ',', value_parser = anomaly)]
    pub anomalies: Vec<(Anomaly, u32)>,
}

#[derive(Debug, Subcommand)]
pub enum Sandbox {
    /// Start private servers with games that go on being played, until interrupted
    Up {
        /// Games that are over at the beginning
        #[arg(long, value_name = "N", default_value_t = 400)]
        games: u64,
        /// Go to the background once the servers are ready
        #[arg(long)]
        detach: bool,
    },
    /// Stop the private servers
    Down,
    /// Tell whether the private servers run, and where
    Status,
}

/// How a backup is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Method {
    /// Everything of the classes; what is in the store already is reused
    Full,
    /// What changed since the newest backup, by the oplog
    Incremental,
    /// What changed since the newest full, by the oplog
    Differential,
    /// A full made in the store from the newest backup, without reading the database
    Synthetic,
}

/// The form of a dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A folder, as `mongodump` writes it
    Mongodump,
    /// One file, as `mongodump --archive` writes it
    Archive,
}

/// A class of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Class {
    /// All six
    All,
    Accounts,
    Rooms,
    Active,
    History,
    Statistics,
    Configuration,
}

/// A kind of anomaly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Anomaly {
    DeleteGames,
    DamageField,
    WrongStatistic,
    MissingEvent,
    DanglingReference,
}

fn players(text: &str) -> Result<(u8, u8), String> {
    let (fewest, most) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| text.trim().parse::<u8>().map_err(|error| error.to_string());
    let (fewest, most) = (number(fewest)?, number(most)?);
    if (5..=10).contains(&fewest) && (fewest..=10).contains(&most) {
        Ok((fewest, most))
    } else {
        Err("tables have 5 to 10 players".to_owned())
    }
}

fn anomaly(text: &str) -> Result<(Anomaly, u32), String> {
    let (kind, count) = text.split_once('=').unwrap_or((text, "1"));
    let count = count.parse::<u32>().map_err(|error| error.to_string())?;
    Ok((Anomaly::from_str(kind, true)?, count))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_declaration_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn tables_have_five_to_ten_players() {
        assert_eq!(players("5-10"), Ok((5, 10)));
        assert_eq!(players("7"), Ok((7, 7)));
        assert!(players("4-10").is_err());
        assert!(players("9-6").is_err());
    }
}
