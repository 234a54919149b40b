//! Integrity of a log as a sequence: order, hash chain, identity, versions.

use std::collections::HashMap;

use serde_json::Value;

use crate::digest::Digest;
use crate::event::{ENVELOPE_VERSION, Event, Unrecognised, Visibility};
use crate::invariant::{
    Repair,
    configuration::C_VERSION,
    log::{E_FOREIGN, E_HASH, E_ID_UNIQUE, E_SCHEMA, E_SEQ},
    mission::M_FAILS_RANGE,
    roles::R_KNOWN,
};
use crate::role::Role;
use crate::sentence;
use crate::sentence::Sentence;

use super::parsed::ParsedEnvelope;
use super::report::Findings;

/// The log of one game in order of `seq`, each place once, events of other games left out.
pub(crate) fn in_order<'a>(
    log: &'a [ParsedEnvelope],
    findings: &mut Findings,
) -> Vec<&'a ParsedEnvelope> {
    let mut ordered = own_events(log, findings);
    let sorted = ordered.windows(2).all(|pair| matches!(pair, [a, b] if a.seq() < b.seq()));
    if !sorted {
        judge_file_order(&ordered, findings);
        ordered.sort_by_key(|entry| entry.seq());
    }
    judge_seq(&ordered, findings);
    ordered.dedup_by_key(|entry| entry.seq());
    ordered
}

fn own_events<'a>(log: &'a [ParsedEnvelope], findings: &mut Findings) -> Vec<&'a ParsedEnvelope> {
    let Some(first) = log.first() else {
        return Vec::new();
    };
    let (game, room) = (&first.envelope.game_id, &first.envelope.room_id);
    let mut own = Vec::with_capacity(log.len());
    for entry in log {
        let envelope = &entry.envelope;
        if envelope.game_id != *game {
            let detail = sentence!("belongs to game {game}", game = &envelope.game_id);
            findings.report(&E_FOREIGN, entry.seq(), detail);
            continue;
        }
        if envelope.room_id.is_some() && room.is_some() && envelope.room_id != *room {
            findings.report(
                &E_FOREIGN,
                entry.seq(),
                sentence!("names another room than the first event"),
            );
        }
        if let Event::GameCreated(created) = &envelope.event
            && created.game_id.as_ref().is_some_and(|id| id != game)
        {
            findings.report(&E_FOREIGN, entry.seq(), sentence!("creates a game of another id"));
        }
        own.push(entry);
    }
    own
}

fn judge_file_order(log: &[&ParsedEnvelope], findings: &mut Findings) {
    let mut highest = 0;
    for entry in log {
        if entry.seq() < highest {
            let detail = sentence!("stands after seq {seq}", seq = highest);
            findings.push(E_SEQ.finding_with(Repair::Quarantine, entry.seq(), detail));
        }
        highest = highest.max(entry.seq());
    }
}

fn judge_seq(ordered: &[&ParsedEnvelope], findings: &mut Findings) {
    let mut last = 0;
    for entry in ordered {
        let seq = entry.seq();
        if seq == last {
            let detail = sentence!("seq {seq} occurs again", seq);
            findings.push(E_SEQ.finding_with(Repair::Quarantine, seq, detail));
        } else if last.checked_add(1) != Some(seq) {
            let detail = if seq - last == 2 {
                sentence!("seq {seq} is missing", seq = last + 1)
            } else {
                sentence!("seq {seq} to {seq_last} are missing", seq = last + 1, seq_last = seq - 1)
            };
            findings.push(E_SEQ.finding_with(Repair::Quarantine, seq, detail));
        }
        last = seq;
    }
}

/// What a log carries that may be absent by the interchange format.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Carries {
    pub(crate) hashes: bool,
    pub(crate) ids: bool,
    pub(crate) versions: bool,
    pub(crate) actors: bool,
    pub(crate) visibility: bool,
}

impl Carries {
    pub(crate) fn of(log: &[&ParsedEnvelope]) -> Self {
        let any = |has: fn(&ParsedEnvelope) -> bool| log.iter().any(|entry| has(entry));
        Self {
            hashes: any(|e| e.envelope.hash.is_some() || e.envelope.prev_hash.is_some()),
            ids: any(|e| e.envelope.event_id.is_some() || e.envelope.command_id.is_some()),
            versions: any(|e| e.envelope.v.is_some()),
            actors: any(|e| e.envelope.actor.is_some()),
            visibility: any(|e| e.envelope.visibility.is_some()),
        }
    }
}

