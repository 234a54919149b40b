//! What the rules do not allow is refused, and the guard is named.

mod game;

use avalon::event::{Envelope, Event, SeatRef, Vote};
use avalon::play::{Turn, Uniform, turn};
use avalon::profile::RuleProfile;
use avalon::reducer::{Guard, Replay, fold};
use avalon::role::{Role, Side};
use avalon::state::{GameState, Phase};
use game::{Table, game, numbers};
use serde_json::{Value, json};

/// Plays until the next event has this type, and gives the state and that event.
fn before(profile: &RuleProfile, kind: &str) -> (GameState, Envelope) {
    for number in 0..200 {
        let log = game(profile, number).log;
        if let Some(at) = log.iter().position(|envelope| envelope.event.kind() == kind) {
            return (fold(&log[..at]).unwrap(), log[at].clone());
        }
    }
    panic!("no game has {kind}");
}

/// The guard that refuses the event after its payload was changed.
fn refused(profile: &RuleProfile, kind: &str, change: impl Fn(&mut Value, &GameState)) -> Guard {
    let (mut state, envelope) = before(profile, kind);
    let mut json = serde_json::to_value(&envelope).unwrap();
    change(&mut json, &state);
    let changed = Envelope::from_value(json).unwrap();
    let kept = state.clone();
    let guard = state.apply(&changed).unwrap_err().guard;
    assert_eq!(state, kept, "a refused event changes nothing");
    guard
}

fn base() -> RuleProfile {
    RuleProfile::standard(7).unwrap()
}

type Change = fn(&mut Value, &GameState);

