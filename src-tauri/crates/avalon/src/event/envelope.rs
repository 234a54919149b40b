//! The envelope: an event with its place in a log.

use std::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use thiserror::Error;

use crate::canonical;
use crate::digest::Digest;
use crate::event::unknown::{Extra, Key, keep};
use crate::event::{Actor, Event, Visibility};
use crate::id::{CommandId, EventId, GameId, RoomId};

/// The version of the envelope and of the payloads that this crate writes.
pub const ENVELOPE_VERSION: u32 = 1;

/// One event of a log, in its exact wire form. Members that the type does not know are kept in
/// `extra` and `payload_extra`, so hashes verify over what was received.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// The event's own id.
    pub event_id: Option<EventId>,
    /// The game; empty (and absent on the wire) in the log of a room.
    pub game_id: GameId,
    /// The room.
    pub room_id: Option<RoomId>,
    /// Place in the log, from 1 without a gap.
    pub seq: u64,
    /// Version of the payload.
    pub v: Option<u32>,
    /// Server time, Unix milliseconds.
    pub ts: i64,
    /// Idempotency key of the command.
    pub command_id: Option<CommandId>,
    /// Who caused it.
    pub actor: Option<Actor>,
    /// Who may see it.
    pub visibility: Option<Visibility>,
    /// The type and the payload.
    pub event: Event,
    /// Hash of the event before, `Digest::ZERO` for the first.
    pub prev_hash: Option<Digest>,
    /// Hash of this event.
    pub hash: Option<Digest>,
    /// Unknown members of the envelope.
    pub extra: Extra,
    /// Unknown members of the payload.
    pub payload_extra: Extra,
}

/// Why an envelope can't be read.
#[derive(Debug, Error)]
pub enum EnvelopeError {
    /// It is not JSON, or its header lacks a member or holds a malformed one.
    #[error(
        "the event can't be read: {0}; give one JSON envelope with gameId, seq, type, ts and payload"
    )]
    Malformed(#[from] serde_json::Error),
}

impl Envelope {
    /// An envelope without ids, actor, visibility and hashes.
    #[must_use]
    pub fn new(game_id: GameId, seq: u64, ts: i64, event: Event) -> Self {
        Self {
            event_id: None,
            game_id,
            room_id: None,
            seq,
            v: Some(ENVELOPE_VERSION),
            ts,
            command_id: None,
            actor: None,
            visibility: None,
            event,
            prev_hash: None,
            hash: None,
            extra: None,
            payload_extra: None,
        }
    }

    /// Reads the JSON of one envelope. A payload that does not fit its type, or an unknown type,
    /// gives `Event::Unrecognised`.
    ///
    /// # Errors
    /// Fails when the bytes are not JSON or the header is malformed.
    pub fn from_json(json: &[u8]) -> Result<Self, EnvelopeError> {
        match serde_json::from_slice(json) {
            Ok(envelope) => Ok(envelope),
            Err(_) => Self::from_value(serde_json::from_slice(json)?),
        }
    }

    /// Reads an envelope from a JSON value, with the leniency of [`Envelope::from_json`].
    ///
    /// # Errors
    /// Fails when the header is malformed.
    pub fn from_value(mut value: Value) -> Result<Self, EnvelopeError> {
        if let Some(object) = value.as_object_mut()
            && let Some(payload) = object.get("payload")
            && let Some(kind) = object.get("type").and_then(Value::as_str)
            && let Err(problem) = Event::deserialize_payload(kind, payload, &mut None)
        {
            let event = Event::unrecognised(kind, payload.clone(), problem.to_string());
            object.insert("payload".to_owned(), Value::Object(serde_json::Map::new()));
            object.insert("type".to_owned(), Value::from(""));
            let mut envelope: Self = Self::deserialize(value)?;
            envelope.event = event;
            return Ok(envelope);
        }
        Ok(Self::deserialize(value)?)
    }

    /// The hash of this envelope by its content: SHA-256 of its canonical JSON without `hash`.
    ///
    /// # Errors
    /// Fails when a value has no canonical form.
    pub fn content_hash(&self) -> Result<Digest, canonical::CanonicalError> {
        canonical::to_vec(&Wire { envelope: self, with_hash: false })
            .map(|bytes| Digest::of(&bytes))
    }

    /// Chains the envelope to the one before: sets `prevHash` and `hash`.
    ///
    /// # Errors
    /// Fails when a value has no canonical form; the envelope then has no hash.
    pub fn seal(&mut self, prev_hash: Digest) -> Result<Digest, canonical::CanonicalError> {
        self.prev_hash = Some(prev_hash);
        self.hash = None;
        let hash = self.content_hash()?;
        self.hash = Some(hash);
        Ok(hash)
    }

    /// Whether the stored hash is that of the content; none when there is no stored hash.
    #[must_use]
    pub fn verify_hash(&self) -> Option<bool> {
        self.hash.map(|hash| self.content_hash().is_ok_and(|content| content == hash))
    }

