//! TeamProposed, TeamProposalRevised and TeamForced.

use crate::event::{Actor, TeamForced, TeamProposed};
use crate::id::PlayerId;
use crate::invariant::{
    leader::L_ONLY_LEADER,
    mission::M_TEAM,
    modules,
    proposal::{self, P_ATTEMPT, P_ONE_OPEN, P_PHASE, P_REVISE},
    vote::{V_APPROVED_LAST, V_FORCED, V_TRACK_MAX},
};
use crate::profile::{ExcaliburAssignment, Hammer};
use crate::rules::ATTEMPTS;
use crate::sentence;

use super::{Act, At, Phase, Table, Walk, mission::Mission};
use crate::event::Vote;

/// A team that was named and not closed yet.
pub(super) struct Proposal<'a> {
    pub(super) team: &'a [PlayerId],
    pub(super) excalibur: Option<&'a PlayerId>,
    /// Votes by seat.
    pub(super) votes: [Option<Vote>; 10],
}

impl<'a> Walk<'a> {
    /// Whether the open attempt goes without a vote by the profile.
    pub(super) fn goes_without_vote(&self) -> bool {
        self.attempt == ATTEMPTS
            && self.table.is_some_and(|table| table.rules.hammer == Hammer::ForcedNoVote)
    }

    pub(super) fn team_proposed(&mut self, at: At<'a>, event: &'a TeamProposed) {
        let Some(table) = self.table else { return };
        if self.too_late(at, Act::Play) {
            return;
        }
        self.judge_proposal_phase(at);
        if event.q != self.quest {
            let detail = sentence!(
                "a team for quest {quest}, quest {quest_due} is open",
                quest = event.q,
                quest_due = self.quest
            );
            self.out.report(&P_PHASE, at.seq, detail);
        }
        if event.a != self.attempt {
            let detail = sentence!(
                "attempt {attempt}, attempt {attempt_due} is next",
                attempt = event.a,
                attempt_due = self.attempt
            );
            self.out.report(&P_ATTEMPT, at.seq, detail);
        }
        if event.a > ATTEMPTS {
            self.out.report_once(
                &V_TRACK_MAX,
                at.seq,
                sentence!("more than five attempts in a quest"),
            );
        }
        self.judge_loyalty_drawn(at);
        self.judge_leader(at, &event.leader, 0, false);
        self.judge_proposer(at);
        self.judge_named_team(at, &table, event);
        if matches!(self.phase, Phase::Building | Phase::Voting | Phase::Forcing) {
            self.open(event);
        }
    }

    fn judge_proposal_phase(&mut self, at: At<'a>) {
        let (invariant, detail) = match self.phase {
            Phase::Building => return,
            Phase::Voting | Phase::Forcing => {
                (&P_ONE_OPEN, sentence!("another team is still open"))
            }
            Phase::Questing => {
                (&V_APPROVED_LAST, sentence!("a team of this quest was approved already"))
            }
            _ => (&P_PHASE, sentence!("no quest waits for a team")),
        };
        self.out.report(invariant, at.seq, detail);
        if invariant.id != P_PHASE.id {
            self.out.report(
                &P_PHASE,
                at.seq,
                sentence!("a team is named outside of team building"),
            );
        }
    }

    /// L-ONLY-LEADER. The server may act for the leader; another player may not.
    fn judge_proposer(&mut self, at: At<'a>) {
        let (Some(table), Some(leader)) = (self.table, self.expected_leader()) else {
            return;
        };
        let allowed = match &at.entry.envelope.actor {
            None | Some(Actor::System) => true,
            Some(Actor::Player(player)) => table.seat(player) == Some(leader),
            Some(Actor::Admin(_)) => false,
        };
        // Where leaders are off by a lasting shift, that is the defect.
        if !allowed && self.leader_shift == 0 {
            self.out.report(
                &L_ONLY_LEADER,
                at.seq,
                sentence!("the team was not named by the leader"),
            );
        }
    }

