//! Lady of the Lake (LK), Excalibur (X) and Lancelot (LN).

use super::invariants;

invariants! {
    LK_FIRST = "LK-FIRST", E, Human, Log, "Lady, Excalibur, Lancelot (LK, X, LN)",
        "first holder = (firstLeader-1) mod n",
        "HUMAN";
    LK_TIMING = "LK-TIMING", E, Human, Log, "Lady, Excalibur, Lancelot (LK, X, LN)",
        "used exactly once after each of quests 2,3,4 that does not end the game",
        "HUMAN";
    LK_HOLDER = "LK-HOLDER", E, Auto, Log, "Lady, Excalibur, Lancelot (LK, X, LN)",
        "user of the k-th use = target of the (k-1)-th",
        "AUTO (derived holder) / HUMAN";
    LK_TARGET = "LK-TARGET", E, Human, Log, "Lady, Excalibur, Lancelot (LK, X, LN)",
        "target never held the token, is not the holder",
        "HUMAN";
    LK_TRUTH = "LK-TRUTH", F, Auto, Log, "Lady, Excalibur, Lancelot (LK, X, LN)",
        "loyalty shown = current side of target (no Trickster/Troublemaker)",
        "AUTO";
    LK_CLAIM = "LK-CLAIM", I, None, Log, "Lady, Excalibur, Lancelot (LK, X, LN)",
        "the public claim may differ from the loyalty",
        "NONE";
    X_HOLDER = "X-HOLDER", E, Human, Log, "Lady, Excalibur, Lancelot (LK, X, LN)",
        "Excalibur goes to a member other than the leader",
        "HUMAN";
    X_USE = "X-USE", E, Quarantine, Log, "Lady, Excalibur, Lancelot (LK, X, LN)",
        "at most one switch per quest, target another member, after all cards, before reveal",
        "QUAR";
    X_EFFECT = "X-EFFECT", E, Auto, Log, "Lady, Excalibur, Lancelot (LK, X, LN)",
        "effective card = switched card; counts use it",
        "AUTO";
    LN_DECK = "LN-DECK", F, Quarantine, Log, "Lady, Excalibur, Lancelot (LK, X, LN)",
        "loyalty deck composition and draw order fixed at K2 (committed)",
        "QUAR";
    LN_SWITCH = "LN-SWITCH", E, Auto, Log, "Lady, Excalibur, Lancelot (LK, X, LN)",
        "sides swap exactly when a Switch card applies; counts of sides constant",
        "AUTO";
}

use std::collections::BTreeMap;

use crate::check::report::Findings;
use crate::check::walk::{Deal, Table};
use crate::event::{LoyaltyCard, RolesAssigned};
use crate::id::PlayerId;
use crate::role::Side;
use crate::rules;
use crate::sentence;

use super::{configuration::C_MODULES, seats::S_KNOWN_ACTOR};

/// The seat on the first leader's right.
pub(crate) fn first_holder(table: &Table<'_>, first_leader: Option<u8>) -> Option<u8> {
    first_leader.map(|leader| rules::first_lady_holder(leader, table.n()))
}

/// C-MODULES, LK-FIRST and LN-DECK of what the deal says about modules.
pub(crate) fn judge_set_up(seq: u64, table: &Table<'_>, event: &RolesAssigned, out: &mut Findings) {
    if let Some(named) = &event.lady_holder {
        if !table.rules.lady.on {
            let detail = sentence!("the Lady of the Lake has a holder but is not in play");
            out.report(&C_MODULES, seq, detail);
        } else {
            let holder = table.resolve(named);
            let due = first_holder(table, table.resolve(&event.first_leader));
            if holder.is_none() || (due.is_some() && holder != due) {
                let detail =
                    sentence!("the first holder is not the player on the first leader's right");
                out.report(&LK_FIRST, seq, detail);
            }
        }
    }
    if let Some(deck) = &event.loyalty_deck {
        if table.rules.draws_loyalty() {
            judge_deck(seq, table, deck, out);
        } else {
            out.report(&C_MODULES, seq, sentence!("a loyalty deck, but none is in play"));
        }
    }
}

