//! What differs between two moments, as facts: complete, symmetric, and never more than the viewer
//! may know.

mod game;

use avalon::diff::{Change, Difference, Fact, Tally, Weight, diff};
use avalon::event::{Card, QuestResult, Vote, VoteResult};
use avalon::profile::RuleProfile;
use avalon::reducer::fold;
use avalon::role::{Role, Side};
use avalon::rules::EndReason;
use avalon::state::{GameState, Phase};
use avalon::view::{StateView, Viewer, view_state};
use game::twins::Twins;
use game::{game, numbers, players, profiles};
use proptest::prelude::*;
use serde_json::Value;

fn seen(state: &GameState) -> StateView {
    view_state(state, &Viewer::God)
}

/// The view without what no fact is told of: it follows from the rest, or is a clock's.
fn told(view: &StateView) -> StateView {
    let mut view = view.clone();
    view.seq = 0;
    view.proposals_closed = 0;
    view.first_leader = None;
    view.hammer_seat = None;
    view.deadline = None;
    view.started_at = None;
    view.ended_at = None;
    view.quests.iter_mut().for_each(|quest| {
        (quest.team_size, quest.fails_needed) = (0, 0);
        quest.team.sort_unstable();
        for proposal in &mut quest.proposals {
            proposal.forced = false;
            proposal.team.sort_unstable();
        }
        quest.excalibur.iter_mut().for_each(|sword| sword.card = None);
    });
    if let Some(lady) = &mut view.lady {
        lady.holders.clear();
    }
    if let Some(loyalty) = &mut view.loyalty {
        loyalty.deck = None;
        loyalty.draws.iter_mut().for_each(|draw| draw.announced = false);
    }
    view.loyalty = view.loyalty.filter(|loyalty| !loyalty.draws.is_empty());
    if let Some(shot) = &mut view.assassination {
        shot.candidates = None;
    }
    view
}

