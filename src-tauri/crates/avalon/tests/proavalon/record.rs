//! Writes a game down as ProAvalon does.

use std::collections::BTreeMap;

use avalon::event::Envelope;
use serde_json::{Map, Value, json};

/// The name under which a player of the game is recorded.
pub fn name(player: &str) -> String {
    format!("Name of {player}")
}

fn role(role: &str) -> &'static str {
    match role {
        "MERLIN" => "Merlin",
        "PERCIVAL" => "Percival",
        "SERVANT" => "Resistance",
        "ASSASSIN" => "Assassin",
        "MORGANA" => "Morgana",
        "MORDRED" => "Mordred",
        "OBERON" => "Oberon",
        "MINION" => "Spy",
        other => panic!("{other}"),
    }
}

fn side(role: &str) -> &'static str {
    match role {
        "MERLIN" | "PERCIVAL" | "SERVANT" => "Resistance",
        _ => "Spy",
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The record of a finished game, with dates in one of the forms of extended JSON. The order of
/// players begins at seat `turn` and runs anticlockwise, as the source's seats do.
pub fn of(log: &[Envelope], turn: usize) -> Value {
    let log: Vec<Value> = log.iter().map(|event| serde_json::to_value(event).unwrap()).collect();
    let payloads = |kind: &str| -> Vec<&Value> {
        log.iter().filter(|event| event["type"] == kind).map(|event| &event["payload"]).collect()
    };
    let one = |kind: &str| payloads(kind)[0];
    let seats: Vec<String> =
        one("GameCreated")["seats"].as_array().unwrap().iter().map(text).collect();
    let n = seats.len();
    let ordered: Vec<String> = (0..n).map(|place| name(&seats[(turn + n - place) % n])).collect();
    let mut reversed = ordered.clone();
    reversed[1..].reverse();
    let roles: BTreeMap<String, String> = one("RolesAssigned")["roles"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(player, role)| (player.clone(), text(role)))
        .collect();
    let resolved = payloads("MissionResolved");
    let mut missions: Vec<&str> = resolved
        .iter()
        .map(|quest| if quest["result"] == "success" { "succeeded" } else { "failed" })
        .collect();
    let end = one("GameEnded");
    if end["reason"] == "five_rejections" {
        missions.push("failed");
    }
    let team = |wanted: &str| -> Vec<String> {
        roles.iter().filter(|(_, r)| side(r) == wanted).map(|(player, _)| name(player)).collect()
    };
    let shot =
        payloads("AssassinTargetNamed").first().map(|shot| role(&roles[&text(&shot["targetId"])]));
    let mut record = json!({
        "_id": {"$oid": "5f00000000000000000000aa"},
        "timeGameStarted": {"$date": "2023-11-14T22:13:20.000Z"},
        "timeGameFinished": {"$date": {"$numberLong": "1700001000000"}},
        "winningTeam": if end["winner"] == "good" { "Resistance" } else { "Spy" },
        "howTheGameWasWon": match end["reason"].as_str().unwrap() {
            "three_fails" => "Mission fails.",
            "five_rejections" => "Hammer rejected.",
            "assassination_hit" => "Assassinated Merlin correctly.",
            "assassination_miss" => "Mission successes and assassin shot wrong.",
            _ => "Mission successes",
        },
        "spyTeam": team("Spy"), "resistanceTeam": team("Resistance"),
        "numberOfPlayers": {"$numberInt": n.to_string()}, "gameMode": "avalon",
        "botUsernames": [], "playerUsernamesOrdered": ordered,
        "playerUsernamesOrderedReversed": reversed,
        "missionHistory": missions,
        "numFailsHistory": resolved.iter().map(|quest| quest["fails"].clone()).collect::<Vec<_>>(),
        "voteHistory": votes(&log, &seats),
        "playerRoles": roles.iter().map(|(player, r)| {
            (name(player), json!({"alliance": side(r), "role": role(r)}))
        }).collect::<Map<_, _>>(),
        "cards": [], "refChain": [], "sireChain": [], "__v": 0,
    });
    if !payloads("AssassinationStarted").is_empty() {
        record["timeAssassinationStarted"] = json!({"$date": 1_700_000_900_000_u64});
    }
    if let Some(shot) = shot {
        record["whoAssassinShot"] = json!(shot);
    }
    if one("GameCreated")["profile"]["lady"]["on"] == true {
        let mut holders = vec![text(&one("RolesAssigned")["ladyHolder"])];
        holders.extend(payloads("LadyUsed").iter().map(|used| text(&used["target"])));
        record["cards"] = json!(["Lady of the Lake"]);
        record["ladyChain"] = holders.iter().map(|holder| role(&roles[holder])).collect();
        record["ladyHistoryUsernames"] = holders.iter().map(|holder| name(holder)).collect();
    }
    record
}

fn votes(log: &[Value], seats: &[String]) -> Map<String, Value> {
    let mut history: BTreeMap<&String, Vec<Vec<String>>> =
        seats.iter().map(|player| (player, Vec::new())).collect();
    for event in log {
        let payload = &event["payload"];
        for (player, told) in &mut history {
            match event["type"].as_str().unwrap() {
                "QuestStarted" => told.push(Vec::new()),
                "TeamProposed" => {
                    let mut marks = String::new();
                    if payload["team"].as_array().unwrap().contains(&json!(player)) {
                        marks.push_str("VHpicked ");
                    }
                    let leader = payload["leader"].as_u64().map_or_else(
                        || text(&payload["leader"]),
                        |seat| seats[usize::try_from(seat).unwrap()].clone(),
                    );
                    if leader == **player {
                        marks.push_str("VHleader ");
                    }
                    told.last_mut().unwrap().push(marks);
                }
                "TeamVoteClosed" => {
                    let vote = text(&payload["votes"][player.as_str()]);
                    told.last_mut().unwrap().last_mut().unwrap().push_str(&format!("VH{vote}"));
                }
                _ => {}
            }
        }
    }
    history.into_iter().map(|(player, told)| (name(player), json!(told))).collect()
}
