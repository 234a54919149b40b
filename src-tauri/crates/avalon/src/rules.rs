//! The tables and closed formulas of the game.
//!
//! Seats are 0 to n − 1 clockwise, quests 1 to 5, attempts 1 to 5 within a quest; a proposal's
//! global index counts from 0 over the whole game.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::id::Seat;
use crate::profile::RuleProfile;
use crate::role::{Role, Side};

/// Fewest players of a game.
pub const MIN_PLAYERS: u8 = 5;
/// Most players of a game.
pub const MAX_PLAYERS: u8 = 10;
/// Quests on the board.
pub const QUESTS: u8 = 5;
/// Proposals a quest takes at most; the fifth is the hammer.
pub const ATTEMPTS: u8 = 5;
/// Successes or failures that end the quests.
pub const MAJORITY_OF_QUESTS: u8 = 3;

const EVIL: [u8; 6] = [2, 2, 3, 3, 3, 4];
const TEAM_SIZES: [[u8; 5]; 6] = [
    [2, 3, 2, 3, 3],
    [2, 3, 4, 3, 4],
    [2, 3, 3, 4, 4],
    [3, 4, 4, 5, 5],
    [3, 4, 4, 5, 5],
    [3, 4, 4, 5, 5],
];

fn row(n: u8) -> Option<usize> {
    (MIN_PLAYERS..=MAX_PLAYERS).contains(&n).then(|| usize::from(n - MIN_PLAYERS))
}

/// Evil players among `n`; none when `n` is not 5 to 10.
#[must_use]
pub fn evil_count(n: u8) -> Option<u8> {
    row(n).and_then(|row| EVIL.get(row)).copied()
}

/// Good players among `n`; none when `n` is not 5 to 10.
#[must_use]
pub fn good_count(n: u8) -> Option<u8> {
    evil_count(n).map(|evil| n - evil)
}

/// Players that go on `quest` (1 to 5) in a game of `n`; none out of range.
#[must_use]
pub fn team_size(n: u8, quest: u8) -> Option<u8> {
    let sizes = TEAM_SIZES.get(row(n)?)?;
    sizes.get(usize::from(quest.checked_sub(1)?)).copied()
}

/// Team sizes of all five quests; none when `n` is not 5 to 10.
#[must_use]
pub fn team_sizes(n: u8) -> Option<[u8; 5]> {
    TEAM_SIZES.get(row(n)?).copied()
}

/// Fail cards that fail `quest`: 2 on the fourth from `two_fails_from` players on, else 1.
#[must_use]
pub const fn fails_needed(n: u8, quest: u8, two_fails_from: Option<u8>) -> u8 {
    match two_fails_from {
        Some(from) if quest == 4 && n >= from => 2,
        _ => 1,
    }
}

/// Approvals that carry a proposal: more than half.
#[must_use]
pub const fn approvals_needed(n: u8) -> u8 {
    n / 2 + 1
}

/// Whether `approvals` of `n` votes carry a proposal. A tie rejects.
#[must_use]
pub const fn approved(n: u8, approvals: u8) -> bool {
    approvals >= approvals_needed(n)
}

/// The seat `steps` clockwise of `seat` at a table of `n`; 0 when there is no table.
#[must_use]
pub fn clockwise(seat: Seat, steps: u32, n: u8) -> Seat {
    if n == 0 {
        return 0;
    }
    let n = u32::from(n);
    u8::try_from((u32::from(seat) % n + steps % n) % n).unwrap_or(0)
}

/// Who leads proposal `proposal` (0-based over the whole game).
#[must_use]
pub fn leader(first_leader: Seat, proposal: u32, n: u8) -> Seat {
    clockwise(first_leader, proposal, n)
}

/// Who will lead the fifth attempt of a quest whose first attempt `leader` leads.
#[must_use]
pub fn hammer_seat(leader: Seat, n: u8) -> Seat {
    clockwise(leader, u32::from(ATTEMPTS) - 1, n)
}

/// Who holds the Lady of the Lake first: the player on the first leader's right.
#[must_use]
pub fn first_lady_holder(first_leader: Seat, n: u8) -> Seat {
    clockwise(first_leader, u32::from(n.saturating_sub(1)), n)
}

/// How a game ended.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Three quests failed.
    ThreeFails,
    /// Five proposals of one quest were rejected.
    FiveRejections,
    /// The assassin named Merlin.
    AssassinationHit,
    /// The assassin named another player.
    AssassinationMiss,
    /// Three quests succeeded and there is no Merlin to name.
    ThreeSuccessesNoMerlin,
}

impl EndReason {
    /// The side that wins in this way.
    #[must_use]
    pub const fn winner(self) -> Side {
        match self {
            Self::ThreeFails | Self::FiveRejections | Self::AssassinationHit => Side::Evil,
            Self::AssassinationMiss | Self::ThreeSuccessesNoMerlin => Side::Good,
        }
    }

    /// The wire spelling, for example `three_fails`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ThreeFails => "three_fails",
            Self::FiveRejections => "five_rejections",
            Self::AssassinationHit => "assassination_hit",
            Self::AssassinationMiss => "assassination_miss",
            Self::ThreeSuccessesNoMerlin => "three_successes_no_merlin",
        }
    }
}

/// What a player's role tells about another player at the start.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The player is evil.
    Evil,
    /// The player is Merlin or Morgana.
    MerlinOrMorgana,
    /// The player is the other Lancelot (variant 3).
    Lancelot,
}

