//! Ten thousand games, each with its snapshots, held against the logs; a million snapshots listed.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use avalon::event::Envelope;
use avalon::moment::moments;
use avalon::reducer::Replay;
use avalon::snapshot::{Cut, Snapshot, SnapshotType};
use avalon::view::{Viewer, view_state};
use engine::listen::outcome::ListenOutcome;
use engine::snapshot::outcome::{
    SnapshotCreateRequest, SnapshotListRequest, SnapshotVerifyOutcome, SnapshotVerifyRequest,
};
use engine::{Engine, listen, snapshot};
use futures::TryStreamExt;
use mongodb::bson::{Document, deserialize_from_document, doc};
use mongodb::{Client, Collection, Database};
use redis::AsyncCommands;
use redis::streams::StreamInfoGroupsReply;
use sandbox::Sandbox;
use simulator::{Simulator, SimulatorOptions};
use source::profile::Profile;

use super::{MS, ended, finished, quantile};
use crate::DATABASE;
use crate::report::Row;

/// Games whose snapshots are taken and held against their logs.
pub const GAMES: u64 = 10_000;
/// Snapshots that lists choose from.
const LISTED: u64 = 1_000_000;
/// Times each list is asked for.
const ASKED: usize = 20;
const STREAM: &str = "avalon:events";
const GROUP: &str = "avault.snapshots";

pub async fn measure(sandbox: &Sandbox, engine: &Engine) -> Result<Vec<Row>> {
    let database = Client::with_uri_str(sandbox.mongodb_uri()).await?.database(DATABASE);
    let mut rows = take(sandbox, engine, &database).await?;
    rows.extend(bodies(&database).await?);
    rows.push(verified(engine).await?);
    rows.push(compared(&database).await?);
    rows.extend(listed(engine, &database).await?);
    Ok(rows)
}

/// Games of the last weeks: they are played into an empty database, for those that come later than
/// others lie between these and now.
pub async fn play(sandbox: &Sandbox) -> Result<()> {
    let (mongodb, redis) = (sandbox.mongodb_uri(), sandbox.redis_url());
    let options = SimulatorOptions::default();
    Simulator::new(&mongodb, &redis, Profile::default(), options).await?.bulk(GAMES).await?;
    Ok(())
}

