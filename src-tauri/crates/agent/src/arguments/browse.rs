//! Arguments of `avault backup browse`.

use clap::Args;

use super::Class;

#[derive(Debug, Args)]
pub struct Browse {
    /// Id of a backup, or latest
    #[arg(value_name = "ID", default_value = "latest")]
    pub id: String,
    /// Only collections of this class
    #[arg(long, value_name = "C", value_enum)]
    pub class: Option<Class>,
    /// One collection; $redis for the keys of Redis
    #[arg(long, value_name = "NAME")]
    pub collection: Option<String>,
    /// Only documents that name this game
    #[arg(long, value_name = "GAME")]
    pub game: Option<String>,
    /// Only documents that name this player
    #[arg(long, value_name = "PLAYER")]
    pub player: Option<String>,
    /// Only documents with this value; text* means any text that begins so, _id is found by key
    #[arg(long = "where", value_name = "FIELD=VALUE", value_parser = field_filter)]
    pub filters: Vec<(String, String)>,
    /// Documents of a collection at most
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub limit: u32,
}

fn field_filter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((field, value)) if !field.trim().is_empty() => {
            Ok((field.trim().to_owned(), value.to_owned()))
        }
        _ => Err("a filter is FIELD=VALUE".to_owned()),
    }
}
