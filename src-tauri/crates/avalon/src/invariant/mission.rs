//! Mission (M): cards, result and score of a quest.

use super::invariants;

invariants! {
    M_TEAM = "M-TEAM", F, Auto, Log, "Mission (M)",
        "quest team = approved team of the last proposal",
        "AUTO";
    M_COMPLETE = "M-COMPLETE", E, Quarantine, Log, "Mission (M)",
        "exactly one card per member, none from others",
        "QUAR";
    M_ONCE = "M-ONCE", E, Auto, Log, "Mission (M)",
        "one card per member per quest (retry = same commandId)",
        "AUTO drop exact duplicate";
    M_GOOD_SUCCESS = "M-GOOD-SUCCESS", F, Quarantine, Log, "Mission (M)",
        "a good player's original card is Success",
        "QUAR";
    M_FAIL_COUNT = "M-FAIL-COUNT", E, Auto, Log, "Mission (M)",
        "fails = number of (effective) Fail cards",
        "AUTO";
    M_FAIL_LE_EVIL = "M-FAIL-LE-EVIL", F, Quarantine, Log, "Mission (M)",
        "fails <= evil on team (current sides)",
        "QUAR";
    M_RESULT = "M-RESULT", F, Auto, Log, "Mission (M)",
        "result = fail iff fails >= failsNeeded(n,q)",
        "AUTO if later events agree, else QUAR";
    M_FAILS_RANGE = "M-FAILS-RANGE", E, Auto, Log, "Mission (M)",
        "0 <= fails <= size[n][q]",
        "AUTO";
    M_ORDER = "M-ORDER", E, Quarantine, Log, "Mission (M)",
        "quests resolve in order 1,2,3.. each once",
        "QUAR";
    M_SCORE = "M-SCORE", E, Auto, Log, "Mission (M)",
        "S, F stored = counts of results; S<=3, F<=3, S+F<=5",
        "AUTO";
    M_NO_LATE = "M-NO-LATE", E, Human, Log, "Mission (M)",
        "no proposal, vote, card after S=3 or F=3",
        "HUMAN (cut tail)";
    M_PENDING = "M-PENDING", E, Auto, Stored, "Mission (M)",
        "quests after the end are PENDING and empty",
        "AUTO";
    M_CARD_SECRET = "M-CARD-SECRET", W, None, Log, "Mission (M)",
        "cards per player never public, even after the end unless the profile says so",
        "NONE";
    M_LANCELOT2 = "M-LANCELOT2", E, Quarantine, Log, "Mission (M)",
        "variant 2: Evil Lancelot plays Fail",
        "QUAR";
}

use crate::check::report::Findings;
use crate::event::{Card, MissionCardPlayed, QuestResult};
use crate::role::Side;
use crate::sentence;

/// M-GOOD-SUCCESS and M-LANCELOT2 of one card; `side` is the player's current side.
pub(crate) fn judge_card(
    seq: u64,
    event: &MissionCardPlayed,
    side: Option<Side>,
    must_fail: bool,
    out: &mut Findings,
) {
    if side == Some(Side::Good) && event.card == Card::Fail {
        out.report(
            &M_GOOD_SUCCESS,
            seq,
            sentence!("{player} is good and plays Fail", player = &event.player_id),
        );
    }
    if must_fail && event.card == Card::Success {
        let detail =
            sentence!("{player} is the evil Lancelot and plays Success", player = &event.player_id);
        out.report(&M_LANCELOT2, seq, detail);
    }
}

/// M-FAIL-COUNT: the stored count is not that of the cards.
pub(crate) fn report_fail_count(seq: u64, stored: u8, counted: u8, out: &mut Findings) {
    out.report(
        &M_FAIL_COUNT,
        seq,
        sentence!(
            "{count} fail card(s), not {count_stored}",
            count = counted,
            count_stored = stored
        ),
    );
}

/// M-FAILS-RANGE and M-FAIL-LE-EVIL; `evil` is how many fails the team could bring.
pub(crate) fn judge_bounds(
    seq: u64,
    fails: u8,
    size: Option<u8>,
    evil: Option<usize>,
    out: &mut Findings,
) {
    if let Some(size) = size.filter(|size| fails > *size) {
        out.report(
            &M_FAILS_RANGE,
            seq,
            sentence!("{fails} fails of {count} cards", fails, count = size),
        );
    }
    if let Some(evil) = evil.filter(|evil| usize::from(fails) > *evil) {
        out.report(
            &M_FAIL_LE_EVIL,
            seq,
            sentence!("{fails} fails, the team could bring {count}", fails, count = evil),
        );
    }
}

/// M-RESULT: the stored result follows from the fails.
pub(crate) fn judge_result(
    seq: u64,
    stored: QuestResult,
    counted: QuestResult,
    (fails, needed): (u8, u8),
    out: &mut Findings,
) {
    if stored != counted {
        let detail = match counted {
            QuestResult::Fail => {
                sentence!("{fails} fail(s) of {count} needed fail the quest", fails, count = needed)
            }
            QuestResult::Success => sentence!(
                "{fails} fail(s) of {count} needed do not fail the quest",
                fails,
                count = needed
            ),
        };
        out.report(&M_RESULT, seq, detail);
    }
}
