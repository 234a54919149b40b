//! Connections, pauses and automatic actions: what lies over the rules.

use crate::event::{Card, Event};
use crate::id::PlayerId;
use crate::invariant::{
    connection::{D_AUTO_SAFE, D_PAIR, D_PAUSED},
    log::{E_FSM, E_LAST},
    seats::S_FROZEN,
    time::T_DEADLINE,
};
use crate::sentence;

use super::{At, Phase, Walk};

/// What lies over the rules.
#[derive(Debug, Default)]
pub(super) struct Overlay<'a> {
    paused: bool,
    /// Whether a breach of this pause was told.
    breached: bool,
    disconnected: Vec<&'a PlayerId>,
    /// Until when the action at hand may be taken, where that is known.
    pub(super) deadline: Option<i64>,
    /// Whether an automatic action could not be judged for want of a deadline.
    pub(super) misses_deadline: bool,
    /// Inputs that E-CAUSAL has told of and that are to be passed over.
    pub(super) came_late: Vec<u64>,
}

impl<'a> Walk<'a> {
    pub(super) fn overlay_event(&mut self, at: At<'a>) {
        match &at.entry.envelope.event {
            Event::PlayerDisconnected(event) => self.disconnected(at, &event.player_id),
            Event::PlayerReconnected(event) => self.reconnected(at, &event.player_id),
            Event::GamePaused(_) => self.pause(at, true),
            Event::GameResumed(_) => self.pause(at, false),
            Event::ActionTimedOut(event) => {
                self.known(at.seq, &event.player, || sentence!("the player"));
                self.judge_deadline(at);
            }
            Event::AutoActionApplied(event) => {
                self.known(at.seq, &event.player, || sentence!("the player"));
                self.judge_deadline(at);
                self.judge_announced_action(at, event.action.as_ref());
            }
            Event::BotTookOver(event) | Event::SeatReclaimed(event) => {
                self.known(at.seq, &event.player_id, || sentence!("the player"));
            }
            _ => {}
        }
    }

    /// S-FROZEN: a room's event in the log of a game.
    pub(super) fn room_event(&mut self, at: At<'a>) {
        let detail =
            sentence!("{event} after the game was created", event = at.entry.envelope.event.kind());
        self.out.report(&S_FROZEN, at.seq, detail);
    }

    fn disconnected(&mut self, at: At<'a>, player: &'a PlayerId) {
        self.known(at.seq, player, || sentence!("the player"));
        if self.overlay.disconnected.contains(&player) {
            self.out.report(&D_PAIR, at.seq, sentence!("{player} is disconnected twice", player));
        } else {
            self.overlay.disconnected.push(player);
        }
    }

    fn reconnected(&mut self, at: At<'a>, player: &'a PlayerId) {
        self.known(at.seq, player, || sentence!("the player"));
        let before = self.overlay.disconnected.len();
        self.overlay.disconnected.retain(|other| *other != player);
        if self.overlay.disconnected.len() == before {
            let detail =
                sentence!("{player} is reconnected without having been disconnected", player);
            self.out.report(&D_PAIR, at.seq, detail);
        }
    }

    fn pause(&mut self, at: At<'a>, pause: bool) {
        if matches!(self.phase, Phase::Ended | Phase::Aborted) {
            self.out.report_once(&E_LAST, at.seq, sentence!("a pause after the end of the game"));
        } else if self.overlay.paused == pause {
            let detail = if pause {
                sentence!("the game is paused already")
            } else {
                sentence!("the game is not paused already")
            };
            self.out.report_once(&E_FSM, at.seq, detail);
        }
        self.overlay.paused = pause;
        self.overlay.breached = false;
    }

    /// D-PAUSED, once a pause. A paused game may be aborted.
    pub(super) fn judge_pause(&mut self, at: At<'a>) {
        let event = &at.entry.envelope.event;
        if self.overlay.paused && !self.overlay.breached && !matches!(event, Event::GameAborted(_))
        {
            self.overlay.breached = true;
            let detail = sentence!("{event} while the game is paused", event = event.kind());
            self.out.report(&D_PAUSED, at.seq, detail);
        }
    }

    /// D-AUTO-SAFE and T-DEADLINE of what the server does in a player's place.
    pub(super) fn judge_auto(&mut self, at: At<'a>) {
        let event = &at.entry.envelope.event;
        if !event.is_auto() {
            return;
        }
        self.judge_deadline(at);
        if let Event::MissionCardPlayed(card) = event
            && card.card == Card::Fail
        {
            let detail = sentence!("the server played Fail for {player}", player = &card.player_id);
            self.out.report(&D_AUTO_SAFE, at.seq, detail);
        }
    }

    fn judge_deadline(&mut self, at: At<'a>) {
        let ts = at.entry.envelope.ts;
        match self.overlay.deadline {
            None => self.overlay.misses_deadline = true,
            Some(deadline) if ts < deadline => {
                let detail = sentence!(
                    "the server acts {ms} ms before the deadline",
                    ms = deadline.saturating_sub(ts)
                );
                self.out.report(&T_DEADLINE, at.seq, detail);
            }
            Some(_) => {}
        }
    }

    /// D-AUTO-SAFE of an action as AutoActionApplied tells it: a text or an event's JSON.
    fn judge_announced_action(&mut self, at: At<'a>, action: Option<&serde_json::Value>) {
        let Some(action) = action else { return };
        let text = action.to_string().to_ascii_lowercase();
        let fail = text.contains("fail") && !text.contains("success");
        if fail || text.contains("assassin") {
            let detail = sentence!("the server's action is {value}", value = action);
            self.out.report(&D_AUTO_SAFE, at.seq, detail);
        }
    }
}
