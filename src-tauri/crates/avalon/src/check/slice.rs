//! What leaves the service: slices of a log shown to a viewer, and documents at rest in a backup.

use serde_json::Value;

use crate::id::PlayerId;
use crate::invariant::{
    Finding,
    knowledge::{K_ATREST, K_PRIVATE_SLICE, K_PUBLIC_SLICE, K_REVEAL},
    mission::M_CARD_SECRET,
    vote::V_SECRET,
};
use crate::sentence;

/// K-PUBLIC-SLICE, K-REVEAL, V-SECRET and M-CARD-SECRET of the events shown to everybody, in wire
/// form and in order of `seq`.
#[must_use]
pub fn check_public_slice(events: &[Value]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let Some((kind, payload)) = parts(event) else {
            continue;
        };
        let seq = event.get("seq").and_then(Value::as_u64);
        let rest = events.get(index + 1..).unwrap_or_default();
        for field in secret_fields(kind).iter().filter(|field| tells(payload, field)) {
            let specific = match kind {
                "RolesAssigned" => Some(&K_REVEAL),
                "TeamVoteCast" if was_closed(payload, rest) => continue,
                "TeamVoteCast" => Some(&V_SECRET),
                "MissionCardPlayed" => Some(&M_CARD_SECRET),
                _ => None,
            };
            let detail =
                sentence!("{event} shows `{field}` to everybody", event = kind, field = *field);
            findings.extend(specific.map(|invariant| invariant.finding(seq, detail.clone())));
            findings.push(K_PUBLIC_SLICE.finding(seq, detail));
        }
    }
    findings
}

/// K-PRIVATE-SLICE of the events shown to one player: of secrets only the own.
#[must_use]
pub fn check_private_slice(events: &[Value], viewer: &PlayerId) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let Some((kind, payload)) = parts(event) else {
            continue;
        };
        let seq = event.get("seq").and_then(Value::as_u64);
        let rest = events.get(index + 1..).unwrap_or_default();
        for field in secret_fields(kind) {
            let Some(shown) = payload.get(*field).filter(|_| tells(payload, field)) else {
                continue;
            };
            if is_own(kind, payload, shown, viewer)
                || (kind == "TeamVoteCast" && was_closed(payload, rest))
            {
                continue;
            }
            let detail = sentence!(
                "{event} shows `{field}` of others to {player}",
                event = kind,
                field = *field,
                player = viewer
            );
            findings.push(K_PRIVATE_SLICE.finding(seq, detail));
        }
    }
    findings
}

fn parts(event: &Value) -> Option<(&str, &Value)> {
    Some((event.get("type")?.as_str()?, event.get("payload")?))
}

fn secret_fields(kind: &str) -> &'static [&'static str] {
    match kind {
        "RolesAssigned" => &["roles", "knowledge"],
        "TeamVoteCast" => &["vote"],
        "MissionCardPlayed" | "ExcaliburUsed" => &["card"],
        "LadyUsed" => &["loyalty"],
        "LoyaltyCardDrawn" => &["sides"],
        _ => &[],
    }
}

/// Whether a field is there and holds something.
fn tells(holder: &Value, field: &str) -> bool {
    match holder.get(field) {
        None | Some(Value::Null) => false,
        Some(Value::Object(members)) => !members.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(_) => true,
    }
}

fn was_closed(vote: &Value, rest: &[Value]) -> bool {
    rest.iter().filter_map(parts).any(|(kind, payload)| {
        kind == "TeamVoteClosed"
            && payload.get("q") == vote.get("q")
            && payload.get("a") == vote.get("a")
    })
}

fn is_own(kind: &str, payload: &Value, shown: &Value, viewer: &PlayerId) -> bool {
    let by = |field: &str| payload.get(field).and_then(Value::as_str) == Some(viewer.as_str());
    match kind {
        "RolesAssigned" => shown
            .as_object()
            .is_some_and(|members| members.keys().all(|player| player == viewer.as_str())),
        "TeamVoteCast" | "MissionCardPlayed" => by("playerId"),
        "ExcaliburUsed" | "LadyUsed" => by("holder"),
        _ => false,
    }
}

/// K-ATREST: a document of a running game, as a backup holds it, tells no secret in plain.
#[must_use]
pub fn check_at_rest(document: &Value) -> Vec<Finding> {
    const SECRET: [&str; 9] =
        ["roles", "sides", "knowledge", "cards", "card", "vote", "votes", "loyalty", "seed"];
    let mut findings = Vec::new();
    let mut pending = vec![(String::from("$"), document)];
    while let Some((path, value)) = pending.pop() {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let path = format!("{path}.{name}");
                    if SECRET.contains(&name.as_str()) && tells(value, name) {
                        findings.push(
                            K_ATREST.finding(None, sentence!("{path} is stored in plain", path)),
                        );
                    } else {
                        pending.push((path, member));
                    }
                }
            }
            Value::Array(items) => {
                let place = |(index, item)| (format!("{path}[{index}]"), item);
                pending.extend(items.iter().enumerate().map(place));
            }
            _ => {}
        }
    }
    findings
}
