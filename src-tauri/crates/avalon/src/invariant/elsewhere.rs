//! Snapshots (G), backup and restore (B): judged where snapshots and backups are kept.

use super::invariants;

invariants! {
    G_MOMENTS = "G-MOMENTS", E, Auto, Elsewhere, "Snapshots, backup, restore (G, B)",
        "each key moment of the log has exactly one snapshot with the right atSeq",
        "AUTO (re-create by replay)";
    G_COUNT = "G-COUNT", E, Auto, Elsewhere, "Snapshots, backup, restore (G, B)",
        "snapshots = 3 + K3 + K4 + K5 + K6",
        "AUTO";
    G_STATE_HASH = "G-STATE-HASH", F, Auto, Elsewhere, "Snapshots, backup, restore (G, B)",
        "snapshot.stateHash = hash(fold(events <= atSeq))",
        "AUTO (rebuild) if log ok; else use snapshot + HUMAN";
    G_PHASE = "G-PHASE", E, Auto, Elsewhere, "Snapshots, backup, restore (G, B)",
        "phase in the snapshot fits its moment (K3 TEAM_BUILDING a=1, K4 QUEST, K5 after resolve, K6 ASSASSINATION, K7 ENDED)",
        "AUTO";
    G_TERMINATION = "G-TERMINATION", W, Human, Elsewhere, "Snapshots, backup, restore (G, B)",
        "a log not ended and idle > timeout is open or aborted, never \"finished\"",
        "HUMAN (resume or abort)";
    B_MANIFEST = "B-MANIFEST", F, Auto, Elsewhere, "Snapshots, backup, restore (G, B)",
        "every object in the manifest exists with size and SHA-256",
        "AUTO from another copy, else QUAR";
    B_COMPLETE = "B-COMPLETE", F, Auto, Elsewhere, "Snapshots, backup, restore (G, B)",
        "every game in the catalogue at cut-off time is in the backup",
        "AUTO (next incremental)";
    B_CONSISTENT_CUT = "B-CONSISTENT-CUT", F, Quarantine, Elsewhere, "Snapshots, backup, restore (G, B)",
        "per game a backup holds a prefix of its log, never a hole",
        "QUAR the backup";
    B_RESTORE_EQUAL = "B-RESTORE-EQUAL", F, Quarantine, Elsewhere, "Snapshots, backup, restore (G, B)",
        "restored state hash = hash recorded at backup",
        "QUAR";
    B_ROLLBACK_CHAIN = "B-ROLLBACK-CHAIN", F, Quarantine, Elsewhere, "Snapshots, backup, restore (G, B)",
        "rollback keeps old branch, names who/why, target is a key moment or a seq on the log",
        "QUAR";
    B_SECRET_KEY = "B-SECRET-KEY", F, Human, Elsewhere, "Snapshots, backup, restore (G, B)",
        "key id needed to open secrets is recorded and available (test decrypt)",
        "HUMAN";
}
