//! Knowledge and secrecy (K): who was told what, and what may be public.

use super::invariants;

invariants! {
    K_MATRIX = "K-MATRIX", E, Auto, Log, "Knowledge and secrecy (K)",
        "knowledge[viewer] equals the matrix of 1.4 for the dealt roles",
        "AUTO (recompute)";
    K_MERLIN_NOT_MORDRED = "K-MERLIN-NOT-MORDRED", E, Auto, Log, "Knowledge and secrecy (K)",
        "Merlin's list excludes Mordred, includes Oberon",
        "AUTO";
    K_PERCIVAL_PAIR = "K-PERCIVAL-PAIR", E, Auto, Log, "Knowledge and secrecy (K)",
        "Percival sees exactly {Merlin} or {Merlin, Morgana}, unordered (stored sorted by seat)",
        "AUTO";
    K_EVIL_NOT_OBERON = "K-EVIL-NOT-OBERON", E, Auto, Log, "Knowledge and secrecy (K)",
        "evil lists exclude Oberon; Oberon's list is empty",
        "AUTO";
    K_PUBLIC_SLICE = "K-PUBLIC-SLICE", F, Quarantine, Log, "Knowledge and secrecy (K)",
        "public state/log slice of a running game has no role, side, open vote, card",
        "QUAR the export; fix projector";
    K_PRIVATE_SLICE = "K-PRIVATE-SLICE", F, Quarantine, Log, "Knowledge and secrecy (K)",
        "a player's slice = public + own private events only",
        "QUAR the export; fix projector";
    K_REVEAL = "K-REVEAL", F, Quarantine, Log, "Knowledge and secrecy (K)",
        "roles become public only in GameEnded",
        "QUAR";
    K_ATREST = "K-ATREST", F, Auto, Export, "Knowledge and secrecy (K)",
        "secret fields of a running game are encrypted in backups",
        "AUTO (re-encrypt)";
}

use std::collections::BTreeMap;

use crate::check::report::Findings;
use crate::check::walk::{Deal, Table};
use crate::event::{Envelope, Event, Visibility};
use crate::id::PlayerId;
use crate::role::Role;
use crate::rules::{self, Mark};
use crate::sentence;

use super::{Invariant, mission::M_CARD_SECRET, seats::S_KNOWN_ACTOR, vote::V_SECRET};

/// What each player was told about whom.
type Told = BTreeMap<PlayerId, BTreeMap<PlayerId, Mark>>;

/// K-MATRIX and its three special cases: each viewer was told what the matrix says.
pub(crate) fn judge_knowledge(
    seq: u64,
    table: &Table<'_>,
    deal: &Deal<'_>,
    told: &Told,
    out: &mut Findings,
) {
    let named = told.keys().chain(told.values().flat_map(BTreeMap::keys));
    for player in named.filter(|player| table.seat(player).is_none()) {
        out.report(
            &S_KNOWN_ACTOR,
            seq,
            sentence!("knowledge names {player}, who is not seated", player),
        );
    }
    let nothing = BTreeMap::new();
    for (viewer, role) in table.seats.iter().zip(&deal.roles) {
        let Some(role) = *role else { continue };
        let told = told.get(viewer).unwrap_or(&nothing);
        judge_viewer(seq, table, deal, (viewer, role), told, out);
    }
}

fn judge_viewer(
    seq: u64,
    table: &Table<'_>,
    deal: &Deal<'_>,
    (viewer, role): (&PlayerId, Role),
    told: &BTreeMap<PlayerId, Mark>,
    out: &mut Findings,
) {
    let variant = table.rules.lancelot.variant;
    let mut wrong = Vec::new();
    for (seen, seen_role) in table.seats.iter().zip(&deal.roles) {
        let Some(seen_role) = seen_role.filter(|_| seen != viewer) else {
            continue;
        };
        if told.get(seen).copied() != rules::mark(role, seen_role, variant) {
            wrong.push(seen_role);
        }
    }
    let detail = match wrong.first() {
        Some(seen) => sentence!(
            "{player} ({role}) was not told rightly about {role_seen}",
            player = viewer,
            role,
            role_seen = *seen
        ),
        None if told.contains_key(viewer) => {
            sentence!("{player} ({role}) was not told rightly about itself", player = viewer, role)
        }
        None => return,
    };
    out.report(&K_MATRIX, seq, detail);
    if let Some(special) = special_case(role, &wrong) {
        out.report(
            special,
            seq,
            sentence!("{player} ({role}) was not told rightly", player = viewer, role),
        );
    }
}

/// The special case of the matrix that a wrongly told role falls under.
fn special_case(viewer: Role, wrong: &[Role]) -> Option<&'static Invariant> {
    let about = |role| wrong.contains(&role);
    match viewer {
        Role::Merlin if about(Role::Mordred) || about(Role::Oberon) => Some(&K_MERLIN_NOT_MORDRED),
        Role::Percival if !wrong.is_empty() => Some(&K_PERCIVAL_PAIR),
        Role::Oberon if !wrong.is_empty() => Some(&K_EVIL_NOT_OBERON),
        Role::Assassin | Role::Morgana | Role::Mordred | Role::Minion if about(Role::Oberon) => {
            Some(&K_EVIL_NOT_OBERON)
        }
        _ => None,
    }
}

/// Who besides the server may see a secret event.
fn owner(event: &Event) -> Option<&PlayerId> {
    match event {
        Event::TeamVoteCast(event) => Some(&event.player_id),
        Event::MissionCardPlayed(event) => Some(&event.player_id),
        Event::LadyUsed(event) => Some(&event.holder),
        _ => None,
    }
}

/// K-REVEAL, V-SECRET, M-CARD-SECRET, K-PUBLIC-SLICE and K-PRIVATE-SLICE as far as the visibility
/// of an event decides them.
pub(crate) fn judge_visibility(envelope: &Envelope, out: &mut Findings) {
    let secret = match &envelope.event {
        Event::RolesAssigned(_) => Some(&K_REVEAL),
        Event::TeamVoteCast(_) => Some(&V_SECRET),
        Event::MissionCardPlayed(_) => Some(&M_CARD_SECRET),
        Event::LadyUsed(_) => None,
        _ => return,
    };
    let kind = envelope.event.kind();
    match &envelope.visibility {
        Some(Visibility::Public) => {
            if let Some(invariant) = secret {
                out.report(invariant, envelope.seq, sentence!("{event} is public", event = kind));
            }
            let detail = sentence!("{event} is shown to everybody", event = kind);
            out.report_once(&K_PUBLIC_SLICE, envelope.seq, detail);
        }
        Some(Visibility::Private(viewers)) => {
            let owner = owner(&envelope.event);
            if let Some(viewer) = viewers.iter().find(|viewer| owner != Some(*viewer)) {
                let detail = sentence!(
                    "{event} is shown to {player}, whose secret it is not",
                    event = kind,
                    player = viewer
                );
                out.report(&K_PRIVATE_SLICE, envelope.seq, detail);
            }
        }
        Some(Visibility::Server | Visibility::Other(_)) | None => {}
    }
}
