//! SN-6: snapshots are found by game, room, player, type, time and text. How fast among a million is
//! measured by the bench.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use acceptance::games::{played, taken};
use acceptance::service::Service;
use mongodb::bson::DateTime;
use serde_json::Value;

async fn found(service: &Service, filter: &[&str]) -> BTreeSet<String> {
    let arguments = [&["--json", "snapshot", "list"], filter].concat();
    let rows = service.avault(&arguments).await.ended(0).json_lines();
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

fn time(ms: i64) -> String {
    DateTime::from_millis(ms).try_to_rfc3339_string().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn sn_06_each_filter_finds_those_and_no_others() {
    let service = Service::start().await;
    service.init().await;
    let games = played(&service, 3).await;
    taken(&service, &games, &[2, 9]).await;
    let rows = service.avault(&["--json", "snapshot", "list"]).await.ended(0).json_lines();
    assert_eq!(rows.len(), 6);
    let expected = |fits: &dyn Fn(&Value) -> bool| -> BTreeSet<String> {
        let those = rows.iter().filter(|row| fits(row));
        those.map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    let (game, room) = (games[1].as_str(), rows[0]["room"].as_str().unwrap());

    let of_game = expected(&|row| row["game"] == game);
    assert_eq!(of_game.len(), 2);
    assert_eq!(found(&service, &["--game", game]).await, of_game);
    assert_eq!(found(&service, &["--search", &game[..game.len() - 1]]).await, of_game);
    assert_eq!(found(&service, &["--room", room]).await, expected(&|row| row["room"] == room));
    assert_eq!(found(&service, &["--type", "manual"]).await.len(), 6);
    assert!(found(&service, &["--type", "game_over,mission_executed"]).await.is_empty());

    let shown = service.avault(&["--json", "game", "show", game]).await.ended(0).json();
    let player = shown["seats"][0]["playerId"].as_str().unwrap();
    let theirs = found(&service, &["--player", player]).await;
    assert!(theirs.is_superset(&of_game), "{theirs:?}");
    for row in rows.iter().filter(|row| theirs.contains(row["id"].as_str().unwrap())) {
        let id = row["game"].as_str().unwrap();
        let game = service.avault(&["--json", "game", "show", id]).await.ended(0).json();
        assert!(game["seats"].as_array().unwrap().iter().any(|seat| seat["playerId"] == player));
    }

    let mut times: Vec<i64> = rows.iter().map(|row| row["at"].as_i64().unwrap()).collect();
    times.sort_unstable();
    let middle = times[3];
    let (from, to) = (time(middle), time(middle));
    let later = expected(&|row| row["at"].as_i64().unwrap() >= middle);
    assert_eq!(found(&service, &["--from", &from]).await, later);
    let earlier = expected(&|row| row["at"].as_i64().unwrap() < middle);
    assert_eq!(found(&service, &["--to", &to]).await, earlier);
    assert_eq!(found(&service, &["--from", &from, "--game", game]).await, &later & &of_game);
    service.stop().await;
}
