//! From the start of a quest to a team that goes.

use crate::event::{
    Envelope, QuestStarted, TeamForced, TeamProposed, TeamVoteCast, TeamVoteClosed, Vote,
    VoteResult,
};
use crate::id::{PlayerId, Seat};
use crate::profile::ExcaliburAssignment;
use crate::reducer::rejection::Judge;
use crate::reducer::{Guard, Judged, Rejection, acted, claim};
use crate::rules;
use crate::sentence;
use crate::sentence::SentenceValue;
use crate::state::{Excalibur, GameState, Phase, Proposal};

impl GameState {
    pub(super) fn quest_started(&mut self, event: &QuestStarted, judge: &mut Judge<'_>) -> Judged {
        let Some(quest) = self.next_quest() else {
            return Err(self.wrong_phase("QuestStarted", judge));
        };
        judge.expect(!self.lady_due(), Guard::LadyTiming, || {
            sentence!("the Lady of the Lake was not used after quest {quest}", quest = self.quest)
        })?;
        judge.claim(Some(&event.q), &quest, Guard::QuestOrder, claim::quest)?;
        let leader = self.leader_of(self.proposals_closed);
        self.judge_leader(&event.leader_seat, leader, judge)?;
        judge.claim(event.attempt.as_ref(), &1, Guard::Attempt, claim::attempt)?;
        let board = self.quest_at(quest).map(|board| (board.team_size, board.fails_needed));
        let (size, fails) = board.unwrap_or_default();
        judge.claim(event.team_size.as_ref(), &size, Guard::TeamSizeTable, claim::team_size)?;
        judge.claim(event.fails_needed.as_ref(), &fails, Guard::FailsTable, claim::fails_needed)?;
        if let Some(card) = event.loyalty_card {
            self.turn_loyalty_card(quest, card, false, judge)?;
        }

        self.quest = quest;
        self.attempt = 1;
        self.vote_track = 0;
        self.leader = Some(leader);
        self.hammer_seat = Some(rules::hammer_seat(leader, self.players()));
        self.phase = Phase::TeamBuilding;
        self.deadline = event.deadline;
        Ok(())
    }

    /// The seat that leads proposal `proposal`, 0-based over the game.
    fn leader_of(&self, proposal: u32) -> Seat {
        rules::leader(self.first_leader.unwrap_or(0), proposal, self.players())
    }

    fn judge_leader(
        &self,
        stored: &crate::event::SeatRef,
        truth: Seat,
        judge: &mut Judge<'_>,
    ) -> Judged {
        judge.expect(self.resolve(stored) == Some(truth), Guard::Rotation, || {
            sentence!(
                "the leader is {leader}, by the rotation {seat}",
                leader = stored,
                seat = sentence!("seat {seat}", seat = truth)
            )
        })
    }

    fn judge_attempt(&self, q: u8, a: u8, judge: &mut Judge<'_>) -> Judged {
        judge.expect((q, a) == (self.quest, self.attempt), Guard::Attempt, || {
            sentence!(
                "it says ({quest},{attempt}), at hand is ({quest_due},{attempt_due})",
                quest = q,
                attempt = a,
                quest_due = self.quest,
                attempt_due = self.attempt
            )
        })
    }

    fn judge_team(&self, team: &[PlayerId], judge: &mut Judge<'_>) -> Result<Vec<Seat>, Rejection> {
        let seats = team
            .iter()
            .map(|player| self.seated(player, Guard::TeamSeated, judge))
            .collect::<Result<Vec<_>, _>>()?;
        let distinct = (1..seats.len()).all(|at| !seats[..at].contains(&seats[at]));
        judge.expect(distinct, Guard::TeamDistinct, || sentence!("a member is named twice"))?;
        let size = self.current_quest().map_or(0, |quest| quest.team_size);
        judge.expect(seats.len() == usize::from(size), Guard::TeamSize, || {
            sentence!(
                "{count} members, quest {quest} takes {count_due}",
                count = seats.len(),
                quest = self.quest,
                count_due = size
            )
        })?;
        Ok(seats)
    }

