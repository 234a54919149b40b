//! `avault init`: a vault in a store.

use std::path::PathBuf;

use serde_json::json;

use super::print_json;
use crate::arguments::Global;
use crate::failure::Failure;
use crate::print::Style;
use crate::session::{Session, options};

pub async fn run(global: &Global, profile: Option<PathBuf>) -> Result<(), Failure> {
    let mut options = options(global);
    options.profile = profile;
    let session = Session::open(options).await?;
    let location = session.service.create_vault().await?;
    if global.json {
        return print_json(&json!({"vault": location}));
    }
    let style = Style::of_stdout();
    println!("{} a vault at {location}", style.good("created"));
    println!("{}", style.faint("Keep its key safe, and add a recovery key with `avault key add recovery`: without a key no backup can be opened again."));
    Ok(())
}
