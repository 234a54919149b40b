//! Event log integrity and order (E).

use super::invariants;

invariants! {
    E_SEQ = "E-SEQ", F, Auto, Log, "Event log integrity and order (E)",
        "seq = 1..N without gap or repeat on the active branch",
        "AUTO only if the missing event is found in a replica with a matching hash; else QUAR";
    E_HASH = "E-HASH", F, Auto, Log, "Event log integrity and order (E)",
        "prevHash/hash chain verifies",
        "AUTO from a replica, else QUAR";
    E_ID_UNIQUE = "E-ID-UNIQUE", E, Auto, Log, "Event log integrity and order (E)",
        "eventId, commandId unique",
        "AUTO (drop exact duplicate)";
    E_SCHEMA = "E-SCHEMA", F, Auto, Log, "Event log integrity and order (E)",
        "payload valid for (type, v)",
        "AUTO (upcast) else QUAR";
    E_FSM = "E-FSM", E, Human, Log, "Event log integrity and order (E)",
        "every event is allowed in the state before it (table 4.2)",
        "HUMAN (cut from first illegal event)";
    E_FIRST = "E-FIRST", F, Quarantine, Log, "Event log integrity and order (E)",
        "first game event = GameCreated, second rule event = RolesAssigned",
        "QUAR";
    E_LAST = "E-LAST", E, Human, Log, "Event log integrity and order (E)",
        "after GameEnded/GameAborted no rule event",
        "HUMAN";
    E_CAUSAL = "E-CAUSAL", E, Auto, Log, "Event log integrity and order (E)",
        "close/resolve events come after all the inputs they sum up",
        "AUTO if only order differs and the inputs are all there, else QUAR";
    E_REPLAY = "E-REPLAY", F, Auto, Stored, "Event log integrity and order (E)",
        "fold(events) = stored state (canonical hash)",
        "AUTO (state := fold)";
    E_DETERMINISM = "E-DETERMINISM", F, Quarantine, Stored, "Event log integrity and order (E)",
        "two replays and a replay from any snapshot give the same state hash",
        "QUAR, stop release";
    E_BRANCH = "E-BRANCH", F, Quarantine, Log, "Event log integrity and order (E)",
        "after a rollback exactly one branch is active; superseded events are kept",
        "QUAR";
    E_FOREIGN = "E-FOREIGN", F, Auto, Log, "Event log integrity and order (E)",
        "all events of a log carry the same gameId",
        "AUTO (move out) else QUAR";
}
