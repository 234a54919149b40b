//! Where a game is read.

use std::io::Read;
use std::path::Path;

use api::Operation;
use api::engine::games::outcome::GamePlace;
use api::engine::open::outcome::{OpenRequest, OpenedFile};

use crate::arguments::{Global, Place};
use crate::failure::{Failure, could_not};
use crate::file::STDIN;
use crate::session::{Session, options};

/// A session that can read games there. A file needs no connection.
pub async fn open(global: &Global, place: Place) -> Result<(Session, GamePlace), Failure> {
    let Place { backup, snapshot, file, event_log, what_if } = place;
    let mut place = GamePlace { backup, snapshot, file: None, event_log, what_if };
    let Some(path) = file else {
        return Ok((Session::connected(options(global)).await?, place));
    };
    let session = Session::open(options(global)).await?;
    place.file = Some(open_file(&session, &path).await?);
    Ok((session, place))
}

/// Opens a file of games; what it is called from then on.
pub async fn open_file(session: &Session, path: &Path) -> Result<String, Failure> {
    let request = OpenRequest { name: path.display().to_string(), text: text_of(path)? };
    let opened: OpenedFile = session.ask(Operation::GameOpen, request).await?;
    Ok(opened.file)
}

/// All of a file's text, or of standard input.
pub fn text_of(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if path == Path::new(STDIN) {
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    read.map_err(|error| could_not(&format!("{} cannot be read", path.display()), error))
}
