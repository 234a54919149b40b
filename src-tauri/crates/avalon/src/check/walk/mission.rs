//! MissionCardPlayed, ExcaliburUsed and MissionResolved.

use crate::event::{Card, Event, ExcaliburUsed, MissionCardPlayed, MissionResolved, QuestResult};
use crate::id::PlayerId;
use crate::invariant::{
    Repair,
    configuration::{self, C_MODULES},
    log::E_CAUSAL,
    mission::{self, M_COMPLETE, M_ONCE, M_ORDER, M_SCORE, M_TEAM},
    modules::{X_EFFECT, X_USE},
};
use crate::role::{Role, Side};
use crate::rules::{EndReason, MAJORITY_OF_QUESTS};
use crate::sentence;

use super::{Act, At, Phase, Table, Walk, proposal::same_members};

/// The quest at hand from its approval on.
pub(super) struct Mission<'a> {
    pub(super) team: &'a [PlayerId],
    pub(super) excalibur: Option<&'a PlayerId>,
    pub(super) cards: Vec<(&'a PlayerId, Card)>,
    /// Whose card was switched.
    pub(super) switched: Option<&'a PlayerId>,
    /// Whether Excalibur was used or declined.
    pub(super) decided: bool,
}

impl<'a> Mission<'a> {
    pub(super) fn new(team: &'a [PlayerId], excalibur: Option<&'a PlayerId>) -> Self {
        Self {
            team,
            excalibur,
            cards: Vec::with_capacity(team.len()),
            switched: None,
            decided: false,
        }
    }

    fn card(&self, player: &PlayerId) -> Option<Card> {
        self.cards.iter().find(|(member, _)| *member == player).map(|(_, card)| *card)
    }

    /// Fail cards as they count, and as they were played.
    pub(super) fn fails(&self) -> (u8, u8) {
        let (mut effective, mut played) = (0, 0);
        for (player, card) in &self.cards {
            let counts = if self.switched == Some(*player) { card.switched() } else { *card };
            effective += u8::from(counts == Card::Fail);
            played += u8::from(*card == Card::Fail);
        }
        (effective, played)
    }
}

impl<'a> Walk<'a> {
    pub(super) fn card_played(&mut self, at: At<'a>, event: &'a MissionCardPlayed) {
        if self.table.is_none() || self.too_late(at, Act::Play) {
            return;
        }
        self.known(at.seq, &event.player_id, || sentence!("the card's player"));
        if self.phase != Phase::Questing {
            if !self.overlay.came_late.contains(&at.seq) {
                self.illegal(at);
            }
            return;
        }
        self.judge_position(at, event.q, None);
        let Some(mission) = &self.mission else { return };
        if !mission.team.contains(&event.player_id) {
            let detail = sentence!(
                "{player} plays a card but is not on the team",
                player = &event.player_id
            );
            self.out.report(&M_COMPLETE, at.seq, detail);
            return;
        }
        if let Some(first) = mission.card(&event.player_id) {
            let repeated = first == event.card && self.is_redelivery(at);
            let repair = if repeated { Repair::Auto } else { Repair::Human };
            let detail = sentence!("{player} plays a second card", player = &event.player_id);
            self.out.push(M_ONCE.finding_with(repair, at.seq, detail));
            return;
        }
        if mission.decided {
            self.out.report(&X_USE, at.seq, sentence!("a card is played after Excalibur was used"));
        }
        self.judge_card(at, event);
        if let Some(mission) = &mut self.mission {
            mission.cards.push((&event.player_id, event.card));
        }
    }

    fn judge_card(&mut self, at: At<'a>, event: &'a MissionCardPlayed) {
        let actor = at.entry.envelope.actor.as_ref().and_then(|actor| actor.player());
        if actor.is_some_and(|actor| *actor != event.player_id) {
            let detail = sentence!(
                "the card of {player} was played by another player",
                player = &event.player_id
            );
            self.out.report(&M_COMPLETE, at.seq, detail);
        }
        let (Some(table), Some(deal)) = (self.table, &self.deal) else {
            return;
        };
        let seat = table.seat(&event.player_id);
        let side = seat.and_then(|seat| deal.side(seat));
        let role = seat.and_then(|seat| deal.role(seat));
        let must_fail = table.rules.lancelot.variant == 2
            && side == Some(Side::Evil)
            && role.is_some_and(Role::is_lancelot);
        mission::judge_card(at.seq, event, side, must_fail, &mut self.out);
    }

