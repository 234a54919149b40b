//! Events of a known type whose payload can't be read: E-SCHEMA tells of them; the walk takes the
//! step that they must have meant, so that what follows is judged as if they had been read.

use crate::event::{QuestResult, Unrecognised, Vote};
use crate::profile::Hammer;
use crate::rules::{self, EndReason};

use super::proposal::Proposal;
use super::{Phase, Walk};

impl Walk<'_> {
    pub(super) fn unreadable(&mut self, event: &Unrecognised) {
        match &*event.kind {
            "RolesAssigned" if self.phase == Phase::Created => self.phase = Phase::Dealt,
            "QuestStarted"
                if matches!(self.phase, Phase::Dealt | Phase::Resolved | Phase::Lady) =>
            {
                self.quest = self.successes + self.failures + 1;
                self.attempt = 1;
                self.track = 0;
                self.phase = Phase::Building;
            }
            "TeamProposed" if self.phase == Phase::Building => {
                // Of whom the team is made stays unknown; the votes on it are taken.
                self.proposal = Some(Proposal { team: &[], excalibur: None, votes: [None; 10] });
                let forced = self.goes_without_vote();
                self.phase = if forced { Phase::Forcing } else { Phase::Voting };
            }
            "TeamVoteClosed" if self.phase == Phase::Voting => self.close_unread(),
            "TeamForced" if matches!(self.phase, Phase::Forcing | Phase::Building) => {
                self.send_unread();
            }
            "MissionResolved" if self.phase == Phase::Questing => self.resolve_unread(),
            "LadyUsed" if self.phase == Phase::Lady => self.phase = Phase::Resolved,
            "AssassinationStarted" if self.phase == Phase::ShotDue => {
                self.phase = Phase::Assassination;
            }
            "AssassinTargetNamed" if self.phase == Phase::Assassination => {
                self.phase = Phase::Decided(EndReason::AssassinationMiss);
            }
            "GameEnded" => self.phase = Phase::Ended,
            "GameAborted" => self.phase = Phase::Aborted,
            _ => return,
        }
        self.rule_events = self.rule_events.saturating_add(1);
    }

    fn close_unread(&mut self) {
        let Some(table) = self.table else { return };
        let votes = self.proposal.as_ref().map_or([None; 10], |open| open.votes);
        let approvals = votes.iter().filter(|vote| **vote == Some(Vote::Approve)).count();
        let approved = rules::approved(table.n(), u8::try_from(approvals).unwrap_or(u8::MAX));
        if approved {
            return self.send_unread();
        }
        self.reject(table.rules.hammer == Hammer::RejectLoses);
    }

    /// A team goes of which nothing is known but what was proposed.
    pub(super) fn send_unread(&mut self) {
        match self.proposal.take() {
            Some(open) => self.send(open.team, open.excalibur),
            None => {
                self.closed += 1;
                self.track = 0;
                self.mission = None;
                self.phase = Phase::Questing;
            }
        }
    }

    fn resolve_unread(&mut self) {
        let Some(table) = self.table else { return };
        let fails = self.mission.as_ref().map_or(0, |mission| mission.fails().0);
        let failed = fails >= table.fails_needed(self.quest);
        self.score(if failed { QuestResult::Fail } else { QuestResult::Success });
        self.resolve(&table);
    }
}