/// What the role `viewer` is told about a player with the role `seen`, by the matrix of the rules.
/// `lancelot_variant` is 0 without Lancelots.
#[must_use]
pub fn mark(viewer: Role, seen: Role, lancelot_variant: u8) -> Option<Mark> {
    let mutual = lancelot_variant == 3;
    match viewer {
        Role::Merlin => (seen.side() == Side::Evil && seen != Role::Mordred).then_some(Mark::Evil),
        Role::Percival => {
            matches!(seen, Role::Merlin | Role::Morgana).then_some(Mark::MerlinOrMorgana)
        }
        Role::Servant | Role::Oberon => None,
        Role::LancelotGood => (mutual && seen == Role::LancelotEvil).then_some(Mark::Lancelot),
        Role::LancelotEvil if mutual && seen == Role::LancelotGood => Some(Mark::Lancelot),
        Role::LancelotEvil if !mutual => None,
        Role::LancelotEvil | Role::Assassin | Role::Morgana | Role::Mordred | Role::Minion => {
            (seen.side() == Side::Evil && seen != Role::Oberon).then_some(Mark::Evil)
        }
    }
}

/// What the player at `viewer` is told: (seat, mark) in seat order. `roles` are in seat order.
#[must_use]
pub fn knowledge(roles: &[Role], viewer: Seat, lancelot_variant: u8) -> Vec<(Seat, Mark)> {
    let Some(&role) = roles.get(usize::from(viewer)) else {
        return Vec::new();
    };
    (0u8..)
        .zip(roles)
        .filter(|(seat, _)| *seat != viewer)
        .filter_map(|(seat, seen)| Some((seat, mark(role, *seen, lancelot_variant)?)))
        .collect()
}

/// The seat that shoots: the Assassin, or by the priority rule the first of Assassin, Minion,
/// Mordred, Morgana, Oberon (the lowest seat of several). None when nobody may, and where the
/// assassin is appointed only when the assassination starts.
#[must_use]
pub fn assassin_seat(roles: &[Role], profile: &RuleProfile) -> Option<Seat> {
    use crate::profile::AssassinActor;
    let order: &[Role] = match profile.assassin.actor {
        AssassinActor::Role => &[Role::Assassin],
        AssassinActor::HighestPriorityEvil => {
            &[Role::Assassin, Role::Minion, Role::Mordred, Role::Morgana, Role::Oberon]
        }
        AssassinActor::Appointed => return None,
    };
    order.iter().find_map(|wanted| {
        (0u8..).zip(roles).find(|(_, role)| *role == wanted).map(|(seat, _)| seat)
    })
}

/// Whether the roles have somebody who shoots.
#[must_use]
pub fn assassin_in_play(roles: &[Role], profile: &RuleProfile) -> bool {
    use crate::profile::AssassinActor;
    match profile.assassin.actor {
        AssassinActor::Appointed => roles.iter().any(|role| role.side() == Side::Evil),
        _ => assassin_seat(roles, profile).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(5, 2, [2, 3, 2, 3, 3], 1, 3)]
    #[case(6, 2, [2, 3, 4, 3, 4], 1, 4)]
    #[case(7, 3, [2, 3, 3, 4, 4], 2, 4)]
    #[case(8, 3, [3, 4, 4, 5, 5], 2, 5)]
    #[case(9, 3, [3, 4, 4, 5, 5], 2, 5)]
    #[case(10, 4, [3, 4, 4, 5, 5], 2, 6)]
    fn tables(
        #[case] n: u8,
        #[case] evil: u8,
        #[case] sizes: [u8; 5],
        #[case] fourth: u8,
        #[case] majority: u8,
    ) {
        assert_eq!(evil_count(n), Some(evil));
        assert_eq!(team_sizes(n), Some(sizes));
        assert_eq!(fails_needed(n, 4, Some(7)), fourth);
        assert_eq!(fails_needed(n, 3, Some(7)), 1);
        assert_eq!(approvals_needed(n), majority);
        assert!(!approved(n, n / 2), "a tie rejects");
    }

    #[test]
    fn out_of_range_is_none() {
        for n in [0, 4, 11, 255] {
            assert_eq!(evil_count(n), None);
            assert_eq!(team_size(n, 1), None);
        }
        assert_eq!(team_size(5, 0), None);
        assert_eq!(team_size(5, 6), None);
        assert_eq!(clockwise(3, 7, 0), 0);
    }

    #[test]
    fn leaders_go_round() {
        assert_eq!(leader(4, 1, 5), 0);
        assert_eq!(hammer_seat(3, 5), 2);
        assert_eq!(first_lady_holder(0, 7), 6);
    }

    #[test]
    fn the_matrix_hides_mordred_and_oberon() {
        assert_eq!(mark(Role::Merlin, Role::Mordred, 0), None);
        assert_eq!(mark(Role::Merlin, Role::Oberon, 0), Some(Mark::Evil));
        assert_eq!(mark(Role::Assassin, Role::Oberon, 0), None);
        assert_eq!(mark(Role::Oberon, Role::Assassin, 0), None);
        assert_eq!(mark(Role::Minion, Role::Mordred, 0), Some(Mark::Evil));
        assert_eq!(mark(Role::Percival, Role::Morgana, 0), Some(Mark::MerlinOrMorgana));
        assert_eq!(mark(Role::LancelotEvil, Role::Assassin, 1), None);
        assert_eq!(mark(Role::LancelotEvil, Role::Assassin, 3), Some(Mark::Evil));
        assert_eq!(mark(Role::LancelotGood, Role::LancelotEvil, 3), Some(Mark::Lancelot));
        assert_eq!(mark(Role::Assassin, Role::LancelotEvil, 1), Some(Mark::Evil));
    }
}