    /// Excalibur as a proposal, a closed vote or a forced team gives it. `now` tells whether this
    /// event is the one that must give it.
    fn judge_sword(
        &self,
        to: Option<&PlayerId>,
        now: bool,
        team: &[Seat],
        judge: &mut Judge<'_>,
    ) -> Result<Option<Seat>, Rejection> {
        let on = self.profile.as_ref().is_some_and(|rules| rules.excalibur.on);
        if !on {
            judge.expect(to.is_none(), Guard::Modules, || {
                sentence!("Excalibur is given but not played")
            })?;
            return Ok(None);
        }
        judge.expect(to.is_some() == now, Guard::ExcaliburHolder, || {
            sentence!("Excalibur is given at the wrong time, or to nobody")
        })?;
        let Some(to) = to else {
            return Ok(None);
        };
        let seat = self.seated(to, Guard::KnownPlayer, judge)?;
        let fits = team.contains(&seat) && self.leader != Some(seat);
        judge.expect(fits, Guard::ExcaliburHolder, || {
            sentence!("{player} is the leader or not on the team", player = to)
        })?;
        Ok(Some(seat))
    }

    fn sword_comes(&self, assign: ExcaliburAssignment) -> bool {
        self.profile.as_ref().is_some_and(|rules| rules.excalibur.assign == assign)
    }

    fn read_proposal(
        &self,
        envelope: &Envelope,
        event: &TeamProposed,
        judge: &mut Judge<'_>,
    ) -> Result<Proposal, Rejection> {
        self.judge_attempt(event.q, event.a, judge)?;
        let leader = self.leader.unwrap_or(0);
        self.judge_leader(&event.leader, leader, judge)?;
        let auto = event.auto == Some(true);
        judge.expect(
            self.acts_for(envelope.actor.as_ref(), leader, auto),
            Guard::OnlyLeader,
            || {
                sentence!(
                    "{actor} proposed, {seat} leads",
                    actor = acted(envelope),
                    seat = sentence!("seat {seat}", seat = leader)
                )
            },
        )?;
        let team = self.judge_team(&event.team, judge)?;
        let forced = self.forced_attempt();
        let with_proposal = self.sword_comes(ExcaliburAssignment::WithProposal);
        let excalibur_to =
            self.judge_sword(event.excalibur_to.as_ref(), with_proposal, &team, judge)?;
        Ok(Proposal {
            attempt: self.attempt,
            leader,
            team,
            excalibur_to,
            votes: if forced { Vec::new() } else { vec![None; self.seats.len()] },
            approvals: None,
            result: None,
            forced,
        })
    }

    pub(super) fn proposed(
        &mut self,
        envelope: &Envelope,
        event: &TeamProposed,
        judge: &mut Judge<'_>,
    ) -> Judged {
        if self.phase != Phase::TeamBuilding {
            let guard =
                if self.open_proposal().is_some() { Guard::OneOpen } else { Guard::ProposalPhase };
            let detail = sentence!("TeamProposed in {phase}", phase = self.phase);
            return Err(judge.refuse(guard, detail));
        }
        judge.expect(!self.loyalty_due(self.quest), Guard::LoyaltySwitch, || {
            sentence!("the loyalty card of quest {quest} was not turned over", quest = self.quest)
        })?;
        let proposal = self.read_proposal(envelope, event, judge)?;
        self.phase = if proposal.forced { Phase::Quest } else { Phase::TeamVoting };
        self.deadline = event.deadline;
        if let Some(quest) = self.current_quest_mut() {
            quest.proposals.push(proposal);
        }
        Ok(())
    }

