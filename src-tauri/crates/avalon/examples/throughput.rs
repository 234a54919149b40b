//! Measures replay through the reducer, reading and hashing of events, by the processor time of
//! one core (by the clock where the system does not tell processor time).
//! `cargo run --release -p avalon --example throughput`

use std::hint::black_box;
use std::time::Instant;

use avalon::canonical::EventHasher;
use avalon::chain::{Chain, Stamp};
use avalon::deal::deal;
use avalon::event::Envelope;
use avalon::play::{Limits, Uniform, create_game, next_draft};
use avalon::profile::RuleProfile;
use avalon::reducer::{Rejection, fold};
use avalon::state::GameState;

const GAMES: u64 = 2000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let games: Vec<Vec<Envelope>> = (0..GAMES).map(game).collect::<Result<_, _>>()?;
    let events: usize = games.iter().map(Vec::len).sum();
    let lines: Vec<Vec<String>> = games
        .iter()
        .map(|log| log.iter().map(serde_json::to_string).collect::<Result<_, _>>())
        .collect::<Result<_, _>>()?;
    let bytes: usize = lines.iter().flatten().map(String::len).sum();
    println!("{GAMES} games, {events} events, {bytes} bytes");

    measure("replay", events, || {
        for log in &games {
            black_box(fold(log)?);
        }
        Ok::<_, Rejection>(())
    })?;
    measure("read", events, || {
        for line in lines.iter().flatten() {
            black_box(Envelope::from_json(line.as_bytes())?);
        }
        Ok::<_, avalon::event::EnvelopeError>(())
    })?;
    let mut hasher = EventHasher::default();
    measure("hash as received", events, || {
        for line in lines.iter().flatten() {
            black_box(hasher.content_hash(line)?);
        }
        Ok::<_, avalon::canonical::CanonicalError>(())
    })?;
    measure("hash from types", events, || {
        for envelope in games.iter().flatten() {
            black_box(envelope.content_hash()?);
        }
        Ok::<_, avalon::canonical::CanonicalError>(())
    })?;
    Ok(())
}

fn game(number: u64) -> Result<Vec<Envelope>, Box<dyn std::error::Error>> {
    let n = 5 + u8::try_from(number % 6)?;
    let profile = RuleProfile::standard(n).ok_or("5 to 10 players")?;
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number.to_be_bytes());
    let deal = deal(&seed, &profile);
    let players = (0..n).map(|seat| format!("01JD0000000000000PLAYER{seat:03}").into()).collect();
    let mut random = number;
    let mut policy = Uniform(move |bound: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(random >> 33).unwrap_or(0) % bound
    });
    let id = format!("01JD000000000000000{number:07}");
    let mut chain = Chain::new(id.as_str().into(), Some("room".into()));
    let mut state = GameState::default();
    let mut log = Vec::new();
    let mut next = Some(create_game(id.as_str().into(), profile, players, &seed));
    while let Some(draft) = next {
        let stamp = Stamp {
            event_id: format!("01JD{number:012}{:010}", log.len()).into(),
            ts: 1_700_000_000_000,
            command_id: format!("c{}", log.len()).into(),
        };
        let envelope = chain.seal(draft, stamp)?;
        state.apply(&envelope)?;
        chain.advance(&envelope);
        log.push(envelope);
        next = next_draft(&state, &deal, &mut policy, 0, Limits::default());
    }
    Ok(log)
}

fn measure<E>(name: &str, events: usize, mut work: impl FnMut() -> Result<(), E>) -> Result<(), E> {
    let mut best = f64::MAX;
    for _ in 0..3 {
        let (clock, processor) = (Instant::now(), processor_seconds());
        work()?;
        let took = match (processor, processor_seconds()) {
            (Some(before), Some(after)) => after - before,
            _ => clock.elapsed().as_secs_f64(),
        };
        best = best.min(took);
    }
    #[allow(clippy::cast_precision_loss, reason = "a rate to print")]
    let rate = events as f64 / best;
    println!("{name:>18}: {rate:>12.0} events/s");
    Ok(())
}

/// Processor time of this thread; none where the system does not tell it.
fn processor_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}
