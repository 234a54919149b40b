//! A view never tells what its viewer must not know. The proof is non-interference: two games that
//! differ only in what the viewer may not know look the same to the viewer, after every event.

mod game;

use avalon::event::{Event, Vote};
use avalon::play::Uniform;
use avalon::profile::RuleProfile;
use avalon::state::Phase;
use avalon::view::{Viewer, view_event, view_log, view_state};
use game::twins::Twins;
use game::{Table, game, numbers, players, profiles};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn games_that_differ_in_secrets_look_the_same(
        profile in profiles(),
        number in any::<u64>(),
        seat in prop::option::weighted(0.85, 0_u8..10),
    ) {
        let seat = seat.map(|seat| seat % profile.n);
        let Some(mut twins) = Twins::new(&profile, number, seat, numbers(number)) else {
            return Ok(());
        };
        twins.assert_same();
        while twins.step() {
            twins.assert_same();
        }
        let viewer = twins.viewer();
        prop_assert_eq!(view_log(&twins.left.log, &viewer), view_log(&twins.right.log, &viewer));
        if twins.left.log.len() > 1 {
            let god = |table: &Table| view_state(&table.state, &Viewer::God);
            prop_assert_ne!(god(&twins.left), god(&twins.right));
        }
    }

    #[test]
    fn open_votes_are_hidden(profile in profiles(), number in any::<u64>(), seat in 0_u8..10) {
        let seat = seat % profile.n;
        let viewer = Viewer::Seat(players(profile.n)[usize::from(seat)].clone());
        let mut table = Table::new(&profile, number);
        let mut policy = Uniform(numbers(number));
        while table.step(&mut policy) {
            let Some(open) = table.state.open_proposal() else { continue };
            let mut other = table.state.clone();
            let quest = &mut other.quests[usize::from(table.state.quest) - 1];
            let flipped = &mut quest.proposals.last_mut().unwrap().votes;
            for (at, vote) in flipped.iter_mut().enumerate() {
                if let Some(vote) = vote.as_mut().filter(|_| at != usize::from(seat)) {
                    *vote = if *vote == Vote::Approve { Vote::Reject } else { Vote::Approve };
                }
            }
            let mine = view_state(&table.state, &viewer);
            prop_assert_eq!(&view_state(&other, &viewer), &mine);
            let shown = &mine.quests[usize::from(table.state.quest) - 1].proposals;
            prop_assert_eq!(shown.last().unwrap().votes[usize::from(seat)], open.votes[usize::from(seat)]);

            let cast = table.log.last().unwrap();
            if let Event::TeamVoteCast(event) = &cast.event {
                let mut other = cast.clone();
                let vote = if event.vote == Vote::Approve { Vote::Reject } else { Vote::Approve };
                let changed = avalon::event::TeamVoteCast { vote, auto: Some(true), ..event.clone() };
                other.event = Event::TeamVoteCast(changed);
                other.actor = Some("system".into());
                let own = event.player_id == players(profile.n)[usize::from(seat)];
                let same = view_event(&table.state, cast, &viewer)
                    == view_event(&table.state, &other, &viewer);
                prop_assert_eq!(same, !own);
            }
        }
    }

    #[test]
    fn anonymous_votes_stay_hidden(number in any::<u64>(), seat in 0_u8..7) {
        let mut profile = RuleProfile::standard(7).unwrap();
        profile.anonymous_votes = true;
        let table = game(&profile, number);
        let names = players(7);
        let viewer = Viewer::Seat(names[usize::from(seat)].clone());
        let closed = view_log(&table.log, &viewer);
        let closed: Vec<_> = closed.iter().filter(|view| view.kind == "TeamVoteClosed").collect();
        for view in closed {
            let votes = view.payload["votes"].as_object().unwrap();
            prop_assert_eq!(votes.keys().collect::<Vec<_>>(), [names[usize::from(seat)].as_str()]);
        }
        for quest in view_state(&table.state, &viewer).quests {
            for proposal in quest.proposals {
                prop_assert!(proposal.votes.iter().filter(|vote| vote.is_some()).count() <= 1);
            }
        }
    }
}

