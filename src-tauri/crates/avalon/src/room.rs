//! The room before and between games: what its own log leads to.

use serde_json::Value;
use thiserror::Error;

use crate::document::{Member, RoomDoc, RoomStatus};
use crate::event::{Actor, Envelope, Event};
use crate::id::{PlayerId, RoomId};
use crate::profile::RuleProfile;
use crate::rules;

/// Why an event of a room is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("event {seq} of room {room}: {problem}")]
pub struct RoomRejection {
    /// The room.
    pub room: RoomId,
    /// The event.
    pub seq: u64,
    /// What is wrong, and so what must hold.
    pub problem: &'static str,
}

/// A room after some event of its log.
#[derive(Debug, Clone, PartialEq)]
pub struct RoomState {
    /// Number of the last event.
    pub seq: u64,
    /// The document that `rooms` holds.
    pub document: RoomDoc,
}

impl RoomState {
    /// The room that RoomCreated opens.
    ///
    /// # Errors
    /// Fails when the event is another one, or not the first of its log.
    pub fn open(envelope: &Envelope) -> Result<Self, RoomRejection> {
        let Event::RoomCreated(event) = &envelope.event else {
            return Err(reject(envelope, "the first event must be RoomCreated"));
        };
        if envelope.seq != 1 {
            return Err(reject(envelope, "RoomCreated must have the number 1"));
        }
        let profile = event.config.as_ref().and_then(|config| RuleProfile::read(config).0);
        Ok(Self {
            seq: 1,
            document: RoomDoc {
                id: event.room_id.clone(),
                code: event.code.clone(),
                host_id: event.host_id.clone(),
                members: Vec::new(),
                profile,
                status: RoomStatus::Lobby,
                current_game_id: None,
                created_at: envelope.ts,
                updated_at: envelope.ts,
            },
        })
    }

    /// Applies the next event of the room's log.
    ///
    /// # Errors
    /// Says what must hold; the state is then unchanged.
    pub fn apply(&mut self, envelope: &Envelope) -> Result<(), RoomRejection> {
        if envelope.seq != self.seq.saturating_add(1) {
            return Err(reject(envelope, "its number must follow the last one"));
        }
        if self.document.status != RoomStatus::Lobby {
            return Err(reject(envelope, "the room must be in the lobby"));
        }
        self.dispatch(envelope).map_err(|problem| reject(envelope, problem))?;
        self.seq = envelope.seq;
        self.document.updated_at = envelope.ts;
        Ok(())
    }

