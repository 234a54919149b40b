//! `winningTeam`, `howTheGameWasWon` and `whoAssassinShot`.

use super::super::malformed;
use super::fields::Fields;
use super::{missing, roles};
use crate::invariant::Finding;
use crate::role::{Role, Side};
use crate::rules::EndReason;
use crate::sentence;

/// How the game ended.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Ending {
    pub(in super::super) winner: Side,
    pub(in super::super) reason: EndReason,
    /// The role that was shot, where there was a shot and it is told.
    pub(in super::super) shot: Option<Role>,
}

impl Ending {
    /// Reads the ending; `seats` are names and roles.
    pub(super) fn read(fields: &Fields<'_>, seats: &[(String, Role)]) -> Result<Self, Finding> {
        let winner = fields.text("winningTeam")?.ok_or_else(|| missing("winningTeam"))?;
        let how = fields.text("howTheGameWasWon")?.ok_or_else(|| missing("howTheGameWasWon"))?;
        let shot = fields.text("whoAssassinShot")?.map(roles::of).transpose()?;
        let mut ending = Self { winner: roles::side(winner)?, reason: reason(how)?, shot };
        let has = |wanted: Role| seats.iter().any(|(_, role)| *role == wanted);
        ending.judge_set_up(has)?;
        if ending.reason == EndReason::AssassinationHit {
            ending.shot = Some(Role::Merlin);
        }
        Ok(ending)
    }

    /// Refuses what contradicts itself, and a Merlin whom nobody may shoot, which the rules of this
    /// product do not know.
    fn judge_set_up(&self, has: impl Fn(Role) -> bool) -> Result<(), Finding> {
        let shots = [EndReason::AssassinationHit, EndReason::AssassinationMiss];
        let problem = if has(Role::Merlin) && !has(Role::Assassin) {
            sentence!("a Merlin without an Assassin is outside the rules of this product")
        } else if shots.contains(&self.reason) && !(has(Role::Merlin) && has(Role::Assassin)) {
            sentence!("`howTheGameWasWon` tells of a shot, but Merlin and Assassin are not in play")
        } else if self.reason == EndReason::ThreeSuccessesNoMerlin && has(Role::Merlin) {
            sentence!(
                "`howTheGameWasWon` tells of no shot although Merlin and Assassin are in play"
            )
        } else {
            match (self.reason, self.shot) {
                (EndReason::AssassinationHit, Some(Role::Merlin)) | (_, None) => return Ok(()),
                (EndReason::AssassinationMiss, Some(role)) if role != Role::Merlin => {
                    if has(role) {
                        return Ok(());
                    }
                    sentence!("`whoAssassinShot` is a role that nobody has")
                }
                _ => sentence!("`whoAssassinShot` and `howTheGameWasWon` contradict each other"),
            }
        };
        Err(malformed(problem))
    }
}

fn reason(how: &str) -> Result<EndReason, Finding> {
    Ok(match how.trim_end_matches('.') {
        "Mission fails" => EndReason::ThreeFails,
        "Hammer rejected" => EndReason::FiveRejections,
        "Assassinated Merlin correctly" => EndReason::AssassinationHit,
        // The second is how early records put it.
        "Mission successes and assassin shot wrong"
        | "Mission successes and Merlin did not die" => EndReason::AssassinationMiss,
        "Mission successes" => EndReason::ThreeSuccessesNoMerlin,
        _ => {
            return Err(malformed(sentence!(
                "`howTheGameWasWon`: `{text}` is no end known here",
                text = how
            )));
        }
    })
}
