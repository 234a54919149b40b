//! Rows of the list, read leniently: a damaged document is listed with what it still tells.

use avalon::event::QuestResult;
use avalon::role::Side;
use avalon::state::GameState;
use mongodb::bson::{Bson, Document};

use super::outcome::{GameRow, GameStatus, QuestMark};

/// The row of a document of the live collection.
pub(super) fn of_live(document: &Document) -> GameRow {
    let state = document.get_document("state").ok();
    let of_state = |name: &str| state.and_then(|state| state.get(name));
    let phase = text(document.get("phase")).or_else(|| text(of_state("phase")));
    GameRow {
        id: text(document.get("_id")).unwrap_or_default(),
        room_id: text(document.get("roomId")).unwrap_or_default(),
        status: GameStatus::Live,
        players: count(of_state("seats")),
        phase: phase.unwrap_or_default(),
        quest: small(of_state("quest")),
        quests: marks(of_state("quests")),
        vote_track: small(of_state("voteTrack")),
        seq: number(document.get("seq")).unwrap_or(0).unsigned_abs(),
        started_at: number(of_state("startedAt")),
        updated_at: number(document.get("updatedAt")).unwrap_or(0),
        winner: None,
        reason: None,
    }
}

/// The row of a document of the history.
pub(super) fn of_history(document: &Document) -> GameRow {
    let missions = document.get("missions");
    let reason = text(document.get("reason"));
    let aborted = reason.as_deref() == Some("aborted");
    GameRow {
        id: text(document.get("_id")).unwrap_or_default(),
        room_id: text(document.get("roomId")).unwrap_or_default(),
        status: GameStatus::Finished,
        players: count(document.get("seats")),
        phase: if aborted { "ABORTED" } else { "ENDED" }.to_owned(),
        quest: count(missions),
        quests: marks(missions),
        vote_track: 0,
        seq: number(document.get("lastSeq")).unwrap_or(0).unsigned_abs(),
        started_at: number(document.get("startedAt")),
        updated_at: number(document.get("endedAt")).unwrap_or(0),
        winner: match text(document.get("winner")).as_deref() {
            Some("good") => Some(Side::Good),
            Some("evil") => Some(Side::Evil),
            _ => None,
        },
        reason,
    }
}

/// The row of a game of which only the log is left.
pub(super) fn of_log(id: &str, state: &GameState, last_seq: u64, updated_at: i64) -> GameRow {
    let finished = state.phase.is_final();
    GameRow {
        id: id.to_owned(),
        room_id: state.room_id.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default(),
        status: if finished { GameStatus::Finished } else { GameStatus::Live },
        players: u32::from(state.players()),
        phase: state.phase.as_str().to_owned(),
        quest: u32::from(state.quest),
        quests: state.quests.iter().filter_map(|quest| quest.result).map(mark).collect(),
        vote_track: u32::from(state.vote_track),
        seq: last_seq,
        started_at: state.started_at,
        updated_at,
        winner: state.winner,
        reason: state.reason.map(|reason| reason.as_str().to_owned()),
    }
}

pub(super) fn mark(result: QuestResult) -> QuestMark {
    match result {
        QuestResult::Success => QuestMark::Success,
        QuestResult::Fail => QuestMark::Fail,
    }
}

fn marks(quests: Option<&Bson>) -> Vec<QuestMark> {
    let quests = quests.and_then(Bson::as_array).map_or(&[][..], Vec::as_slice);
    quests
        .iter()
        .filter_map(|quest| match quest.as_document()?.get_str("result").ok()? {
            "success" => Some(QuestMark::Success),
            "fail" => Some(QuestMark::Fail),
            _ => None,
        })
        .collect()
}

pub(super) fn text(value: Option<&Bson>) -> Option<String> {
    value?.as_str().map(str::to_owned)
}

pub(crate) fn number(value: Option<&Bson>) -> Option<i64> {
    match value? {
        Bson::Int32(number) => Some(i64::from(*number)),
        Bson::Int64(number) => Some(*number),
        _ => None,
    }
}

fn small(value: Option<&Bson>) -> u32 {
    number(value).and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}

fn count(value: Option<&Bson>) -> u32 {
    value.and_then(Bson::as_array).and_then(|array| u32::try_from(array.len()).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use mongodb::bson::doc;

    use super::*;

    #[test]
    fn a_damaged_document_still_makes_a_row() {
        let row = of_live(&doc! { "_id": "G", "state": 5, "seq": "x" });
        assert_eq!((row.id.as_str(), row.seq, row.players), ("G", 0, 0));
        let row = of_history(&doc! {
            "_id": "G", "winner": "evil", "reason": "three_fails", "endedAt": 9_i64,
            "missions": [{ "result": "fail" }, { "result": 1 }],
        });
        assert_eq!(row.quests, [QuestMark::Fail]);
        assert_eq!((row.winner, row.updated_at), (Some(Side::Evil), 9));
    }
}
