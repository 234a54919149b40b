//! What the page draws after each event that its viewer sees, as steps from one to the next.

use avalon::event::Envelope;
use avalon::reducer::Replay;
use avalon::snapshot::delta::delta;
use avalon::view::{StateView, Viewer, view_state};
use serde_json::{Value, json};

use crate::error::EngineError;
use crate::games::outcome::EventView;

/// The course of a game.
pub(super) struct Frames {
    /// A step for each event that is seen: what changes what was drawn before it, by
    /// [`avalon::snapshot::delta`]; null where nothing does.
    pub(super) steps: Vec<Value>,
    /// The state after the last event.
    pub(super) end: StateView,
}

/// Looks at the table after each event that the viewer sees.
pub(super) fn frames(
    log: &[&Envelope],
    events: &[EventView],
    viewer: &Viewer,
) -> Result<Frames, EngineError> {
    let mut replay = Replay::lenient();
    let mut left = log.iter().peekable();
    let mut drawn = Value::Null;
    let mut steps = Vec::with_capacity(events.len());
    for event in events {
        while let Some(envelope) = left.next_if(|envelope| envelope.seq <= event.seq) {
            // What cannot be applied at all is for the rules to tell, not for the page.
            let _ = replay.push(envelope);
        }
        let next = draw(&view_state(replay.state(), viewer))?;
        steps.push(delta(&drawn, &next).unwrap_or_default());
        drawn = next;
    }
    for envelope in left {
        let _ = replay.push(envelope);
    }
    Ok(Frames { steps, end: view_state(replay.state(), viewer) })
}

/// The members of a view that the page draws. No player is named: seats have numbers.
fn draw(view: &StateView) -> Result<Value, EngineError> {
    let players: Vec<Value> = view
        .players
        .iter()
        .map(|player| {
            json!({
                "role": player.role, "side": player.side, "mark": player.mark,
                "connected": player.connected, "bot": player.bot,
            })
        })
        .collect();
    let shot = view.assassination.as_ref();
    serde_json::to_value(json!({
        "phase": view.phase, "quest": view.quest, "attempt": view.attempt,
        "voteTrack": view.vote_track, "leader": view.leader, "players": players,
        "quests": view.quests, "lady": view.lady.as_ref().map(|lady| lady.holder),
        "assassination": shot.map(|shot| json!({ "target": shot.target })),
        "winner": view.winner, "reason": view.reason, "paused": view.paused,
    }))
    .map_err(|error| EngineError::Worker { detail: error.to_string() })
}
