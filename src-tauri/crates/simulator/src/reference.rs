//! Statistics of 12,933 real games (avalon_rules §7) that the policies are fitted to.

/// Figures of one player count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reference {
    /// Players.
    pub n: u8,
    /// Games in the sample.
    pub games: u32,
    /// Share of games with Merlin that evil wins.
    pub evil_wins: f64,
    /// Share of shots that hit Merlin.
    pub shot_hits: f64,
    /// Share of games that end with three failed quests.
    pub three_fails: f64,
    /// Share of games that end with five rejections.
    pub five_rejections: f64,
    /// Median length, seconds.
    pub median_seconds: f64,
    /// Mean proposals of quests 1 to 5.
    pub proposals: [f64; 5],
    /// Share of quests 1 to 5 that succeed.
    pub success: [f64; 5],
}

/// One row a player count, 5 to 10.
pub const REFERENCE: [Reference; 6] = [
    row(
        5,
        3574,
        [0.572, 0.405, 0.289, 0.009],
        473.0,
        [1.26, 1.44, 1.48, 1.65, 1.67],
        [0.845, 0.424, 0.692, 0.481, 0.568],
    ),
    row(
        6,
        3330,
        [0.541, 0.353, 0.288, 0.021],
        709.0,
        [1.48, 1.69, 1.93, 1.95, 2.12],
        [0.895, 0.559, 0.397, 0.582, 0.579],
    ),
    row(
        7,
        2828,
        [0.557, 0.359, 0.317, 0.007],
        736.0,
        [1.47, 1.62, 1.68, 1.66, 2.08],
        [0.853, 0.456, 0.478, 0.700, 0.478],
    ),
    row(
        8,
        1723,
        [0.589, 0.356, 0.356, 0.019],
        1107.0,
        [1.89, 2.07, 2.00, 1.92, 2.28],
        [0.693, 0.444, 0.488, 0.721, 0.511],
    ),
    row(
        9,
        862,
        [0.544, 0.292, 0.353, 0.005],
        957.0,
        [1.44, 1.60, 1.67, 1.54, 2.03],
        [0.743, 0.459, 0.489, 0.756, 0.435],
    ),
    row(
        10,
        616,
        [0.659, 0.381, 0.438, 0.018],
        1401.0,
        [2.10, 2.31, 2.18, 1.96, 2.30],
        [0.646, 0.369, 0.463, 0.716, 0.441],
    ),
];

/// Share of proposals that are approved, by attempt.
pub const APPROVAL_BY_ATTEMPT: [f64; 5] = [0.674, 0.441, 0.347, 0.366, 0.958];
/// Share of proposals with the leader on the team.
pub const LEADER_ON_TEAM: f64 = 0.888;

const fn row(
    n: u8,
    games: u32,
    ends: [f64; 4],
    median_seconds: f64,
    proposals: [f64; 5],
    success: [f64; 5],
) -> Reference {
    let [evil_wins, shot_hits, three_fails, five_rejections] = ends;
    Reference {
        n,
        games,
        evil_wins,
        shot_hits,
        three_fails,
        five_rejections,
        median_seconds,
        proposals,
        success,
    }
}

/// The row of a player count; the nearest one out of range.
pub fn of(n: u8) -> &'static Reference {
    let index = usize::from(n.clamp(5, 10) - 5);
    REFERENCE.get(index).unwrap_or(&REFERENCE[0])
}

/// The figure of quest 1 to 5.
pub(crate) fn of_quest(figures: &[f64; 5], quest: u8) -> f64 {
    figures.get(usize::from(quest.saturating_sub(1))).copied().unwrap_or(figures[4])
}