    pub(super) fn excalibur_used(&mut self, at: At<'a>, event: &'a ExcaliburUsed) {
        let Some(table) = self.table else { return };
        self.known(at.seq, &event.holder, || sentence!("the holder of Excalibur"));
        if let Some(target) = &event.target {
            self.known(at.seq, target, || sentence!("the target of Excalibur"));
        }
        if !table.rules.excalibur.on {
            self.out.report(&C_MODULES, at.seq, sentence!("Excalibur is used but not in play"));
            return;
        }
        if self.phase != Phase::Questing {
            self.out.report(
                &X_USE,
                at.seq,
                sentence!("Excalibur {when}", when = self.phase.describe()),
            );
            return;
        }
        self.judge_position(at, event.q, None);
        let Some(mission) = &mut self.mission else {
            return;
        };
        let missing = mission.team.iter().any(|member| mission.card(member).is_none());
        let problem = if mission.decided {
            Some(sentence!("Excalibur is used twice on one quest"))
        } else if mission.excalibur != Some(&event.holder) {
            Some(sentence!("Excalibur is used by another than its holder"))
        } else if missing {
            Some(sentence!("Excalibur is used before all cards are in"))
        } else if event
            .target
            .as_ref()
            .is_some_and(|target| *target == event.holder || !mission.team.contains(target))
        {
            Some(sentence!("Excalibur is used on somebody who is no other member of the team"))
        } else {
            None
        };
        if let Some(problem) = problem {
            self.out.report(&X_USE, at.seq, problem);
        }
        let shown = event.target.as_ref().and_then(|target| mission.card(target));
        if let (Some(told), Some(played)) = (event.card, shown)
            && told != played
        {
            self.out.report(
                &X_EFFECT,
                at.seq,
                sentence!("the holder was shown another card than was played"),
            );
        }
        if !mission.decided {
            mission.decided = true;
            mission.switched = event.target.as_ref();
        }
    }

    pub(super) fn mission_resolved(&mut self, at: At<'a>, event: &'a MissionResolved) {
        let Some(table) = self.table else { return };
        if self.too_late(at, Act::Play) {
            return;
        }
        if self.phase != Phase::Questing {
            if self.phase == Phase::Resolved && event.q <= self.quest {
                let detail = sentence!("quest {quest} is resolved a second time", quest = event.q);
                self.out.report(&M_ORDER, at.seq, detail);
            } else {
                self.illegal(at);
            }
            return;
        }
        if event.q != self.quest {
            let detail = sentence!(
                "quest {quest} is resolved, quest {quest_due} is open",
                quest = event.q,
                quest_due = self.quest
            );
            self.out.report(&M_ORDER, at.seq, detail);
        }
        let complete = self.judge_resolved_team(at, event);
        let needed = table.fails_needed(self.quest);
        let fails = self.judge_fails(at, &table, event, complete);
        let counted = if fails >= needed { QuestResult::Fail } else { QuestResult::Success };
        let decides = event.result != counted;
        let stored = event.fails_needed;
        configuration::judge_fails_needed(at.seq, event.q, stored, needed, decides, &mut self.out);
        mission::judge_result(at.seq, event.result, counted, (fails, needed), &mut self.out);
        let result = self.followed_result(event, counted);
        self.judge_score(at, event, result);
        self.resolve(&table);
    }

    /// M-TEAM, M-COMPLETE and E-CAUSAL; true when all cards are in.
    fn judge_resolved_team(&mut self, at: At<'a>, event: &'a MissionResolved) -> bool {
        let Some(mission) = &self.mission else {
            return false;
        };
        if let Some(team) = &event.team
            && !same_members(mission.team, team)
        {
            self.out.report(&M_TEAM, at.seq, sentence!("the quest's team is not the approved one"));
        }
        let missing: Vec<&PlayerId> =
            mission.team.iter().filter(|member| mission.card(member).is_none()).collect();
        for member in &missing {
            let later =
                self.log.iter().skip(at.index + 1).find(|entry| match &entry.envelope.event {
                    Event::MissionCardPlayed(card) => {
                        card.player_id == **member && card.q == event.q
                    }
                    _ => false,
                });
            if let Some(later) = later {
                self.overlay.came_late.push(later.seq());
                let detail = sentence!(
                    "the card of {player} comes later, at seq {seq}",
                    player = *member,
                    seq = later.seq()
                );
                self.out.push(E_CAUSAL.finding_with(Repair::Auto, at.seq, detail));
            } else {
                self.out.report(
                    &M_COMPLETE,
                    at.seq,
                    sentence!("{player} played no card", player = *member),
                );
            }
        }
        missing.is_empty()
    }

