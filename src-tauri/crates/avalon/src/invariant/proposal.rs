//! Proposal (P): the team that a leader names.

use super::invariants;

invariants! {
    P_SIZE = "P-SIZE", E, Quarantine, Log, "Proposal (P)",
        "abs(team) = size[n][q]",
        "QUAR";
    P_DISTINCT = "P-DISTINCT", E, Quarantine, Log, "Proposal (P)",
        "team members distinct",
        "QUAR";
    P_SEATED = "P-SEATED", E, Quarantine, Log, "Proposal (P)",
        "team is a subset of the players",
        "QUAR";
    P_ATTEMPT = "P-ATTEMPT", E, Auto, Log, "Proposal (P)",
        "a runs 1,2,3.. without gaps per quest, a <= 5",
        "AUTO (renumber derived field)";
    P_PHASE = "P-PHASE", E, Human, Log, "Proposal (P)",
        "TeamProposed only in TEAM_BUILDING",
        "HUMAN";
    P_ONE_OPEN = "P-ONE-OPEN", E, Auto, Log, "Proposal (P)",
        "at most one open proposal",
        "AUTO (derived) / HUMAN";
    P_REVISE = "P-REVISE", W, Human, Log, "Proposal (P)",
        "a revision only if the profile allows and before any vote of that attempt",
        "HUMAN";
    P_LEADER_OUT = "P-LEADER-OUT", I, None, Log, "Proposal (P)",
        "leader off own team is legal",
        "NONE";
}

use crate::check::report::Findings;
use crate::check::walk::Table;
use crate::id::PlayerId;
use crate::sentence;

use super::seats::S_KNOWN_ACTOR;

/// P-SIZE, P-DISTINCT and P-SEATED of a team for `quest`.
pub(crate) fn judge_team(
    seq: u64,
    table: &Table<'_>,
    quest: u8,
    team: &[PlayerId],
    out: &mut Findings,
) {
    if let Some(size) = table.team_size(quest)
        && team.len() != usize::from(size)
    {
        let detail = sentence!(
            "{count} on the team of quest {quest}, not {count_due}",
            count = team.len(),
            quest,
            count_due = size
        );
        out.report(&P_SIZE, seq, detail);
    }
    for (index, member) in team.iter().enumerate() {
        if team.iter().take(index).any(|other| other == member) {
            out.report(
                &P_DISTINCT,
                seq,
                sentence!("{player} is on the team twice", player = member),
            );
        }
        if table.seat(member).is_none() {
            let detail = sentence!("{player} on the team is not seated", player = member);
            out.report(&P_SEATED, seq, detail.clone());
            out.report(&S_KNOWN_ACTOR, seq, detail);
        }
    }
}
