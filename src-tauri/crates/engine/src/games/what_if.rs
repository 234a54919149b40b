//! A game as it would have gone: in memory alone, and marked.

use avalon::diff::{Difference, diff};
use avalon::event::Envelope;
use avalon::play::Turn;
use avalon::state::GameState;
use avalon::view::{Viewer, view_state};
use avalon::what_if::{Course, Dropped, Edit, Origin, WhatIfError, course};

use super::log::GameLog;
use super::outcome::{DroppedEvent, EventOrigin, Waits, WhatIfView};
use super::record::GameRecord;
use crate::error::EngineError;

/// What is otherwise in a game.
#[derive(Debug, Clone)]
pub(crate) struct WhatIf {
    /// As it is told, against the end of the log.
    pub(super) view: WhatIfView,
    /// By the events' numbers, from 1.
    origins: Vec<(Origin, Option<u64>)>,
}

/// The game with these edits.
pub(super) fn apply(record: GameRecord, edits: &[Edit]) -> Result<GameRecord, EngineError> {
    let log: Vec<&Envelope> = record.envelopes().collect();
    if log.is_empty() {
        let reason = "there are no events to change: a snapshot has one moment alone".to_owned();
        return Err(EngineError::Invalid { field: "whatIf", reason });
    }
    let Course { events, dropped, from, turn } = course(&log, edits).map_err(impossible)?;
    let before = record.state_at(record.last_seq());
    let origins = events.iter().map(|event| (event.origin, event.of)).collect();
    let events = events.into_iter().map(|event| event.envelope.into()).collect();
    let (record, after) = record.with_course(GameLog::parsed(events, Vec::new()));
    let seen = |state: &GameState| view_state(state, &Viewer::God);
    let Difference { outcome, facts, .. } = diff(&seen(&before), &seen(&after));
    let dropped = dropped.iter().map(told).collect();
    let edits = edits.to_vec();
    let view = WhatIfView { edits, from, dropped, waits: waits(&turn), outcome, facts };
    Ok(record.marked(WhatIf { view, origins }))
}

pub(super) fn impossible(error: WhatIfError) -> EngineError {
    EngineError::Invalid { field: "whatIf", reason: error.to_string() }
}

impl WhatIf {
    /// Where an event of the course comes from.
    pub(super) fn origin(&self, seq: u64) -> Option<EventOrigin> {
        let at = usize::try_from(seq.checked_sub(1)?).ok()?;
        self.origins.get(at).map(|(origin, of)| EventOrigin { origin: *origin, of: *of })
    }
}

fn told(dropped: &Dropped) -> DroppedEvent {
    DroppedEvent {
        seq: dropped.seq,
        kind: dropped.kind.clone(),
        rule: dropped.guard.map(|guard| guard.invariant().to_owned()),
        detail: dropped.sentence.to_string(),
        sentence: dropped.sentence.clone(),
    }
}

fn waits(turn: &Turn) -> Waits {
    let (turn, seats) = match turn {
        Turn::Create => ("create", vec![]),
        Turn::Deal => ("deal", vec![]),
        Turn::StartQuest { .. } => ("start_quest", vec![]),
        Turn::TurnLoyaltyCard { .. } => ("turn_loyalty_card", vec![]),
        Turn::Propose { leader } => ("propose", vec![*leader]),
        Turn::Vote { seats } => ("vote", seats.clone()),
        Turn::CloseVote => ("close_vote", vec![]),
        Turn::ForceTeam => ("force_team", vec![]),
        Turn::PlayCard { seats } => ("play_card", seats.clone()),
        Turn::UseExcalibur { holder } => ("use_excalibur", vec![*holder]),
        Turn::Resolve => ("resolve", vec![]),
        Turn::UseLady { holder } => ("use_lady", vec![*holder]),
        Turn::StartAssassination => ("start_assassination", vec![]),
        Turn::Shoot { assassin } => ("shoot", vec![*assassin]),
        Turn::End(_) => ("end", vec![]),
        Turn::Over => ("over", vec![]),
    };
    Waits { turn: turn.to_owned(), seats: seats.into_iter().map(u32::from).collect() }
}
