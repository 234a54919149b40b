//! Fills a private sandbox with games and measures it: `play [bulk games] [live seconds]`.

use std::time::Duration;

use sandbox::{Sandbox, SandboxOptions};
use simulator::{Simulator, SimulatorOptions};
use source::profile::Profile;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let games = args.next().map_or(Ok(5_000), |text| text.parse())?;
    let seconds = args.next().map_or(Ok(5), |text| text.parse())?;
    let sandbox =
        Sandbox::start(SandboxOptions { cache_gb: 0.5, ..SandboxOptions::default() }).await?;
    let options = SimulatorOptions { rate: 200.0, live_tables: 8, ..SimulatorOptions::default() };
    let (uri, redis) = (sandbox.mongodb_uri(), sandbox.redis_url());
    let simulator = Simulator::new(&uri, &redis, Profile::default(), options).await?;
    let bulk = simulator.bulk(games).await?;
    println!("{}", bulk.statistics);
    println!(
        "{} games, {} events, {} accounts in {:.1} s: {:.0} games a minute",
        bulk.games,
        bulk.events,
        bulk.accounts,
        bulk.seconds,
        bulk.games_per_minute()
    );
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        stop.cancel();
    });
    let (sender, _receiver) = watch::channel(simulator::LiveReport::default());
    let report = simulator.play_live(cancel, sender).await?;
    println!("live for {seconds} s: {report:?}");
    sandbox.stop().await?;
    Ok(())
}
