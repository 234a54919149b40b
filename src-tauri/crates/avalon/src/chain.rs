//! The hash chain of a log: every event carries the hash of the one before.

use crate::canonical::CanonicalError;
use crate::digest::Digest;
use crate::event::{Draft, Envelope};
use crate::id::{CommandId, EventId, GameId, RoomId};

/// What the rules do not decide about an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The event's id.
    pub event_id: EventId,
    /// Server time, Unix milliseconds.
    pub ts: i64,
    /// Idempotency key of the command.
    pub command_id: CommandId,
}

/// The end of a log: where the next event joins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    game_id: GameId,
    room_id: Option<RoomId>,
    seq: u64,
    ts: i64,
    head: Digest,
}

impl Chain {
    /// The chain of a log without events.
    #[must_use]
    pub const fn new(game_id: GameId, room_id: Option<RoomId>) -> Self {
        Self { game_id, room_id, seq: 0, ts: i64::MIN, head: Digest::ZERO }
    }

    /// The chain after the last event of a log; none when that event carries no hash.
    #[must_use]
    pub fn after(last: &Envelope) -> Option<Self> {
        Some(Self {
            game_id: last.game_id.clone(),
            room_id: last.room_id.clone(),
            seq: last.seq,
            ts: last.ts,
            head: last.hash?,
        })
    }

    /// Number of the last event, 0 when there is none.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// Hash of the last event.
    #[must_use]
    pub const fn head(&self) -> Digest {
        self.head
    }

    /// Makes the next event: numbered, timed not before the last one, and chained. The chain moves
    /// on only when [`Chain::advance`] is called with it, so a draft can be tried first.
    ///
    /// # Errors
    /// Fails when a value of the draft has no canonical form.
    pub fn seal(&self, draft: Draft, stamp: Stamp) -> Result<Envelope, CanonicalError> {
        let ts = stamp.ts.max(self.ts);
        let mut envelope = Envelope::new(self.game_id.clone(), self.seq + 1, ts, draft.event);
        envelope.event_id = Some(stamp.event_id);
        envelope.room_id.clone_from(&self.room_id);
        envelope.command_id = Some(stamp.command_id);
        envelope.actor = Some(draft.actor);
        envelope.visibility = Some(draft.visibility);
        envelope.seal(self.head)?;
        Ok(envelope)
    }

    /// Moves on to `last`, which this chain has sealed.
    pub fn advance(&mut self, last: &Envelope) {
        self.seq = last.seq;
        self.ts = last.ts;
        self.head = last.hash.unwrap_or(Digest::ZERO);
    }
}

/// The first event whose own hash or link to the one before does not hold; none when the chain is
/// whole. Events without a hash are not judged, and the link after one is not either.
#[must_use]
pub fn first_break<'a>(log: impl IntoIterator<Item = &'a Envelope>) -> Option<u64> {
    let mut head = Some(Digest::ZERO);
    for envelope in log {
        let linked = match (envelope.prev_hash, head) {
            (Some(prev), Some(head)) => prev == head,
            _ => true,
        };
        if !linked || envelope.verify_hash() == Some(false) {
            return Some(envelope.seq);
        }
        head = envelope.hash;
    }
    None
}
