//! The compact notation of Chinese game records: `1680 3+5-` is the team of seats 1, 6, 8 and 10
//! (written `0`), which seat 3 approved although off the team and seat 5 rejected although on it.

use crate::invariant::{
    Finding,
    import::{I_NOTATION, I_PARSE},
};
use crate::sentence;

/// One proposal in compact notation; seats count from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotedProposal {
    /// Seats on the team, in the order written.
    pub team: Vec<u8>,
    /// Seats off the team that approved (`+`).
    pub approved_off_team: Vec<u8>,
    /// Seats on the team that rejected (`-`).
    pub rejected_on_team: Vec<u8>,
}

/// Reads one proposal of a table with `players` seats.
///
/// # Errors
/// I-PARSE when a character is not understood, a seat does not exist or is named twice.
pub fn parse_proposal(text: &str, players: u8) -> Result<NotedProposal, Finding> {
    let (team_text, marks) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    let mut team = Vec::new();
    for digit in team_text.chars() {
        let seat = seat_of(digit, players, text)?;
        if team.contains(&seat) {
            return Err(I_PARSE.finding(
                None,
                sentence!("`{text}` names seat {number} twice", text, number = seat),
            ));
        }
        team.push(seat);
    }
    let mut proposal =
        NotedProposal { team, approved_off_team: Vec::new(), rejected_on_team: Vec::new() };
    let mut characters = marks.chars().filter(|c| !c.is_whitespace());
    while let Some(digit) = characters.next() {
        let seat = seat_of(digit, players, text)?;
        match characters.next() {
            Some('+') => proposal.approved_off_team.push(seat),
            Some('-') => proposal.rejected_on_team.push(seat),
            other => {
                let detail = match other {
                    Some(sign) => sentence!(
                        "`{text}`: `{sign}` after seat {number}, expected `+` or `-`",
                        text,
                        sign,
                        number = seat
                    ),
                    None => sentence!(
                        "`{text}`: nothing after seat {number}, expected `+` or `-`",
                        text,
                        number = seat
                    ),
                };
                return Err(I_PARSE.finding(None, detail));
            }
        }
    }
    Ok(proposal)
}

fn seat_of(digit: char, players: u8, text: &str) -> Result<u8, Finding> {
    let seat = match digit.to_digit(10) {
        Some(0) => 10,
        Some(seat) => u8::try_from(seat).unwrap_or(u8::MAX),
        None => u8::MAX,
    };
    if seat <= players {
        Ok(seat)
    } else {
        Err(I_PARSE.finding(
            None,
            sentence!(
                "`{text}`: `{sign}` is no seat of {players} players",
                text,
                sign = digit,
                players
            ),
        ))
    }
}

/// I-NOTATION: a `+` stands only at a seat off the team, a `-` only at one on it.
#[must_use]
pub fn judge_marks(proposal: &NotedProposal) -> Vec<Finding> {
    let plus_on_team =
        proposal.approved_off_team.iter().filter(|seat| proposal.team.contains(seat));
    let minus_off_team =
        proposal.rejected_on_team.iter().filter(|seat| !proposal.team.contains(seat));
    plus_on_team
        .map(|seat| {
            I_NOTATION.finding(
                None,
                sentence!("seat {number} is on the team but marked `+`", number = *seat),
            )
        })
        .chain(minus_off_team.map(|seat| {
            I_NOTATION.finding(
                None,
                sentence!("seat {number} is off the team but marked `-`", number = *seat),
            )
        }))
        .collect()
}

/// Approving seats by the notation: the team but for `-`, and the `+` of the others.
#[must_use]
pub fn approvers(proposal: &NotedProposal) -> Vec<u8> {
    let mut seats: Vec<u8> = proposal
        .team
        .iter()
        .filter(|seat| !proposal.rejected_on_team.contains(seat))
        .chain(&proposal.approved_off_team)
        .copied()
        .collect();
    seats.sort_unstable();
    seats.dedup();
    seats
}

#[cfg(test)]
mod tests {
    use super::{approvers, judge_marks, parse_proposal};

    #[test]
    fn a_proposal_with_deviations_is_read() {
        let proposal = parse_proposal("1680 3+6-", 10).unwrap();
        assert_eq!(proposal.team, [1, 6, 8, 10]);
        assert_eq!(approvers(&proposal), [1, 3, 8, 10]);
        assert!(judge_marks(&proposal).is_empty());
    }

    #[test]
    fn marks_against_membership_are_found() {
        let proposal = parse_proposal("168 6+3-", 10).unwrap();
        let findings = judge_marks(&proposal);
        assert_eq!(findings.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["I-NOTATION"; 2]);
    }

    #[test]
    fn what_is_not_notation_is_refused() {
        for text in ["16x", "11", "19", "16 3", "16 3*"] {
            assert_eq!(parse_proposal(text, 8).unwrap_err().id, "I-PARSE", "{text}");
        }
    }
}
