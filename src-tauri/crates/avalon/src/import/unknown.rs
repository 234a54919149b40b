//! Inputs that a source does not tell. They stay unknown: no event may claim to know them.

use serde_json::Value;

use crate::invariant::{Finding, import::I_UNKNOWN_INPUT};
use crate::sentence;
use crate::sentence::Sentence;

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
    /// When things happened; events carry the last time that the source tells.
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

fn filled_in(envelope: &Value, input: &UnknownInput) -> Option<Sentence> {
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
                sentence!(
                    "the vote of {player} on quest {quest}, attempt {attempt} is not recorded",
                    player,
                    quest = *quest,
                    attempt = *attempt
                )
            })
        }
        UnknownInput::Card { quest, player } => {
            (kind == "MissionCardPlayed" && by(player) && is("q", *quest)).then(|| {
                sentence!(
                    "the card of {player} on quest {quest} is not recorded",
                    player,
                    quest = *quest
                )
            })
        }
        UnknownInput::Target => (kind == "AssassinTargetNamed")
            .then(|| sentence!("the assassin's target is not recorded")),
        UnknownInput::Times => None,
    }
}

/// Whether a finding of a check of the converted log says no more than that an input is untold: the
/// verifier misses votes, cards and a target wherever they are absent.
///
/// `log` are the envelopes in wire form that were checked.
#[must_use]
pub fn is_explained(finding: &Finding, log: &[Value], unknown: &[UnknownInput]) -> bool {
    let Some(envelope) = log.iter().find(|envelope| {
        finding.seq.is_some() && envelope.get("seq").and_then(Value::as_u64) == finding.seq
    }) else {
        return false;
    };
    let kind = envelope.get("type").and_then(Value::as_str).unwrap_or_default();
    let number = |field: &str| envelope.get("payload")?.get(field)?.as_u64();
    // The detail begins with the player whom the finding is about.
    let about = |player: &String| finding.detail.split(' ').next() == Some(player.as_str());
    unknown.iter().any(|input| match (finding.id.as_str(), kind, input) {
        ("V-COMPLETE", "TeamVoteClosed", UnknownInput::Vote { quest, attempt, player }) => {
            number("q") == Some((*quest).into())
                && number("a") == Some((*attempt).into())
                && about(player)
        }
        ("M-COMPLETE", "MissionResolved", UnknownInput::Card { quest, player }) => {
            number("q") == Some((*quest).into()) && about(player)
        }
        ("V-MAJORITY", "TeamVoteClosed", UnknownInput::Vote { quest, attempt, .. }) => {
            number("q") == Some((*quest).into())
                && number("a") == Some((*attempt).into())
                && could_approve(envelope, unknown)
        }
        ("A-REQUIRED" | "W-PROVISIONAL", "GameEnded", UnknownInput::Target) => true,
        _ => false,
    })
}

/// Whether the vote is closed as approved and the untold votes on it can make up the majority.
fn could_approve(closed: &Value, unknown: &[UnknownInput]) -> bool {
    let told = |field: &str| closed.get("payload").and_then(|payload| payload.get(field));
    let (Some(Value::Object(votes)), Some("approved")) =
        (told("votes"), told("result").and_then(Value::as_str))
    else {
        return false;
    };
    let place = (told("q").and_then(Value::as_u64), told("a").and_then(Value::as_u64));
    let untold = unknown.iter().filter(|input| {
        matches!(input, UnknownInput::Vote { quest, attempt, .. }
            if place == (Some((*quest).into()), Some((*attempt).into())))
    });
    let approvals = votes.values().filter(|vote| *vote == "approve").count();
    let untold = untold.count();
    approvals + untold > (votes.len() + untold) / 2
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{UnknownInput, is_explained, judge_unknown};
    use crate::invariant::mission::{M_COMPLETE, M_RESULT};
    use crate::sentence;

    #[test]
    fn only_the_untold_card_explains_a_missing_one() {
        let log = [json!({"seq": 7, "type": "MissionResolved", "payload": {"q": 2}})];
        let card = |quest, player: &str| [UnknownInput::Card { quest, player: player.into() }];
        let told = || sentence!("{player} played no card", player = "p1");
        let finding = M_COMPLETE.finding(7, told());
        assert!(is_explained(&finding, &log, &card(2, "p1")));
        assert!(!is_explained(&finding, &log, &card(2, "p")));
        assert!(!is_explained(&finding, &log, &card(1, "p1")));
        assert!(!is_explained(&finding, &log, &[]));
        assert!(!is_explained(&M_COMPLETE.finding(8, told()), &log, &card(2, "p1")));
        assert!(!is_explained(&M_RESULT.finding(7, told()), &log, &card(2, "p1")));
    }

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
