//! How a stored value is told that is not the one that follows from the rules.

use crate::event::{LoyaltyCard, QuestResult, VoteResult};
use crate::id::{GameId, Seat};
use crate::role::Side;
use crate::rules::EndReason;
use crate::sentence;
use crate::sentence::Sentence;

pub(super) fn quest(stored: u8, due: u8) -> Sentence {
    sentence!("q is {quest}, by the rules {quest_due}", quest = stored, quest_due = due)
}

pub(super) fn holder(stored: Seat, due: Seat) -> Sentence {
    sentence!(
        "holder is {seat}, by the rules {seat_due}",
        seat = seat(stored),
        seat_due = seat(due)
    )
}

pub(super) fn target(stored: Seat, due: Seat) -> Sentence {
    sentence!(
        "target is {seat}, by the rules {seat_due}",
        seat = seat(stored),
        seat_due = seat(due)
    )
}

pub(super) fn assassin(stored: Seat, due: Seat) -> Sentence {
    sentence!(
        "assassinId is {seat}, by the rules {seat_due}",
        seat = seat(stored),
        seat_due = seat(due)
    )
}

pub(super) fn lady_holder(stored: Seat, due: Seat) -> Sentence {
    sentence!(
        "ladyHolder is {seat}, by the rules {seat_due}",
        seat = seat(stored),
        seat_due = seat(due)
    )
}

pub(super) fn loyalty(stored: Side, due: Side) -> Sentence {
    sentence!("loyalty is {side}, by the rules {side_due}", side = stored, side_due = due)
}

pub(super) fn winner(stored: Side, due: Side) -> Sentence {
    sentence!("winner is {side}, by the rules {side_due}", side = stored, side_due = due)
}

pub(super) fn reason(stored: EndReason, due: EndReason) -> Sentence {
    sentence!("reason is {reason}, by the rules {reason_due}", reason = stored, reason_due = due)
}

pub(super) fn successes(stored: u8, due: u8) -> Sentence {
    sentence!("S is {count}, by the rules {count_due}", count = stored, count_due = due)
}

pub(super) fn failures(stored: u8, due: u8) -> Sentence {
    sentence!("F is {count}, by the rules {count_due}", count = stored, count_due = due)
}

pub(super) fn loyalty_card(stored: LoyaltyCard, due: LoyaltyCard) -> Sentence {
    sentence!("card is {card}, by the rules {card_due}", card = stored, card_due = due)
}

pub(super) fn fails_needed(stored: u8, due: u8) -> Sentence {
    sentence!("failsNeeded is {count}, by the rules {count_due}", count = stored, count_due = due)
}

pub(super) fn result(stored: QuestResult, due: QuestResult) -> Sentence {
    sentence!("result is {result}, by the rules {result_due}", result = stored, result_due = due)
}

pub(super) fn vote_result(stored: VoteResult, due: VoteResult) -> Sentence {
    sentence!("result is {result}, by the rules {result_due}", result = stored, result_due = due)
}

pub(super) fn fails(stored: u8, due: u8) -> Sentence {
    sentence!("fails is {count}, by the rules {count_due}", count = stored, count_due = due)
}

pub(super) fn players(stored: u8, due: u8) -> Sentence {
    sentence!("n is {count}, by the rules {count_due}", count = stored, count_due = due)
}

pub(super) fn profile_players(stored: u8, due: u8) -> Sentence {
    sentence!("profile.n is {count}, by the rules {count_due}", count = stored, count_due = due)
}

pub(super) fn game(stored: GameId, due: GameId) -> Sentence {
    sentence!("gameId is {game}, by the rules {game_due}", game = stored, game_due = due)
}

pub(super) fn evil_roles(stored: usize, due: usize) -> Sentence {
    sentence!(
        "the number of evil roles is {count}, by the rules {count_due}",
        count = stored,
        count_due = due
    )
}

pub(super) fn attempt(stored: u8, due: u8) -> Sentence {
    sentence!(
        "attempt is {attempt}, by the rules {attempt_due}",
        attempt = stored,
        attempt_due = due
    )
}

pub(super) fn team_size(stored: u8, due: u8) -> Sentence {
    sentence!("teamSize is {count}, by the rules {count_due}", count = stored, count_due = due)
}

pub(super) fn approvals(stored: u8, due: u8) -> Sentence {
    sentence!("approvals is {count}, by the rules {count_due}", count = stored, count_due = due)
}

pub(super) fn vote_track(stored: u8, due: u8) -> Sentence {
    sentence!(
        "voteTrackAfter is {count}, by the rules {count_due}",
        count = stored,
        count_due = due
    )
}

fn seat(seat: Seat) -> Sentence {
    sentence!("seat {seat}", seat)
}
