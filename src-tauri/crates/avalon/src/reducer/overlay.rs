//! Connections, pauses, bots, snapshots and corrections. They never change the state of the rules.

use crate::event::{Envelope, Event, HistoryReset};
use crate::id::PlayerId;
use crate::reducer::rejection::Judge;
use crate::reducer::{Guard, Judged};
use crate::sentence;
use crate::state::GameState;

impl GameState {
    pub(super) fn overlay_event(&mut self, envelope: &Envelope, judge: &mut Judge<'_>) -> Judged {
        match &envelope.event {
            Event::PlayerDisconnected(event) => self.connected(&event.player_id, false, judge),
            Event::PlayerReconnected(event) => self.connected(&event.player_id, true, judge),
            Event::BotTookOver(event) => self.bot(&event.player_id, true, judge),
            Event::SeatReclaimed(event) => self.bot(&event.player_id, false, judge),
            Event::GamePaused(_) => self.pause(true, judge),
            Event::GameResumed(_) => self.pause(false, judge),
            Event::ActionTimedOut(event) | Event::AutoActionApplied(event) => {
                self.seated(&event.player, Guard::KnownPlayer, judge)?;
                self.judge_deadline(envelope, judge)
            }
            Event::GameRestored(event) | Event::GameRolledBack(event) => {
                self.judge_reset(event, judge)
            }
            _ => Ok(()),
        }
    }

    fn connected(&mut self, player: &PlayerId, connected: bool, judge: &Judge<'_>) -> Judged {
        let seat = self.seated(player, Guard::KnownPlayer, judge)?;
        if let Some(slot) = self.overlay.connected.get_mut(usize::from(seat)) {
            *slot = connected;
        }
        Ok(())
    }

    fn bot(&mut self, player: &PlayerId, plays: bool, judge: &Judge<'_>) -> Judged {
        let seat = self.seated(player, Guard::KnownPlayer, judge)?;
        if let Some(slot) = self.overlay.bots.get_mut(usize::from(seat)) {
            *slot = plays;
        }
        Ok(())
    }

    fn pause(&mut self, pause: bool, judge: &mut Judge<'_>) -> Judged {
        judge.require(!self.phase.is_final(), Guard::Last, || {
            sentence!("a pause after the game was over")
        })?;
        judge.expect(self.overlay.paused != pause, Guard::Phase, || {
            if self.overlay.paused {
                sentence!("the game is paused already")
            } else {
                sentence!("the game is not paused already")
            }
        })?;
        self.overlay.paused = pause;
        Ok(())
    }

    /// Without the log only a reset to the present can be applied.
    fn judge_reset(&self, event: &HistoryReset, judge: &Judge<'_>) -> Judged {
        let here = event.to_seq.is_none_or(|to| to == self.seq);
        judge.require(here, Guard::Branch, || {
            sentence!(
                "going back to event {seq} needs the log",
                seq = event.to_seq.unwrap_or(self.seq)
            )
        })
    }
}
