//! Games that were played, and snapshots of them, for the acceptance tests.

use futures::TryStreamExt;
use mongodb::bson::{Document, doc};
use simulator::{Simulator, SimulatorOptions};
use source::profile::Profile;

use crate::service::Service;

/// Plays games to their ends; their ids.
pub async fn played(service: &Service, games: u64) -> Vec<String> {
    let (mongodb, redis) = (service.sandbox.mongodb_uri(), service.sandbox.redis_url());
    let options = SimulatorOptions::default();
    let simulator =
        Simulator::new(&mongodb, &redis, Profile::default(), options).await.expect("a service");
    simulator.bulk(games).await.expect("games");
    let histories = service.database().collection::<Document>("game_history");
    let found = histories.find(doc! {}).await.expect("an answer");
    let games: Vec<Document> = found.try_collect().await.expect("games");
    games.iter().map(|game| game.get_str("_id").expect("an id").to_owned()).collect()
}

/// Takes a snapshot of each game after each of these events.
pub async fn taken(service: &Service, games: &[String], seqs: &[u64]) {
    for game in games {
        for seq in seqs {
            let seq = seq.to_string();
            service.avault(&["snapshot", "create", game, "--seq", &seq]).await.ended(0);
        }
    }
}
