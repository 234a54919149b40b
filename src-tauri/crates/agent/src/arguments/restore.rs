//! Arguments of `avault restore`.

use clap::Args;

use super::Class;

#[derive(Debug, Args)]
pub struct Restore {
    /// Id of a backup, or latest
    #[arg(value_name = "ID", required_unless_present = "at")]
    pub backup: Option<String>,
    /// A point in time of the event log: 2026-11-25T20:15:00+08:00, a cluster time SECONDS,ORDINAL,
    /// or event:GAME:SEQ
    #[arg(long, value_name = "TIME", conflicts_with = "backup")]
    pub at: Option<String>,
    /// Data classes, separated by commas
    #[arg(long = "class", value_name = "C[,C]", value_delimiter = ',', value_enum)]
    pub classes: Vec<Class>,
    /// Another server: a target of the configuration, or a MongoDB URI without credentials
    #[arg(long, value_name = "TARGET")]
    pub to: Option<String>,
    /// Another database
    #[arg(long, value_name = "DATABASE")]
    pub database: Option<String>,
    /// Replace collections whole, also where only few documents differ
    #[arg(long)]
    pub whole: bool,
    /// Show what would change and write nothing
    #[arg(long)]
    pub plan: bool,
    /// Name of the database whose live data are replaced
    #[arg(long, value_name = "DATABASE")]
    pub yes: Option<String>,
}
