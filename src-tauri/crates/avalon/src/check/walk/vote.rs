//! TeamVoteCast and TeamVoteClosed.

use crate::event::{Event, TeamVoteCast, TeamVoteClosed, Vote, VoteResult};
use crate::invariant::{
    Repair,
    log::E_CAUSAL,
    modules,
    vote::{self, V_COMPLETE, V_FORCED, V_ONCE, V_TRACK, V_TRACK_MAX, V_VOTER},
};
use crate::profile::{ExcaliburAssignment, Hammer};
use crate::rules::{ATTEMPTS, EndReason};
use crate::sentence;

use super::{Act, At, Phase, Table, Walk};

impl<'a> Walk<'a> {
    pub(super) fn vote_cast(&mut self, at: At<'a>, event: &'a TeamVoteCast) {
        let Some(table) = self.table else { return };
        if self.too_late(at, Act::Play) {
            return;
        }
        let seat = table.seat(&event.player_id);
        if seat.is_none() {
            self.known(at.seq, &event.player_id, || sentence!("the voter"));
            let detail = sentence!("{player} votes but is not seated", player = &event.player_id);
            self.out.report(&V_VOTER, at.seq, detail);
        }
        let actor = at.entry.envelope.actor.as_ref().and_then(|actor| actor.player());
        if actor.is_some_and(|actor| *actor != event.player_id) {
            let detail = sentence!(
                "the vote of {player} was cast by another player",
                player = &event.player_id
            );
            self.out.report(&V_VOTER, at.seq, detail);
        }
        if self.goes_without_vote() && self.phase != Phase::Questing {
            self.out.report_once(
                &V_FORCED,
                at.seq,
                sentence!("a vote on the team that goes without one"),
            );
        } else if self.phase != Phase::Voting {
            self.late_vote(at, event);
            return;
        } else {
            self.judge_position(at, event.q, Some(event.a));
        }
        if let Some(seat) = seat {
            self.take_vote(at, seat, event);
        }
    }

    fn take_vote(&mut self, at: At<'a>, seat: u8, event: &'a TeamVoteCast) {
        let slot = self.proposal.as_mut().and_then(|open| open.votes.get_mut(usize::from(seat)));
        let Some(slot) = slot else { return };
        match slot {
            None => *slot = Some(event.vote),
            Some(first) => {
                let repeated = *first == event.vote && self.is_redelivery(at);
                let repair = if repeated { Repair::Auto } else { Repair::Human };
                let detail = sentence!("{player} votes a second time", player = &event.player_id);
                self.out.push(V_ONCE.finding_with(repair, at.seq, detail));
            }
        }
    }

    /// Whether an earlier event carries the same command: the same delivery twice.
    pub(super) fn is_redelivery(&self, at: At<'a>) -> bool {
        let command = at.entry.envelope.command_id.as_ref();
        let earlier = self.log.get(..at.index).unwrap_or_default();
        command.is_some() && earlier.iter().any(|e| e.envelope.command_id.as_ref() == command)
    }

    /// A vote outside of voting: V-VOTER, unless E-CAUSAL has told of it at the closing.
    fn late_vote(&mut self, at: At<'a>, event: &TeamVoteCast) {
        if self.overlay.came_late.contains(&at.seq) {
            return;
        }
        let detail = sentence!(
            "{player} votes {when}",
            player = &event.player_id,
            when = self.phase.describe()
        );
        self.out.report(&V_VOTER, at.seq, detail);
    }

    pub(super) fn vote_closed(&mut self, at: At<'a>, event: &'a TeamVoteClosed) {
        let Some(table) = self.table else { return };
        if self.too_late(at, Act::Play) {
            return;
        }
        if self.goes_without_vote() && self.phase == Phase::Forcing {
            self.out.report_once(
                &V_FORCED,
                at.seq,
                sentence!("a vote on the team that goes without one"),
            );
        } else if self.phase != Phase::Voting {
            self.illegal(at);
            return;
        }
        self.judge_position(at, event.q, Some(event.a));
        for player in event.votes.keys() {
            self.known(at.seq, player, || sentence!("the voter"));
        }
        let votes = self.judge_votes(at, &table, event);
        let expected = vote::judge_count(at.seq, table.n(), &votes, event, &mut self.out);
        let result = self.followed(at, event.result, expected);
        self.judge_close(at, &table, event, result);
        self.close(&table, event, result);
    }

