//! JSON Schemas of events, states, views and documents, as they are published.

use schemars::{JsonSchema, Schema, generate::SchemaSettings};

use crate::digest::Digest;
use crate::document::{ConfigDoc, GameDoc, HistoryDoc, RoomDoc, StatsDoc, UserDoc};
use crate::event::{Actor, Event, Visibility};
use crate::id::{CommandId, EventId, GameId, RoomId};
use crate::profile::RuleProfile;
use crate::snapshot::Snapshot;
use crate::state::GameState;
use crate::view::{EventView, StateView};

/// The form of an envelope, for its schema only.
#[derive(JsonSchema)]
#[schemars(rename = "Envelope", rename_all = "camelCase")]
#[allow(dead_code, reason = "describes a form, holds nothing")]
struct EnvelopeForm {
    /// The event's own id, a ULID.
    event_id: Option<EventId>,
    /// The game; absent in the log of a room.
    game_id: Option<GameId>,
    /// The room.
    room_id: Option<RoomId>,
    /// Place in the log, from 1 without a gap.
    #[schemars(range(min = 1))]
    seq: u64,
    /// Version of the payload.
    v: Option<u32>,
    /// Server time, Unix milliseconds.
    ts: i64,
    /// Idempotency key of the command.
    command_id: Option<CommandId>,
    /// A player id, `system` or `admin:<id>`.
    actor: Option<Actor>,
    /// `public`, `server` or `private:[ids]`.
    visibility: Option<Visibility>,
    /// Hash of the event before; 64 zeros for the first.
    prev_hash: Option<Digest>,
    /// SHA-256 of the canonical JSON of the event without this member.
    hash: Option<Digest>,
    /// The type and its payload.
    #[schemars(flatten)]
    event: Event,
}

/// The form of a stored event, for its schema only.
#[derive(JsonSchema)]
#[schemars(rename = "StoredEvent")]
#[allow(dead_code, reason = "describes a form, holds nothing")]
struct StoredEventForm {
    /// Equals `eventId`.
    #[schemars(rename = "_id")]
    id: EventId,
    #[schemars(flatten)]
    envelope: EnvelopeForm,
}

/// Every published schema with its file name.
#[must_use]
pub fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("event-envelope.json", schema::<EnvelopeForm>()),
        ("rule-profile.json", schema::<RuleProfile>()),
        ("game-state.json", schema::<GameState>()),
        ("state-view.json", schema::<StateView>()),
        ("event-view.json", schema::<EventView>()),
        ("snapshot.json", schema::<Snapshot>()),
        ("users.json", schema::<UserDoc>()),
        ("rooms.json", schema::<RoomDoc>()),
        ("room_events.json", schema::<StoredEventForm>()),
        ("games.json", schema::<GameDoc>()),
        ("game_events.json", schema::<StoredEventForm>()),
        ("game_history.json", schema::<HistoryDoc>()),
        ("stats.json", schema::<StatsDoc>()),
        ("config.json", schema::<ConfigDoc>()),
    ]
}

fn schema<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>()
}
