//! Moments of games out of a backup and out of the event log: the first, for which the store is read,
//! and any other of the same game.

use anyhow::Result;
use engine::Engine;
use engine::backup::outcome::{BackupDetail, BackupRequest, Method};
use engine::games::outcome::GamePlace;
use engine::source::profile::DataClass;
use sandbox::Sandbox;

use super::{SHOWN, ended, finished, games, page, play, quantile, show};
use crate::report::Row;

/// Games that were played from their beginning to their end while the event log was written.
pub async fn logged(sandbox: &Sandbox, engine: &Engine) -> Result<Vec<String>> {
    let job = engine::follow::start(engine).await?;
    let begun = engine.context().now_ms();
    play(sandbox).await?;
    let _followed: serde_json::Value = ended(engine, &job).await?;
    let played = page(engine, None, SHOWN).await?.games.into_iter();
    let played = played.filter(|game| game.started_at.is_some_and(|at| at > begun));
    Ok(played.map(|game| game.id).collect())
}

/// Out of a full of all finished games, and out of the log of some.
pub async fn measure(engine: &Engine, logged: &[String]) -> Result<Vec<Row>> {
    let request =
        BackupRequest { classes: vec![DataClass::History], method: Method::Full, impact: None };
    let job = engine::backup::start(engine, request).await?;
    let backup: BackupDetail = finished(engine, &job).await?;
    let kept = GamePlace { backup: Some(backup.summary.id), ..GamePlace::default() };
    let games: Vec<_> = games(engine).await?.into_iter().map(|game| game.id).collect();
    let mut rows = opened(engine, &games, kept, "a backup").await?;
    let told = GamePlace { event_log: true, ..GamePlace::default() };
    rows.extend(opened(engine, logged, told, "the event log").await?);
    Ok(rows)
}

async fn opened(
    engine: &Engine,
    games: &[String],
    place: GamePlace,
    name: &str,
) -> Result<Vec<Row>> {
    let (mut first, mut others) = (Vec::new(), Vec::new());
    for game in games {
        let at = |seq| show(engine, game, seq, "god", place.clone());
        first.push(at(1).await?);
        for seq in [9, 40] {
            others.push(at(seq).await?);
        }
    }
    let (middle, most) = (quantile(&mut first, 0.5), quantile(&mut first, 0.99));
    Ok(vec![
        Row::plain(
            format!("first moment of a game out of {name}, median and p99 of {}", games.len()),
            format!("{middle:.0} ms, {most:.0} ms"),
        ),
        Row::below(
            format!("any other moment of it out of {name}, p99"),
            quantile(&mut others, 0.99),
            30.0,
            "ms",
        ),
    ])
}
