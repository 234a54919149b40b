//! Lists of snapshots: each filter is served by an index in the order of the list, whatever there is.

use avalon::snapshot::SnapshotType;
use engine::Engine;
use engine::snapshot::list;
use engine::snapshot::outcome::{SnapshotListRequest, SnapshotPage};
use futures::TryStreamExt;
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, DateTime, Document, doc};
use mongodb::{Collection, Database};

use crate::snapshot::{all, played, take};
use crate::support::Stage;

/// Games, each with as many snapshots.
const GAMES: i64 = 300;
const EACH: i64 = 40;
const BEGAN: i64 = 1_700_000_000_000;

/// Fills the collection; times run through all games, so no game's lie together.
async fn fill(engine: &Engine, collection: &Collection<Document>) {
    let vault = engine.vault().unwrap();
    let players: Vec<String> =
        (0..40).map(|n| vault.pseudonym("snapshot player", &format!("P{n}"))).collect();
    let mut documents = Vec::new();
    for number in 0..GAMES * EACH {
        let (game, nth) = (number % GAMES, number / GAMES);
        let kind = SnapshotType::ALL[usize::try_from(nth).unwrap() % 8];
        let seats = (0..7).map(|seat| &players[usize::try_from(game * 5 + seat * 3).unwrap() % 40]);
        documents.push(doc! {
            "_id": format!("{:08x}-0000-8000-8000-000000000000", number.wrapping_mul(2_654_435_761) & 0xffff_ffff),
            "game_id": format!("01GAME{game:05}"),
            "room_id": format!("room-{:04}", game % 60),
            "snapshot_type": kind.as_str(),
            "timestamp": DateTime::from_millis(BEGAN + number * 1000),
            "metadata": { "version": "1" },
            "players": seats.cloned().collect::<Vec<_>>(),
            "body": Binary { subtype: BinarySubtype::Generic, bytes: vec![7; 400] },
            "expireAt": DateTime::from_millis(i64::MAX / 4),
        });
    }
    for part in documents.chunks(4000) {
        collection.insert_many(part).await.unwrap();
    }
}