    /// V-COMPLETE and E-CAUSAL; the votes that count: those cast, or failing those the ones shown.
    fn judge_votes(
        &mut self,
        at: At<'a>,
        table: &Table<'a>,
        event: &'a TeamVoteClosed,
    ) -> Vec<Option<Vote>> {
        let cast = self.proposal.as_ref().map_or([None; 10], |open| open.votes);
        let mut votes = Vec::with_capacity(table.seats.len());
        for (player, cast) in table.seats.iter().zip(cast) {
            let shown = event.votes.get(player).copied();
            match (cast, shown) {
                (Some(cast), Some(shown)) if cast != shown => {
                    let detail =
                        sentence!("the vote of {player} is shown otherwise than cast", player);
                    let repair = Repair::Quarantine;
                    self.out.push(V_COMPLETE.finding_with(repair, at.seq, detail));
                }
                (None, _) => self.missing_vote(at, event, player, shown.is_some()),
                (Some(_), None) if !table.rules.anonymous_votes => {
                    let detail = sentence!("the vote of {player} is not shown", player);
                    self.out.report(&V_COMPLETE, at.seq, detail);
                }
                _ => {}
            }
            votes.push(cast.or(shown));
        }
        votes
    }

    fn missing_vote(
        &mut self,
        at: At<'a>,
        close: &TeamVoteClosed,
        player: &crate::id::PlayerId,
        shown: bool,
    ) {
        let later = self.log.iter().skip(at.index + 1).find(|entry| match &entry.envelope.event {
            Event::TeamVoteCast(vote) => {
                vote.player_id == *player && vote.q == close.q && vote.a == close.a
            }
            _ => false,
        });
        if let Some(later) = later {
            self.overlay.came_late.push(later.seq());
            let detail = sentence!(
                "the vote of {player} comes later, at seq {seq}",
                player,
                seq = later.seq()
            );
            self.out.push(E_CAUSAL.finding_with(Repair::Auto, at.seq, detail));
            return;
        }
        let repair = if shown { Repair::Human } else { Repair::Quarantine };
        let detail = sentence!("{player} did not vote", player);
        self.out.push(V_COMPLETE.finding_with(repair, at.seq, detail));
    }

    /// The result that the log goes on by, where the one stored is not that of the votes.
    fn followed(&self, at: At<'a>, stored: VoteResult, counted: VoteResult) -> VoteResult {
        if stored == counted {
            return counted;
        }
        match self.rules_after(at).next() {
            Some(
                Event::MissionCardPlayed(_) | Event::ExcaliburUsed(_) | Event::MissionResolved(_),
            ) => VoteResult::Approved,
            Some(Event::TeamProposed(_) | Event::GameEnded(_) | Event::TeamForced(_)) => {
                VoteResult::Rejected
            }
            _ => counted,
        }
    }

    /// V-TRACK, V-TRACK-MAX, L-ROTATION and the gift of Excalibur at the closing.
    fn judge_close(
        &mut self,
        at: At<'a>,
        table: &Table<'a>,
        event: &'a TeamVoteClosed,
        result: VoteResult,
    ) {
        let track = match result {
            VoteResult::Rejected => self.track.saturating_add(1),
            VoteResult::Approved => 0,
        };
        if let Some(stored) = event.vote_track_after.filter(|stored| *stored != track) {
            let detail = sentence!(
                "the vote track is {count}, not {count_stored}",
                count = track,
                count_stored = stored
            );
            self.out.report(&V_TRACK, at.seq, detail);
            if stored > ATTEMPTS {
                self.out.report(
                    &V_TRACK_MAX,
                    at.seq,
                    sentence!("a vote track of {count}", count = stored),
                );
            }
        }
        if let Some(next) = &event.next_leader {
            let shift = self.leader_shift;
            self.judge_leader(at, next, 1, false);
            // A wrong announcement alone shifts nobody.
            self.leader_shift = shift;
        }
        if result == VoteResult::Approved {
            let given_now = table.rules.excalibur.assign == ExcaliburAssignment::AfterApproval;
            let team = self.proposal.as_ref().map_or(&[][..], |open| open.team);
            let leader = self.expected_leader().and_then(|seat| table.player(seat));
            modules::judge_excalibur_given(
                at.seq,
                table,
                given_now,
                event.excalibur_to.as_ref(),
                (team, leader),
                &mut self.out,
            );
        }
    }

    fn close(&mut self, table: &Table<'a>, event: &'a TeamVoteClosed, result: VoteResult) {
        self.overlay.deadline = event.deadline;
        if result == VoteResult::Approved {
            match self.proposal.take() {
                Some(open) => {
                    let excalibur = event.excalibur_to.as_ref().or(open.excalibur);
                    self.send(open.team, excalibur);
                }
                None => self.send_unread(),
            }
            return;
        }
        self.reject(table.rules.hammer == Hammer::RejectLoses);
    }

    /// The team was rejected; `loses` tells whether a fifth rejection loses the game.
    pub(super) fn reject(&mut self, loses: bool) {
        self.proposal = None;
        self.closed = self.closed.saturating_add(1);
        self.track = self.track.saturating_add(1);
        self.phase = Phase::Building;
        if self.attempt < ATTEMPTS {
            self.attempt += 1;
        } else if loses {
            self.phase = Phase::Decided(EndReason::FiveRejections);
        }
    }
}