    fn dispatch(&mut self, envelope: &Envelope) -> Result<(), &'static str> {
        match &envelope.event {
            Event::RoomConfigured(event) => self.configure(envelope, &event.profile),
            Event::PlayerJoined(event) => {
                self.join(&event.player_id, event.nick.as_deref().unwrap_or_default())
            }
            Event::PlayerLeft(event) | Event::PlayerKicked(event) => {
                self.member(&event.player_id)?;
                self.document.members.retain(|member| member.player_id != event.player_id);
                Ok(())
            }
            Event::SeatTaken(event) => {
                let free = self.document.members.iter().all(|other| other.seat != Some(event.seat));
                if !free || event.seat >= rules::MAX_PLAYERS {
                    return Err("the seat must be free and one of the ten");
                }
                self.member(&event.player_id)?.seat = Some(event.seat);
                Ok(())
            }
            Event::SeatFreed(event) => {
                self.member(&event.player_id)?.seat = None;
                Ok(())
            }
            Event::ReadyChanged(event) => {
                self.member(&event.player_id)?.ready = event.ready;
                Ok(())
            }
            Event::HostTransferred(event) => {
                self.member(&event.to)?;
                if self.document.host_id != event.from {
                    return Err("only the host's place can be given away");
                }
                self.document.host_id = event.to.clone();
                Ok(())
            }
            _ => Err("it must be an event of a room"),
        }
    }

    fn configure(&mut self, envelope: &Envelope, patch: &Value) -> Result<(), &'static str> {
        if let Some(Actor::Player(player)) = &envelope.actor
            && *player != self.document.host_id
        {
            return Err("only the host configures the room");
        }
        let Some(patch) = patch.as_object() else {
            return Err("the profile patch must be an object");
        };
        let mut profile = serde_json::to_value(&self.document.profile).unwrap_or_default();
        match profile.as_object_mut() {
            Some(profile) => profile.extend(patch.clone()),
            None => profile = Value::Object(patch.clone()),
        }
        match RuleProfile::read(&profile).0 {
            Some(profile) => {
                self.document.profile = Some(profile);
                Ok(())
            }
            None => Err("the profile must have players and roles"),
        }
    }

    fn join(&mut self, player: &PlayerId, nick: &str) -> Result<(), &'static str> {
        if self.document.members.len() >= usize::from(rules::MAX_PLAYERS) {
            return Err("the room must have place");
        }
        if self.member(player).is_ok() {
            return Err("the player must not be in the room yet");
        }
        let (player_id, nick) = (player.clone(), nick.to_owned());
        self.document.members.push(Member { player_id, nick, seat: None, ready: false });
        Ok(())
    }

    fn member(&mut self, player: &PlayerId) -> Result<&mut Member, &'static str> {
        self.document
            .members
            .iter_mut()
            .find(|member| member.player_id == *player)
            .ok_or("the player must be in the room")
    }

    /// The players in seat order, when a game can begin: 5 to 10, all seated without a gap and
    /// ready.
    #[must_use]
    pub fn table(&self) -> Option<Vec<PlayerId>> {
        let members = &self.document.members;
        let mut seated: Vec<_> = members
            .iter()
            .filter(|member| member.ready)
            .filter_map(|member| Some((member.seat?, member.player_id.clone())))
            .collect();
        seated.sort_unstable();
        let whole = seated.len() == members.len()
            && (0u8..).zip(&seated).all(|(seat, (taken, _))| seat == *taken)
            && rules::evil_count(u8::try_from(seated.len()).unwrap_or(0)).is_some();
        whole.then(|| seated.into_iter().map(|(_, player)| player).collect())
    }
}

fn reject(envelope: &Envelope, problem: &'static str) -> RoomRejection {
    let room = envelope.room_id.clone().unwrap_or_default();
    RoomRejection { room, seq: envelope.seq, problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(seq: u64, kind: &str, payload: serde_json::Value) -> Envelope {
        let json = serde_json::json!({"roomId": "r", "seq": seq, "type": kind, "ts": seq, "payload": payload});
        Envelope::from_value(json).unwrap()
    }

    fn room() -> RoomState {
        let opened = serde_json::json!({"roomId": "r", "hostId": "p0", "code": "1234"});
        RoomState::open(&event(1, "RoomCreated", opened)).unwrap()
    }

    #[test]
    fn five_ready_players_make_a_table() {
        let mut room = room();
        let mut seq = 1;
        for seat in 0..5 {
            let player = format!("p{seat}");
            for (kind, payload) in [
                ("PlayerJoined", serde_json::json!({"playerId": player})),
                ("SeatTaken", serde_json::json!({"playerId": player, "seat": 4 - seat})),
                ("ReadyChanged", serde_json::json!({"playerId": player, "ready": true})),
            ] {
                assert_eq!(room.table(), None);
                seq += 1;
                room.apply(&event(seq, kind, payload)).unwrap();
            }
        }
        assert_eq!(room.table().unwrap()[0], PlayerId::from("p4"));
    }

    #[test]
    fn what_must_not_be_is_refused() {
        let mut room = room();
        let joined = serde_json::json!({"playerId": "p1"});
        room.apply(&event(2, "PlayerJoined", joined.clone())).unwrap();
        let before = room.clone();
        assert!(room.apply(&event(3, "PlayerJoined", joined.clone())).is_err());
        assert!(room.apply(&event(5, "PlayerLeft", joined)).is_err());
        let stranger = serde_json::json!({"playerId": "p9", "ready": true});
        assert!(room.apply(&event(3, "ReadyChanged", stranger)).is_err());
        assert!(
            room.apply(&event(3, "RoomConfigured", serde_json::json!({"profile": 1}))).is_err()
        );
        assert!(room.apply(&event(3, "GameAborted", serde_json::json!({}))).is_err());
        assert_eq!(room, before);
    }
}
