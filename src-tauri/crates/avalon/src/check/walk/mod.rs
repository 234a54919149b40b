//! A tolerant walk over the active branch of a log. Where the reducer refuses an illegal event and
//! stops, the walk names the invariant it breaks, makes the best of it and goes on, so that one
//! defect gives one finding and not a flood.

mod ending;
mod lady;
mod mission;
mod overlay;
mod proposal;
mod quest;
mod setup;
mod table;
mod unreadable;
mod vote;

use crate::event::{Event, EventClass};
use crate::id::PlayerId;
use crate::invariant::{
    assassination::{A_WHEN, W_ABORT},
    log::{E_FIRST, E_FSM, E_LAST},
    mission::{M_NO_LATE, M_PENDING},
    proposal::P_LEADER_OUT,
    seats::S_KNOWN_ACTOR,
    vote::{V_HAMMER, V_TRACK_MAX},
};
use crate::role::Side;
use crate::rules::EndReason;
use crate::sentence;
use crate::sentence::Sentence;

use super::parsed::ParsedEnvelope;
use super::report::Findings;

use lady::Lady;
use mission::Mission;
use overlay::Overlay;
use proposal::Proposal;
use quest::Loyalty;
pub(crate) use table::{Deal, Table};

/// Where the game stands, as far as the walk can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The game exists; roles are not dealt.
    Created,
    /// Roles are dealt; no quest has begun.
    Dealt,
    /// The leader is to propose.
    Building,
    /// A team is voted on.
    Voting,
    /// The fifth team was proposed and goes without a vote.
    Forcing,
    /// The team plays its cards.
    Questing,
    /// A quest is resolved; the next is to begin.
    Resolved,
    /// The Lady of the Lake is to be used after the quest.
    Lady,
    /// Three successes and a Merlin: the assassination is to begin.
    ShotDue,
    /// The assassin is to name a player.
    Assassination,
    /// Nothing is left but to end the game.
    Decided(EndReason),
    /// The game has ended.
    Ended,
    /// The game was given up.
    Aborted,
}

/// One event with its place.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) seq: u64,
    pub(crate) index: usize,
    pub(crate) entry: &'a ParsedEnvelope,
}

/// What kind of act comes after the game was decided.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Play,
    NextQuest,
}

/// The walk: what the events so far come to.
pub(crate) struct Walk<'a> {
    pub(crate) out: Findings,
    log: &'a [&'a ParsedEnvelope],
    table: Option<Table<'a>>,
    deal: Option<Deal<'a>>,
    phase: Phase,
    /// Current quest, 0 before the first.
    quest: u8,
    /// Attempt that is open or comes next, 1 to 5.
    attempt: u8,
    /// Closed proposals of the game.
    closed: u32,
    /// Rejections in the current quest.
    track: u8,
    successes: u8,
    failures: u8,
    proposal: Option<Proposal<'a>>,
    mission: Option<Mission<'a>>,
    lady: Lady,
    loyalty: Loyalty,
    overlay: Overlay<'a>,
    /// Leaders off the own team: how often, and where first.
    leader_out: (u32, u64),
    /// By how many seats the leaders named last were off, so that a lasting shift is told once.
    leader_shift: u16,
    shot: Option<(Option<u8>, u64)>,
    assassination_seen: bool,
    end: Option<(EndReason, bool)>,
    rule_events: u32,
}

/// What a walk found out beside its findings.
pub(crate) struct Outcome {
    pub(crate) winner: Option<Side>,
    pub(crate) reason: Option<EndReason>,
    /// Whether a profile could be read, so that rules could be judged at all.
    pub(crate) has_rules: bool,
    pub(crate) has_deal: bool,
    pub(crate) has_knowledge: bool,
    pub(crate) misses_deadline: bool,
    pub(crate) has_loyalty_deck: bool,
}

