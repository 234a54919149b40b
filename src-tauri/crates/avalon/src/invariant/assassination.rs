//! Assassination (A) and result (W).

use super::invariants;

invariants! {
    A_WHEN = "A-WHEN", E, Auto, Log, "Assassination and result (A, W)",
        "AssassinationStarted iff S=3 and Merlin in play (or profile any_time)",
        "AUTO (append start)";
    A_REQUIRED = "A-REQUIRED", E, Human, Log, "Assassination and result (A, W)",
        "such a game has exactly one AssassinTargetNamed before the end",
        "HUMAN";
    A_ACTOR = "A-ACTOR", E, Human, Log, "Assassination and result (A, W)",
        "actor = the assassin (or profile actor rule)",
        "HUMAN";
    A_TARGET_PLAYER = "A-TARGET-PLAYER", E, Quarantine, Log, "Assassination and result (A, W)",
        "target is a seated player other than the assassin",
        "QUAR";
    A_TARGET_EVIL = "A-TARGET-EVIL", W, None, Log, "Assassination and result (A, W)",
        "target is not evil known to the assassin (Oberon is possible)",
        "NONE";
    A_NONE = "A-NONE", E, Auto, Log, "Assassination and result (A, W)",
        "no assassination data when F=3, five rejections, or no Merlin",
        "AUTO (clear derived) / HUMAN";
    W_RESULT = "W-RESULT", F, Auto, Log, "Assassination and result (A, W)",
        "winner = function of 1.3",
        "AUTO if GameEnded contradicts a complete log, else QUAR";
    W_REASON = "W-REASON", E, Auto, Log, "Assassination and result (A, W)",
        "reason matches the path (S, F, track, shot)",
        "AUTO";
    W_ASSASSINATION = "W-ASSASSINATION", F, Auto, Log, "Assassination and result (A, W)",
        "shot hits Merlin <=> evil wins",
        "AUTO";
    W_PROVISIONAL = "W-PROVISIONAL", W, Auto, Log, "Assassination and result (A, W)",
        "no final winner while phase = ASSASSINATION (ProAvalon sets winner=Resistance early)",
        "AUTO on import (ignore)";
    W_ABORT = "W-ABORT", E, Auto, Log, "Assassination and result (A, W)",
        "aborted game has no winner and no statistics",
        "AUTO";
    W_STATS = "W-STATS", E, Auto, Stored, "Assassination and result (A, W)",
        "player/global counters = fold over ended games",
        "AUTO (rebuild)";
}

use crate::check::report::Findings;
use crate::event::GameEnded;
use crate::role::Side;
use crate::rules::EndReason;
use crate::sentence;

/// W-RESULT, W-REASON and W-ASSASSINATION of the end, which is due for a reason.
pub(crate) fn judge_end(seq: u64, event: &GameEnded, due: EndReason, out: &mut Findings) {
    let winner = due.winner();
    if event.winner != winner {
        let detail = sentence!(
            "{side} wins by {reason}, not {side_stored}",
            side = winner,
            reason = due,
            side_stored = event.winner
        );
        out.report(&W_RESULT, seq, detail);
    }
    if event.reason != due {
        let detail = sentence!(
            "the game ends by {reason}, not {reason_stored}",
            reason = due,
            reason_stored = event.reason
        );
        out.report(&W_REASON, seq, detail);
    }
    let hit = match due {
        EndReason::AssassinationHit => true,
        EndReason::AssassinationMiss => false,
        _ => return,
    };
    if (event.winner == Side::Evil) != hit {
        let detail = if hit {
            sentence!("the shot hits Merlin, yet {side} wins", side = event.winner)
        } else {
            sentence!("the shot misses Merlin, yet {side} wins", side = event.winner)
        };
        out.report(&W_ASSASSINATION, seq, detail);
    }
}
