//! `avault game import`: a file of games as event logs in the interchange format.

use std::path::Path;

use api::engine::avalon::import::file::read;

use super::game_place::text_of;
use crate::failure::{Failure, could_not};
use crate::file;

pub fn run(path: &Path, out: Option<&Path>, force: bool) -> Result<(), Failure> {
    let text = text_of(path)?;
    let imported = read(&text)
        .map_err(|error| could_not(&format!("{} cannot be read", path.display()), error))?;
    let mut lines = String::new();
    let failed = |error| could_not("an event cannot be written as JSON", error);
    for event in imported.games.iter().flat_map(|game| &game.log) {
        lines.push_str(&serde_json::to_string(&event.envelope).map_err(failed)?);
        lines.push('\n');
    }
    match out {
        Some(out) => file::write(out, &lines, force)?,
        None => print!("{lines}"),
    }
    let unread: Vec<_> = imported
        .unreadable
        .iter()
        .chain(imported.games.iter().flat_map(|game| &game.findings))
        .collect();
    eprintln!("{} games, {} findings while reading", imported.games.len(), unread.len());
    for finding in &unread {
        eprintln!("{} {}", finding.id, finding.detail);
    }
    if unread.is_empty() { Ok(()) } else { Err(Failure::Problems) }
}
