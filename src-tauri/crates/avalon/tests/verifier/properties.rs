//! Random legal play is sound, whatever the rules and however it is cut.

use avalon::check::{ParsedEnvelope, check_log};
use proptest::prelude::*;

use crate::games::random_game;
use crate::wire::Log;

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_legal_play_is_sound(number in 0..1_000_000_u32) {
        let game = random_game(number);
        let log: Vec<_> = game.into_iter().map(ParsedEnvelope::from).collect();
        let report = check_log(&log);
        prop_assert!(report.is_sound(), "{:?}", report.findings);
        prop_assert!(report.winner.is_some());
        prop_assert!(!report.skipped.iter().any(|id| id == "E-HASH"));
    }

    #[test]
    fn every_beginning_of_a_legal_game_is_sound_and_open(number in 0..1_000_000_u32, part in 0.0..1.0) {
        let game = random_game(number);
        #[allow(clippy::cast_sign_loss, clippy::cast_possible_truncation, clippy::cast_precision_loss)]
        let length = 1 + ((game.len() - 2) as f64 * part) as usize;
        let log: Vec<_> = game.into_iter().take(length).map(ParsedEnvelope::from).collect();
        let report = check_log(&log);
        prop_assert!(report.is_sound(), "{:?}", report.findings);
        prop_assert_eq!((report.winner, report.reason), (None, None));
    }

    #[test]
    fn without_what_may_be_absent_it_is_sound_too(number in 0..1_000_000_u32) {
        let mut log = Log::from(random_game(number).as_slice()).without_hashes();
        for event in &mut log.0 {
            let members = event.as_object_mut().unwrap();
            for name in ["eventId", "roomId", "commandId", "actor", "visibility", "v"] {
                members.remove(name);
            }
            let payload = members["payload"].as_object_mut().unwrap();
            for name in ["knowledge", "rngCommit", "candidates", "nextLeader", "voteTrackAfter", "deadline"] {
                payload.remove(name);
            }
        }
        let report = log.check();
        prop_assert!(report.is_sound(), "{:?}", report.findings);
        for id in ["E-HASH", "E-ID-UNIQUE", "K-MATRIX", "R-RNG", "V-SECRET", "C-VERSION", "L-ONLY-LEADER"] {
            prop_assert!(report.skipped.iter().any(|skipped| skipped == id), "{} is not skipped", id);
        }
    }
}