/// The facts with their two sides exchanged.
fn turned(difference: &Difference) -> Value {
    fn turn(value: Value) -> Value {
        match value {
            Value::Object(members) => Value::Object(
                members
                    .into_iter()
                    .map(|(name, value)| {
                        let name = match name.as_str() {
                            "before" => "after".to_owned(),
                            "after" => "before".to_owned(),
                            _ => name,
                        };
                        (name, turn(value))
                    })
                    .collect(),
            ),
            Value::Array(items) => Value::Array(items.into_iter().map(turn).collect()),
            plain => plain,
        }
    }
    turn(serde_json::to_value(difference).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_differs_is_told_and_nothing_else(
        profile in profiles(),
        number in any::<u64>(),
        cuts in any::<[prop::sample::Index; 2]>(),
        viewer in 0_u8..12,
    ) {
        let table = game(&profile, number);
        let viewer = match viewer {
            0 => Viewer::God,
            1 => Viewer::Audience,
            seat => Viewer::Seat(players(10)[usize::from(seat - 2)].clone()),
        };
        let [before, after] = cuts.map(|cut| {
            let state = fold(&table.log[..=cut.index(table.log.len())]).unwrap();
            view_state(&state, &viewer)
        });
        let difference = diff(&before, &after);
        prop_assert_eq!(difference.facts.is_empty(), told(&before) == told(&after));
        prop_assert!(difference.same_game);
        prop_assert_eq!(turned(&difference), serde_json::to_value(diff(&after, &before)).unwrap());
        prop_assert!(diff(&before, &before).facts.is_empty());
        let json = serde_json::to_string(&difference).unwrap();
        prop_assert_eq!(serde_json::from_str::<Difference>(&json).unwrap(), difference);
    }

    #[test]
    fn each_event_that_changes_the_table_is_told(profile in profiles(), number in any::<u64>()) {
        let table = game(&profile, number);
        let mut state = GameState::default();
        let mut before = seen(&state);
        for envelope in &table.log {
            state.apply(envelope).unwrap();
            let after = seen(&state);
            let told_of = !diff(&before, &after).facts.is_empty();
            prop_assert_eq!(told_of, told(&before) != told(&after), "{}", envelope.event.kind());
            before = after;
        }
    }

    #[test]
    fn secrets_make_no_difference(
        profile in profiles(),
        number in any::<u64>(),
        seat in prop::option::weighted(0.85, 0_u8..10),
    ) {
        let seat = seat.map(|seat| seat % profile.n);
        let Some(mut twins) = Twins::new(&profile, number, seat, numbers(number)) else {
            return Ok(());
        };
        let viewer = twins.viewer();
        let mut last = None;
        while twins.step() {
            let [left, right] =
                [&twins.left, &twins.right].map(|table| view_state(&table.state, &viewer));
            prop_assert!(diff(&left, &right).facts.is_empty());
            if let Some((old_left, old_right)) = &last {
                prop_assert_eq!(diff(old_left, &left), diff(old_right, &right));
            }
            last = Some((left, right));
        }
    }
}

fn facts(difference: &Difference) -> Vec<Fact> {
    difference.facts.iter().map(|told| told.fact.clone()).collect()
}

/// A finished game of seven and the index of the first quest with a vote that was closed.
fn finished() -> (GameState, usize) {
    (0..500)
        .find_map(|number| {
            let state = game(&RuleProfile::standard(7).unwrap(), number).state;
            let quest = state.quests.iter().position(|quest| {
                quest.result == Some(QuestResult::Success) && quest.proposals.len() == 1
            })?;
            (state.winner == Some(Side::Good)).then_some((state, quest))
        })
        .unwrap()
}

#[test]
fn one_vote_is_one_fact_with_the_count() {
    let (state, quest) = finished();
    let mut other = state.clone();
    let proposal = &mut other.quests[quest].proposals[0];
    let seat = proposal.votes.iter().position(|vote| *vote == Some(Vote::Approve)).unwrap();
    proposal.votes[seat] = Some(Vote::Reject);
    let approvals = proposal.approvals.unwrap();
    proposal.approvals = Some(approvals - 1);
    proposal.result = Some(VoteResult::Rejected);

    let difference = diff(&seen(&state), &seen(&other));
    assert!(!difference.outcome.any());
    let told = facts(&difference);
    let [Fact::Proposal { quest: number, attempt: 1, votes, tally, result, team: None, .. }] =
        told.as_slice()
    else {
        panic!("{difference:?}");
    };
    assert_eq!(usize::from(*number), quest + 1);
    assert_eq!(votes.len(), 1);
    assert_eq!(usize::from(votes[0].seat), seat);
    assert_eq!(votes[0].value, Change { before: Some(Vote::Approve), after: Some(Vote::Reject) });
    let counted = |approvals| Some(Tally { approvals, rejections: 7 - approvals });
    assert_eq!(*tally, Some(Change { before: counted(approvals), after: counted(approvals - 1) }));
    assert_eq!(
        *result,
        Some(Change { before: Some(VoteResult::Approved), after: Some(VoteResult::Rejected) })
    );
    assert_eq!(difference.facts[0].weight, Weight::Course);
}

#[test]
fn a_team_and_its_quest_are_told_by_seats() {
    let (state, quest) = finished();
    let mut other = state.clone();
    let changed = &mut other.quests[quest];
    changed.team.reverse();
    changed.cards[0].card = Card::Fail;
    changed.fails = Some(1);
    changed.result = Some(QuestResult::Fail);
    let difference = diff(&seen(&state), &seen(&other));
    let told = facts(&difference);
    let [Fact::Quest { team: None, cards, played: None, fails, result, .. }] = told.as_slice()
    else {
        panic!("a team in another order is the same team: {difference:?}");
    };
    assert_eq!(cards.len(), 1);
    assert_eq!(*fails, Some(Change { before: Some(0), after: Some(1) }));
    assert_eq!(
        *result,
        Some(Change { before: Some(QuestResult::Success), after: Some(QuestResult::Fail) })
    );
}

#[test]
fn the_outcome_tells_what_is_counted() {
    let (state, _) = finished();
    let of = |change: fn(&mut GameState)| {
        let mut other = state.clone();
        change(&mut other);
        diff(&seen(&state), &seen(&other))
    };
    let won = of(|state| {
        state.winner = Some(Side::Evil);
        state.reason = Some(EndReason::AssassinationHit);
    });
    assert!(won.outcome.winner && won.outcome.statistics && won.outcome.rating);
    assert!(won.facts.iter().any(|fact| fact.weight == Weight::Outcome));

    let role = of(|state| {
        let seat = state.roles.iter().position(|role| *role == Role::Percival).unwrap();
        state.roles[seat] = Role::Servant;
    });
    assert!(!role.outcome.winner && role.outcome.statistics && !role.outcome.rating);
    assert_eq!(role.facts.len(), 1);
    assert_eq!(role.facts[0].weight, Weight::Statistic);

    let open = of(|state| {
        state.phase = Phase::Assassination;
        state.winner = None;
        state.reason = None;
    });
    assert!(open.outcome.winner && open.outcome.statistics && open.outcome.rating);

    let connection = of(|state| state.overlay.connected[0] = !state.overlay.connected[0]);
    assert!(!connection.outcome.any());
    assert_eq!(connection.facts[0].weight, Weight::Cosmetic);
}

#[test]
fn two_games_differ_in_who_plays() {
    let profile = RuleProfile::standard(6).unwrap();
    let (mut one, mut other) = (game(&profile, 1).state, game(&profile, 1).state);
    other.game_id = "another".into();
    one.seats[2] = "somebody".into();
    let difference = diff(&seen(&one), &seen(&other));
    assert!(!difference.same_game);
    assert_eq!(
        facts(&difference),
        [Fact::Player {
            seat: 2,
            player: Change { before: Some("somebody".into()), after: Some(players(6)[2].clone()) },
        }]
    );
    let longer = seen(&game(&RuleProfile::standard(10).unwrap(), 3).state);
    let facts = facts(&diff(&seen(&one), &longer));
    assert_eq!(facts[0], Fact::Rules);
    assert!(facts.iter().any(|fact| matches!(fact, Fact::Player { seat: 9, .. })));
}
