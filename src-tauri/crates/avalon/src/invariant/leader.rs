//! Leader (L): where the leadership starts and how it moves.

use super::invariants;

invariants! {
    L_FIRST = "L-FIRST", F, Quarantine, Log, "Leader (L)",
        "firstLeader is a seat, fixed in RolesAssigned",
        "QUAR";
    L_ROTATION = "L-ROTATION", E, Auto, Log, "Leader (L)",
        "leader of proposal g = (firstLeader + g) mod n (no Plot cards)",
        "AUTO for stored state; HUMAN if the event itself names another leader";
    L_AFTER_QUEST = "L-AFTER-QUEST", E, Auto, Log, "Leader (L)",
        "after MissionResolved the leader also moves by 1",
        "AUTO";
    L_HAMMER = "L-HAMMER", E, Auto, Stored, "Leader (L)",
        "stored hammerSeat = (leader at a=1 + 4) mod n",
        "AUTO";
    L_ONLY_LEADER = "L-ONLY-LEADER", E, Human, Log, "Leader (L)",
        "TeamProposed.actor = current leader",
        "HUMAN";
}

use crate::check::report::Findings;
use crate::check::walk::Table;
use crate::event::RolesAssigned;
use crate::sentence;

/// L-FIRST: the first leader is a seat.
pub(crate) fn judge_first(seq: u64, table: &Table<'_>, event: &RolesAssigned, out: &mut Findings) {
    if table.resolve(&event.first_leader).is_none() {
        let detail =
            sentence!("the first leader {leader} is no seat", leader = &event.first_leader);
        out.report(&L_FIRST, seq, detail);
    }
}
