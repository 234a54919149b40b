//! Game records of ProAvalon (vck3000/ProAvalon, `models/gameRecord.js`): one finished game each,
//! as JSON or as MongoDB extended JSON.
//!
//! A record tells seats, roles, every team, vote, leader and result, the number of fails of each
//! mission, the holders of the Lady of the Lake and the role that was shot. It does not tell who
//! played which card, what players were told at the start, and when things happened between the
//! begin, the assassination and the end.
//!
//! House rules of this source, kept in the profile [`PROFILE`]: the fifth proposal is voted on and
//! loses the game when it is rejected; mission 4 takes two fails from seven players on; the Lady
//! is used after missions 2, 3 and 4; the Assassin may shoot Oberon, but nobody whom he knows to be
//! evil; any mix of roles may be dealt, so an Assassin may be in play without a Merlin and then
//! does not shoot.

mod ballot;
mod conversion;
mod extended;
mod quirk;
mod record;

use super::{Converted, Pseudonyms};
use crate::invariant::{Finding, import::I_PARSE};
use crate::sentence;
use crate::sentence::Sentence;

pub use quirk::{clockwise_leaders, played_missions};

/// The house rules' name in converted logs.
pub const PROFILE: &str = "proavalon-1";

/// Converts one game record, a JSON object; names become pseudonyms.
///
/// Dates are `{"$date": …}`, RFC 3339 texts or Unix milliseconds. The game's id is `proavalon-` and
/// the record's `_id`, or where it has none the begin of a digest of the record. Seats of the log
/// run clockwise. A card is written only where the number of fails forces it: Success of the good,
/// and those of the evil when all of them failed or none did; every other is an
/// [`UnknownInput::Card`](super::UnknownInput::Card). A role shot that several players hold leaves
/// an [`UnknownInput::Target`](super::UnknownInput::Target).
///
/// A log that lacks such inputs is not complete by the rules of the verifier;
/// [`is_explained`](super::unknown::is_explained) tells which of its findings come from that alone.
///
/// # Errors
/// I-PARSE when the text is no such record, contradicts itself, or holds a role, card or end of the
/// game outside the rules of this product; I-HISTORY-LEN and I-DIRECTION as [`played_missions`] and
/// [`clockwise_leaders`] give them. No finding repeats a player's name.
pub fn convert(record: &str, pseudonyms: &mut Pseudonyms) -> Result<Converted, Finding> {
    // What the parser says may quote the record, and with it a name; the place is enough.
    let value = serde_json::from_str(record).map_err(|error| {
        malformed(sentence!(
            "no JSON at line {number}, column {column}",
            number = error.line(),
            column = error.column()
        ))
    })?;
    let record = record::Record::read(&extended::plain(value)?)?;
    Ok(conversion::write(&record, pseudonyms))
}

fn malformed(sentence: Sentence) -> Finding {
    I_PARSE.finding(None, sentence)
}