/// E-HASH: each hash fits its content and each event names the hash of the one before.
pub(crate) fn judge_hashes(ordered: &[&ParsedEnvelope], findings: &mut Findings) {
    let mut before: Option<&ParsedEnvelope> = None;
    for &entry in ordered {
        if let Some(problem) = hash_problem(entry, before) {
            findings.push(E_HASH.finding_with(Repair::Quarantine, entry.seq(), problem));
        }
        before = Some(entry);
    }
}

fn hash_problem(entry: &ParsedEnvelope, before: Option<&ParsedEnvelope>) -> Option<Sentence> {
    let (Some(fits), Some(prev)) = (entry.hash_fits, entry.envelope.prev_hash) else {
        return Some(sentence!("carries no hash although the log is chained"));
    };
    if !fits {
        return Some(sentence!("its hash is not that of its content"));
    }
    if entry.seq() == 1 {
        return (prev != Digest::ZERO).then(|| sentence!("the first prevHash is not zero"));
    }
    // Behind a gap the chain can't be judged, and an event that was changed is reported itself.
    let before = before.filter(|before| {
        before.seq().checked_add(1) == Some(entry.seq()) && before.hash_fits == Some(true)
    })?;
    (before.envelope.hash != Some(prev))
        .then(|| sentence!("prevHash is not the hash of seq {seq}", seq = before.seq()))
}

/// E-ID-UNIQUE: no two events share an event id or a command id.
pub(crate) fn judge_ids(log: &[ParsedEnvelope], findings: &mut Findings) {
    let mut events = HashMap::with_capacity(log.len());
    let mut commands = HashMap::with_capacity(log.len());
    for entry in log {
        let envelope = &entry.envelope;
        let event = envelope.event_id.as_ref().map(|id| id.as_str());
        let command = envelope.command_id.as_ref().map(|id| id.as_str());
        let same_event = event.and_then(|id| events.insert(id, entry));
        let same_command = command.and_then(|id| commands.insert(id, entry));
        let (name, first) = match (same_event, same_command) {
            (Some(first), _) => ("eventId", first),
            (None, Some(first)) => ("commandId", first),
            (None, None) => continue,
        };
        // Only delivery twice over is harmless: the same content, wherever it was numbered.
        let repeated = first.envelope.event == envelope.event;
        let repair = if repeated { Repair::Auto } else { Repair::Human };
        let detail = sentence!("{name} is that of seq {seq}", name, seq = first.seq());
        findings.push(E_ID_UNIQUE.finding_with(repair, entry.seq(), detail));
    }
}

/// E-SCHEMA and C-VERSION: types, payloads, spellings and versions are understood.
pub(crate) fn judge_forms(ordered: &[&ParsedEnvelope], findings: &mut Findings) {
    for entry in ordered {
        let envelope = &entry.envelope;
        if let Event::Unrecognised(event) = &envelope.event {
            let detail =
                sentence!("{event}: {problem}", event = &*event.kind, problem = &event.problem);
            findings.push(E_SCHEMA.finding_with(Repair::Quarantine, entry.seq(), detail));
            judge_unread(entry.seq(), event, findings);
        }
        if let Some(Visibility::Other(text)) = &envelope.visibility
            && !text.starts_with("private:")
        {
            let detail = sentence!("`{text}` is no visibility", text = &**text);
            findings.push(E_SCHEMA.finding_with(Repair::Quarantine, entry.seq(), detail));
        }
        if let Some(v) = envelope.v.filter(|v| *v != ENVELOPE_VERSION) {
            let detail =
                sentence!("version {version} of the payload is not supported", version = v);
            findings.push(C_VERSION.finding_with(Repair::Quarantine, entry.seq(), detail));
        }
    }
}

/// What an unreadable payload shows all the same: R-KNOWN of a role that nobody knows, and
/// M-FAILS-RANGE of a count of fails that no count is.
fn judge_unread(seq: u64, event: &Unrecognised, findings: &mut Findings) {
    let known = |role: &Value| Role::ALL.iter().any(|known| *role == known.as_str());
    let dealt = event.payload.get("roles").and_then(Value::as_object);
    if &*event.kind == "RolesAssigned"
        && let Some(role) = dealt.and_then(|dealt| dealt.values().find(|role| !known(role)))
    {
        findings.report(&R_KNOWN, seq, sentence!("{value} is no role", value = role));
    }
    let fails = event.payload.get("fails").and_then(Value::as_i64);
    if &*event.kind == "MissionResolved"
        && let Some(fails) = fails.filter(|fails| u8::try_from(*fails).is_err())
    {
        findings.report(&M_FAILS_RANGE, seq, sentence!("{fails} fails", fails));
    }
}