const CHANGES: &[(&str, Guard, Change)] = &[
    ("QuestStarted", Guard::Sequence, |e, _| e["seq"] = json!(99)),
    ("QuestStarted", Guard::SameGame, |e, _| e["gameId"] = json!("other")),
    ("TeamProposed", Guard::KnownPlayer, |e, _| e["actor"] = json!("nobody")),
    ("TeamProposed", Guard::Schema, |e, _| e["type"] = json!("Nonsense")),
    ("TeamProposed", Guard::Schema, |e, _| e["payload"]["team"] = json!(7)),
    ("GameCreated", Guard::Players, |e, _| e["payload"]["n"] = json!(6)),
    ("GameCreated", Guard::Players, |e, _| e["payload"]["seats"] = json!(["a"])),
    ("GameCreated", Guard::Profile, |e, _| e["payload"]["profile"] = json!({})),
    ("GameCreated", Guard::Profile, |e, _| {
        e["payload"]["profile"].as_object_mut().unwrap().remove("hammer");
    }),
    ("GameCreated", Guard::DistinctPlayers, |e, _| e["payload"]["seats"][0] = json!("player-1")),
    ("RolesAssigned", Guard::RolesComplete, |e, _| {
        e["payload"]["roles"].as_object_mut().unwrap().remove("player-3");
    }),
    ("RolesAssigned", Guard::RoleMultiset, |e, _| {
        e["payload"]["roles"]["player-0"] = json!("MINION")
    }),
    ("RolesAssigned", Guard::Knowledge, |e, _| {
        e["payload"]["knowledge"]["player-0"] = json!({"player-1": "lancelot"})
    }),
    ("RolesAssigned", Guard::FirstLeader, |e, _| e["payload"]["firstLeader"] = json!(9)),
    ("RolesAssigned", Guard::Modules, |e, _| e["payload"]["ladyHolder"] = json!(0)),
    ("QuestStarted", Guard::Rotation, |e, s| {
        e["payload"]["leaderSeat"] = json!((s.leader.unwrap() + 1) % 7)
    }),
    ("QuestStarted", Guard::QuestOrder, |e, _| e["payload"]["q"] = json!(2)),
    ("QuestStarted", Guard::TeamSizeTable, |e, _| e["payload"]["teamSize"] = json!(4)),
    ("QuestStarted", Guard::FailsTable, |e, _| e["payload"]["failsNeeded"] = json!(2)),
    ("TeamProposed", Guard::Rotation, |e, s| {
        e["payload"]["leader"] = json!((s.leader.unwrap() + 1) % 7)
    }),
    ("TeamProposed", Guard::OnlyLeader, |e, s| {
        e["actor"] = json!(format!("player-{}", (s.leader.unwrap() + 1) % 7))
    }),
    ("TeamProposed", Guard::TeamSize, |e, _| e["payload"]["team"] = json!(["player-1"])),
    ("TeamProposed", Guard::TeamDistinct, |e, _| {
        e["payload"]["team"] = json!(["player-1", "player-1"])
    }),
    ("TeamProposed", Guard::TeamSeated, |e, _| {
        e["payload"]["team"] = json!(["player-1", "nobody"])
    }),
    ("TeamProposed", Guard::Attempt, |e, _| e["payload"]["a"] = json!(2)),
    ("TeamProposed", Guard::Modules, |e, _| e["payload"]["excaliburTo"] = json!("player-1")),
    ("TeamVoteCast", Guard::Voter, |e, _| e["actor"] = json!("system")),
    ("TeamVoteCast", Guard::Voter, |e, _| e["payload"]["playerId"] = json!("nobody")),
    ("TeamVoteClosed", Guard::VotesComplete, |e, _| {
        e["payload"]["votes"].as_object_mut().unwrap().remove("player-3");
    }),
    ("TeamVoteClosed", Guard::VoteCount, |e, _| {
        let v = &mut e["payload"]["votes"]["player-3"];
        *v = json!(if *v == "approve" { "reject" } else { "approve" });
    }),
    ("TeamVoteClosed", Guard::VoteCount, |e, _| e["payload"]["approvals"] = json!(200)),
    ("TeamVoteClosed", Guard::Majority, |e, _| {
        let r = &mut e["payload"]["result"];
        *r = json!(if *r == "approved" { "rejected" } else { "approved" });
    }),
    ("TeamVoteClosed", Guard::VoteTrack, |e, _| e["payload"]["voteTrackAfter"] = json!(4)),
    ("TeamVoteClosed", Guard::Rotation, |e, s| {
        e["payload"]["nextLeader"] = json!(s.leader.unwrap())
    }),
    ("MissionCardPlayed", Guard::CardsComplete, |e, s| {
        let team = &s.current_quest().unwrap().team;
        let off = (0..7).find(|seat| !team.contains(seat)).unwrap();
        e["payload"]["playerId"] = json!(format!("player-{off}"));
    }),
    ("MissionResolved", Guard::FailCount, |e, _| e["payload"]["fails"] = json!(9)),
    ("MissionResolved", Guard::QuestOutcome, |e, _| {
        let r = &mut e["payload"]["result"];
        *r = json!(if *r == "fail" { "success" } else { "fail" });
    }),
    ("MissionResolved", Guard::Score, |e, _| e["payload"]["S"] = json!(3)),
    ("MissionResolved", Guard::QuestTeam, |e, _| e["payload"]["team"] = json!(["player-1"])),
    ("AssassinationStarted", Guard::AssassinationActor, |e, s| {
        e["payload"]["assassinId"] = json!(format!("player-{}", (s.assassin().unwrap() + 1) % 7))
    }),
    ("AssassinTargetNamed", Guard::AssassinationTarget, |e, _| {
        let own = e["payload"]["assassinId"].clone();
        e["payload"]["targetId"] = own;
    }),
    ("GameEnded", Guard::Winner, |e, _| {
        let w = &mut e["payload"]["winner"];
        *w = json!(if *w == "good" { "evil" } else { "good" });
    }),
    ("GameEnded", Guard::Reason, |e, _| {
        e["payload"]["reason"] = json!("three_successes_no_merlin")
    }),
    ("GameEnded", Guard::RolesImmutable, |e, _| e["payload"]["roles"] = json!({})),
];

#[test]
fn a_changed_event_is_refused() {
    for (kind, guard, change) in CHANGES {
        let found = refused(&base(), kind, change);
        let shot = *guard == Guard::Winner && found == Guard::AssassinationResult;
        assert!(found == *guard || shot, "{kind}: {found:?} instead of {guard:?}");
    }
}

#[test]
fn good_plays_success() {
    let profile = base();
    for number in 0..50 {
        let mut table = Table::new(&profile, number);
        let mut policy = Uniform(numbers(number));
        while table.state.phase != Phase::Ended {
            if let Turn::PlayCard { seats } = turn(&table.state)
                && let Some(good) =
                    seats.iter().find(|seat| table.state.side(**seat) == Some(Side::Good))
            {
                let moves = avalon::play::Moves::new(&table.state);
                let draft = moves.play_card(*good, avalon::event::Card::Fail);
                let mut envelope =
                    Envelope::new("game".into(), table.state.seq + 1, 0, draft.event);
                envelope.actor = Some(draft.actor);
                let rejection = table.state.clone().apply(&envelope).unwrap_err();
                assert_eq!(rejection.guard, Guard::GoodSuccess);
                assert_eq!(rejection.guard.invariant(), "M-GOOD-SUCCESS");
                return;
            }
            table.step(&mut policy);
        }
    }
    panic!("no good player went on a quest");
}

