//! Games out of backups, and what differs between two moments.

use avalon::diff::{Fact, Weight};
use engine::bisect::bisect;
use engine::bisect::outcome::{BisectRequest, Wanted};
use engine::diff::outcome::{DiffKind, DiffNode, DiffRequest, DiffSide, GameAt};
use engine::games::outcome::{GameListRequest, GamePlace, GameShowRequest, GameStatus, GameView};
use engine::{Connections, Engine};
use mongodb::bson::{Document, doc};
use simulator::{Simulator, SimulatorOptions};
use source::profile::Profile;

use crate::support::{Stage, back_up, by_god};

pub async fn played(stage: &Stage, games: u64) {
    let (mongodb, redis) = (stage.sandbox.mongodb_uri(), stage.sandbox.redis_url());
    let options = SimulatorOptions::default();
    let service = Simulator::new(&mongodb, &redis, Profile::default(), options).await.unwrap();
    service.bulk(games).await.unwrap();
}

pub async fn games(engine: &Engine) -> Vec<String> {
    let status = GameStatus::Finished;
    let request = GameListRequest { status, search: String::new(), cursor: None, limit: 200 };
    let page = engine::games::list(engine, &request).await.unwrap();
    // Those that were given up come last: most tests want an end.
    let (ended, given_up): (Vec<_>, Vec<_>) =
        page.games.into_iter().partition(|game| game.winner.is_some());
    ended.into_iter().chain(given_up).map(|game| game.id).collect()
}

async fn show(engine: &Engine, id: &str, seq: Option<u64>, backup: Option<&str>) -> GameView {
    let place = backup.map(GamePlace::of_backup).unwrap_or_default();
    engine::games::show(engine, &by_god(id, seq, place)).await.unwrap()
}

fn at(game: &str, seq: Option<u64>, backup: Option<&str>) -> GameAt {
    GameAt {
        game: game.to_owned(),
        seq,
        place: backup.map(GamePlace::of_backup).unwrap_or_default(),
    }
}

