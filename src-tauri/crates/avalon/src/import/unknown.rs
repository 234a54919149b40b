//! Inputs that a source does not tell. They stay unknown: no event may claim to know them.

use serde_json::Value;

use crate::invariant::{Finding, import::I_UNKNOWN_INPUT};

/// An input of a game that its source does not record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnknownInput {
    /// A player's vote on a proposal.
    Vote {
        /// Quest, 1 to 5.
        quest: u8,
        /// Attempt, 1 to 5.
        attempt: u8,
        /// The voter.
        player: String,
    },
    /// A player's card on a quest.
    Card {
        /// Quest, 1 to 5.
        quest: u8,
        /// The member of the team.
        player: String,
    },
    /// The player whom the assassin named.
    Target,
    /// When things happened; all events carry the time of the record.
    Times,
}

/// I-UNKNOWN-INPUT: no event of the log fills in what the source does not tell.
///
/// `log` are envelopes in wire form.
#[must_use]
pub fn judge_unknown(log: &[Value], unknown: &[UnknownInput]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for envelope in log {
        for input in unknown {
            if let Some(what) = filled_in(envelope, input) {
                let seq = envelope.get("seq").and_then(Value::as_u64);
                findings.push(I_UNKNOWN_INPUT.finding(seq, what));
            }
        }
    }
    findings
}

fn filled_in(envelope: &Value, input: &UnknownInput) -> Option<String> {
    let kind = envelope.get("type")?.as_str()?;
    let payload = envelope.get("payload")?;
    let is =
        |field: &str, value: u8| payload.get(field).and_then(Value::as_u64) == Some(value.into());
    let by = |player: &str| payload.get("playerId").and_then(Value::as_str) == Some(player);
    match input {
        UnknownInput::Vote { quest, attempt, player } => {
            let cast = kind == "TeamVoteCast" && by(player);
            let counted = kind == "TeamVoteClosed"
                && payload.get("votes").and_then(|votes| votes.get(player)).is_some();
            ((cast || counted) && is("q", *quest) && is("a", *attempt)).then(|| {
                format!("the vote of {player} on quest {quest}, attempt {attempt} is not recorded")
            })
        }
        UnknownInput::Card { quest, player } => {
            (kind == "MissionCardPlayed" && by(player) && is("q", *quest))
                .then(|| format!("the card of {player} on quest {quest} is not recorded"))
        }
        UnknownInput::Target => (kind == "AssassinTargetNamed")
            .then(|| "the assassin's target is not recorded".to_owned()),
        UnknownInput::Times => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{UnknownInput, judge_unknown};

    #[test]
    fn a_vote_or_card_out_of_nothing_is_found() {
        let unknown = [
            UnknownInput::Vote { quest: 1, attempt: 2, player: "p1".into() },
            UnknownInput::Card { quest: 1, player: "p2".into() },
        ];
        let vote = |player: &str, attempt: u8| {
            json!({"seq": 7, "type": "TeamVoteCast",
                "payload": {"q": 1, "a": attempt, "playerId": player, "vote": "approve"}})
        };
        let card = json!({"seq": 9, "type": "MissionCardPlayed",
            "payload": {"q": 1, "playerId": "p2", "card": "success"}});
        assert!(judge_unknown(&[vote("p1", 1), vote("p2", 2)], &unknown).is_empty());
        let findings = judge_unknown(&[vote("p1", 2), card], &unknown);
        assert_eq!(findings.len(), 2);
        assert!(findings.iter().all(|finding| finding.id == "I-UNKNOWN-INPUT"));
    }
}
