//! `open`: files of games, looked at with no database: kept in memory, never stored.

pub mod outcome;

use std::collections::BTreeMap;

use avalon::import::UnknownInput;
use avalon::import::file::{ImportedGame, read};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::{GameLog, GameRecord};
use crate::lately::Lately;
use outcome::{OpenRequest, OpenedFile, OpenedGame, UnknownInputs};

/// Bytes of the longest text that is taken.
const LONGEST: usize = 16 << 20;
/// Characters of a file's digest that it is asked for by.
const ID_LENGTH: usize = 16;

/// The logs of the files that are open, by game: those of the file that was opened first make room.
pub(crate) type OpenedFiles = Lately<String, BTreeMap<String, GameLog>>;

/// Opens a file of games in any form that is known. Real names in foreign forms become pseudonyms,
/// the same ones whenever the same file is opened.
///
/// # Errors
/// When the text is too long, or holds no game.
pub async fn open(engine: &Engine, request: OpenRequest) -> Result<OpenedFile, EngineError> {
    if request.text.len() > LONGEST {
        let reason = format!(
            "{} has {} bytes, more than the {LONGEST} that are taken; check it with `avault game \
             check`, or open a part of it",
            request.name,
            request.text.len()
        );
        return Err(EngineError::Invalid { field: "text", reason });
    }
    // Judging logs is work for the processor.
    let (games, view) = tokio::task::spawn_blocking(move || take(&request)).await??;
    engine.opened().put(view.file.clone(), games);
    Ok(view)
}

fn take(request: &OpenRequest) -> Result<(BTreeMap<String, GameLog>, OpenedFile), EngineError> {
    let invalid = |reason: String| EngineError::Invalid { field: "text", reason };
    let imported = read(&request.text).map_err(|error| invalid(error.to_string()))?;
    let unreadable: Vec<String> =
        imported.unreadable.iter().map(|finding| finding.detail.clone()).collect();
    if imported.games.is_empty() {
        let first = unreadable.first().map_or("it is empty", String::as_str);
        return Err(invalid(format!("{} holds no game: {first}", request.name)));
    }
    let id: String = imported.digest.to_string().chars().take(ID_LENGTH).collect();
    let (mut games, mut rows) = (BTreeMap::new(), Vec::new());
    for ImportedGame { id, log, findings, unknown } in imported.games {
        let log = GameLog::parsed(log, findings);
        rows.push(game(&id, log.clone(), &unknown)?);
        games.insert(id, log);
    }
    let view = OpenedFile {
        file: id,
        name: request.name.clone(),
        form: imported.form,
        games: rows,
        unreadable,
    };
    Ok((games, view))
}

fn game(id: &str, log: GameLog, unknown: &[UnknownInput]) -> Result<OpenedGame, EngineError> {
    let record = GameRecord::of(id, None, log)?;
    let broken = record.findings().iter().filter(|finding| finding.severity.is_failure()).count();
    let mut told = UnknownInputs::default();
    for input in unknown {
        match input {
            UnknownInput::Vote { .. } => told.votes += 1,
            UnknownInput::Card { .. } => told.cards += 1,
            UnknownInput::Target => told.target = true,
            UnknownInput::Times => told.times = true,
        }
    }
    let broken = u32::try_from(broken).unwrap_or(u32::MAX);
    Ok(OpenedGame { row: record.row().clone(), broken, unknown: told })
}

/// The log of a game of an open file.
///
/// # Errors
/// When the file is not open any more, or holds no such game.
pub(crate) fn log(engine: &Engine, file: &str, game: &str) -> Result<GameLog, EngineError> {
    let games = engine.opened().get(&file.to_owned()).ok_or_else(|| EngineError::Invalid {
        field: "file",
        reason: format!("the file {file} is not open any more; open it again"),
    })?;
    games.get(game).cloned().ok_or_else(|| EngineError::NoSuchGame { id: game.to_owned() })
}