fn request(before: GameAt, after: GameAt) -> DiffRequest {
    DiffRequest { before, after, viewer: "god".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_game_in_a_backup_is_the_game_without_any_database() {
    let stage = Stage::empty().await;
    played(&stage, 25).await;
    let engine = stage.engine().await;
    let full = back_up(&engine, &[]).await.summary.id;
    let games = games(&engine).await;
    assert_eq!(games.len(), 25);
    let mut live = Vec::new();
    for game in &games {
        live.push(show(&engine, game, None, None).await);
    }
    engine.connect(Connections { source: None, redis: None, ..engine.connections() });
    for view in &live {
        let mut kept = show(&engine, &view.row.id, None, Some(&full)).await;
        assert_eq!(kept.backup.take().as_ref(), Some(&full));
        assert_eq!(&kept, view);
        let middle = show(&engine, &view.row.id, Some(view.last_seq / 2), Some("latest")).await;
        assert_eq!(middle.seq, view.last_seq / 2);
    }
    let unknown = by_god("none", None, GamePlace::of_backup(&full));
    assert!(engine::games::show(&engine, &unknown).await.is_err());
    let gone = GameShowRequest { id: games[0].clone(), place: GamePlace::default(), ..unknown };
    assert!(engine::games::show(&engine, &gone).await.is_err(), "no database is connected");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_whose_ids_tell_another_time_are_found_too() {
    let stage = Stage::empty().await;
    played(&stage, 6).await;
    let engine = stage.engine().await;
    let game = games(&engine).await.remove(0);
    let before = show(&engine, &game, None, None).await;
    let events = stage.database().open().await.collection::<Document>("game_events");
    let filter = doc! { "gameId": &game, "seq": 3_i64 };
    let mut event = events.find_one(filter.clone()).await.unwrap().unwrap();
    events.delete_one(filter).await.unwrap();
    event.insert("_id", "00000000000000000000000000");
    events.insert_one(event).await.unwrap();
    let backup = back_up(&engine, &[]).await.summary.id;
    let kept = show(&engine, &game, None, Some(&backup)).await;
    assert_eq!(kept.events.len(), before.events.len());
    assert_eq!(kept.state, before.state);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_moments_two_games_and_a_backup_are_compared() {
    let stage = Stage::empty().await;
    played(&stage, 12).await;
    let engine = stage.engine().await;
    let games = games(&engine).await;
    let backup = back_up(&engine, &[]).await.summary.id;
    let game = games[0].as_str();

    let same = request(at(game, None, Some(&backup)), at(game, None, None));
    let same = engine::diff::diff(&engine, &same).await.unwrap();
    assert!(same.same_game && !same.outcome.any() && same.facts.is_empty());
    assert!(same.structure.iter().all(|node| node.kind == DiffKind::Same));

    let moments = request(at(game, Some(2), None), at(game, None, None));
    let moments = engine::diff::diff(&engine, &moments).await.unwrap();
    assert_eq!((moments.before.seq, moments.after.seq), (2, moments.after.last_seq));
    assert_eq!(moments.before.event.as_ref().map(|event| event.seq), Some(2));
    let key = |side: &DiffSide| side.moments.last().map(|at| at.moment.clone());
    assert_eq!(key(&moments.before).as_deref(), Some("K7"));
    assert_eq!(moments.before.moments, moments.after.moments);
    assert!(moments.outcome.winner && moments.outcome.statistics && moments.outcome.rating);
    let weightiest = moments.facts.iter().max_by_key(|view| view.weight).unwrap();
    assert_eq!(weightiest.weight, Weight::Outcome);
    assert!(matches!(weightiest.fact, Fact::Winner { .. }));
    let winner = named(&moments.structure, "winner");
    assert_eq!((winner.kind, winner.before.as_deref()), (DiffKind::Changed, Some("null")));

    let two = request(at(game, None, None), at(&games[1], None, None));
    let two = engine::diff::diff(&engine, &two).await.unwrap();
    assert!(!two.same_game);
    assert!(two.facts.iter().any(|view| matches!(view.fact, Fact::Player { .. })));

    // An event that was lost: the backup tells what it was.
    let events = stage.database().open().await.collection::<Document>("game_events");
    events.delete_many(doc! { "gameId": game, "seq": { "$gt": 10_i64 } }).await.unwrap();
    let lost = request(at(game, None, None), at(game, None, Some(&backup)));
    let lost = engine::diff::diff(&engine, &lost).await.unwrap();
    assert_eq!((lost.before.seq, lost.before.last_seq), (10, 10));
    assert!(lost.outcome.winner && !lost.facts.is_empty());

    // What a viewer may not know is not compared.
    let dealt = request(at(game, Some(1), Some(&backup)), at(game, Some(10), Some(&backup)));
    let dealt = DiffRequest { viewer: "audience".into(), ..dealt };
    let audience = engine::diff::diff(&engine, &dealt).await.unwrap();
    assert!(!audience.facts.iter().any(|view| matches!(view.fact, Fact::Role { .. })));
    stage.stop().await;
}

fn named<'n>(nodes: &'n [DiffNode], name: &str) -> &'n DiffNode {
    nodes.iter().find(|node| node.name == name).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_event_that_changed_a_member_or_broke_a_rule_is_found() {
    let stage = Stage::empty().await;
    played(&stage, 8).await;
    let engine = stage.engine().await;
    let game = games(&engine).await.remove(0);
    let ask = |viewer: &str, wanted: Wanted| BisectRequest {
        game: game.clone(),
        place: GamePlace::default(),
        viewer: viewer.to_owned(),
        wanted,
    };
    let field = |path: &str| Wanted::Field { path: path.to_owned() };
    let view = show(&engine, &game, None, None).await;
    let winner = bisect(&engine, &ask("god", field("winner"))).await.unwrap();
    let ended = winner.steps.last().unwrap();
    assert_eq!(ended.event.as_deref(), Some("GameEnded"));
    assert_eq!(
        (ended.before.as_deref(), ended.after.clone()),
        (Some("null"), Some(view.state["winner"].to_string()))
    );
    // What a step says is what the states on both sides of it are.
    let track = bisect(&engine, &ask("god", field("voteTrack"))).await.unwrap();
    for step in &track.steps[1..] {
        let seq = step.seq.unwrap();
        let at = |seq| show(&engine, &game, Some(seq), None);
        assert_eq!(step.before, Some(at(seq - 1).await.state["voteTrack"].to_string()));
        let after = at(seq).await;
        assert_eq!(step.after, Some(after.state["voteTrack"].to_string()));
        assert!(!after.changes.is_empty(), "the event tells what it changed");
    }
    let nowhere = bisect(&engine, &ask("god", field("no.such"))).await;
    assert!(nowhere.is_err());
    // The audience learns roles when the game is over.
    let roles = bisect(&engine, &ask("audience", field("players.0.role"))).await.unwrap();
    assert_eq!(roles.steps.last().unwrap().event.as_deref(), Some("GameEnded"));
    assert_eq!(roles.steps.len(), 2);

    let rule = Wanted::Rule { id: "V-COUNT".into() };
    assert_eq!(bisect(&engine, &ask("god", rule.clone())).await.unwrap().steps, []);
    let events = stage.database().open().await.collection::<Document>("game_events");
    let closed = doc! { "gameId": &game, "type": "TeamVoteClosed" };
    let closed = events.find_one(closed).await.unwrap().unwrap();
    let wrong = doc! { "$set": { "payload.approvals": 0 } };
    events.update_one(doc! { "_id": closed.get_str("_id").unwrap() }, wrong).await.unwrap();
    let broken = bisect(&engine, &ask("god", rule.clone())).await.unwrap();
    assert_eq!(broken.steps[0].seq.map(|seq| seq as i64), closed.get_i64("seq").ok());
    assert!(broken.steps[0].detail.is_some());
    assert!(bisect(&engine, &ask("audience", rule)).await.is_err());
    assert!(bisect(&engine, &ask("god", Wanted::Rule { id: "X-NONE".into() })).await.is_err());
    stage.stop().await;
}