async fn stage() -> (Stage, Engine, Database) {
    let stage = Stage::empty().await;
    let (engine, game) = played(&stage).await;
    // The first snapshot makes the indexes.
    take(&engine, &game.row.id, 2).await;
    let database = stage.database().open().await;
    fill(&engine, &database.collection("snapshots")).await;
    (stage, engine, database)
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// A list with what the server did for it: what it ran on the collection, as its profiler tells.
async fn profiled(
    engine: &Engine,
    database: &Database,
    request: &SnapshotListRequest,
) -> (SnapshotPage, Vec<Document>) {
    database.run_command(doc! { "profile": 2 }).await.unwrap();
    let page = list(engine, request).await.unwrap();
    database.run_command(doc! { "profile": 0 }).await.unwrap();
    let profile = database.collection::<Document>("system.profile");
    let on_snapshots = doc! { "ns": format!("{}.snapshots", database.name()) };
    let ran = profile.find(on_snapshots).await.unwrap().try_collect().await.unwrap();
    profile.drop().await.unwrap();
    (page, ran)
}

fn number(document: &Document, name: &str) -> i64 {
    match document.get(name) {
        Some(value) => value.as_i64().or(value.as_i32().map(i64::from)).unwrap(),
        None => 0,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_filter_is_served_by_an_index_in_the_order_of_the_list() {
    let (stage, engine, database) = stage().await;
    let game = || text("01GAME00123");
    let room = || text("room-0007");
    let player = || text("P18");
    let one = || vec![SnapshotType::GameOver];
    let two = || vec![SnapshotType::GameOver, SnapshotType::GameCreated];
    let base = || SnapshotListRequest { limit: 50, ..all() };
    let since = Some(BEGAN + 3_000_000);
    let requests = [
        ("all", base(), GAMES * EACH + 1),
        ("game", SnapshotListRequest { game: game(), ..base() }, EACH),
        ("room", SnapshotListRequest { room: room(), ..base() }, 5 * EACH),
        ("player", SnapshotListRequest { player: player(), ..base() }, -1),
        ("type", SnapshotListRequest { kinds: one(), ..base() }, GAMES * EACH / 8),
        ("types", SnapshotListRequest { kinds: two(), ..base() }, GAMES * EACH / 4),
        (
            "time",
            SnapshotListRequest { from: since, to: since.map(|at| at + 500_000), ..base() },
            500,
        ),
        ("game, type", SnapshotListRequest { game: game(), kinds: one(), ..base() }, EACH / 8),
        ("game, types", SnapshotListRequest { game: game(), kinds: two(), ..base() }, EACH / 4),
        ("game, time", SnapshotListRequest { game: game(), from: since, ..base() }, -1),
        ("game, player", SnapshotListRequest { game: game(), player: player(), ..base() }, -1),
        ("room, type", SnapshotListRequest { room: room(), kinds: one(), ..base() }, 25),
        ("room, player", SnapshotListRequest { room: room(), player: player(), ..base() }, -1),
        ("room, time", SnapshotListRequest { room: room(), from: since, ..base() }, -1),
        ("player, type", SnapshotListRequest { player: player(), kinds: one(), ..base() }, -1),
        ("player, types", SnapshotListRequest { player: player(), kinds: two(), ..base() }, -1),
        ("player, time", SnapshotListRequest { player: player(), from: since, ..base() }, -1),
        ("types, time", SnapshotListRequest { kinds: two(), from: since, ..base() }, -1),
        ("games by text", SnapshotListRequest { text: text("01GAME0012"), ..base() }, 10 * EACH),
        ("rooms by text", SnapshotListRequest { text: text("room-000"), ..base() }, 50 * EACH),
        ("snapshot by text", SnapshotListRequest { text: text("00000000-0000"), ..base() }, 1),
        ("nothing by text", SnapshotListRequest { text: text("nobody"), ..base() }, 0),
        (
            "text, types, time",
            SnapshotListRequest { text: text("01GAME0012"), kinds: two(), from: since, ..base() },
            -1,
        ),
        (
            "text, player",
            SnapshotListRequest { text: text("01GAME0012"), player: player(), ..base() },
            -1,
        ),
    ];
    for (name, request, count) in requests {
        let mut request = request;
        let (page, ran) = profiled(&engine, &database, &request).await;
        let matching = page.total.unwrap();
        if count >= 0 {
            let expected = count.min(10_000);
            assert_eq!(i64::try_from(matching.count).unwrap(), expected, "{name}");
            assert_eq!(matching.capped, count > 10_000, "{name}");
        } else {
            assert!(matching.count > 0, "{name} asks for something");
        }
        assert_served(name, &ran);
        // The page after it too.
        if let Some(cursor) = page.cursor {
            request.cursor = Some(cursor);
            let (next, ran) = profiled(&engine, &database, &request).await;
            assert!(next.total.is_none());
            assert_served(name, &ran);
            let last = page.snapshots.last().unwrap();
            let first = next.snapshots.first().unwrap();
            assert!((last.at, &last.id) > (first.at, &first.id), "{name} goes on");
        }
    }
    stage.stop().await;
}

fn assert_served(name: &str, ran: &[Document]) {
    assert!(ran.iter().any(|one| one.get_str("op").unwrap() == "query"), "{name}: {ran:?}");
    for one in ran {
        let plan = one.get_str("planSummary").unwrap();
        assert!(!plan.contains("COLLSCAN"), "{name}: {one}");
        // A handful of snapshots that a text names may be fetched by their ids and sorted.
        let few = name == "snapshot by text" && number(one, "docsExamined") <= 60;
        assert!(few || !one.contains_key("hasSortStage"), "{name}: {one}");
        // Rows are 50 and one more; what a filter passes over, it passes over in the index.
        if one.get_str("op").unwrap() == "query" {
            assert!(number(one, "docsExamined") <= 700, "{name}: {one}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_too_many_ids_begin_with_is_refused_with_what_to_do() {
    let (stage, engine, _) = stage().await;
    let wide = SnapshotListRequest { text: text("01GAME"), ..all() };
    let refused = list(&engine, &wide).await.unwrap_err();
    assert_eq!(refused.code(), "invalid_request");
    assert!(refused.to_string().contains("give more of the id"), "{refused}");
    // What merges are made of is in order and whole.
    let narrow = SnapshotListRequest { text: text("01GAME0012"), limit: 200, ..all() };
    let page = list(&engine, &narrow).await.unwrap();
    assert!(page.snapshots.is_sorted_by(|one, next| (one.at, &one.id) > (next.at, &next.id)));
    assert!(page.snapshots.iter().all(|row| row.game.starts_with("01GAME0012")));
    // Bodies that do not open are told, and keep nothing else from being listed.
    assert!(page.snapshots.iter().all(|row| row.at_seq.is_none()));
    let newest = list(&engine, &all()).await.unwrap().snapshots.remove(0);
    assert_eq!(newest.at_seq, Some(2));
    stage.stop().await;
}
