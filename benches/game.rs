//! Replay and rule checks over simulated games.

use std::io::BufWriter;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use avalon::event::Envelope;
use avalon::reducer::Replay;
use futures::TryStreamExt;
use mongodb::Client;
use mongodb::bson::{Document, doc};

use crate::report::Row;
use crate::{DATABASE, process};

/// Times each is run; the best counts, since other work on the machine only ever adds.
const RUNS: usize = 3;

/// Writes the games of the database to files, with and without hash chains, and measures replay
/// and `game check` on them.
pub async fn measure(mongodb: &str, folder: &Path) -> Result<Vec<Row>> {
    let (chained, plain) = (folder.join("chained.jsonl"), folder.join("plain.jsonl"));
    let games = export(mongodb, &chained, &plain).await?;
    let events = replay_rate(&chained)?;
    let with_chains = check_rate(&chained, games, folder).await?;
    let without = check_rate(&plain, games, folder).await?;
    Ok(vec![
        Row::at_least("replay, one core", events / 1e6, 1.0, "M events/s"),
        Row::at_least("game check with hash chains", with_chains, 2_000.0, "games/s"),
        Row::at_least("game check without", without, 4_000.0, "games/s"),
    ])
}

async fn export(mongodb: &str, chained: &Path, plain: &Path) -> Result<u64> {
    let events = Client::with_uri_str(mongodb)
        .await?
        .database(DATABASE)
        .collection::<Document>("game_events");
    let mut with_chains = BufWriter::new(std::fs::File::create(chained)?);
    let mut without = BufWriter::new(std::fs::File::create(plain)?);
    let mut cursor = events.find(doc! {}).sort(doc! { "gameId": 1, "seq": 1 }).await?;
    let (mut games, mut last) = (0, String::new());
    while let Some(mut event) = cursor.try_next().await? {
        if let Some(id) = event.remove("_id") {
            event.entry("eventId".to_owned()).or_insert(id);
        }
        let game = event.get_str("gameId").context("an event without a game")?;
        if game != last {
            games += 1;
            last = game.to_owned();
        }
        writeln!(with_chains, "{}", serde_json::to_string(&event)?)?;
        event.remove("hash");
        event.remove("prevHash");
        writeln!(without, "{}", serde_json::to_string(&event)?)?;
    }
    with_chains.flush()?;
    without.flush()?;
    Ok(games)
}

/// Events a second through the reducer, parsed beforehand.
fn replay_rate(file: &Path) -> Result<f64> {
    let text = std::fs::read_to_string(file)?;
    let envelopes: Vec<Envelope> = text
        .lines()
        .map(|line| serde_json::from_str(line).context("an event that does not parse"))
        .collect::<Result<_>>()?;
    let mut best = 0.0_f64;
    for _ in 0..RUNS {
        let began = Instant::now();
        for log in envelopes.chunk_by(|one, next| one.game_id == next.game_id) {
            let mut replay = Replay::new();
            for envelope in log {
                replay.push(envelope).map_err(|rejection| anyhow::anyhow!("{rejection}"))?;
            }
        }
        best = best.max(envelopes.len() as f64 / began.elapsed().as_secs_f64());
    }
    Ok(best)
}

/// Games a second through `avault game check`, the program's start included.
async fn check_rate(file: &Path, games: u64, folder: &Path) -> Result<f64> {
    let avault = std::env::current_exe()?.with_file_name("avault").display().to_string();
    let (file, home) =
        (file.display().to_string(), folder.join("check-home").display().to_string());
    let mut best = 0.0_f64;
    for _ in 0..RUNS {
        let run = process::run(&avault, &["--home", &home, "--json", "game", "check", &file], &[])
            .await?;
        best = best.max(games as f64 / run.took.as_secs_f64());
    }
    Ok(best)
}
