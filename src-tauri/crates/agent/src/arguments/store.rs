//! Arguments of `avault store`, `avault replicate` and `avault repair`.

use clap::{Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub enum Store {
    /// List the stores and how each is doing
    List,
    /// Try what a store really does, with a few small objects
    Probe {
        /// The store
        #[arg(value_name = "STORE", value_enum, default_value_t = AnyStore::Primary)]
        name: AnyStore,
    },
}

#[derive(Debug, Subcommand)]
pub enum Repair {
    /// Put sound objects of one store in the place of damaged ones of another
    Store {
        /// The store that is damaged
        #[arg(value_name = "STORE", value_enum, default_value_t = AnyStore::Primary)]
        name: AnyStore,
        /// The store that heals it
        #[arg(long, value_name = "STORE", value_enum)]
        from: AnyStore,
        /// Show what would be done and write nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// A replica of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Replica {
    Replica,
    Offsite,
}

/// A store of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AnyStore {
    Primary,
    Replica,
    Offsite,
}
