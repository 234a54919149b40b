//! Stored states beside their logs: E-REPLAY, and for each stored field that is not the replayed
//! one the invariant it falls under.

use serde_json::Value;

use super::parsed::ParsedEnvelope;
use crate::invariant::{
    Finding, Invariant,
    assassination::{A_NONE, A_WHEN, W_ABORT, W_PROVISIONAL, W_REASON, W_RESULT},
    configuration::{C_FAILS_TABLE, C_MODULES, C_PROFILE, C_QUESTS, C_TEAMSIZE_TABLE},
    connection::D_NO_RULE,
    knowledge::K_MATRIX,
    leader::{L_AFTER_QUEST, L_FIRST, L_HAMMER, L_ROTATION},
    log::E_REPLAY,
    mission::{M_COMPLETE, M_FAIL_COUNT, M_PENDING, M_RESULT, M_SCORE, M_TEAM},
    modules::{LK_HOLDER, LN_DECK, LN_SWITCH},
    proposal::P_ATTEMPT,
    roles::{R_IMMUTABLE, R_SIDE},
    seats::S_SEAT_BIJECTION,
    vote::{V_COMPLETE, V_COUNT, V_MAJORITY, V_TRACK, V_TRACK_MAX},
};
use crate::reducer::Replay;
use crate::rules::{ATTEMPTS, QUESTS};
use crate::sentence;
use crate::state::GameState;

/// Judges a stored state of a game, in its canonical JSON, by the log it belongs to. The state may
/// be that of an earlier event: its `seq` says which.
#[must_use]
pub fn check_stored_state(log: &[ParsedEnvelope], stored: &Value) -> Vec<Finding> {
    let seq = stored.get("seq").and_then(Value::as_u64);
    let mut replay = Replay::lenient();
    for entry in log.iter().filter(|entry| seq.is_none_or(|seq| entry.seq() <= seq)) {
        // What the reducer refuses is the business of the log's own check.
        let _refused = replay.push(&entry.envelope);
    }
    let state = replay.into_state();
    let Ok(replayed) = serde_json::to_value(&state) else {
        return Vec::new();
    };
    let mut differences = Vec::new();
    differ("", &replayed, stored, &mut differences);
    let mut findings = judge_alone(seq, stored);
    for path in &differences {
        if let Some(invariant) = invariant_of(path, &state, stored)
            && !findings.iter().any(|finding| finding.id == invariant.id)
        {
            let detail = sentence!("the stored {path} is not the replayed one", path = &path[1..]);
            findings.push(invariant.finding(seq, detail));
        }
    }
    if let Some(path) = differences.first() {
        let detail = sentence!("the stored state differs in {path}", path = &path[1..]);
        findings.push(E_REPLAY.finding(seq, detail));
    }
    findings
}

/// Paths, as JSON pointers, at which two values differ; no deeper than the first difference.
fn differ(path: &str, replayed: &Value, stored: &Value, found: &mut Vec<String>) {
    match (replayed, stored) {
        (Value::Object(left), Value::Object(right)) => {
            for (key, value) in left {
                let path = format!("{path}/{key}");
                match right.get(key) {
                    Some(other) => differ(&path, value, other, found),
                    None => found.push(path),
                }
            }
            let unknown = right.keys().filter(|key| !left.contains_key(*key));
            found.extend(unknown.map(|key| format!("{path}/{key}")));
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (index, (value, other)) in left.iter().zip(right).enumerate() {
                differ(&format!("{path}/{index}"), value, other, found);
            }
        }
        _ if replayed != stored => found.push(path.to_owned()),
        _ => {}
    }
}

