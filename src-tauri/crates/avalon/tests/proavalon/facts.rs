//! What both the game and its converted record must tell, free of seat numbers, which a record
//! does not keep.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// Facts in order but for cards, and the cards. `called` translates a player of the log.
pub fn of(log: &[Value], called: impl Fn(&str) -> String) -> (Vec<Value>, BTreeSet<String>) {
    let seats: Vec<&str> = log[0]["payload"]["seats"]
        .as_array()
        .unwrap()
        .iter()
        .map(|player| player.as_str().unwrap())
        .collect();
    let n = seats.len();
    let player = |named: &Value| match named.as_u64() {
        Some(seat) => called(seats[usize::try_from(seat).unwrap()]),
        None => named.as_str().map(&called).unwrap_or_default(),
    };
    let team = |team: &Value| -> BTreeSet<String> {
        team.as_array().unwrap().iter().map(&player).collect()
    };
    let by_player = |map: &Value| -> Value {
        let members = map.as_object().unwrap().iter();
        members.map(|(name, value)| (called(name), value.clone())).collect()
    };
    let mut facts = Vec::new();
    let mut cards = BTreeSet::new();
    for event in log {
        let it = &event["payload"];
        facts.push(match event["type"].as_str().unwrap() {
            "GameCreated" => {
                let first = seats.iter().position(|seat| called(seat) == called_first(&seats, &called));
                let ring: Vec<String> =
                    (0..n).map(|step| called(seats[(first.unwrap() + step) % n])).collect();
                json!({"ring": ring, "n": n, "lady": it["profile"]["lady"]["on"]})
            }
            "RolesAssigned" => json!({
                "roles": by_player(&it["roles"]), "leads": player(&it["firstLeader"]),
                "holds": player(&it["ladyHolder"]),
            }),
            "QuestStarted" => json!({
                "starts": it["q"], "leads": player(&it["leaderSeat"]),
                "size": it["teamSize"], "needs": it["failsNeeded"],
            }),
            "TeamProposed" => json!({
                "q": it["q"], "a": it["a"], "leader": player(&it["leader"]), "team": team(&it["team"]),
            }),
            "TeamVoteClosed" => json!({
                "q": it["q"], "a": it["a"], "votes": by_player(&it["votes"]),
                "approvals": it["approvals"], "result": it["result"],
            }),
            "MissionCardPlayed" => {
                cards.insert(format!("{} {} {}", it["q"], player(&it["playerId"]), it["card"]));
                continue;
            }
            "MissionResolved" => json!({
                "q": it["q"], "team": team(&it["team"]), "fails": it["fails"],
                "result": it["result"], "S": it["S"], "F": it["F"],
            }),
            "LadyUsed" => json!({
                "q": it["q"], "holder": player(&it["holder"]), "target": player(&it["target"]),
                "loyalty": it["loyalty"],
            }),
            "AssassinationStarted" => json!({"assassin": player(&it["assassinId"])}),
            "AssassinTargetNamed" => {
                json!({"by": player(&it["assassinId"]), "shot": player(&it["targetId"])})
            }
            "GameEnded" => json!({
                "winner": it["winner"], "reason": it["reason"], "S": it["S"], "F": it["F"],
                "roles": by_player(&it["roles"]),
            }),
            _ => continue,
        });
    }
    (facts, cards)
}

/// A player by whom to begin the ring, whatever seat the log gives him.
fn called_first(seats: &[&str], called: &impl Fn(&str) -> String) -> String {
    seats.iter().map(|seat| called(seat)).min().unwrap()
}
