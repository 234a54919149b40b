//! Import (I).

use super::invariants;

invariants! {
    I_PARSE = "I-PARSE", E, Human, Log, "Import (I)",
        "every line/field is understood",
        "HUMAN";
    I_NOTATION = "I-NOTATION", W, Human, Source, "Import (I)",
        "deviation marks fit membership (+ off-team, - on-team)",
        "HUMAN";
    I_TS_WRAPPED = "I-TS-WRAPPED", I, Auto, Source, "Import (I)",
        "both Firestore timestamp shapes accepted",
        "AUTO";
    I_HISTORY_LEN = "I-HISTORY-LEN", E, Auto, Source, "Import (I)",
        "ProAvalon: len(missionHistory) = len(numFailsHistory), +1 only for a hammer end",
        "AUTO (drop phantom)";
    I_DIRECTION = "I-DIRECTION", E, Auto, Source, "Import (I)",
        "seat direction normalised to +1",
        "AUTO";
    I_PSEUDONYM = "I-PSEUDONYM", F, Auto, Source, "Import (I)",
        "real names/uids replaced by stable pseudonyms before storage",
        "AUTO";
    I_UNKNOWN_INPUT = "I-UNKNOWN-INPUT", F, None, Source, "Import (I)",
        "missing inputs (cards per player, votes) stay `unknown`, never filled in",
        "–";
}
