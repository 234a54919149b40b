use std::collections::BTreeMap;

use futures::TryStreamExt;
use mongodb::bson::{Document, doc};
use source::mongo::MongoSource;

use super::list::{collection, failed};
use super::outcome::SeatView;
use crate::error::EngineError;

/// Logical name of the accounts' collection.
const ACCOUNTS: &str = "users";

/// Puts the players' nicknames on their seats. A player without an account, or an account without
/// a nickname, keeps none: that is damage for the verifier to tell, and the game is shown all the
/// same.
pub(super) async fn fill(source: &MongoSource, seats: &mut [SeatView]) -> Result<(), EngineError> {
    let name = collection(source, ACCOUNTS)?;
    let failed = |error| failed("reading players' names", &name, error);
    let players: Vec<&str> = seats.iter().map(|seat| seat.player_id.as_str()).collect();
    let mut found = source
        .database()
        .collection::<Document>(&name)
        .find(doc! { "_id": { "$in": players } })
        .projection(doc! { "nick": 1 })
        .await
        .map_err(failed)?;
    let mut nicks = BTreeMap::new();
    while let Some(account) = found.try_next().await.map_err(failed)? {
        if let (Ok(id), Ok(nick)) = (account.get_str("_id"), account.get_str("nick")) {
            nicks.insert(id.to_owned(), nick.to_owned());
        }
    }
    for seat in seats {
        seat.nick = nicks.remove(&seat.player_id);
    }
    Ok(())
}