    pub(super) fn revised(
        &mut self,
        envelope: &Envelope,
        event: &TeamProposed,
        judge: &mut Judge<'_>,
    ) -> Judged {
        let Some(open) = self.open_proposal() else {
            return Err(judge.refuse(Guard::Revise, sentence!("no proposal is open")));
        };
        let untouched = open.votes.iter().all(Option::is_none);
        let allowed = self.profile.as_ref().is_some_and(|rules| rules.repropose_before_vote);
        judge.expect(allowed && untouched, Guard::Revise, || {
            sentence!("the profile does not allow it, or a vote is in")
        })?;
        let proposal = self.read_proposal(envelope, event, judge)?;
        self.deadline = event.deadline;
        if let Some(open) = self.current_quest_mut().and_then(|quest| quest.proposals.last_mut()) {
            let votes = std::mem::take(&mut open.votes);
            *open = Proposal { votes, ..proposal };
        }
        Ok(())
    }

    pub(super) fn vote_cast(
        &mut self,
        envelope: &Envelope,
        event: &TeamVoteCast,
        judge: &mut Judge<'_>,
    ) -> Judged {
        let Some(open) = self.open_proposal() else {
            let detail = sentence!("a vote in {phase}", phase = self.phase);
            return Err(judge.refuse(Guard::Voter, detail));
        };
        let seat = self.seated(&event.player_id, Guard::Voter, judge)?;
        let slot = open.votes.get(usize::from(seat)).copied().flatten();
        judge.require(slot.is_none(), Guard::VoteOnce, || {
            sentence!("{player} has voted already", player = &event.player_id)
        })?;
        self.judge_attempt(event.q, event.a, judge)?;
        let auto = event.auto == Some(true);
        judge.expect(self.acts_for(envelope.actor.as_ref(), seat, auto), Guard::Voter, || {
            sentence!(
                "{actor} voted for {player}",
                actor = acted(envelope),
                player = &event.player_id
            )
        })?;
        let open = self.current_quest_mut().and_then(|quest| quest.proposals.last_mut());
        if let Some(slot) = open.and_then(|open| open.votes.get_mut(usize::from(seat))) {
            *slot = Some(event.vote);
        }
        Ok(())
    }

    pub(super) fn vote_closed(&mut self, event: &TeamVoteClosed, judge: &mut Judge<'_>) -> Judged {
        let Some(open) = self.open_proposal() else {
            return Err(self.wrong_phase("TeamVoteClosed", judge));
        };
        self.judge_attempt(event.q, event.a, judge)?;
        let votes = self.judge_votes(&open.votes, event, judge)?;
        let complete = votes.iter().all(Option::is_some);
        let counted = votes.iter().filter(|vote| **vote == Some(Vote::Approve)).count();
        let approvals = u8::try_from(counted).unwrap_or(u8::MAX);
        let mut result = match rules::approved(self.players(), approvals) {
            true => VoteResult::Approved,
            false => VoteResult::Rejected,
        };
        if complete {
            judge.claim(
                event.approvals.as_ref(),
                &approvals,
                Guard::VoteCount,
                claim::approvals,
            )?;
            judge.claim(Some(&event.result), &result, Guard::Majority, claim::vote_result)?;
        } else {
            result = event.result;
        }
        let approved = result == VoteResult::Approved;
        let track = if approved { 0 } else { self.attempt };
        judge.claim(
            event.vote_track_after.as_ref(),
            &track,
            Guard::VoteTrack,
            claim::vote_track,
        )?;
        let next = self.leader_of(self.proposals_closed.saturating_add(1));
        if let Some(stored) = &event.next_leader {
            self.judge_leader(stored, next, judge)?;
        }
        let team = open.team.clone();
        let late = approved && self.sword_comes(ExcaliburAssignment::AfterApproval);
        let given = self.judge_sword(event.excalibur_to.as_ref(), late, &team, judge)?;
        let sword = given.or(open.excalibur_to);

        self.deadline = event.deadline;
        if let Some(open) = self.current_quest_mut().and_then(|quest| quest.proposals.last_mut()) {
            open.votes = votes;
            open.approvals = Some(approvals);
            open.result = Some(result);
            open.excalibur_to = sword;
        }
        if approved {
            self.send_team(team, sword);
        } else {
            self.reject_team(next, track);
        }
        Ok(())
    }