/// What a stored state must meet whatever its log says.
fn judge_alone(seq: Option<u64>, stored: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    let quests = stored.get("quests").and_then(Value::as_array).map_or(0, Vec::len);
    let created = stored.get("profile").is_some_and(|profile| !profile.is_null());
    if created && quests != usize::from(QUESTS) {
        findings.push(C_QUESTS.finding(
            seq,
            sentence!("{count} quest slots, not {count_due}", count = quests, count_due = QUESTS),
        ));
    }
    let phase = stored.get("phase").and_then(Value::as_str).unwrap_or_default();
    let winner = stored.get("winner").is_some_and(|winner| !winner.is_null());
    if winner && phase == "ASSASSINATION" {
        findings.push(
            W_PROVISIONAL.finding(seq, sentence!("a winner is stored during the assassination")),
        );
    }
    if winner && phase == "ABORTED" {
        findings.push(W_ABORT.finding(seq, sentence!("an aborted game stores a winner")));
    }
    let track = stored.get("voteTrack").and_then(Value::as_u64).unwrap_or(0);
    if track > u64::from(ATTEMPTS) {
        findings
            .push(V_TRACK_MAX.finding(seq, sentence!("a vote track of {count}", count = track)));
    }
    findings
}

/// The invariant that a stored field falls under; none where only E-REPLAY tells of it.
fn invariant_of(path: &str, state: &GameState, stored: &Value) -> Option<&'static Invariant> {
    let mut steps = path.split('/').skip(1);
    let resolved = state.current_quest().is_some_and(|quest| quest.result.is_some());
    Some(match steps.next()? {
        "seats" => &S_SEAT_BIJECTION,
        "profile" => &C_PROFILE,
        "roles" => &R_IMMUTABLE,
        "sides" if state.lancelot.is_some() => &LN_SWITCH,
        "sides" => &R_SIDE,
        "knowledge" => &K_MATRIX,
        "firstLeader" => &L_FIRST,
        "leader" if resolved => &L_AFTER_QUEST,
        "leader" => &L_ROTATION,
        "hammerSeat" => &L_HAMMER,
        "attempt" => &P_ATTEMPT,
        "voteTrack" => &V_TRACK,
        "successes" | "failures" => &M_SCORE,
        "quests" => return quest_invariant(steps, state),
        "lady" if state.lady.is_some() && !stored.get("lady")?.is_null() => &LK_HOLDER,
        "lancelot" if state.lancelot.is_some() && !stored.get("lancelot")?.is_null() => &LN_DECK,
        "lady" | "lancelot" => &C_MODULES,
        "assassination" if state.assassination.is_none() => &A_NONE,
        "assassination" => &A_WHEN,
        "winner" => &W_RESULT,
        "reason" => &W_REASON,
        _ => return None,
    })
}

fn quest_invariant<'p>(
    mut steps: impl Iterator<Item = &'p str>,
    state: &GameState,
) -> Option<&'static Invariant> {
    let quest: u8 = steps.next()?.parse().ok()?;
    let field = steps.next()?;
    let pending = quest >= state.quest;
    Some(match field {
        "teamSize" => &C_TEAMSIZE_TABLE,
        "failsNeeded" => &C_FAILS_TABLE,
        _ if pending => &M_PENDING,
        "proposals" => match steps.nth(1) {
            Some("approvals") => &V_COUNT,
            Some("result") => &V_MAJORITY,
            Some("attempt") => &P_ATTEMPT,
            Some("leader") => &L_ROTATION,
            Some("team") => &M_TEAM,
            _ => &V_COMPLETE,
        },
        "team" => &M_TEAM,
        "cards" => &M_COMPLETE,
        "fails" => &M_FAIL_COUNT,
        "result" => &M_RESULT,
        _ => return None,
    })
}

/// D-NO-RULE: two states around an event of connection or pause differ in nothing but what lies
/// over the rules.
#[must_use]
pub fn check_no_rule(seq: u64, before: &GameState, after: &GameState) -> Option<Finding> {
    let mut expected = before.clone();
    expected.seq = after.seq;
    expected.overlay = after.overlay.clone();
    (expected != *after).then(|| {
        D_NO_RULE.finding(
            seq,
            sentence!("an event of connection or pause changed the state of the rules"),
        )
    })
}
