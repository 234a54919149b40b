//! Views of events.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::digest::Digest;
use crate::event::{
    Actor, Envelope, Event, ExcaliburUsed, HistoryReset, LadyUsed, LoyaltyCardDrawn,
    MissionCardPlayed, RolesAssigned, TeamVoteCast, TeamVoteClosed, TimeoutHandled,
};
use crate::id::{CommandId, EventId, GameId, PlayerId, RoomId};
use crate::rules::{self, Mark};
use crate::state::GameState;
use crate::view::Viewer;

/// An event as a viewer may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    /// The game.
    pub game_id: GameId,
    /// Place in the log.
    pub seq: u64,
    /// The event type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Server time, Unix milliseconds.
    pub ts: i64,
    /// Who acted.
    pub actor: Option<Actor>,
    /// What the viewer may see of the payload.
    pub payload: Value,
    /// The rest of the envelope, for `God` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<ServerPart>,
}

/// The parts of an envelope that only `God` sees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerPart {
    /// The event's id.
    pub event_id: Option<EventId>,
    /// The room.
    pub room_id: Option<RoomId>,
    /// Idempotency key of the command.
    pub command_id: Option<CommandId>,
    /// Who may see the event, as stored.
    pub visibility: Option<String>,
    /// Hash of the event before.
    pub prev_hash: Option<Digest>,
    /// Hash of the event.
    pub hash: Option<Digest>,
}

/// The event as `viewer` may see it; none when the viewer may not know of it. `table` is a state
/// of the same game, of which only the players and the rules are read.
#[must_use]
pub fn view_event(table: &GameState, envelope: &Envelope, viewer: &Viewer) -> Option<EventView> {
    let god = *viewer == Viewer::God;
    let payload =
        if god { envelope.payload() } else { visible_payload(table, &envelope.event, viewer)? };
    let actor = if god { envelope.actor.clone() } else { visible_actor(envelope) };
    Some(EventView {
        game_id: envelope.game_id.clone(),
        seq: envelope.seq,
        kind: envelope.event.kind().to_owned(),
        ts: envelope.ts,
        actor,
        payload,
        server: god.then(|| ServerPart {
            event_id: envelope.event_id.clone(),
            room_id: envelope.room_id.clone(),
            command_id: envelope.command_id.clone(),
            visibility: envelope.visibility.as_ref().map(ToString::to_string),
            prev_hash: envelope.prev_hash,
            hash: envelope.hash,
        }),
    })
}

/// Of a secret choice the player is named as the actor even where the server acted: that it did
/// would tell the choice.
fn visible_actor(envelope: &Envelope) -> Option<Actor> {
    match &envelope.event {
        Event::TeamVoteCast(event) => Some(Actor::Player(event.player_id.clone())),
        Event::MissionCardPlayed(event) => Some(Actor::Player(event.player_id.clone())),
        _ => envelope.actor.clone(),
    }
}

fn visible_payload(table: &GameState, event: &Event, viewer: &Viewer) -> Option<Value> {
    match event {
        Event::GameCreated(event) => Some(json!({
            "gameId": event.game_id, "n": event.n, "seats": event.seats,
            "profile": table.profile.as_deref(), "rngCommit": event.rng_commit,
            "rulesVersion": event.rules_version,
        })),
        Event::RolesAssigned(event) => Some(roles(table, event, viewer)),
        Event::RoleAcknowledged(event) => {
            viewer.sees_as(&event.player_id).then(|| json!({"playerId": event.player_id}))
        }
        Event::TeamVoteCast(event) => Some(vote(event, viewer)),
        Event::TeamVoteClosed(event) => Some(closed(table, event, viewer)),
        Event::MissionCardPlayed(event) => Some(card(event, viewer)),
        Event::ExcaliburUsed(event) => Some(excalibur(event, viewer)),
        Event::LadyUsed(event) => Some(lady(event, viewer)),
        Event::LoyaltyCardDrawn(LoyaltyCardDrawn { q, card, .. }) => {
            Some(json!({"q": q, "card": card}))
        }
        Event::AssassinationStarted(event) => Some(json!({
            "assassinId": event.assassin_id, "deadline": event.deadline,
            "candidates": event.candidates.as_ref()
                .filter(|_| viewer.sees_as(&event.assassin_id)),
        })),
        // The session stays between the player and the server.
        Event::PlayerDisconnected(event) | Event::PlayerReconnected(event) => {
            Some(json!({"playerId": event.player_id, "lastSeq": event.last_seq}))
        }
        Event::ActionTimedOut(event) | Event::AutoActionApplied(event) => {
            Some(timeout(event, viewer))
        }
        Event::GameRestored(HistoryReset { to_seq, .. })
        | Event::GameRolledBack(HistoryReset { to_seq, .. }) => Some(json!({"toSeq": to_seq})),
        Event::SnapshotTaken(_) | Event::CorrectionApplied(_) | Event::Unrecognised(_) => None,
        Event::QuestStarted(_)
        | Event::TeamProposed(_)
        | Event::TeamProposalRevised(_)
        | Event::TeamForced(_)
        | Event::MissionResolved(_)
        | Event::LadyDeclared(_)
        | Event::AssassinTargetNamed(_)
        | Event::GameEnded(_)
        | Event::GameAborted(_)
        | Event::GamePaused(_)
        | Event::GameResumed(_)
        | Event::BotTookOver(_)
        | Event::SeatReclaimed(_)
        | Event::RoomCreated(_)
        | Event::RoomConfigured(_)
        | Event::PlayerLeft(_)
        | Event::PlayerKicked(_)
        | Event::SeatTaken(_)
        | Event::SeatFreed(_)
        | Event::ReadyChanged(_)
        | Event::HostTransferred(_) => Some(event.payload()),
        Event::PlayerJoined(event) => Some(json!({
            "playerId": event.player_id, "nick": event.nick, "avatar": event.avatar,
        })),
    }
}

