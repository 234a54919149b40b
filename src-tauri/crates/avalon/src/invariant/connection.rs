//! Connection (D).

use super::invariants;

invariants! {
    D_NO_RULE = "D-NO-RULE", F, Auto, Stored, "Time and connection (T, D)",
        "disconnect/reconnect/pause change no rule state",
        "AUTO (fold)";
    D_PAIR = "D-PAIR", W, Auto, Log, "Time and connection (T, D)",
        "disconnects and reconnects alternate per player/session",
        "AUTO";
    D_PAUSED = "D-PAUSED", E, Human, Log, "Time and connection (T, D)",
        "no rule event while paused",
        "HUMAN";
    D_RESYNC = "D-RESYNC", E, Auto, Elsewhere, "Time and connection (T, D)",
        "slice sent to a reconnecting client = fold of its visible events up to ackSeq",
        "AUTO (resend)";
    D_AUTO_SAFE = "D-AUTO-SAFE", E, Human, Log, "Time and connection (T, D)",
        "an auto action is never a Fail card or an assassination",
        "HUMAN";
}
