//! `share`: a game as one self-contained HTML file that replays it through one viewer's eyes.
//!
//! The file holds views of states and of events, made as for the window, and nothing else of the
//! game: what its viewer does not see is not in its bytes.

mod frame;
pub mod outcome;
mod people;
mod story;

use std::collections::BTreeMap;

use avalon::event::Envelope;
use avalon::role::Side;
use avalon::state::Phase;
use avalon::view::{StateView, Viewer};
use serde_json::json;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::{GameRecord, events_of};
use crate::page::{Document, escape, json, name_part};
use crate::wording::Words;
use outcome::{ShareRequest, ShareView};
use people::People;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = concat!(
    "'use strict';\n(() => {\n",
    include_str!("story.js"),
    include_str!("table.js"),
    include_str!("votes.js"),
    include_str!("page.js"),
    "})();\n"
);

/// Groups of words that the script tells the game in.
const SCRIPT_WORDS: [&str; 6] =
    ["table", "code.gamePhase", "code.role", "code.reason", "code.word", "common"];
/// Words of files that the script uses.
const SCRIPT_TEXTS: [&str; 5] = ["noVotes", "forced", "shot", "bot", "paused"];

/// Reads a game out of the database, or out of a backup, and makes the file.
///
/// # Errors
/// When what is to be read is not connected, or holds no such game.
pub async fn share(engine: &Engine, request: &ShareRequest) -> Result<ShareView, EngineError> {
    let record = GameRecord::read_at(engine, &request.id, &request.place, &request.viewer).await?;
    let request = request.clone();
    // Folding a log is work for the processor.
    tokio::task::spawn_blocking(move || {
        let log: Vec<&Envelope> = record.envelopes().collect();
        replay(&log, record.nicks(), &request)
    })
    .await?
}

/// The file of a log: the events that could be read, in order, and the players' nicknames.
///
/// # Errors
/// When a view cannot be written as JSON, which only a fault of the program can cause.
pub fn replay(
    log: &[&Envelope],
    nicks: &BTreeMap<String, String>,
    request: &ShareRequest,
) -> Result<ShareView, EngineError> {
    let viewer = Viewer::parse(&request.viewer);
    let words = Words::of(request.language);
    let events = events_of(log.iter().copied(), &viewer)?;
    let frames = frame::frames(log, &events, &viewer)?;
    let end = &frames.end;
    let people = People::of(end, nicks, request.names, words);
    let lens = Lens::of(&viewer, &people);

    let title = words.filled("page.title", &[("game", &request.id)]);
    let data = json(&json!({
        "words": script_words(words),
        "names": people.names(),
        "you": lens.seat(),
        "frames": frames.steps,
    }))?;
    let html = |path: &str| escape(&words.text(path));
    let values: Vec<(&str, String)> = vec![
        ("lang", request.language.tag().to_owned()),
        ("title", escape(&title)),
        ("facts", facts(end, words)),
        ("lens", escape(&words.filled("page.seenAs", &[("lens", &lens.name(words))]))),
        ("noScript", html("page.noScript")),
        ("result", escape(&result(end, words))),
        ("seatsTitle", html("page.seats")),
        ("seats", story::seats(end, &people, words)),
        ("tableLabel", html("table.table")),
        ("eventsTitle", html("page.events")),
        ("events", story::items(&events, &people, words)),
        ("timelineLabel", html("table.timeline")),
        ("stepLabel", html("page.step")),
        ("previousMoment", html("keys.previousMoment")),
        ("previous", html("keys.previous")),
        ("play", html("keys.play")),
        ("next", html("keys.next")),
        ("nextMoment", html("keys.nextMoment")),
        ("speed", html("table.speed")),
        ("help", html("page.help")),
        ("votesTitle", html("page.votes")),
        ("votesNote", html("page.votesNote")),
        ("footer", footer(lens, words)),
        ("data", data),
    ];
    let values: Vec<(&str, &str)> =
        values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let document = Document { template: PAGE, style: STYLE, script: Some(SCRIPT), values: &values };
    Ok(ShareView {
        file_name: format!("avalon-{}-{}.html", name_part(&request.id), lens.file_name()),
        html: document.html(),
    })
}

