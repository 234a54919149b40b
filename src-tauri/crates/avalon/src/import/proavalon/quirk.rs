//! Quirks of ProAvalon records that an importer must undo before it replays them.

use crate::invariant::{
    Finding,
    import::{I_DIRECTION, I_HISTORY_LEN},
};
use crate::sentence;

/// I-HISTORY-LEN: `missionHistory` is as long as `numFailsHistory`, or one longer when the game
/// ended by the hammer: that last "failed" was never played.
///
/// # Errors
/// I-HISTORY-LEN for any other pair of lengths.
pub fn played_missions(
    mission_history: usize,
    fails_history: usize,
    ended_by_hammer: bool,
) -> Result<usize, Finding> {
    if mission_history == fails_history || (ended_by_hammer && mission_history == fails_history + 1)
    {
        return Ok(fails_history);
    }
    Err(I_HISTORY_LEN.finding(
        None,
        sentence!(
            "{count} missions but {count_fails} counts of fails",
            count = mission_history,
            count_fails = fails_history
        ),
    ))
}

/// Seats of the leaders in order of proposals, turned to run clockwise (+1).
///
/// `leaders` are seats below `players`; a record that runs by −1 throughout is mirrored.
///
/// # Errors
/// I-DIRECTION when the leader moves by +1 at one place and by −1 at another, or otherwise.
pub fn clockwise_leaders(leaders: &[usize], players: usize) -> Result<Vec<usize>, Finding> {
    let steps = |by: usize| {
        leaders.windows(2).all(|pair| matches!(pair, [a, b] if (a + by) % players == *b))
    };
    if players == 0 || leaders.iter().any(|&seat| seat >= players) {
        return Err(I_DIRECTION
            .finding(None, sentence!("a leader is no seat of {players} players", players)));
    }
    if steps(1) {
        return Ok(leaders.to_vec());
    }
    if steps(players - 1) {
        return Ok(leaders.iter().map(|seat| players - 1 - seat).collect());
    }
    Err(I_DIRECTION.finding(None, sentence!("the leader moves neither by +1 nor by −1 throughout")))
}

#[cfg(test)]
mod tests {
    use super::{clockwise_leaders, played_missions};

    #[test]
    fn a_phantom_mission_is_dropped_only_after_a_hammer() {
        assert_eq!(played_missions(4, 4, false).unwrap(), 4);
        assert_eq!(played_missions(3, 2, true).unwrap(), 2);
        assert_eq!(played_missions(3, 2, false).unwrap_err().id, "I-HISTORY-LEN");
        assert_eq!(played_missions(2, 3, true).unwrap_err().id, "I-HISTORY-LEN");
    }

    #[test]
    fn seats_that_run_backwards_are_mirrored() {
        assert_eq!(clockwise_leaders(&[3, 4, 0], 5).unwrap(), [3, 4, 0]);
        assert_eq!(clockwise_leaders(&[3, 2, 1], 5).unwrap(), [1, 2, 3]);
        assert_eq!(clockwise_leaders(&[3, 2, 3], 5).unwrap_err().id, "I-DIRECTION");
        assert_eq!(clockwise_leaders(&[7], 5).unwrap_err().id, "I-DIRECTION");
    }
}
