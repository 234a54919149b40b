//! A file of games in any of the known forms, told apart by what its records hold.

use std::borrow::Cow;
use std::io::Cursor;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use super::{Converted, Pseudonyms, UnknownInput, proavalon, suveene};
use crate::check::{EnvelopeReader, ParsedEnvelope};
use crate::digest::Digest;
use crate::interchange::{Intake, InterchangeError};
use crate::invariant::Finding;
use crate::invariant::import::I_PARSE;
use crate::sentence;
use crate::sentence::Sentence;

/// The form of a file of games.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FileForm {
    /// The interchange format: an envelope a line.
    Interchange,
    /// SuveenE/multi-round-avalon-agents: a game a line.
    Suveene,
    /// ProAvalon's game records: one, a list of them, or one a line, also as extended JSON.
    Proavalon,
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
    /// Of all of its text; pseudonyms are salted with it, so the same file gives the same ones.
    pub digest: Digest,
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
pub fn read(text: &str) -> Result<Imported, InterchangeError> {
    let digest = Digest::of(text.as_bytes());
    let mut pseudonyms = Pseudonyms::new(digest.to_string().as_bytes());
    let whole = whole(text);
    let first = match &whole {
        Some(records) => records.first().and_then(|(_, record)| object(record)),
        None => lines(text).find_map(|(_, line)| object(&line)),
    };
    let form = form(first.as_ref());
    let (games, unreadable) = match (form, whole) {
        (FileForm::Interchange, _) => interchange(text)?,
        (FileForm::Suveene, _) => {
            games(lines(text), |line| suveene::convert(line, &mut pseudonyms))
        }
        (FileForm::Proavalon, Some(records)) => {
            games(records.into_iter(), |record| proavalon::convert(record, &mut pseudonyms))
        }
        (FileForm::Proavalon, None) => {
            games(lines(text), |line| proavalon::convert(line, &mut pseudonyms))
        }
    };
    Ok(Imported { digest, form, games, unreadable })
}

/// By the first record; what has none of the marks of a foreign form is taken for the interchange
/// format, whose reader tells what is wrong with each line.
fn form(first: Option<&Map<String, Value>>) -> FileForm {
    let has = |name: &str| first.is_some_and(|members| members.contains_key(name));
    if has("game_id") && has("missions") {
        FileForm::Suveene
    } else if has("voteHistory") || has("missionHistory") {
        FileForm::Proavalon
    } else {
        FileForm::Interchange
    }
}

fn object(text: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(text).ok()
}

/// What a record is called in findings, and its text.
type Record<'t> = (Sentence, Cow<'t, str>);

fn lines(text: &str) -> impl Iterator<Item = Record<'_>> {
    let filled = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    filled.map(|(at, line)| (sentence!("line {number}", number = at + 1), Cow::Borrowed(line)))
}

/// The records of a text that is one JSON value: itself, or its elements.
fn whole(text: &str) -> Option<Vec<Record<'_>>> {
    let records = match serde_json::from_str(text).ok()? {
        Value::Array(records) => records,
        record => vec![record],
    };
    let named = records.into_iter().enumerate();
    Some(
        named
            .map(|(at, one)| {
                (sentence!("record {number}", number = at + 1), one.to_string().into())
            })
            .collect(),
    )
}

/// Games that were read, and what belongs to none.
type Read = (Vec<ImportedGame>, Vec<Finding>);

fn interchange(text: &str) -> Result<Read, InterchangeError> {
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
    Ok((read, unreadable.findings()))
}

fn games<'t>(
    records: impl Iterator<Item = Record<'t>>,
    mut convert: impl FnMut(&str) -> Result<Converted, Finding>,
) -> Read {
    let (mut games, mut unreadable) = (Vec::new(), Vec::new());
    for (place, record) in records {
        match convert(&record).and_then(game) {
            Ok(game) => games.push(game),
            Err(finding) => {
                let found = finding.sentence.clone();
                unreadable.push(finding.told(sentence!(
                    "{place}: {finding}",
                    place,
                    finding = found
                )));
            }
        }
    }
    (games, unreadable)
}

fn game(converted: Converted) -> Result<ImportedGame, Finding> {
    let mut game = ImportedGame { unknown: converted.unknown, ..ImportedGame::default() };
    let mut reader = EnvelopeReader::default();
    for envelope in converted.log {
        let read = reader.read(envelope.to_string().as_bytes());
        let read = read.map_err(|error| {
            I_PARSE.finding(None, sentence!("{problem}", problem = error.to_string()))
        })?;
        if game.id.is_empty() {
            game.id = read.envelope.game_id.as_str().to_owned();
        }
        game.log.push(read);
    }
    Ok(game)
}