    /// The payload as JSON, unknown members included.
    #[must_use]
    pub fn payload(&self) -> Value {
        let mut payload = self.event.payload();
        if let (Some(extra), Some(object)) = (&self.payload_extra, payload.as_object_mut()) {
            object.extend(extra.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        payload
    }
}

impl Envelope {
    /// Writes the members in wire order.
    pub(crate) fn write_members<M: SerializeMap>(
        &self,
        map: &mut M,
        with_hash: bool,
    ) -> Result<(), M::Error> {
        entry(map, "eventId", self.event_id.as_ref())?;
        entry(map, "gameId", Some(&self.game_id).filter(|id| !id.is_empty()))?;
        entry(map, "roomId", self.room_id.as_ref())?;
        map.serialize_entry("seq", &self.seq)?;
        map.serialize_entry("type", self.event.kind())?;
        entry(map, "v", self.v.as_ref())?;
        map.serialize_entry("ts", &self.ts)?;
        entry(map, "commandId", self.command_id.as_ref())?;
        entry(map, "actor", self.actor.as_ref())?;
        entry(map, "visibility", self.visibility.as_ref())?;
        map.serialize_entry("payload", &Payload(self))?;
        entry(map, "prevHash", self.prev_hash.as_ref())?;
        entry(map, "hash", self.hash.as_ref().filter(|_| with_hash))?;
        for (key, value) in self.extra.iter().flat_map(|extra| extra.iter()) {
            map.serialize_entry(key, value)?;
        }
        Ok(())
    }
}

struct Payload<'a>(&'a Envelope);

impl Serialize for Payload<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.payload_extra {
            None => self.0.event.serialize_known(serializer),
            Some(_) => self.0.payload().serialize(serializer),
        }
    }
}

struct Wire<'a> {
    envelope: &'a Envelope,
    with_hash: bool,
}

impl Serialize for Wire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.envelope.write_members(&mut map, self.with_hash)?;
        map.end()
    }
}

fn entry<M: SerializeMap, T: Serialize>(
    map: &mut M,
    key: &'static str,
    value: Option<&T>,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(key, value))
}

impl Serialize for Envelope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire { envelope: self, with_hash: true }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Envelope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EnvelopeVisitor)
    }
}

struct EnvelopeVisitor;

/// A payload: typed at once when its type is known already, as it is in wire order.
enum PayloadSlot {
    Absent,
    Typed(Event),
    Untyped(Value),
}

struct PayloadSeed<'e> {
    kind: &'e str,
    extra: &'e mut Extra,
}

impl<'de> DeserializeSeed<'de> for PayloadSeed<'_> {
    type Value = Event;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Event, D::Error> {
        Event::deserialize_payload(self.kind, deserializer, self.extra)
    }
}

impl<'de> Visitor<'de> for EnvelopeVisitor {
    type Value = Envelope;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event envelope")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope, A::Error> {
        let mut envelope = Envelope::new(
            GameId::default(),
            0,
            0,
            Event::GameAborted(crate::event::GameAborted { reason: None, by: None }),
        );
        envelope.v = None;
        let (mut kind, mut seq, mut ts) = (None::<Key<'de>>, None, None);
        let (mut game_id, mut stored_id) = (None, None);
        let mut slot = PayloadSlot::Absent;
        while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
            match &*key {
                "eventId" => once(&mut envelope.event_id, &mut map, "eventId")?,
                // The key under which a database stores the event; it is no part of the event.
                "_id" => once(&mut stored_id, &mut map, "_id")?,
                "gameId" => once(&mut game_id, &mut map, "gameId")?,
                "roomId" => once(&mut envelope.room_id, &mut map, "roomId")?,
                "seq" => once(&mut seq, &mut map, "seq")?,
                "type" => once(&mut kind, &mut map, "type")?,
                "v" => once(&mut envelope.v, &mut map, "v")?,
                "ts" => once(&mut ts, &mut map, "ts")?,
                "commandId" => once(&mut envelope.command_id, &mut map, "commandId")?,
                "actor" => once(&mut envelope.actor, &mut map, "actor")?,
                "visibility" => once(&mut envelope.visibility, &mut map, "visibility")?,
                "prevHash" => once(&mut envelope.prev_hash, &mut map, "prevHash")?,
                "hash" => once(&mut envelope.hash, &mut map, "hash")?,
                "payload" => {
                    if !matches!(slot, PayloadSlot::Absent) {
                        return Err(de::Error::duplicate_field("payload"));
                    }
                    let extra = &mut envelope.payload_extra;
                    slot = match &kind {
                        Some(Key(kind)) => {
                            PayloadSlot::Typed(map.next_value_seed(PayloadSeed { kind, extra })?)
                        }
                        None => PayloadSlot::Untyped(map.next_value()?),
                    };
                }
                other => {
                    if envelope.extra.as_ref().is_some_and(|extra| extra.contains_key(other)) {
                        return Err(de::Error::custom(format_args!("duplicate field `{other}`")));
                    }
                    keep(&mut envelope.extra, other, map.next_value()?);
                }
            }
        }
        let Key(kind) = kind.ok_or_else(|| de::Error::missing_field("type"))?;
        envelope.event = match slot {
            PayloadSlot::Absent => return Err(de::Error::missing_field("payload")),
            PayloadSlot::Typed(event) => event,
            PayloadSlot::Untyped(payload) => {
                Event::deserialize_payload(&kind, payload, &mut envelope.payload_extra)
                    .map_err(de::Error::custom)?
            }
        };
        envelope.event_id = envelope.event_id.or(stored_id);
        envelope.game_id = game_id.unwrap_or_default();
        envelope.seq = seq.ok_or_else(|| de::Error::missing_field("seq"))?;
        envelope.ts = ts.ok_or_else(|| de::Error::missing_field("ts"))?;
        Ok(envelope)
    }
}

fn once<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    field: &mut Option<T>,
    map: &mut A,
    name: &'static str,
) -> Result<(), A::Error> {
    if field.is_some() {
        return Err(de::Error::duplicate_field(name));
    }
    *field = Some(map.next_value()?);
    Ok(())
}
