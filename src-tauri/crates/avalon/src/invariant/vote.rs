//! Team vote (V): ballots, their count and the vote track.

use super::invariants;

invariants! {
    V_COMPLETE = "V-COMPLETE", E, Human, Log, "Team vote (V)",
        "exactly one vote per player per closed proposal (n votes)",
        "HUMAN (never invent a vote); QUAR if the result depends on it";
    V_ONCE = "V-ONCE", E, Auto, Log, "Team vote (V)",
        "no second vote by the same player in one attempt (same commandId = duplicate delivery)",
        "AUTO drop only if identical and same commandId; else HUMAN";
    V_VOTER = "V-VOTER", E, Quarantine, Log, "Team vote (V)",
        "voters are seated players; votes only in TEAM_VOTING",
        "QUAR";
    V_COUNT = "V-COUNT", E, Auto, Log, "Team vote (V)",
        "approvals stored = number of approve votes",
        "AUTO";
    V_MAJORITY = "V-MAJORITY", E, Auto, Log, "Team vote (V)",
        "result = approved iff approvals > n/2 (tie rejects)",
        "AUTO if nothing after depends on it, else QUAR";
    V_APPROVED_LAST = "V-APPROVED-LAST", E, Quarantine, Log, "Team vote (V)",
        "an approved proposal is the last of its quest",
        "QUAR";
    V_TRACK = "V-TRACK", E, Auto, Log, "Team vote (V)",
        "voteTrack = rejections in this quest; 0 after approval / new quest",
        "AUTO";
    V_TRACK_MAX = "V-TRACK-MAX", E, Auto, Log, "Team vote (V)",
        "voteTrack <= 5; 5 only in a game ended five_rejections",
        "AUTO / QUAR";
    V_HAMMER = "V-HAMMER", E, Auto, Log, "Team vote (V)",
        "5th rejection => GameEnded(evil, five_rejections) next, no quest played",
        "AUTO (append end)";
    V_FORCED = "V-FORCED", E, Human, Log, "Team vote (V)",
        "hammer=forced_no_vote: attempt 5 has no vote and goes",
        "HUMAN (profile)";
    V_SECRET = "V-SECRET", F, Quarantine, Log, "Team vote (V)",
        "no vote value visible before TeamVoteClosed",
        "QUAR export";
}

use crate::check::report::Findings;
use crate::event::{TeamVoteClosed, Vote, VoteResult};
use crate::rules;
use crate::sentence;

/// V-COUNT and V-MAJORITY: approvals and result are those of the votes, by seat. Returns the
/// result that the votes come to.
pub(crate) fn judge_count(
    seq: u64,
    n: u8,
    votes: &[Option<Vote>],
    event: &TeamVoteClosed,
    out: &mut Findings,
) -> VoteResult {
    let approvals = votes.iter().filter(|vote| **vote == Some(Vote::Approve)).count();
    let approvals = u8::try_from(approvals).unwrap_or(u8::MAX);
    let complete = votes.iter().all(Option::is_some);
    let stored = event.approvals;
    // A vote that is missing may have been counted before it was lost.
    let counted = if complete { approvals } else { stored.unwrap_or(approvals) };
    if let Some(stored) = stored.filter(|stored| *stored != counted) {
        out.report(
            &V_COUNT,
            seq,
            sentence!(
                "{count} approve, not {count_stored}",
                count = approvals,
                count_stored = stored
            ),
        );
    }
    let expected =
        if rules::approved(n, counted) { VoteResult::Approved } else { VoteResult::Rejected };
    if event.result != expected {
        let detail = match expected {
            VoteResult::Approved => {
                sentence!(
                    "{count} approvals of {players} carry the team",
                    count = counted,
                    players = n
                )
            }
            VoteResult::Rejected => sentence!(
                "{count} approvals of {players} do not carry the team",
                count = counted,
                players = n
            ),
        };
        out.report(&V_MAJORITY, seq, detail);
    }
    expected
}
