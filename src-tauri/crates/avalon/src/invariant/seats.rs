//! Seats and players (S).

use super::invariants;

invariants! {
    S_UNIQUE_ID = "S-UNIQUE-ID", F, Quarantine, Log, "Seats and players (S)",
        "player ids distinct",
        "QUAR";
    S_UNIQUE_NICK = "S-UNIQUE-NICK", W, None, Stored, "Seats and players (S)",
        "nicknames distinct in a game",
        "NONE";
    S_SEAT_BIJECTION = "S-SEAT-BIJECTION", F, Auto, Log, "Seats and players (S)",
        "seats 0..n-1 each hold exactly one player",
        "AUTO from SeatTaken, else QUAR";
    S_FROZEN = "S-FROZEN", E, Auto, Log, "Seats and players (S)",
        "seats and membership do not change after GameCreated",
        "AUTO (drop late change if never applied) / HUMAN";
    S_KNOWN_ACTOR = "S-KNOWN-ACTOR", F, Quarantine, Log, "Seats and players (S)",
        "every actor, member, voter, target is a seated player",
        "QUAR";
    S_ONE_GAME = "S-ONE-GAME", W, Human, Corpus, "Seats and players (S)",
        "a player is in at most one running game",
        "HUMAN";
}

use crate::check::report::Findings;
use crate::event::GameCreated;
use crate::sentence;

use super::Repair;

/// S-UNIQUE-ID and S-SEAT-BIJECTION at GameCreated.
pub(crate) fn judge_seats(seq: u64, event: &GameCreated, out: &mut Findings) {
    let seats = &event.seats;
    for (seat, player) in seats.iter().enumerate() {
        if seats.iter().take(seat).any(|other| other == player) {
            out.report(&S_UNIQUE_ID, seq, sentence!("player {player} sits twice", player));
            let detail = sentence!(
                "{seat} holds a player of another seat",
                seat = sentence!("seat {seat}", seat)
            );
            out.push(S_SEAT_BIJECTION.finding_with(Repair::Quarantine, seq, detail));
        }
        if player.is_empty() {
            let detail = sentence!("{seat} holds nobody", seat = sentence!("seat {seat}", seat));
            out.push(S_SEAT_BIJECTION.finding_with(Repair::Quarantine, seq, detail));
        }
    }
    if seats.len() != usize::from(event.n) {
        let detail = sentence!(
            "{count} seats for {players} players",
            count = seats.len(),
            players = event.n
        );
        out.push(S_SEAT_BIJECTION.finding_with(Repair::Quarantine, seq, detail));
    }
}
