//! How long people take, in simulated time.

use avalon::event::Event;
use avalon::state::GameState;
use rand::RngExt;

use crate::game::timeless;
use crate::random;

/// Seconds that one unit of thought takes at a table of 5 to 10, fitted to the median lengths of
/// real games.
const SECONDS_PER_UNIT: [f64; 6] = [1.346, 1.695, 1.913, 2.405, 2.319, 2.716];

/// Milliseconds that pass before an event of a game.
pub(crate) fn think_ms(seed: u64, state: &GameState, event: &Event) -> i64 {
    let game = timeless(state.game_id.as_str());
    let n = state.seats.len().clamp(5, 10);
    // Some tables are quick, others talk.
    let table = random::spread(&mut random::generator(seed, &[game, b"tempo"]), 0.3);
    let mut rng = random::generator(seed, &[game, b"think", &state.seq.to_le_bytes()]);
    let units = units(event, n as f64) * random::spread(&mut rng, 0.5);
    let pace = SECONDS_PER_UNIT.get(n - 5).copied().unwrap_or(1.0);
    let jitter = rng.random_range(0..200);
    (units * pace * table * 1000.0) as i64 + jitter
}

/// Thought before an event: discussing a team takes longest.
fn units(event: &Event, n: f64) -> f64 {
    match event {
        Event::TeamProposed(_) | Event::TeamProposalRevised(_) => 25.0,
        Event::TeamVoteCast(_) => 12.0 / n,
        Event::MissionCardPlayed(_) => 3.0,
        Event::ExcaliburUsed(_) | Event::LadyUsed(_) => 15.0,
        Event::LadyDeclared(_) => 5.0,
        Event::AssassinTargetNamed(_) => 60.0,
        Event::RoleAcknowledged(_) | Event::QuestStarted(_) | Event::MissionResolved(_) => 1.0,
        _ => 0.3,
    }
}
