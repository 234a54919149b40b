//! The events of a game as a viewer may see them.

use std::collections::BTreeMap;

use avalon::event::Envelope;
use avalon::moment::Moment;
use avalon::view::{Viewer, view_log};

use super::outcome::EventView;
use super::record::GameRecord;
use super::show::text;
use crate::error::EngineError;

impl GameRecord {
    /// The events that the viewer may see, in order.
    pub(crate) fn events(&self, viewer: &Viewer) -> Result<Vec<EventView>, EngineError> {
        let mut events = events_of(self.envelopes(), viewer)?;
        if let Some(what_if) = self.what_if() {
            events.iter_mut().for_each(|event| event.origin = what_if.origin(event.seq));
        }
        Ok(events)
    }
}

/// The events of a log that the viewer may see, in order.
pub(crate) fn events_of<'l>(
    log: impl Iterator<Item = &'l Envelope> + Clone,
    viewer: &Viewer,
) -> Result<Vec<EventView>, EngineError> {
    let moments: BTreeMap<u64, Moment> = log
        .clone()
        .filter_map(|envelope| Some((envelope.seq, Moment::of(&envelope.event)?)))
        .collect();
    view_log(log, viewer)
        .into_iter()
        .map(|event| {
            Ok(EventView {
                seq: event.seq,
                kind: event.kind,
                at: event.ts,
                actor: match &event.actor {
                    Some(actor) => text(actor)?,
                    None => String::new(),
                },
                moment: moments.get(&event.seq).map(|moment| moment.as_str().to_owned()),
                payload: event.payload,
                origin: None,
            })
        })
        .collect()
}