/// Through whose eyes a file is; somebody who does not sit at the table sees as the audience.
#[derive(Clone, Copy)]
enum Lens {
    God,
    Audience,
    Seat(usize),
}

impl Lens {
    fn of(viewer: &Viewer, people: &People) -> Self {
        match viewer {
            Viewer::God => Self::God,
            Viewer::Audience => Self::Audience,
            Viewer::Seat(player) => people.seat(player.as_str()).map_or(Self::Audience, Self::Seat),
        }
    }

    const fn seat(self) -> Option<usize> {
        match self {
            Self::Seat(seat) => Some(seat),
            Self::God | Self::Audience => None,
        }
    }

    fn name(self, words: Words) -> String {
        match self {
            Self::God => words.text("table.lens.god"),
            Self::Audience => words.text("table.lens.audience"),
            Self::Seat(seat) => words.filled("table.seat", &[("seat", &(seat + 1).to_string())]),
        }
    }

    fn file_name(self) -> String {
        match self {
            Self::God => "god".to_owned(),
            Self::Audience => "audience".to_owned(),
            Self::Seat(seat) => format!("seat-{}", seat + 1),
        }
    }
}

/// The texts of the script by their paths.
fn script_words(words: Words) -> BTreeMap<String, &'static str> {
    fn flatten(
        tree: &'static serde_json::Value,
        path: String,
        found: &mut BTreeMap<String, &'static str>,
    ) {
        match tree {
            serde_json::Value::Object(members) => {
                for (name, member) in members {
                    flatten(member, format!("{path}.{name}"), found);
                }
            }
            serde_json::Value::String(text) => drop(found.insert(path, text)),
            _ => {}
        }
    }
    let mut found = BTreeMap::new();
    for group in SCRIPT_WORDS {
        flatten(words.group(group), group.to_owned(), &mut found);
    }
    for name in SCRIPT_TEXTS {
        let path = format!("page.{name}");
        flatten(words.group(&path), path, &mut found);
    }
    found
}

/// How many play, and when the game began.
fn facts(end: &StateView, words: Words) -> String {
    let players = words.filled("page.players", &[("count", &end.players.len().to_string())]);
    let began = end.started_at.and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
    let began = began.map(|at| {
        let shown = at.strftime("%Y-%m-%d %H:%M UTC");
        format!("<span><time datetime=\"{at}\">{shown}</time></span>")
    });
    format!("<span>{}</span>{}", escape(&players), began.unwrap_or_default())
}

/// Who won, as far as the viewer knows.
fn result(end: &StateView, words: Words) -> String {
    let reason = end.reason.map(|reason| words.code("reason", reason.as_str()));
    match end.winner {
        Some(side) => {
            let side = match side {
                Side::Good => "table.wins.good",
                Side::Evil => "table.wins.evil",
            };
            [Some(words.text(side)), reason].into_iter().flatten().collect::<Vec<_>>().join(" · ")
        }
        None if end.phase == Phase::Aborted => words.code("gamePhase", end.phase.as_str()),
        None => words.text("page.ongoing"),
    }
}

fn footer(lens: Lens, words: Words) -> String {
    let made = escape(&words.text("page.madeBy"));
    match lens {
        Lens::God => format!("<p>{}</p><p>{made}</p>", escape(&words.text("page.secrets"))),
        Lens::Audience | Lens::Seat(_) => format!("<p>{made}</p>"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::Language;

    #[test]
    fn what_is_part_of_the_page_cannot_end_it() {
        for text in [STYLE, SCRIPT] {
            assert!(!text.contains("</") && !text.contains("<!--"));
        }
        for language in Language::ALL {
            for name in SCRIPT_TEXTS {
                assert!(Words::of(language).group(&format!("page.{name}")).is_string(), "{name}");
            }
        }
    }
}