/// Tells a listener of the end of each game; it takes the rest from the logs.
async fn take(sandbox: &Sandbox, engine: &Engine, database: &Database) -> Result<Vec<Row>> {
    let mut redis =
        redis::Client::open(sandbox.redis_url())?.get_multiplexed_async_connection().await?;
    let events = database.collection::<Document>("game_events");
    let mut ends = events.find(doc! { "type": "GameEnded" }).await?;
    while let Some(end) = ends.try_next().await? {
        let event: Envelope = deserialize_from_document(end)?;
        let text = serde_json::to_string(&event)?;
        let _: String = redis.xadd(STREAM, "*", &[("e", text)]).await?;
    }
    let begun = Instant::now();
    let job = listen::start(engine).await?;
    loop {
        let groups: StreamInfoGroupsReply = redis.xinfo_groups(STREAM).await?;
        let group = groups.groups.iter().find(|group| group.name == GROUP);
        let group = group.context("the listener has no group")?;
        if group.pending == 0 && group.lag == Some(0) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let took = begun.elapsed();
    let outcome: ListenOutcome = ended(engine, &job).await?;
    let rate = outcome.taken as f64 / took.as_secs_f64();
    let figure = format!("{} snapshots, {rate:.0} a second", outcome.taken);
    Ok(vec![Row::plain(format!("{GAMES} games taken from their logs"), figure)])
}

/// Bytes of the bodies beside the documents as plain JSON.
async fn bodies(database: &Database) -> Result<Vec<Row>> {
    let snapshots = database.collection::<Document>("snapshots");
    let sum = doc! { "$group": {
        "_id": null, "bytes": { "$sum": { "$binarySize": "$body" } }, "many": { "$sum": 1 },
    } };
    let mut sums = snapshots.aggregate([sum]).await?;
    let sums = sums.try_next().await?.context("there are no snapshots")?;
    let number = |name: &str| match sums.get(name) {
        Some(mongodb::bson::Bson::Int32(number)) => f64::from(*number),
        Some(mongodb::bson::Bson::Int64(number)) => *number as f64,
        _ => f64::NAN,
    };
    let (bytes, many) = (number("bytes"), number("many"));
    let taken: BTreeSet<String> = snapshots
        .distinct("game_id", doc! {})
        .await?
        .iter()
        .filter_map(|game| Some(game.as_str()?.to_owned()))
        .collect();
    let plain = plain(database, &taken).await?;
    Ok(vec![
        Row::plain(
            "body of a snapshot, mean",
            format!("{:.0} bytes of {:.0} as JSON", bytes / many, plain / many),
        ),
        Row::below("bodies of the documents as JSON", bytes / plain * 100.0, 15.0, "%"),
    ])
}

/// Bytes of the documents of all key moments as JSON.
async fn plain(database: &Database, games: &BTreeSet<String>) -> Result<f64> {
    let events = database.collection::<Document>("game_events");
    let mut cursor = events.find(doc! {}).sort(doc! { "gameId": 1, "seq": 1 }).await?;
    let (mut bytes, mut log) = (0, Vec::<Envelope>::new());
    while let Some(event) = cursor.try_next().await? {
        let event: Envelope = deserialize_from_document(event)?;
        if log.last().is_some_and(|last| last.game_id != event.game_id) {
            bytes += plain_of(&log, games)?;
            log.clear();
        }
        log.push(event);
    }
    Ok((bytes + plain_of(&log, games)?) as f64)
}

fn plain_of(log: &[Envelope], games: &BTreeSet<String>) -> Result<usize> {
    if log.first().is_none_or(|first| !games.contains(first.game_id.as_str())) {
        return Ok(0);
    }
    let mut replay = Replay::lenient();
    let mut bytes = 0;
    for event in log {
        replay.push(event).ok();
        let Some((moment, _)) = moments([event]).next() else { continue };
        let cut = Cut {
            kind: SnapshotType::from(moment),
            taken_at: event.ts,
            event_hash: event.hash,
            rules_version: None,
        };
        bytes += serde_json::to_vec(&Snapshot::of(replay.state(), cut)?)?.len();
    }
    Ok(bytes)
}

/// Every snapshot opened and held against the fold of its game's events.
async fn verified(engine: &Engine) -> Result<Row> {
    let begun = Instant::now();
    let request = SnapshotVerifyRequest::default();
    let job = snapshot::start_verify(engine, request).await?;
    let outcome: SnapshotVerifyOutcome = finished(engine, &job).await?;
    let took = begun.elapsed().as_secs_f64();
    Ok(Row {
        what: "snapshots equal to the fold of their games' events".to_owned(),
        figure: format!(
            "{} of {} snapshots of {} games, {took:.0} s",
            outcome.snapshots - outcome.problems.min(outcome.snapshots),
            outcome.snapshots,
            outcome.games,
        ),
        bar: "all".to_owned(),
        reached: Some(outcome.problems == 0 && outcome.games >= GAMES),
    })
}

/// Lists by each filter, among a million.
async fn listed(engine: &Engine, database: &Database) -> Result<Vec<Row>> {
    let snapshots = database.collection::<Document>("snapshots");
    multiply(&snapshots).await?;
    let some = snapshots.find_one(doc! {}).sort(doc! { "timestamp": 1 }).await?;
    let some = some.context("there are no snapshots")?;
    let (game, room) = (some.get_str("game_id")?, some.get_str("room_id")?);
    // Taking one makes the indexes.
    let request = SnapshotCreateRequest { game: game.to_owned(), seq: Some(3) };
    snapshot::create(engine, &request).await?;
    let histories = database.collection::<Document>("game_history");
    let seats = histories.find_one(doc! { "_id": game }).await?.context("the game's history")?;
    let player = seats.get_array("seats")?[0].as_document().context("a seat")?;
    let player = player.get_str("playerId")?.to_owned();
    let at = some.get_datetime("timestamp")?.timestamp_millis();
    let all = || SnapshotListRequest { limit: 100, ..SnapshotListRequest::default() };
    let text = |text: &str| Some(text.to_owned());
    let kinds = vec![SnapshotType::MissionExecuted, SnapshotType::GameOver];
    let lists = [
        ("all", all()),
        ("game", SnapshotListRequest { game: text(game), ..all() }),
        ("room", SnapshotListRequest { room: text(room), ..all() }),
        ("player", SnapshotListRequest { player: Some(player.clone()), ..all() }),
        ("types", SnapshotListRequest { kinds: kinds.clone(), ..all() }),
        ("time", SnapshotListRequest { from: Some(at), to: Some(at + 60_000), ..all() }),
        ("text", SnapshotListRequest { text: text(&game[..game.len() - 2]), ..all() }),
        (
            "player, types, time",
            SnapshotListRequest { player: Some(player), kinds, from: Some(at), ..all() },
        ),
    ];
    let (mut longest, mut which) = (0.0, "");
    for (name, request) in lists {
        let mut took = Vec::new();
        for _ in 0..ASKED {
            let begun = Instant::now();
            snapshot::list(engine, &request).await?;
            took.push(begun.elapsed());
        }
        let p95 = quantile(&mut took, 0.95);
        if p95 > longest {
            (longest, which) = (p95, name);
        }
    }
    let many = snapshots.estimated_document_count().await?;
    Ok(vec![Row::below(
        format!("a page of {many} snapshots by each filter, slowest p95 (by {which})"),
        longest,
        200.0,
        "ms",
    )])
}

/// Copies of the snapshots under other ids and games, a million in all.
async fn multiply(snapshots: &Collection<Document>) -> Result<()> {
    let there: Vec<Document> = snapshots.find(doc! {}).limit(100_000).await?.try_collect().await?;
    snapshots.drop_indexes().await?;
    let mut many = snapshots.estimated_document_count().await?;
    let mut copy = 0;
    while many < LISTED {
        copy += 1;
        for batch in there.chunks(5_000) {
            let copies = batch.iter().map(|one| -> Result<Document> {
                let mut one = one.clone();
                let (id, game) = (one.get_str("_id")?, one.get_str("game_id")?);
                let named =
                    [("_id", format!("{copy}-{id}")), ("game_id", format!("{copy}-{game}"))];
                let at = one.get_datetime("timestamp")?.timestamp_millis() + copy * 3_600_000;
                one.insert("timestamp", mongodb::bson::DateTime::from_millis(at));
                for (name, value) in named {
                    one.insert(name, value);
                }
                Ok(one)
            });
            let copies = copies.collect::<Result<Vec<_>>>()?;
            many += copies.len() as u64;
            snapshots.insert_many(copies).await?;
        }
    }
    Ok(())
}

/// Two full states of the longest games compared: the longest of all, in milliseconds.
async fn compared(database: &Database) -> Result<Row> {
    let histories = database.collection::<Document>("game_history");
    let longest = histories.find(doc! {}).sort(doc! { "lastSeq": -1 }).limit(50).await?;
    let longest: Vec<Document> = longest.try_collect().await?;
    let events = database.collection::<Document>("game_events");
    let mut slowest = Duration::ZERO;
    for game in longest {
        let log = events.find(doc! { "gameId": game.get_str("_id")? }).sort(doc! { "seq": 1 });
        let log: Vec<Document> = log.await?.try_collect().await?;
        let log: Vec<Envelope> =
            log.into_iter().map(deserialize_from_document).collect::<Result<_, _>>()?;
        let mut replay = Replay::lenient();
        let mut views = Vec::new();
        for (number, event) in log.iter().enumerate() {
            replay.push(event).ok();
            if number == log.len() / 3 || number + 1 == log.len() {
                views.push(view_state(replay.state(), &Viewer::God));
            }
        }
        let [before, after] = views.as_slice() else { continue };
        let begun = Instant::now();
        std::hint::black_box(avalon::diff::diff(before, after));
        slowest = slowest.max(begun.elapsed());
    }
    let slowest = slowest.as_secs_f64() * MS;
    Ok(Row::below("two full states of the 50 longest games compared, slowest", slowest, 5.0, "ms"))
}
