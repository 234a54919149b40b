//! A moment of a game alone, for going through one whose events are known.

use engine::games::outcome::{GamePlace, GameShowRequest, GameView};

use crate::snapshot::played;
use crate::support::{Stage, by_god};

#[tokio::test(flavor = "multi_thread")]
async fn a_moment_alone_tells_the_same_but_for_events_and_findings() {
    let stage = Stage::empty().await;
    let (engine, game) = played(&stage).await;
    let player = game.seats[0].player_id.as_str();
    for viewer in ["god", "audience", player] {
        for seq in [None, Some(1), Some(game.last_seq / 2), Some(game.last_seq)] {
            let request = by_god(&game.row.id, seq, GamePlace::default());
            let request = GameShowRequest { viewer: viewer.to_owned(), ..request };
            let whole = engine::games::show(&engine, &request).await.unwrap();
            assert!(!whole.events.is_empty());
            let request = GameShowRequest { moment_only: true, ..request };
            let moment = engine::games::show(&engine, &request).await.unwrap();
            assert_eq!(moment, GameView { events: Vec::new(), findings: Vec::new(), ..whole });
        }
    }
    stage.stop().await;
}