fn roles(table: &GameState, event: &RolesAssigned, viewer: &Viewer) -> Value {
    let mut payload = Map::new();
    payload.insert("firstLeader".to_owned(), json!(event.first_leader));
    if let Some(holder) = &event.lady_holder {
        payload.insert("ladyHolder".to_owned(), json!(holder));
    }
    let variant = table.profile.as_ref().map_or(0, |rules| rules.lancelot.variant);
    if let Some(deck) = &event.loyalty_deck
        && variant == 2
    {
        payload.insert("loyaltyDeck".to_owned(), json!(deck));
    }
    if let Viewer::Seat(player) = viewer
        && let Some(role) = event.roles.get(player)
    {
        payload.insert("roles".to_owned(), json!({player.as_str(): role}));
        let told = told(table, event, player, variant);
        payload.insert("knowledge".to_owned(), json!({player.as_str(): told}));
    }
    Value::Object(payload)
}

/// What a player was told: as stored, else by the matrix.
fn told(
    table: &GameState,
    event: &RolesAssigned,
    viewer: &PlayerId,
    variant: u8,
) -> BTreeMap<PlayerId, Mark> {
    if let Some(knowledge) = &event.knowledge {
        return knowledge.get(viewer).cloned().unwrap_or_default();
    }
    let roles: Option<Vec<_>> =
        table.seats.iter().map(|player| event.roles.get(player).copied()).collect();
    let (Some(roles), Some(seat)) = (roles, table.seat_of(viewer)) else {
        return BTreeMap::new();
    };
    rules::knowledge(&roles, seat, variant)
        .into_iter()
        .filter_map(|(seat, mark)| Some((table.player(seat)?.clone(), mark)))
        .collect()
}

fn vote(event: &TeamVoteCast, viewer: &Viewer) -> Value {
    let mut payload = json!({"q": event.q, "a": event.a, "playerId": event.player_id});
    if viewer.sees_as(&event.player_id) {
        payload["vote"] = json!(event.vote);
    }
    payload
}

fn closed(table: &GameState, event: &TeamVoteClosed, viewer: &Viewer) -> Value {
    // Without the rules it is not known that votes are open, so they are not shown.
    let open = table.profile.as_ref().is_some_and(|rules| !rules.anonymous_votes);
    let votes: BTreeMap<_, _> =
        event.votes.iter().filter(|(player, _)| open || viewer.sees_as(player)).collect();
    json!({
        "q": event.q, "a": event.a, "votes": votes, "approvals": event.approvals,
        "result": event.result, "voteTrackAfter": event.vote_track_after,
        "nextLeader": event.next_leader, "excaliburTo": event.excalibur_to,
        "deadline": event.deadline,
    })
}

fn card(event: &MissionCardPlayed, viewer: &Viewer) -> Value {
    let mut payload = json!({"q": event.q, "playerId": event.player_id});
    if viewer.sees_as(&event.player_id) {
        payload["card"] = json!(event.card);
    }
    payload
}

fn excalibur(event: &ExcaliburUsed, viewer: &Viewer) -> Value {
    let mut payload = json!({"q": event.q, "holder": event.holder, "target": event.target});
    if viewer.sees_as(&event.holder)
        && let Some(card) = event.card
    {
        payload["card"] = json!(card);
    }
    payload
}

fn lady(event: &LadyUsed, viewer: &Viewer) -> Value {
    let mut payload = json!({"q": event.q, "holder": event.holder, "target": event.target});
    if viewer.sees_as(&event.holder) {
        payload["loyalty"] = json!(event.loyalty);
    }
    payload
}

fn timeout(event: &TimeoutHandled, viewer: &Viewer) -> Value {
    let mut payload = json!({"player": event.player});
    if viewer.sees_as(&event.player) {
        payload["policy"] = json!(event.policy);
        payload["action"] = json!(event.action);
    }
    payload
}