    fn judge_named_team(&mut self, at: At<'a>, table: &Table<'a>, event: &'a TeamProposed) {
        proposal::judge_team(at.seq, table, self.quest, &event.team, &mut self.out);
        let leader = self.expected_leader().and_then(|seat| table.player(seat));
        if leader.is_some_and(|leader| !event.team.contains(leader)) {
            let (times, first) = &mut self.leader_out;
            if *times == 0 {
                *first = at.seq;
            }
            *times += 1;
        }
        let assigned_now = table.rules.excalibur.assign == ExcaliburAssignment::WithProposal;
        modules::judge_excalibur_given(
            at.seq,
            table,
            assigned_now,
            event.excalibur_to.as_ref(),
            (&event.team, leader),
            &mut self.out,
        );
    }

    fn open(&mut self, event: &'a TeamProposed) {
        self.proposal = Some(Proposal {
            team: &event.team,
            excalibur: event.excalibur_to.as_ref(),
            votes: [None; 10],
        });
        self.overlay.deadline = event.deadline;
        self.phase = if self.goes_without_vote() { Phase::Forcing } else { Phase::Voting };
    }

    /// P-REVISE: a revision by the profile, before any vote; it replaces the team.
    pub(super) fn team_revised(&mut self, at: At<'a>, event: &'a TeamProposed) {
        let Some(table) = self.table else { return };
        if self.too_late(at, Act::Play) {
            return;
        }
        if !table.rules.repropose_before_vote {
            self.out.report(&P_REVISE, at.seq, sentence!("the profile allows no revision"));
        }
        let Some(open) = &self.proposal else {
            self.out.report(&P_REVISE, at.seq, sentence!("no team is open that could be revised"));
            self.illegal(at);
            return;
        };
        let votes = open.votes;
        if votes.iter().any(Option::is_some) {
            self.out.report(
                &P_REVISE,
                at.seq,
                sentence!("the team is revised after a vote was cast"),
            );
        }
        self.judge_position(at, event.q, Some(event.a));
        self.judge_leader(at, &event.leader, 0, false);
        self.judge_proposer(at);
        self.judge_named_team(at, &table, event);
        self.open(event);
        if let Some(open) = &mut self.proposal {
            open.votes = votes;
        }
    }

    pub(super) fn team_forced(&mut self, at: At<'a>, event: &'a TeamForced) {
        let Some(table) = self.table else { return };
        if self.too_late(at, Act::Play) {
            return;
        }
        if !matches!(self.phase, Phase::Building | Phase::Voting | Phase::Forcing) {
            self.illegal(at);
            return;
        }
        if table.rules.hammer != Hammer::ForcedNoVote {
            self.out.report(&V_FORCED, at.seq, sentence!("the profile has every team voted on"));
        } else if event.a != ATTEMPTS || self.attempt != ATTEMPTS {
            let detail = sentence!(
                "attempt {attempt} goes without a vote, only the fifth may",
                attempt = event.a
            );
            self.out.report(&V_FORCED, at.seq, detail);
        }
        if event.q != self.quest {
            self.judge_position(at, event.q, None);
        }
        let (team, excalibur) = match &self.proposal {
            Some(open) => {
                if !open.team.is_empty() && !same_members(open.team, &event.team) {
                    self.out.report(
                        &M_TEAM,
                        at.seq,
                        sentence!("another team goes than was proposed"),
                    );
                }
                (open.team, event.excalibur_to.as_ref().or(open.excalibur))
            }
            None => {
                self.judge_loyalty_drawn(at);
                proposal::judge_team(at.seq, &table, self.quest, &event.team, &mut self.out);
                (event.team.as_slice(), event.excalibur_to.as_ref())
            }
        };
        self.send(team, excalibur);
    }

    /// The team goes on the quest.
    pub(super) fn send(&mut self, team: &'a [PlayerId], excalibur: Option<&'a PlayerId>) {
        self.proposal = None;
        // A team that could not be read is not judged.
        self.mission = (!team.is_empty()).then(|| Mission::new(team, excalibur));
        self.closed += 1;
        self.phase = Phase::Questing;
        self.track = 0;
    }
}

/// Whether two teams have the same members, in any order.
pub(super) fn same_members(one: &[PlayerId], other: &[PlayerId]) -> bool {
    one.len() == other.len()
        && one.iter().all(|member| other.contains(member))
        && other.iter().all(|member| one.contains(member))
}