    /// The votes by seat: as cast, and where none was cast as the closing event says.
    fn judge_votes(
        &self,
        cast: &[Option<Vote>],
        event: &TeamVoteClosed,
        judge: &mut Judge<'_>,
    ) -> Result<Vec<Option<Vote>>, Rejection> {
        let strangers = event.votes.keys().any(|player| self.seat_of(player).is_none());
        judge.expect(!strangers, Guard::Voter, || {
            sentence!("a vote of somebody who does not sit at the table")
        })?;
        let mut votes = Vec::with_capacity(cast.len());
        for (player, cast) in self.seats.iter().zip(cast) {
            let shown = event.votes.get(player).copied();
            judge.expect(cast.is_some() && shown.is_some(), Guard::VotesComplete, || {
                sentence!("the vote of {player} is missing", player)
            })?;
            let agree = cast.is_none() || shown.is_none() || *cast == shown;
            judge.expect(agree, Guard::VoteCount, || {
                let told = |vote: Option<Vote>| SentenceValue::or(vote, sentence!("nothing"));
                sentence!(
                    "{player} voted {vote}, shown is {vote_shown}",
                    player,
                    vote = told(*cast),
                    vote_shown = told(shown)
                )
            })?;
            votes.push(cast.or(shown));
        }
        Ok(votes)
    }

    fn send_team(&mut self, team: Vec<Seat>, sword: Option<Seat>) {
        self.proposals_closed = self.proposals_closed.saturating_add(1);
        self.vote_track = 0;
        self.phase = Phase::Quest;
        if let Some(quest) = self.current_quest_mut() {
            quest.team = team;
            quest.excalibur =
                sword.map(|holder| Excalibur { holder, decided: false, target: None });
        }
    }

    fn reject_team(&mut self, next_leader: Seat, track: u8) {
        self.proposals_closed = self.proposals_closed.saturating_add(1);
        self.vote_track = track;
        if track < rules::ATTEMPTS {
            self.attempt = track + 1;
            self.leader = Some(next_leader);
            self.phase = Phase::TeamBuilding;
        }
    }

    /// The fifth team goes without a vote: it was proposed just before, or this event proposes it.
    pub(super) fn forced(&mut self, event: &TeamForced, judge: &mut Judge<'_>) -> Judged {
        let proposed = self.phase == Phase::Quest
            && self.current_quest().is_some_and(|quest| {
                quest.team.is_empty() && quest.proposals.last().is_some_and(|last| last.forced)
            });
        if !proposed && self.phase != Phase::TeamBuilding {
            return Err(self.wrong_phase("TeamForced", judge));
        }
        judge.expect(self.forced_attempt(), Guard::Forced, || {
            sentence!("attempt {attempt} does not go without a vote", attempt = self.attempt)
        })?;
        self.judge_attempt(event.q, event.a, judge)?;
        let team = self.judge_team(&event.team, judge)?;
        let last = self.current_quest().and_then(|quest| quest.proposals.last());
        let open = last.filter(|_| proposed);
        judge.expect(
            open.is_none_or(|open| same_team(&open.team, &team)),
            Guard::QuestTeam,
            || sentence!("the forced team is not the proposed one"),
        )?;
        let early = open.and_then(|open| open.excalibur_to);
        let sword = self.judge_sword(event.excalibur_to.as_ref(), early.is_none(), &team, judge)?;
        let leader = self.leader.unwrap_or(0);
        let (attempt, sword) = (self.attempt, sword.or(early));

        if let Some(quest) = self.current_quest_mut() {
            if !proposed {
                quest.proposals.push(Proposal {
                    attempt,
                    leader,
                    team: team.clone(),
                    excalibur_to: sword,
                    votes: Vec::new(),
                    approvals: None,
                    result: None,
                    forced: true,
                });
            }
            if let Some(last) = quest.proposals.last_mut() {
                last.result = Some(VoteResult::Approved);
                last.excalibur_to = sword;
            }
        }
        self.send_team(team, sword);
        Ok(())
    }
}

/// Whether two teams have the same members, in whatever order.
pub(super) fn same_team(a: &[Seat], b: &[Seat]) -> bool {
    a.len() == b.len() && a.iter().all(|seat| b.contains(seat))
}
