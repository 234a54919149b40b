//! Who plays, the modules, the end, and the moment at hand.

use crate::event::LoyaltyCard;
use crate::view::{LadyUseView, PlayerView, StateView};

use super::fact::{Change, Fact};

/// The rules, who sits where and what each is.
pub(super) fn players(before: &StateView, after: &StateView, facts: &mut Vec<Fact>) {
    if before.profile != after.profile {
        facts.push(Fact::Rules);
    }
    for (seat, old, new) in seats(before, after) {
        let id = |side: Option<&PlayerView>| side.map(|player| player.player_id.clone());
        if let Some(player) = Change::of(id(old), id(new)) {
            facts.push(Fact::Player { seat, player });
        }
        let role = Change::of(old.and_then(|old| old.role), new.and_then(|new| new.role));
        let side = Change::of(old.and_then(|old| old.side), new.and_then(|new| new.side));
        let mark = Change::of(old.and_then(|old| old.mark), new.and_then(|new| new.mark));
        if role.is_some() || side.is_some() || mark.is_some() {
            facts.push(Fact::Role { seat, role, side, mark });
        }
    }
}

/// The Lady of the Lake and the loyalty cards.
pub(super) fn modules(before: &StateView, after: &StateView, facts: &mut Vec<Fact>) {
    let uses = |side: &StateView| side.lady.as_ref().map_or(0, |lady| lady.uses.len());
    for at in 0..uses(before).max(uses(after)) {
        let of = |side: &StateView| side.lady.as_ref()?.uses.get(at).cloned();
        facts.extend(lady_use(of(before).as_ref(), of(after).as_ref()));
    }
    let holder = |side: &StateView| side.lady.as_ref().map(|lady| lady.holder);
    if let Some(holder) = Change::of(holder(before), holder(after)) {
        facts.push(Fact::LadyHolder { holder });
    }
    let draws = |side: &StateView| side.loyalty.as_ref().map_or(0, |deck| deck.draws.len());
    for at in 0..draws(before).max(draws(after)) {
        let of = |side: &StateView| side.loyalty.as_ref()?.draws.get(at).copied();
        let (old, new) = (of(before), of(after));
        let card = |draw: Option<crate::state::LoyaltyDraw>| -> Option<LoyaltyCard> {
            draw.map(|draw| draw.card)
        };
        if let (Some(draw), Some(card)) = (new.or(old), Change::of(card(old), card(new))) {
            facts.push(Fact::Loyalty { quest: draw.quest, card });
        }
    }
}

fn lady_use(before: Option<&LadyUseView>, after: Option<&LadyUseView>) -> Option<Fact> {
    let quest = after.or(before)?.quest;
    let holder = Change::of(before.map(|old| old.holder), after.map(|new| new.holder));
    let target = Change::of(before.map(|old| old.target), after.map(|new| new.target));
    let loyalty = Change::of(before.and_then(|old| old.loyalty), after.and_then(|new| new.loyalty));
    let claim = Change::of(before.and_then(|old| old.claim), after.and_then(|new| new.claim));
    let differs = holder.is_some() || target.is_some() || loyalty.is_some() || claim.is_some();
    differs.then_some(Fact::LadyUse { quest, holder, target, loyalty, claim })
}

/// The search for Merlin and who won.
pub(super) fn ending(before: &StateView, after: &StateView, facts: &mut Vec<Fact>) {
    let (old, new) = (before.assassination.as_ref(), after.assassination.as_ref());
    let assassin = Change::of(old.map(|shot| shot.assassin), new.map(|shot| shot.assassin));
    let target = Change::of(old.and_then(|shot| shot.target), new.and_then(|shot| shot.target));
    if assassin.is_some() || target.is_some() {
        facts.push(Fact::Assassination { assassin, target });
    }
    let winner = Change::of(before.winner, after.winner);
    let reason = Change::of(before.reason, after.reason);
    if winner.is_some() || reason.is_some() {
        facts.push(Fact::Winner { winner, reason });
    }
}

/// Where the game stands, who leads, who is connected.
pub(super) fn at_hand(before: &StateView, after: &StateView, facts: &mut Vec<Fact>) {
    let successes = Change::of(Some(before.successes), Some(after.successes));
    let failures = Change::of(Some(before.failures), Some(after.failures));
    if successes.is_some() || failures.is_some() {
        facts.push(Fact::Score { successes, failures });
    }
    let phase = Change::of(Some(before.phase), Some(after.phase));
    let quest = Change::of(Some(before.quest), Some(after.quest));
    let attempt = Change::of(Some(before.attempt), Some(after.attempt));
    if phase.is_some() || quest.is_some() || attempt.is_some() {
        facts.push(Fact::Phase { phase, quest, attempt });
    }
    if let Some(leader) = Change::of(before.leader, after.leader) {
        facts.push(Fact::Leader { leader });
    }
    if let Some(rejections) = Change::of(Some(before.vote_track), Some(after.vote_track)) {
        facts.push(Fact::VoteTrack { rejections });
    }
    if let Some(paused) = Change::of(Some(before.paused), Some(after.paused)) {
        facts.push(Fact::Paused { paused });
    }
    facts.extend(seats(before, after).into_iter().filter_map(|(_, old, new)| connection(old, new)));
}

fn connection(before: Option<&PlayerView>, after: Option<&PlayerView>) -> Option<Fact> {
    let seat = after.or(before)?.seat;
    let connected = Change::of(before.map(|old| old.connected), after.map(|new| new.connected));
    let bot = Change::of(before.map(|old| old.bot), after.map(|new| new.bot));
    let acknowledged =
        Change::of(before.and_then(|old| old.acknowledged), after.and_then(|new| new.acknowledged));
    let differs = connected.is_some() || bot.is_some() || acknowledged.is_some();
    differs.then_some(Fact::Connection { seat, connected, bot, acknowledged })
}

/// A seat with who sits there on both sides.
type Seated<'a> = (u8, Option<&'a PlayerView>, Option<&'a PlayerView>);

fn seats<'a>(before: &'a StateView, after: &'a StateView) -> Vec<Seated<'a>> {
    let seats = before.players.len().max(after.players.len());
    (0u8..)
        .zip(0..seats)
        .map(|(seat, at)| (seat, before.players.get(at), after.players.get(at)))
        .collect()
}