#[test]
fn what_only_the_server_may_see_is_shown_to_god_only() {
    let table = game(&RuleProfile::standard(7).unwrap().with_lady(), 5);
    let mut log = table.log.clone();
    let snapshot = serde_json::json!({"gameId": "game", "seq": 3, "ts": 0, "type": "SnapshotTaken",
        "secretOfTheEnvelope": 1, "payload": {"moment": "K2", "snapshotId": "s", "atSeq": 2,
        "stateHash": "00"}});
    log.push(avalon::event::Envelope::from_value(snapshot).unwrap());
    let unknown = serde_json::json!({"gameId": "game", "seq": 4, "ts": 0, "type": "GamePaused",
        "payload": {"reason": "tea", "secret": 1}});
    log.push(avalon::event::Envelope::from_value(unknown).unwrap());
    assert_eq!(view_log(&log, &Viewer::God).len(), log.len());
    for viewer in [Viewer::Audience, Viewer::Seat(players(7)[2].clone()), Viewer::parse("nobody")] {
        let text = serde_json::to_string(&view_log(&log, &viewer)).unwrap();
        for hidden in ["SnapshotTaken", "stateHash", "hash\"", "prevHash", "secret", "commandId"] {
            assert!(!text.contains(hidden), "{hidden} for {viewer:?}");
        }
        assert!(text.contains("GamePaused"));
    }
}

#[test]
fn a_player_sees_the_own_secrets() {
    let profile = RuleProfile::standard(7).unwrap().with_lady();
    let table = game(&profile, 11);
    assert_eq!(table.state.phase, Phase::Ended);
    for (seat, player) in (0_u8..).zip(players(7)) {
        let viewer = Viewer::Seat(player.clone());
        let dealt = avalon::reducer::fold(&table.log[..2]).unwrap();
        let view = view_state(&dealt, &viewer);
        let at = usize::from(seat);
        assert_eq!(view.players[at].role, dealt.role(seat));
        let marks = view.players.iter().filter(|player| player.mark.is_some()).count();
        assert_eq!(marks, dealt.knowledge[at].len());
        let roles = view.players.iter().filter(|player| player.role.is_some()).count();
        assert_eq!(roles, 1);
        let end = view_state(&table.state, &viewer);
        assert!(end.players.iter().all(|player| player.role.is_some()));
        let own = |view: &avalon::view::QuestView| view.cards.iter().all(|card| card.seat == seat);
        assert!(end.quests.iter().all(own), "cards stay hidden after the end");
    }
}

/// The twins above go far: pairs resolve quests, and modules are used.
#[test]
fn twins_go_far() {
    let mut resolved = 0;
    let mut pairs = 0;
    let mut kinds = std::collections::BTreeSet::new();
    for number in 0..120_u64 {
        let n = 5 + u8::try_from(number % 6).unwrap();
        let profile = RuleProfile::standard(n)
            .unwrap()
            .with_lancelots(u8::try_from(number % 4).unwrap())
            .with_excalibur(avalon::profile::ExcaliburAssignment::WithProposal)
            .with_lady();
        let seat = u8::try_from(number / 6).unwrap() % n;
        let Some(mut twins) = Twins::new(&profile, number, Some(seat), numbers(number)) else {
            continue;
        };
        while twins.step() {}
        pairs += 1;
        resolved += u32::from(twins.left.state.successes + twins.left.state.failures);
        kinds.extend(twins.left.log.iter().map(|event| event.event.kind().to_owned()));
    }
    assert!(pairs > 80 && 2 * resolved > 3 * pairs, "{pairs} pairs, {resolved} quests, {kinds:?}");
    for kind in ["LadyUsed", "ExcaliburUsed", "LoyaltyCardDrawn", "AssassinTargetNamed"] {
        assert!(kinds.contains(kind), "{kind} in {kinds:?}");
    }
}
