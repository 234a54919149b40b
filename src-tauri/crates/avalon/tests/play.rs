//! Random legal play of every player count and module.

mod game;

use avalon::chain::first_break;
use avalon::event::Envelope;
use avalon::moment::{Moment, moments};
use avalon::play::{Uniform, legal_events};
use avalon::profile::RuleProfile;
use avalon::reducer::{Replay, fold};
use avalon::rules::EndReason;
use avalon::state::{GameState, Phase};
use game::{Table, game, numbers, profiles};
use proptest::prelude::*;

fn count(log: &[Envelope], wanted: Moment) -> usize {
    moments(log).filter(|(moment, _)| *moment == wanted).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn legal_play_ends_and_is_accepted(profile in profiles(), number in any::<u64>()) {
        let table = game(&profile, number);
        let state = &table.state;
        prop_assert_eq!(state.phase, Phase::Ended);
        prop_assert_eq!(state.winner, state.reason.map(EndReason::winner));

        let resolved = state.quests.iter().filter(|quest| quest.result.is_some()).count();
        let [k3, k4, k5, k6] =
            [Moment::K3, Moment::K4, Moment::K5, Moment::K6].map(|k| count(&table.log, k));
        prop_assert_eq!(k5, resolved);
        let all = moments(&table.log).count();
        prop_assert_eq!(all, 3 + k3 + k4 + k5 + k6);
        prop_assert!((4..=19).contains(&all), "{} moments", all);
        let early = state.successes < 3 && k6 == 1;
        let hammer = state.reason == Some(EndReason::FiveRejections);
        if !early {
            prop_assert_eq!(k4, k5);
            prop_assert_eq!(k3, resolved + usize::from(hammer));
        }
        prop_assert!(state.successes <= 3 && state.failures <= 3);
    }

    #[test]
    fn two_replays_are_equal(profile in profiles(), number in any::<u64>(), cut in any::<prop::sample::Index>()) {
        let table = game(&profile, number);
        let once = fold(&table.log).unwrap();
        prop_assert_eq!(&once, &table.state);
        prop_assert_eq!(once.state_hash().unwrap(), table.state.state_hash().unwrap());

        let cut = cut.index(table.log.len());
        let snapshot = fold(&table.log[..cut]).unwrap();
        let stored = serde_json::to_string(&snapshot).unwrap();
        let mut restored: GameState = serde_json::from_str(&stored).unwrap();
        prop_assert_eq!(&restored, &snapshot);
        prop_assert_eq!(restored.state_hash().unwrap(), snapshot.state_hash().unwrap());
        for envelope in &table.log[cut..] {
            restored.apply(envelope).unwrap();
        }
        prop_assert_eq!(restored.state_hash().unwrap(), once.state_hash().unwrap());
    }

    #[test]
    fn the_log_survives_the_wire(profile in profiles(), number in any::<u64>()) {
        let table = game(&profile, number);
        prop_assert_eq!(first_break(&table.log), None);
        let mut hasher = avalon::canonical::EventHasher::default();
        for envelope in &table.log {
            let line = serde_json::to_string(envelope).unwrap();
            let read = Envelope::from_json(line.as_bytes()).unwrap();
            prop_assert_eq!(&read, envelope);
            prop_assert_eq!(Some(hasher.content_hash(&line).unwrap()), envelope.hash);
        }
    }

    #[test]
    fn a_lenient_replay_of_a_legal_log_notes_nothing(profile in profiles(), number in any::<u64>()) {
        let table = game(&profile, number);
        let mut replay = Replay::lenient();
        for envelope in &table.log {
            replay.push(envelope).unwrap();
        }
        prop_assert_eq!(replay.take_noted(), Vec::new());
        prop_assert_eq!(replay.state(), &table.state);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn every_legal_event_is_accepted(profile in profiles(), number in any::<u64>()) {
        let mut table = Table::new(&profile, number);
        let mut policy = Uniform(numbers(number));
        loop {
            let seq = table.state.seq + 1;
            for draft in legal_events(&table.state) {
                let mut envelope = Envelope::new("game".into(), seq, 0, draft.event);
                envelope.actor = Some(draft.actor);
                if let Err(rejection) = table.state.clone().apply(&envelope) {
                    prop_assert!(false, "{}", rejection);
                }
            }
            if !table.step(&mut policy) {
                break;
            }
        }
        prop_assert!(legal_events(&table.state).is_empty());
    }
}

#[test]
fn every_way_to_end_occurs() {
    let mut seen = std::collections::HashSet::new();
    for number in 0..200 {
        let mut profile = RuleProfile::standard(5 + u8::try_from(number % 6).unwrap()).unwrap();
        if number % 7 == 0 {
            for role in &mut profile.roles {
                if *role == avalon::role::Role::Merlin {
                    *role = avalon::role::Role::Servant;
                }
            }
        }
        seen.insert(game(&profile, number).state.reason.unwrap());
    }
    assert_eq!(seen.len(), 5, "{seen:?}");
}