impl<'a> Walk<'a> {
    /// Walks over the events of an active branch.
    pub(crate) fn over(log: &'a [&'a ParsedEnvelope], out: Findings) -> (Findings, Outcome) {
        let mut walk = Self {
            out,
            log,
            table: None,
            deal: None,
            phase: Phase::Created,
            quest: 0,
            attempt: 1,
            closed: 0,
            track: 0,
            successes: 0,
            failures: 0,
            proposal: None,
            mission: None,
            lady: Lady::default(),
            loyalty: Loyalty::default(),
            overlay: Overlay::default(),
            leader_out: (0, 0),
            leader_shift: 0,
            shot: None,
            assassination_seen: false,
            end: None,
            rule_events: 0,
        };
        walk.judge_direction();
        for (index, &entry) in log.iter().enumerate() {
            walk.step(At { seq: entry.seq(), index, entry });
        }
        walk.finish()
    }

    fn finish(mut self) -> (Findings, Outcome) {
        if let (times @ 1.., first) = self.leader_out {
            let detail = sentence!(
                "a leader stays off the own team, {count} time(s) in this game",
                count = times
            );
            self.out.report(&P_LEADER_OUT, first, detail);
        }
        let reason = self.end.filter(|(_, closed)| *closed).map(|(reason, _)| reason);
        let deal = self.deal.as_ref();
        let outcome = Outcome {
            winner: reason.map(EndReason::winner),
            reason,
            has_rules: self.table.is_some(),
            has_deal: deal.is_some(),
            has_knowledge: deal.is_some_and(|deal| deal.knowledge),
            misses_deadline: self.overlay.misses_deadline,
            has_loyalty_deck: self.table.is_none_or(|table| !table.rules.draws_loyalty())
                || deal.is_some_and(|deal| deal.loyalty_deck.is_some()),
        };
        (self.out, outcome)
    }

    fn step(&mut self, at: At<'a>) {
        let envelope = &at.entry.envelope;
        match envelope.event.class() {
            Some(EventClass::Rule) => self.rule(at),
            Some(EventClass::Overlay) => self.overlay_event(at),
            Some(EventClass::Room) => self.room_event(at),
            Some(EventClass::Service) => {}
            None => {
                if let Event::Unrecognised(event) = &envelope.event {
                    self.unreadable(event);
                }
            }
        }
    }

    fn rule(&mut self, at: At<'a>) {
        self.judge_first(at);
        self.judge_actor(at);
        self.judge_pause(at);
        self.judge_auto(at);
        if self.after_the_end(at) {
            return;
        }
        match &at.entry.envelope.event {
            Event::GameCreated(event) => self.game_created(at, event),
            Event::RolesAssigned(event) => self.roles_assigned(at, event),
            Event::RoleAcknowledged(event) => self.role_acknowledged(at, event),
            Event::QuestStarted(event) => self.quest_started(at, event),
            Event::LoyaltyCardDrawn(event) => self.loyalty_card_drawn(at, event),
            Event::TeamProposed(event) => self.team_proposed(at, event),
            Event::TeamProposalRevised(event) => self.team_revised(at, event),
            Event::TeamVoteCast(event) => self.vote_cast(at, event),
            Event::TeamVoteClosed(event) => self.vote_closed(at, event),
            Event::TeamForced(event) => self.team_forced(at, event),
            Event::MissionCardPlayed(event) => self.card_played(at, event),
            Event::ExcaliburUsed(event) => self.excalibur_used(at, event),
            Event::MissionResolved(event) => self.mission_resolved(at, event),
            Event::LadyUsed(event) => self.lady_used(at, event),
            Event::LadyDeclared(event) => self.lady_declared(at, event),
            Event::AssassinationStarted(event) => self.assassination_started(at, event),
            Event::AssassinTargetNamed(event) => self.target_named(at, event),
            Event::GameEnded(event) => self.game_ended(at, event),
            Event::GameAborted(_) => self.game_aborted(at),
            _ => {}
        }
    }

    /// E-FIRST: the first rule event creates the game, the second deals the roles.
    fn judge_first(&mut self, at: At<'a>) {
        let event = &at.entry.envelope.event;
        match self.rule_events {
            0 if !matches!(event, Event::GameCreated(_)) => {
                let detail =
                    sentence!("the log begins with {event}, not GameCreated", event = event.kind());
                self.out.report(&E_FIRST, at.seq, detail);
            }
            0 if at.index != 0 => {
                self.out.report(&E_FIRST, at.seq, sentence!("GameCreated is not the first event"));
            }
            1 if !matches!(event, Event::RolesAssigned(_) | Event::GameAborted(_)) => {
                let detail = sentence!(
                    "the second rule event is {event}, not RolesAssigned",
                    event = event.kind()
                );
                self.out.report_once(&E_FIRST, at.seq, detail);
            }
            _ => {}
        }
        self.rule_events = self.rule_events.saturating_add(1);
    }

    /// S-KNOWN-ACTOR for the actor; the host who creates or aborts need not be seated.
    fn judge_actor(&mut self, at: At<'a>) {
        let envelope = &at.entry.envelope;
        if matches!(envelope.event, Event::GameCreated(_) | Event::GameAborted(_)) {
            return;
        }
        if let Some(player) = envelope.actor.as_ref().and_then(|actor| actor.player()) {
            self.known(at.seq, player, || sentence!("the actor"));
        }
    }

    /// E-LAST; true when the event comes after the end and counts no more.
    fn after_the_end(&mut self, at: At<'a>) -> bool {
        if !matches!(self.phase, Phase::Ended | Phase::Aborted) {
            return false;
        }
        let event = &at.entry.envelope.event;
        let detail = sentence!("{event} after the end of the game", event = event.kind());
        self.out.report_once(&E_LAST, at.seq, detail);
        if self.phase == Phase::Aborted && matches!(event, Event::GameEnded(_)) {
            self.out.report(&W_ABORT, at.seq, sentence!("an aborted game names a winner"));
        }
        let play = matches!(
            event,
            Event::TeamProposed(_)
                | Event::TeamProposalRevised(_)
                | Event::TeamVoteCast(_)
                | Event::TeamVoteClosed(_)
                | Event::TeamForced(_)
                | Event::MissionCardPlayed(_)
        );
        if play && (self.successes >= 3 || self.failures >= 3) {
            let detail = sentence!("{event} after the quests were decided", event = event.kind());
            self.out.report_once(&M_NO_LATE, at.seq, detail);
        }
        true
    }

    /// True when the game is decided and the event comes too late; it then counts no more.
    fn too_late(&mut self, at: At<'a>, act: Act) -> bool {
        let kind = at.entry.envelope.event.kind();
        match self.phase {
            Phase::Decided(EndReason::FiveRejections) => {
                let detail = sentence!(
                    "{event} after the fifth rejection, which ends the game",
                    event = kind
                );
                self.out.report_once(&V_HAMMER, at.seq, detail);
                if act == Act::Play {
                    let detail = sentence!("the quest goes on after five rejections");
                    self.out.report_once(&V_TRACK_MAX, at.seq, detail);
                }
            }
            Phase::Decided(_) | Phase::ShotDue | Phase::Assassination
                if self.successes >= 3 || self.failures >= 3 =>
            {
                let (invariant, detail) = match act {
                    Act::Play => (
                        &M_NO_LATE,
                        sentence!("{event} after the quests were decided", event = kind),
                    ),
                    Act::NextQuest => {
                        (&M_PENDING, sentence!("a quest begins after the quests were decided"))
                    }
                };
                self.out.report_once(invariant, at.seq, detail);
                if self.phase == Phase::ShotDue && act == Act::NextQuest {
                    let detail =
                        sentence!("three successes and a Merlin, but no assassination begins");
                    self.out.report_once(&A_WHEN, at.seq, detail);
                }
            }
            Phase::Decided(_) | Phase::Assassination => self.illegal(at),
            _ => return false,
        }
        true
    }

    /// E-FSM, at the first event that the table of states does not allow.
    fn illegal(&mut self, at: At<'a>) {
        let detail = sentence!(
            "{event} is not allowed {when}",
            event = at.entry.envelope.event.kind(),
            when = self.phase.describe()
        );
        self.out.report_once(&E_FSM, at.seq, detail);
    }

    /// E-FSM for an event that names another quest or attempt than the open one.
    fn judge_position(&mut self, at: At<'a>, quest: u8, attempt: Option<u8>) {
        let here = quest == self.quest && attempt.is_none_or(|attempt| attempt == self.attempt);
        if !here {
            let (quest_due, attempt_due) = (self.quest, self.attempt);
            let detail = match attempt {
                Some(attempt) => sentence!(
                    "names quest {quest}, attempt {attempt} while quest {quest_due}, attempt {attempt_due} is open",
                    quest,
                    attempt,
                    quest_due,
                    attempt_due
                ),
                None => sentence!(
                    "names quest {quest} while quest {quest_due}, attempt {attempt_due} is open",
                    quest,
                    quest_due,
                    attempt_due
                ),
            };
            self.out.report_once(&E_FSM, at.seq, detail);
        }
    }

    /// The seat of a player; S-KNOWN-ACTOR when there is none.
    fn known(&mut self, seq: u64, player: &PlayerId, who: fn() -> Sentence) -> Option<u8> {
        let table = self.table?;
        let seat = table.seat(player);
        if seat.is_none() {
            self.out.report(
                &S_KNOWN_ACTOR,
                seq,
                sentence!("{who} {player} is not seated", who = who(), player),
            );
        }
        seat
    }

    /// The rule events after this one, in order.
    fn rules_after(&self, at: At<'a>) -> impl Iterator<Item = &'a Event> + use<'a> {
        let rest = self.log.get(at.index + 1..).unwrap_or_default();
        rest.iter().map(|entry| &entry.envelope.event).filter(|event| event.is_rule())
    }
}

impl Phase {
    fn describe(self) -> Sentence {
        match self {
            Self::Created => sentence!("before the roles are dealt"),
            Self::Dealt => sentence!("before the first quest"),
            Self::Building => sentence!("while the leader is to propose"),
            Self::Voting => sentence!("while a team is voted on"),
            Self::Forcing => sentence!("while the fifth team is to go without a vote"),
            Self::Questing => sentence!("while the team is on the quest"),
            Self::Resolved => sentence!("before the next quest"),
            Self::Lady => sentence!("while the Lady of the Lake is to be used"),
            Self::ShotDue => sentence!("while the assassination is to begin"),
            Self::Assassination => sentence!("during the assassination"),
            Self::Decided(_) => sentence!("after the game was decided"),
            Self::Ended => sentence!("after the end"),
            Self::Aborted => sentence!("in an aborted game"),
        }
    }
}