/// LN-DECK: the whole deck, or the cards that will be drawn from it.
fn judge_deck(seq: u64, table: &Table<'_>, deck: &[LoyaltyCard], out: &mut Findings) {
    let lancelot = &table.rules.lancelot;
    let count = |card| deck.iter().filter(|other| **other == card).count();
    let (blank, switch) = (count(LoyaltyCard::Blank), count(LoyaltyCard::Switch));
    let (most_blank, most_switch) = (usize::from(lancelot.blank), usize::from(lancelot.switch));
    let draws = usize::from(rules::QUESTS + 1 - lancelot.first_quest.clamp(1, rules::QUESTS));
    let whole = deck.len() == most_blank + most_switch;
    if (!whole && deck.len() != draws) || blank > most_blank || switch > most_switch {
        let detail = sentence!(
            "{blank} blank and {switch} switch cards, the profile has {blank_due} and {switch_due}",
            blank,
            switch,
            blank_due = most_blank,
            switch_due = most_switch
        );
        out.report(&LN_DECK, seq, detail);
    }
}

/// LN-DECK of one card: the deck's at its place, and not more of a kind than there are.
/// `drawn` counts blank and switch cards so far, this one included.
pub(crate) fn judge_draw(
    seq: u64,
    table: &Table<'_>,
    deck: Option<&[LoyaltyCard]>,
    (place, card): (u8, LoyaltyCard),
    drawn: (u8, u8),
    out: &mut Findings,
) {
    let lancelot = &table.rules.lancelot;
    if deck.is_some_and(|deck| deck.get(usize::from(place)) != Some(&card)) {
        let detail = sentence!("card {number} of the deck is another", number = place + 1);
        out.report(&LN_DECK, seq, detail);
    } else if drawn.0 > lancelot.blank || drawn.1 > lancelot.switch {
        out.report(&LN_DECK, seq, sentence!("more cards of a kind than the deck holds"));
    }
}

/// LN-SWITCH: the sides told are those after the card.
pub(crate) fn judge_sides(
    seq: u64,
    table: &Table<'_>,
    deal: &Deal<'_>,
    told: &BTreeMap<PlayerId, Side>,
    out: &mut Findings,
) {
    for (player, side) in told {
        match table.seat(player) {
            None => out.report(&S_KNOWN_ACTOR, seq, sentence!("{player} is not seated", player)),
            Some(seat) if deal.side(seat).is_some_and(|due| due != *side) => {
                out.report(
                    &LN_SWITCH,
                    seq,
                    sentence!("{player} is not {side} after the card", player, side = *side),
                );
            }
            Some(_) => {}
        }
    }
}

/// X-HOLDER and C-MODULES: Excalibur goes, at its time, to a member other than the leader.
/// `now` tells whether this event is the one that gives it.
pub(crate) fn judge_excalibur_given(
    seq: u64,
    table: &Table<'_>,
    now: bool,
    to: Option<&PlayerId>,
    (team, leader): (&[PlayerId], Option<&PlayerId>),
    out: &mut Findings,
) {
    if !table.rules.excalibur.on {
        if to.is_some() {
            out.report(&C_MODULES, seq, sentence!("Excalibur is given but not in play"));
        }
        return;
    }
    let problem = match to {
        None if now => sentence!("Excalibur is given to nobody"),
        Some(_) if !now => sentence!("Excalibur is given at another time than the profile says"),
        Some(to) if !team.contains(to) => sentence!("Excalibur goes to somebody off the team"),
        Some(to) if leader == Some(to) => sentence!("Excalibur goes to the leader"),
        _ => return,
    };
    out.report(&X_HOLDER, seq, problem);
}
