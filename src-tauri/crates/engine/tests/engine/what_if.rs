//! How games would have gone: marked, for god alone, and never written.

use engine::avalon::what_if::{Alteration, Edit, Origin};
use engine::bisect::outcome::{BisectRequest, Wanted};
use engine::diff::outcome::{DiffRequest, GameAt};
use engine::games::outcome::{
    AlternativesRequest, FindingView, GamePlace, GameShowRequest, GameView,
};
use engine::{Engine, EngineError};
use mongodb::bson::{Document, doc};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::listen::{logs, play};
use crate::snapshot::played;
use crate::support::{Stage, by_god};

async fn seen(
    engine: &Engine,
    game: &str,
    viewer: &str,
    what_if: Vec<Edit>,
) -> Result<GameView, EngineError> {
    let place = GamePlace { what_if, ..GamePlace::default() };
    let request = GameShowRequest { viewer: viewer.to_owned(), ..by_god(game, None, place) };
    engine::games::show(engine, &request).await
}

/// The rules that a game breaks. Habits of play that are worth a remark go with the votes.
fn broken(game: &GameView) -> Vec<&FindingView> {
    game.findings.iter().filter(|finding| finding.severity != "I").collect()
}

async fn hash(stage: &Stage) -> String {
    let database = stage.database().open().await;
    let told: Document = database.run_command(doc! { "dbHash": 1 }).await.unwrap();
    told.get_str("md5").unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_game_is_seen_as_it_would_have_gone_and_nothing_is_written() {
    let stage = Stage::empty().await;
    let (engine, game) = played(&stage).await;
    let id = game.row.id.as_str();
    let before = hash(&stage).await;

    let vote = game.events.iter().find(|event| event.kind == "TeamVoteCast").unwrap();
    let asked = AlternativesRequest { id: id.into(), seq: vote.seq, place: GamePlace::default() };
    let told = engine::games::alternatives(&engine, &asked).await.unwrap();
    assert_eq!((told.kind.as_str(), told.payloads.len()), ("TeamVoteCast", 1));
    assert!(!told.follows_again);
    assert_ne!(told.payloads[0]["vote"], told.payload["vote"]);

    let edit =
        Edit { seq: vote.seq, change: Alteration::Set { payload: told.payloads[0].clone() } };
    let view = seen(&engine, id, "god", vec![edit.clone()]).await.unwrap();
    let what_if = view.what_if.as_ref().unwrap();
    assert_eq!((what_if.edits.as_slice(), what_if.from), ([edit.clone()].as_slice(), vote.seq));
    let changed = &view.events[usize::try_from(vote.seq).unwrap() - 1];
    assert_eq!(changed.origin.unwrap().origin, Origin::Changed);
    assert_eq!(changed.origin.unwrap().of, Some(vote.seq));
    assert_eq!(view.last_seq as usize, view.events.len());
    assert_eq!(broken(&view), broken(&game), "the course breaks nothing that the log does not");
    let quest = game.events.iter().find(|event| event.kind == "QuestStarted").unwrap();
    let asked = AlternativesRequest { seq: quest.seq, ..asked };
    let told = engine::games::alternatives(&engine, &asked).await.unwrap();
    assert!(told.follows_again && told.payloads.is_empty());
    let again = Edit { seq: quest.seq, change: Alteration::Skip };
    let again = seen(&engine, id, "god", vec![again]).await.unwrap();
    assert_eq!((again.last_seq, broken(&again)), (game.last_seq, broken(&game)), "it follows");

    // Compared with what happened, it differs in what the view tells of it.
    let course = GamePlace { what_if: vec![edit.clone()], ..GamePlace::default() };
    let at = |place| GameAt { game: id.to_owned(), seq: None, place };
    let request = DiffRequest {
        before: at(GamePlace::default()),
        after: at(course.clone()),
        viewer: "god".into(),
    };
    let difference = engine::diff::diff(&engine, &request).await.unwrap();
    assert_eq!((&difference.facts, &difference.outcome), (&what_if.facts, &what_if.outcome));
    let wanted = Wanted::Field { path: "winner".into() };
    let bisect = BisectRequest { game: id.to_owned(), place: course, viewer: "god".into(), wanted };
    let steps = engine::bisect::bisect(&engine, &bisect).await.unwrap();
    assert_eq!(steps.last_seq, view.last_seq);

    // Without the deal nothing can follow, and the course says so.
    let deal = game.events.iter().find(|event| event.kind == "RolesAssigned").unwrap();
    let skip = Edit { seq: deal.seq, change: Alteration::Skip };
    let undealt = seen(&engine, id, "god", vec![skip]).await.unwrap();
    let told = undealt.what_if.unwrap();
    // But for connections, which come and go.
    assert_eq!((undealt.phase.as_str(), told.waits.turn.as_str()), ("LOBBY", "deal"));
    assert_eq!(told.dropped.len() as u64, game.last_seq - undealt.last_seq);
    assert_eq!(undealt.winner, None);

    assert_eq!(hash(&stage).await, before, "nothing is written");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_asked_is_refused() {
    let stage = Stage::empty().await;
    let (engine, game) = played(&stage).await;
    let id = game.row.id.as_str();
    let skip = |seq| vec![Edit { seq, change: Alteration::Skip }];
    let player = game.seats[0].player_id.as_str();
    for viewer in ["audience", player] {
        let refused = seen(&engine, id, viewer, skip(4)).await.unwrap_err();
        assert!(matches!(refused, EngineError::Invalid { field: "viewer", .. }), "{refused}");
    }
    let beyond = seen(&engine, id, "god", skip(game.last_seq + 1)).await.unwrap_err();
    assert!(matches!(beyond, EngineError::Invalid { field: "whatIf", .. }), "{beyond}");
    let closed = game.events.iter().find(|event| event.kind == "TeamVoteClosed").unwrap();
    let payload = json!({ "result": "rejected", "approvals": 0 });
    let change = Alteration::Set { payload };
    let edit = vec![Edit { seq: closed.seq, change }];
    let against = seen(&engine, id, "god", edit).await.unwrap_err();
    assert!(against.to_string().contains("cannot be so"), "{against}");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_service_derives_follows_again_in_games_as_they_are_played() {
    let stage = Stage::empty().await;
    let engine = stage.engine().await;
    play(&stage, Some(6), CancellationToken::new()).await;
    for id in logs(&stage).await.keys() {
        let game = seen(&engine, id, "god", vec![]).await.unwrap();
        for quest in game.events.iter().filter(|event| event.kind == "QuestStarted") {
            let skip = Edit { seq: quest.seq, change: Alteration::Skip };
            let again = seen(&engine, id, "god", vec![skip]).await.unwrap();
            assert_eq!(again.findings, game.findings, "{id} without event {}", quest.seq);
            assert_eq!(again.winner, game.winner);
        }
    }
    stage.stop().await;
}
