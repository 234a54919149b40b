use futures::TryStreamExt;
use mongodb::bson::{Bson, Document, doc};
use source::SourceError;
use source::mongo::MongoSource;

use super::outcome::{GameListRequest, GamePage, GameRow, GameStatus};
use super::record::{HISTORY, LIVE};
use super::row;
use crate::engine::Engine;
use crate::error::EngineError;

/// Most rows of a page.
const MOST: u32 = 200;

/// A page of live or finished games, newest first.
///
/// # Errors
/// When MongoDB is not connected or does not answer, or the request is invalid.
pub async fn list(engine: &Engine, request: &GameListRequest) -> Result<GamePage, EngineError> {
    if request.limit == 0 || request.limit > MOST {
        return Err(EngineError::Invalid {
            field: "limit",
            reason: format!("{} is not between 1 and {MOST}", request.limit),
        });
    }
    let source = engine.source()?;
    let shape = Shape::of(request.status);
    let collection = collection(&source, shape.logical)?;
    let games = source.database().collection::<Document>(&collection);
    let failed = |error| failed("listing games", &collection, error);

    let search = search(&request.search, shape.players);
    let total = games.count_documents(search.clone()).await.map_err(failed)?;
    let mut conditions = vec![search];
    if let Some(cursor) = &request.cursor {
        conditions.push(after(cursor, shape.time)?);
    }
    let mut rows: Vec<GameRow> = Vec::new();
    let mut found = games
        .find(doc! { "$and": conditions })
        .sort(doc! { shape.time: -1, "_id": -1 })
        .limit(i64::from(request.limit) + 1)
        .projection(shape.projection())
        .await
        .map_err(failed)?;
    while let Some(document) = found.try_next().await.map_err(failed)? {
        rows.push((shape.row)(&document));
    }
    let more = rows.len() > request.limit as usize;
    rows.truncate(request.limit as usize);
    let cursor = rows.last().filter(|_| more).map(|row| format!("{}:{}", row.updated_at, row.id));
    Ok(GamePage { games: rows, cursor, total })
}

/// What differs between the two collections.
struct Shape {
    logical: &'static str,
    time: &'static str,
    players: &'static str,
    row: fn(&Document) -> GameRow,
}

impl Shape {
    fn of(status: GameStatus) -> Self {
        match status {
            GameStatus::Live => {
                Self { logical: LIVE, time: "updatedAt", players: "state.seats", row: row::of_live }
            }
            GameStatus::Finished => Self {
                logical: HISTORY,
                time: "endedAt",
                players: "seats.playerId",
                row: row::of_history,
            },
        }
    }

    /// Only what rows show: states and deltas are large.
    fn projection(&self) -> Document {
        let fields: &[&str] = match self.logical {
            LIVE => &[
                "roomId",
                "phase",
                "seq",
                "updatedAt",
                "state.phase",
                "state.seats",
                "state.quest",
                "state.quests.result",
                "state.voteTrack",
                "state.startedAt",
            ],
            _ => &[
                "roomId",
                "seats.seat",
                "missions.result",
                "reason",
                "winner",
                "lastSeq",
                "startedAt",
                "endedAt",
            ],
        };
        fields.iter().map(|field| ((*field).to_owned(), Bson::Int32(1))).collect()
    }
}

/// Games whose id, room or player contains the text.
fn search(text: &str, players: &str) -> Document {
    let text = text.trim();
    if text.is_empty() {
        return doc! {};
    }
    let contains = doc! { "$regex": escape(text), "$options": "i" };
    doc! { "$or": [{ "_id": &contains }, { "roomId": &contains }, { players: contains }] }
}

/// A text as a regular expression that means itself.
fn escape(text: &str) -> String {
    text.chars()
        .flat_map(|character| {
            let special = !character.is_alphanumeric() && character.is_ascii();
            special.then_some('\\').into_iter().chain([character])
        })
        .collect()
}

/// What comes after the row that the cursor names.
fn after(cursor: &str, time: &str) -> Result<Document, EngineError> {
    let invalid = || EngineError::Invalid {
        field: "cursor",
        reason: format!("{cursor:?} is not where a page ended"),
    };
    let (at, id) = cursor.split_once(':').ok_or_else(invalid)?;
    let at: i64 = at.parse().map_err(|_| invalid())?;
    Ok(doc! { "$or": [{ time: { "$lt": at } }, { time: at, "_id": { "$lt": id } }] })
}

/// A collection's name in the database.
pub(crate) fn collection(source: &MongoSource, logical: &str) -> Result<String, EngineError> {
    source.profile().collection(logical).map(str::to_owned).ok_or_else(|| EngineError::Invalid {
        field: "profile",
        reason: format!("it names no collection {logical}"),
    })
}

pub(crate) fn failed(doing: &'static str, on: &str, error: mongodb::error::Error) -> EngineError {
    let on = on.to_owned();
    EngineError::from(SourceError::Mongo { doing, on, error: Box::new(error) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_taken_literally() {
        assert_eq!(escape("a.b*玩家"), r"a\.b\*玩家");
        assert_eq!(search("  ", "p"), doc! {});
    }

    #[test]
    fn a_cursor_names_a_place() {
        assert!(after("12:G1", "endedAt").is_ok());
        assert!(after("G1", "endedAt").is_err());
        assert!(after("x:G1", "endedAt").is_err());
    }
}