    /// The fails of the quest: those of the cards when all are in, else those stored.
    fn judge_fails(
        &mut self,
        at: At<'a>,
        table: &Table<'a>,
        event: &MissionResolved,
        complete: bool,
    ) -> u8 {
        let Some(mission) = &self.mission else {
            return event.fails;
        };
        let (effective, played) = mission.fails();
        if complete && event.fails != effective {
            mission::report_fail_count(at.seq, event.fails, effective, &mut self.out);
            if mission.switched.is_some() && event.fails == played {
                self.out.report(
                    &X_EFFECT,
                    at.seq,
                    sentence!("the fails leave the switched card out"),
                );
            }
        }
        let size = table.team_size(self.quest);
        let evil = self.deal.as_ref().map(|deal| {
            let on_team = mission.team.iter().filter_map(|member| table.seat(member));
            on_team.filter(|seat| deal.side(*seat) == Some(Side::Evil)).count()
        });
        // A switch may turn the Success of a good player into a Fail.
        let switched = usize::from(effective > played);
        mission::judge_bounds(
            at.seq,
            event.fails,
            size,
            evil.map(|evil| evil + switched),
            &mut self.out,
        );
        if complete { effective } else { event.fails }
    }

    /// The result that the log goes on by, where the one stored is not that of the cards.
    fn followed_result(&self, event: &MissionResolved, counted: QuestResult) -> QuestResult {
        if event.result == counted {
            return counted;
        }
        let score = |result| {
            let success = u8::from(result == QuestResult::Success);
            (Some(self.successes + success), Some(self.failures + 1 - success))
        };
        let stored = (event.successes, event.failures);
        if stored != score(counted) && stored == score(event.result) {
            event.result
        } else {
            counted
        }
    }

    fn judge_score(&mut self, at: At<'a>, event: &MissionResolved, result: QuestResult) {
        self.score(result);
        self.judge_stored_score(at, event.successes, event.failures);
    }

    pub(super) const fn score(&mut self, result: QuestResult) {
        match result {
            QuestResult::Success => self.successes += 1,
            QuestResult::Fail => self.failures += 1,
        }
    }

    /// M-SCORE: a stored score counts the results.
    pub(super) fn judge_stored_score(
        &mut self,
        at: At<'a>,
        stored_s: Option<u8>,
        stored_f: Option<u8>,
    ) {
        let (s, f) = (self.successes, self.failures);
        if stored_s.is_some_and(|stored| stored != s) || stored_f.is_some_and(|stored| stored != f)
        {
            let shown = |stored: Option<u8>| stored.map_or("-".to_owned(), |n| n.to_string());
            let detail = sentence!(
                "the score is {successes}:{fails}, not {successes_stored}:{fails_stored}",
                successes = s,
                fails = f,
                successes_stored = shown(stored_s),
                fails_stored = shown(stored_f)
            );
            self.out.report(&M_SCORE, at.seq, detail);
        }
    }

    pub(super) fn resolve(&mut self, table: &Table<'a>) {
        let merlin = self.deal.as_ref().map(|deal| deal.holder(Role::Merlin).is_some());
        // Roles that were never dealt are those of the profile.
        let merlin = merlin.unwrap_or_else(|| table.rules.has(Role::Merlin));
        self.overlay.deadline = None;
        self.mission = None;
        self.phase = if self.failures >= MAJORITY_OF_QUESTS {
            Phase::Decided(EndReason::ThreeFails)
        } else if self.successes >= MAJORITY_OF_QUESTS {
            if merlin { Phase::ShotDue } else { Phase::Decided(EndReason::ThreeSuccessesNoMerlin) }
        } else if table.rules.lady.on && table.rules.lady.after_quests.contains(&self.quest) {
            Phase::Lady
        } else {
            Phase::Resolved
        };
    }
}