#[test]
fn a_vote_counts_once_and_a_pause_stops_the_game() {
    let (mut state, mut vote) = before(&base(), "TeamVoteCast");
    state.apply(&vote).unwrap();
    vote.seq += 1;
    if let Event::TeamVoteCast(cast) = &mut vote.event {
        cast.vote = Vote::Reject;
    }
    assert_eq!(state.apply(&vote).unwrap_err().guard, Guard::VoteOnce);

    let pause = |kind: &str, seq: u64| {
        let json = json!({"gameId": "game", "seq": seq, "ts": 0, "type": kind, "payload": {}});
        Envelope::from_value(json).unwrap()
    };
    let before_pause = state.clone();
    state.apply(&pause("GamePaused", vote.seq)).unwrap();
    vote.seq += 1;
    assert_eq!(state.apply(&vote).unwrap_err().guard, Guard::Paused);
    state.apply(&pause("GameResumed", vote.seq)).unwrap();
    state.seq = before_pause.seq;
    assert_eq!(state, before_pause, "a pause changes no rule state");
}

#[test]
fn the_server_acts_only_after_the_deadline() {
    let (state, mut vote) = before(&base(), "TeamVoteCast");
    vote.actor = Some("system".into());
    if let Event::TeamVoteCast(cast) = &mut vote.event {
        cast.auto = Some(true);
    }
    vote.ts = state.deadline.unwrap() - 1;
    assert_eq!(state.clone().apply(&vote).unwrap_err().guard, Guard::Deadline);
    vote.ts += 1;
    state.clone().apply(&vote).unwrap();
}

#[test]
fn nothing_follows_the_end_but_a_rollback() {
    let table = game(&base(), 3);
    let mut late = table.log[2].clone();
    late.seq = table.state.seq + 1;
    assert_eq!(table.state.clone().apply(&late).unwrap_err().guard, Guard::Last);

    let back = json!({"gameId": "game", "seq": late.seq, "ts": 0, "type": "GameRolledBack",
        "payload": {"toSeq": 3}});
    let back = Envelope::from_value(back).unwrap();
    assert_eq!(table.state.clone().apply(&back).unwrap_err().guard, Guard::Branch);
    let mut replay = Replay::new();
    for envelope in table.log.iter().chain([&back]) {
        replay.push(envelope).unwrap();
    }
    let mut expected = fold(&table.log[..3]).unwrap();
    expected.seq = back.seq;
    assert_eq!(replay.state(), &expected);
    let active: Vec<u64> = replay.active().iter().map(|event| event.seq).collect();
    assert_eq!(active, [1, 2, 3, back.seq]);
}

#[test]
fn a_rollback_may_go_into_a_superseded_branch() {
    let table = game(&base(), 3);
    let reset = |seq: u64, to: u64| {
        let json = json!({"gameId": "game", "seq": seq, "ts": 0, "type": "GameRolledBack",
            "payload": {"toSeq": to}});
        Envelope::from_value(json).unwrap()
    };
    let mut log = table.log[..10].to_vec();
    log.push(reset(11, 4));
    log.push(reset(12, 8));
    let mut again = table.log[8].clone();
    again.seq = 13;
    log.push(again);
    let state = fold(&log).unwrap();
    let mut expected = fold(&table.log[..9]).unwrap();
    expected.seq = 13;
    assert_eq!(state, expected);
    log.push(reset(14, 40));
    assert_eq!(fold(&log).unwrap_err().guard, Guard::Branch);
}

#[test]
fn seats_may_be_named_either_way() {
    let (state, mut envelope) = before(&base(), "TeamProposed");
    let leader = state.leader.unwrap();
    for name in [SeatRef::Seat(leader), SeatRef::Player(state.player(leader).unwrap().clone())] {
        if let Event::TeamProposed(proposed) = &mut envelope.event {
            proposed.leader = name;
        }
        state.clone().apply(&envelope).unwrap();
    }
}

#[test]
fn merlin_needs_an_assassin() {
    let mut profile = base();
    for role in &mut profile.roles {
        if *role == Role::Assassin {
            *role = Role::Minion;
        }
    }
    let log = Table::new(&profile, 1).log;
    let mut state = fold(&log).unwrap();
    let deal = avalon::deal::deal(&game::seed(1), &profile);
    let draft = avalon::play::Moves::new(&state).assign_roles(&deal);
    let envelope = Envelope::new("game".into(), 2, 0, draft.event);
    assert_eq!(state.apply(&envelope).unwrap_err().guard, Guard::AssassinOne);
}
