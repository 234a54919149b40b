//! LadyUsed and LadyDeclared.

use crate::event::{Actor, LadyDeclared, LadyUsed, SeatRef};
use crate::invariant::{
    configuration::C_MODULES,
    modules::{self, LK_CLAIM, LK_HOLDER, LK_TARGET, LK_TIMING, LK_TRUTH},
};
use crate::role::Side;
use crate::sentence;

use super::{At, Deal, Phase, Table, Walk};

/// The token's way.
#[derive(Debug, Default)]
pub(super) struct Lady {
    holder: Option<u8>,
    /// Seats that hold or held the token.
    held: [bool; 10],
    /// Quest, holder, target and side shown of the last use.
    last: Option<(u8, Option<u8>, Option<u8>, Side)>,
    declared: u8,
}

impl Lady {
    /// Gives the token to its first holder: the one named, or by the rule.
    pub(super) fn start(&mut self, table: &Table<'_>, deal: &Deal<'_>, named: Option<&SeatRef>) {
        if !table.rules.lady.on {
            return;
        }
        let by_rule = modules::first_holder(table, deal.first_leader);
        let holder = named.and_then(|named| table.resolve(named)).or(by_rule);
        self.pass_to(holder);
    }

    fn pass_to(&mut self, holder: Option<u8>) {
        self.holder = holder;
        if let Some(held) = holder.and_then(|seat| self.held.get_mut(usize::from(seat))) {
            *held = true;
        }
    }

    fn has_held(&self, seat: u8) -> bool {
        self.held.get(usize::from(seat)).copied().unwrap_or(false)
    }
}

impl<'a> Walk<'a> {
    pub(super) fn lady_used(&mut self, at: At<'a>, event: &'a LadyUsed) {
        let Some(table) = self.table else { return };
        let holder =
            self.known(at.seq, &event.holder, || sentence!("the holder of the Lady of the Lake"));
        let target =
            self.known(at.seq, &event.target, || sentence!("the target of the Lady of the Lake"));
        if !table.rules.lady.on {
            self.out.report(
                &C_MODULES,
                at.seq,
                sentence!("the Lady of the Lake is used but not in play"),
            );
            return;
        }
        if self.phase != Phase::Lady {
            let detail =
                sentence!("the Lady of the Lake is used {when}", when = self.phase.describe());
            self.out.report(&LK_TIMING, at.seq, detail);
        } else if event.q != self.quest {
            let detail = sentence!(
                "used for quest {quest}, quest {quest_due} is over",
                quest = event.q,
                quest_due = self.quest
            );
            self.out.report(&LK_TIMING, at.seq, detail);
        }
        let actor = at.entry.envelope.actor.as_ref().and_then(Actor::player);
        let by_other = actor.is_some_and(|actor| *actor != event.holder);
        if by_other
            || (holder.is_some() && self.lady.holder.is_some() && holder != self.lady.holder)
        {
            let detail = sentence!(
                "{player} uses the token that another player holds",
                player = &event.holder
            );
            self.out.report(&LK_HOLDER, at.seq, detail);
        }
        let spent = target.is_some_and(|seat| self.lady.has_held(seat));
        if spent || event.target == event.holder {
            let detail = sentence!("{player} holds or held the token", player = &event.target);
            self.out.report(&LK_TARGET, at.seq, detail);
        }
        let side = target.and_then(|seat| self.deal.as_ref()?.side(seat));
        if let Some(side) = side.filter(|side| *side != event.loyalty) {
            let detail = sentence!(
                "{player} is {side}, shown is {side_shown}",
                player = &event.target,
                side,
                side_shown = event.loyalty
            );
            self.out.report(&LK_TRUTH, at.seq, detail);
        }
        self.lady.last = Some((self.quest, holder, target, event.loyalty));
        if target.is_some() {
            self.lady.pass_to(target);
        }
        if self.phase == Phase::Lady {
            self.phase = Phase::Resolved;
        }
    }

    pub(super) fn lady_declared(&mut self, at: At<'a>, event: &'a LadyDeclared) {
        let Some(table) = self.table else { return };
        let holder =
            self.known(at.seq, &event.holder, || sentence!("the holder of the Lady of the Lake"));
        let target = event.target.as_ref().map(|target| {
            self.known(at.seq, target, || sentence!("the target of the Lady of the Lake"))
        });
        if !table.rules.lady.on {
            self.out.report(
                &C_MODULES,
                at.seq,
                sentence!("the Lady of the Lake speaks but is not in play"),
            );
            return;
        }
        let due = self.phase == Phase::Resolved && self.lady.declared != self.quest;
        let last = self.lady.last.filter(|(quest, ..)| due && *quest == self.quest);
        let Some((quest, examiner, examined, shown)) = last else {
            self.out.report(
                &LK_TIMING,
                at.seq,
                sentence!("a claim without a use of the Lady of the Lake"),
            );
            return;
        };
        self.lady.declared = quest;
        if event.q != quest {
            let detail = sentence!(
                "a claim for quest {quest}, quest {quest_due} is over",
                quest = event.q,
                quest_due = quest
            );
            self.out.report(&LK_TIMING, at.seq, detail);
        }
        if holder.is_some() && holder != examiner {
            let detail =
                sentence!("{player} makes a claim but did not examine", player = &event.holder);
            self.out.report(&LK_HOLDER, at.seq, detail);
        }
        if target.is_some_and(|target| target.is_some() && target != examined) {
            self.out.report(&LK_TARGET, at.seq, sentence!("the claim is about another player"));
        }
        if event.claim != shown {
            let detail = sentence!(
                "claims {side}, was shown {side_shown}",
                side = event.claim,
                side_shown = shown
            );
            self.out.report(&LK_CLAIM, at.seq, detail);
        }
    }
}
