//! A file of games in any of the known forms, told apart by what its records hold.

use std::io::Cursor;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::suveene::{self, Converted};
use super::{Pseudonyms, UnknownInput};
use crate::check::{EnvelopeReader, ParsedEnvelope};
use crate::interchange::{Intake, InterchangeError};
use crate::invariant::Finding;
use crate::invariant::import::I_PARSE;

/// The form of a file of games.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FileForm {
    /// The interchange format: an envelope a line.
    Interchange,
    /// SuveenE/multi-round-avalon-agents: a game a line.
    Suveene,
}

/// A game of a file.
#[derive(Debug, Clone, Default)]
pub struct ImportedGame {
    /// The game.
    pub id: String,
    /// Its events that could be read, as received.
    pub log: Vec<ParsedEnvelope>,
    /// What was found while it was read.
    pub findings: Vec<Finding>,
    /// What its source does not tell.
    pub unknown: Vec<UnknownInput>,
}

/// What a file holds.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Its form.
    pub form: FileForm,
    /// Its games in the order of their first lines.
    pub games: Vec<ImportedGame>,
    /// Lines that belong to no game.
    pub unreadable: Vec<Finding>,
}

/// Reads a file; names in foreign forms become pseudonyms. What cannot be read is a finding, and
/// the rest is read all the same.
///
/// # Errors
/// When the text cannot be taken apart into lines at all.
pub fn read(text: &str, pseudonyms: &mut Pseudonyms) -> Result<Imported, InterchangeError> {
    match form(text) {
        FileForm::Interchange => interchange(text),
        FileForm::Suveene => {
            Ok(records(FileForm::Suveene, text, |line| suveene::convert(line, pseudonyms)))
        }
    }
}

/// By the first line that is a JSON object; what has none of the marks of a foreign form is taken for
/// the interchange format, whose reader tells what is wrong with each line.
fn form(text: &str) -> FileForm {
    let first = text.lines().find_map(|line| match serde_json::from_str(line) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    });
    let has = |name: &str| first.as_ref().is_some_and(|members| members.contains_key(name));
    if has("game_id") && has("missions") { FileForm::Suveene } else { FileForm::Interchange }
}

fn interchange(text: &str) -> Result<Imported, InterchangeError> {
    let mut intake = Intake::new(Cursor::new(text.as_bytes()));
    let mut games = Vec::new();
    for game in intake.by_ref() {
        let game = game?;
        games.push((game.order, game.game_id.clone(), game.parse()));
    }
    games.sort_by_key(|(order, _, _)| *order);
    let mut unreadable = intake.unreadable().clone();
    let mut read = Vec::new();
    for (_, id, parsed) in games {
        unreadable.merge(parsed.unreadable);
        if parsed.log.is_empty() && parsed.findings.is_empty() {
            continue;
        }
        let (log, findings) = (parsed.log, parsed.findings);
        read.push(ImportedGame { id, log, findings, unknown: Vec::new() });
    }
    Ok(Imported { form: FileForm::Interchange, games: read, unreadable: unreadable.findings() })
}

/// A record a line.
fn records(
    form: FileForm,
    text: &str,
    mut convert: impl FnMut(&str) -> Result<Converted, Finding>,
) -> Imported {
    let (mut games, mut unreadable) = (Vec::new(), Vec::new());
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match convert(line).and_then(game) {
            Ok(game) => games.push(game),
            Err(finding) => {
                let detail = format!("line {}: {}", at + 1, finding.detail);
                unreadable.push(Finding { detail, ..finding });
            }
        }
    }
    Imported { form, games, unreadable }
}

fn game(converted: Converted) -> Result<ImportedGame, Finding> {
    let mut game = ImportedGame { unknown: converted.unknown, ..ImportedGame::default() };
    let mut reader = EnvelopeReader::default();
    for envelope in converted.log {
        let read = reader.read(envelope.to_string().as_bytes());
        let read = read.map_err(|error| I_PARSE.finding(None, error.to_string()))?;
        if game.id.is_empty() {
            game.id = read.envelope.game_id.as_str().to_owned();
        }
        game.log.push(read);
    }
    Ok(game)
}
