//! UI-7: with the vault alone, and no server anywhere, games are shown, compared and checked.

use acceptance::service::Service;
use futures::TryStreamExt;
use mongodb::Collection;
use mongodb::bson::{Document, doc};
use serde_json::Value;

/// Keeps of the configuration what opens the vault, and lets the servers be unreachable.
fn forget_the_service(service: &Service) {
    service.write(
        "avault.toml",
        &format!(
            "environment = \"test\"\n[store]\nurl = \"{}\"\n[key]\npassphrase_file = \"passphrase\"\n",
            service.store_url()
        ),
    );
}

async fn json(service: &Service, arguments: &[&str]) -> Value {
    let mut all = vec!["--json", "game"];
    all.extend(arguments);
    service.avault(&all).await.ended(0).json()
}

/// An approval without which the team would have been approved too, so that nothing follows from it.
async fn vote_that_decides_nothing(events: &Collection<Document>) -> Document {
    let approved = doc! { "type": "TeamVoteClosed", "payload.result": "approved" };
    let mut closed = events.find(approved).await.expect("an answer");
    while let Some(closed) = closed.try_next().await.expect("an event") {
        let payload = closed.get_document("payload").expect("a payload");
        let votes = payload.get_document("votes").expect("votes");
        let approvals = votes.values().filter(|vote| vote.as_str() == Some("approve")).count();
        if 2 * (approvals - 1) <= votes.len() {
            continue;
        }
        let wanted = doc! {
            "gameId": closed.get_str("gameId").expect("a game"), "type": "TeamVoteCast",
            "payload.q": payload.get("q"), "payload.a": payload.get("a"), "payload.vote": "approve",
        };
        return events.find_one(wanted).await.expect("an answer").expect("a vote");
    }
    panic!("no team had an approval to spare");
}

/// The difference as files of each form; none is written over another.
async fn export(service: &Service, arguments: &[&str], diff: &Value) {
    let asked = joined(&["game"], arguments);
    let printed = service.avault(&joined(&asked, &["--format", "json"])).await.ended(0).stdout;
    assert_eq!(&serde_json::from_str::<Value>(&printed).expect("JSON"), diff);
    let path = service.folder().join("diff.md");
    let path = path.to_str().expect("a path");
    let markdown = ["--format", "markdown", "--language", "zh-CN", "--out", path];
    let markdown = joined(&asked, &markdown);
    service.avault(&markdown).await.ended(0);
    let text = std::fs::read_to_string(path).expect("a file");
    assert!(text.contains("胜负、统计与评分不变") && text.contains("| 反对 |"), "{text}");
    let refused = service.avault(&markdown).await.ended(2);
    assert!(refused.stderr.contains("is there already"), "{refused:?}");
    let html = joined(&asked, &["--format", "html", "--out", path, "--force"]);
    service.avault(&html).await.ended(0);
    assert!(std::fs::read_to_string(path).expect("a file").starts_with("<!doctype html>"));
}

fn joined<'a>(arguments: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [arguments, more].concat()
}

/// The game as a file that replays it, with names and without.
async fn share(service: &Service, game: &str, backup: &str, shown: &Value) {
    let path = service.folder().join("game.html");
    let path = path.to_str().expect("a path");
    let share = ["game", "share", game, "--backup", backup, "--out", path];
    let told = service.avault(&share).await.ended(0).stdout;
    assert!(told.contains("every role, vote and card"), "{told}");
    let html = std::fs::read_to_string(path).expect("a file");
    let seats = shown["seats"].as_array().expect("seats");
    let nick = |seat: &Value| seat["nick"].as_str().expect("a nickname").to_owned();
    assert!(seats.iter().all(|seat| html.contains(&nick(seat))));
    let refused = service.avault(&share).await.ended(2);
    assert!(refused.stderr.contains("--force"), "{refused:?}");
    assert_eq!(std::fs::read_to_string(path).expect("a file"), html, "it stays as it was");

    let player = seats[2]["playerId"].as_str().expect("a player");
    let more = ["--as", player, "--names", "seats", "--force", "--language", "zh-CN"];
    let seats_only = joined(&share, &more);
    service.avault(&seats_only).await.ended(0);
    let html = std::fs::read_to_string(path).expect("a file");
    assert!(html.contains("3 号视角") && html.contains("lang=\"zh-CN\""));
    for seat in seats {
        assert!(!html.contains(seat["playerId"].as_str().expect("a player")));
        assert!(!html.contains(&nick(seat)), "{}", nick(seat));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ui_07_games_are_shown_and_compared_out_of_a_vault_alone() {
    let service = Service::start().await;
    service.avault(&["simulate", "--games", "40", "--seed", "5"]).await.ended(0);
    service.init().await;
    let first = service.backup().await;
    let events = service.database().collection::<Document>("game_events");
    let vote = vote_that_decides_nothing(&events).await;
    let game = vote.get_str("gameId").expect("a game").to_owned();
    let live = json(&service, &["show", &game]).await;

    // Somebody turns a vote over; the next backup holds that.
    let id = vote.get_str("_id").expect("an id");
    let turned = doc! { "$set": { "payload.vote": "reject" } };
    events.update_one(doc! { "_id": id }, turned).await.expect("a change");
    let second = service.backup().await;

    service.database().drop().await.expect("the database goes");
    forget_the_service(&service);
    let kept = json(&service, &["show", &game, "--backup", &first]).await;
    assert_eq!(kept["state"], live["state"]);
    assert_eq!(kept["events"], live["events"]);
    assert_eq!(kept["findings"], live["findings"]);
    assert_eq!(kept["seats"], live["seats"], "nicknames included");

    let arguments = ["diff", &game, "--from-backup", &first, "--to-backup", &second];
    let diff = json(&service, &arguments).await;
    assert_eq!((&diff["sameGame"], &diff["outcome"]["winner"]), (&true.into(), &false.into()));
    let facts = diff["facts"].as_array().expect("facts");
    assert_eq!(facts.len(), 1, "{facts:?}");
    let vote = &facts[0]["fact"]["votes"][0];
    assert_eq!((&facts[0]["fact"]["kind"], &vote["after"]), (&"proposal".into(), &"reject".into()));
    let told = service.avault(&[&["game"], &arguments[..]].concat()).await.ended(0).stdout;
    assert!(told.contains("Winner, statistics and ratings stay"), "{told}");
    let seat = vote["seat"].as_u64().expect("a seat") + 1;
    assert!(told.contains(&format!("vote of Seat {seat}")), "{told}");
    export(&service, &arguments, &diff).await;
    share(&service, &game, &first, &kept).await;

    let unknown = service.avault(&["game", "show", "nobody", "--backup", "latest"]).await.ended(2);
    assert!(unknown.stderr.contains("nobody"), "{unknown:?}");
    let away = service.avault(&["game", "show", &game]).await.ended(2);
    assert!(!away.stderr.is_empty());
    service.stop().await;
}
