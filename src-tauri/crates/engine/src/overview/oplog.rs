//! How long increments can still follow: a forecast of the day on which the oplog forgets what the
//! newest backup stands on.

use source::mongo::OplogWindow;
use vault::SetSummary;

use super::outcome::{OplogForecast, OplogState};
use crate::backup::is_requested;

/// Less than this part of the oplog's reach left is soon.
const SOON: i64 = 4;

/// None without a server that shows its oplog.
pub(super) fn forecast(window: Option<OplogWindow>, sets: &[SetSummary]) -> Option<OplogForecast> {
    let window = window?;
    let newest = sets.iter().filter(|set| is_requested(set)).max_by_key(|set| set.consistent_at_ms);
    let base_at = newest.map(|set| set.consistent_at_ms);
    let reach_ms = i64::from(window.seconds()) * 1000;
    // A young oplog forgets nothing yet, so its reach says nothing.
    let forgotten_at = base_at.filter(|_| !is_young(window)).map(|at| at + reach_ms);
    let now_ms = window.newest.unix_ms();
    let state = match (base_at, forgotten_at) {
        (None, _) => OplogState::NoBackup,
        (Some(at), _) if at < window.oldest.unix_ms() => OplogState::Overrun,
        (_, Some(at)) if at - now_ms < reach_ms / SOON => OplogState::Soon,
        _ => OplogState::Reaches,
    };
    Some(OplogForecast {
        reach_seconds: i64::from(window.seconds()),
        backup: newest.map(|set| set.id.clone()),
        forgotten_at,
        state,
    })
}

/// Its first entry, ordinal 1 of the set's initiation, is still there.
pub(super) fn is_young(window: OplogWindow) -> bool {
    window.oldest.increment == 1
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use source::mongo::ClusterTime;

    use super::*;

    fn window(oldest: u32, newest: u32, increment: u32) -> OplogWindow {
        let at = |time, increment| ClusterTime { time, increment };
        OplogWindow { oldest: at(oldest, increment), newest: at(newest, 1) }
    }

    fn set(consistent_at: i64) -> SetSummary {
        SetSummary {
            id: "B".into(),
            started_at_ms: 0,
            committed_at_ms: 0,
            cluster_time: String::new(),
            consistent_at_ms: consistent_at * 1000,
            classes: Vec::new(),
            documents: 0,
            bytes: 0,
            stored_bytes: 0,
            key_epoch: 1,
            tool_version: String::new(),
            writer_id: String::new(),
            fencing_token: 0,
            attributes: BTreeMap::from([("origin".to_owned(), "requested".to_owned())]),
        }
    }

    #[test]
    fn the_day_on_which_the_oplog_forgets_is_told_before_it_comes() {
        let full = window(10_000, 20_000, 7);
        let state = |window: OplogWindow, sets: &[SetSummary]| {
            let forecast = forecast(Some(window), sets).unwrap();
            (forecast.state, forecast.forgotten_at)
        };
        assert_eq!(state(full, &[]), (OplogState::NoBackup, None));
        assert_eq!(state(full, &[set(19_000)]), (OplogState::Reaches, Some(29_000_000)));
        assert_eq!(state(full, &[set(12_000)]), (OplogState::Soon, Some(22_000_000)));
        assert_eq!(state(full, &[set(9_999)]), (OplogState::Overrun, Some(19_999_000)));
        // The newest counts.
        assert_eq!(state(full, &[set(9_999), set(19_000)]).0, OplogState::Reaches);
        let young = window(10_000, 20_000, 1);
        assert_eq!(state(young, &[set(12_000)]), (OplogState::Reaches, None));
        assert_eq!(forecast(None, &[]), None);
    }
}
