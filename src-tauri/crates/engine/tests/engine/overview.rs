use engine::games::outcome::{GameListRequest, GamePlace, GameShowRequest, GameStatus};
use engine::overview::outcome::{GapReason, Health, OplogState, RpoState};
use engine::retention::Policy;

use source::profile::DataClass;

use crate::support::{EVENTS, Stage, back_up, by_god};

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_counts_and_says_what_can_be_restored() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    let before = engine::overview::get(&engine, &Policy::default()).await.unwrap();
    assert_eq!(before.restorability.reason.as_deref(), Some("no_backup"));
    assert_eq!((before.players, before.live_games, before.finished_games), (300, 2, 3));

    let backup = back_up(&engine, &[]).await.summary.id;
    let after = engine::overview::get(&engine, &Policy::default()).await.unwrap();
    assert!(after.restorability.possible);
    assert_eq!(after.restorability.backup.as_ref(), Some(&backup));
    assert_eq!(after.points.len(), 1);
    assert!(before.classes.iter().all(|class| class.rpo == RpoState::Never));
    assert_eq!(before.timeline.gaps.len(), 1);
    assert_eq!(before.timeline.gaps[0].reason, GapReason::NotTaken);
    let rooms = after.classes.iter().find(|class| class.class == DataClass::Rooms).unwrap();
    assert_eq!((rooms.rpo, rooms.rpo_target_seconds), (RpoState::Met, Some(3_600)));
    let range = &after.timeline.ranges[0];
    assert_eq!((range.backup.as_ref(), range.from), (Some(&backup), range.to));
    assert_eq!(after.timeline.gaps[0].to, range.from, "until the backup there was a gap");
    // The private server has forgotten nothing yet.
    let oplog = after.oplog.unwrap();
    assert_eq!((oplog.state, oplog.forgotten_at), (OplogState::Reaches, None));
    assert_eq!(oplog.backup.as_ref(), Some(&backup));
    assert_eq!(before.oplog.unwrap().state, OplogState::NoBackup);
    assert!(after.classes.iter().all(|class| class.last_backup.as_ref() == Some(&backup)));
    let status = engine::overview::status(&engine).await.unwrap();
    assert_eq!(status.redis.health, Health::Ok);
    assert_eq!(status.mongodb.health, Health::Ok, "{status:?}");
    assert_eq!(status.store.health, Health::Ok);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn games_are_listed_page_by_page_and_shown() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    let mut request = GameListRequest {
        status: GameStatus::Finished,
        search: String::new(),
        cursor: None,
        limit: 2,
    };
    let first = engine::games::list(&engine, &request).await.unwrap();
    assert_eq!((first.games.len(), first.total), (2, 3));
    request.cursor = first.cursor;
    let second = engine::games::list(&engine, &request).await.unwrap();
    assert_eq!((second.games.len(), second.cursor), (1, None));
    let live = GameListRequest {
        status: GameStatus::Live,
        search: "p0001".into(),
        cursor: None,
        limit: 10,
    };
    assert_eq!(engine::games::list(&engine, &live).await.unwrap().total, 2);

    let show = by_god("L1", None, GamePlace::default());
    let game = engine::games::show(&engine, &show).await.unwrap();
    assert_eq!(game.last_seq as i64, EVENTS);
    // Events without a creation before them break the rules.
    assert!(!game.findings.is_empty());
    let unknown = GameShowRequest { id: "none".into(), ..show };
    assert!(engine::games::show(&engine, &unknown).await.is_err());
    stage.stop().await;
}
