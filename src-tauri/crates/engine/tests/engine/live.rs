//! A restore under a game service that plays.

use engine::games::outcome::{GameListRequest, GamePlace, GameStatus};
use mongodb::bson::{Document, doc};
use simulator::{Acknowledged, LiveReport, Simulator, SimulatorOptions};
use source::profile::Profile;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::support::{Stage, back_up, by_god, in_place, restore, traces};

#[tokio::test(flavor = "multi_thread")]
async fn live_games_are_paused_fenced_and_go_on_from_the_backup() {
    let stage = Stage::empty().await;
    let options = SimulatorOptions { rate: 60.0, live_tables: 3, ..SimulatorOptions::default() };
    let (mongodb, redis) = (stage.sandbox.mongodb_uri(), stage.sandbox.redis_url());
    let game_service = Simulator::new(&mongodb, &redis, Profile::default(), options).await.unwrap();
    game_service.bulk(30).await.unwrap();
    let stop = CancellationToken::new();
    let (report, _reports) = watch::channel(LiveReport::default());
    let (acknowledge, mut acknowledged) = mpsc::channel(64);
    let playing = tokio::spawn({
        let stop = stop.clone();
        async move { game_service.play_live_acknowledging(stop, report, Some(acknowledge)).await }
    });
    let engine = stage.engine().await;
    play(&mut acknowledged, 100).await;
    let draining = drain(acknowledged);
    let backup = back_up(&engine, &[]).await.summary.id;
    let database = stage.database().open().await;
    let history = database.collection::<Document>("game_history");
    history.delete_many(doc! {}).await.unwrap();

    let plan = engine::restore::plan(&engine, in_place(&backup)).await.unwrap();
    assert!(plan.live_games > 0);
    assert!(plan.warnings.iter().any(|warning| warning.code == "live_games_paused"));
    let (job, outcome) = restore(&engine, in_place(&backup)).await;
    assert!(outcome.verified && outcome.pre_image.is_some());
    assert!(outcome.paused_seconds > 0.0 && outcome.redis_keys > 0);
    assert!(history.count_documents(doc! {}).await.unwrap() >= 30);

    // Play goes on, and every log is sound: what was undone left no trace in it.
    let mut acknowledged = draining.end().await;
    play(&mut acknowledged, 150).await;
    stop.cancel();
    acknowledged.close();
    playing.await.unwrap().unwrap();
    for status in [GameStatus::Live, GameStatus::Finished] {
        let request = GameListRequest { status, search: String::new(), cursor: None, limit: 200 };
        for game in engine::games::list(&engine, &request).await.unwrap().games {
            let show = by_god(&game.id, None, GamePlace::default());
            let game = engine::games::show(&engine, &show).await.unwrap();
            let broken = game.findings.iter().find(|f| f.severity == "F" || f.severity == "E");
            assert_eq!(broken, None, "{}", game.row.id);
            assert_eq!(game.row.seq, game.last_seq);
            assert!(game.seats.iter().all(|seat| seat.nick.is_some()), "{:?}", game.seats);
        }
    }
    let undo = engine::restore::undo(&engine, &job).await.unwrap();
    assert!(undo.in_place);
    assert_eq!(traces(&database).await, [""; 0]);
    stage.stop().await;
}

async fn play(acknowledged: &mut mpsc::Receiver<Acknowledged>, events: usize) {
    for _ in 0..events {
        acknowledged.recv().await.unwrap();
    }
}

/// Takes acknowledgements so that play does not stand still, until asked for the receiver.
struct Draining {
    stop: CancellationToken,
    task: tokio::task::JoinHandle<mpsc::Receiver<Acknowledged>>,
}

fn drain(mut acknowledged: mpsc::Receiver<Acknowledged>) -> Draining {
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let task = tokio::spawn(async move {
        loop {
            tokio::select! {
                () = stopped.cancelled() => return acknowledged,
                taken = acknowledged.recv() => if taken.is_none() { return acknowledged },
            }
        }
    });
    Draining { stop, task }
}

impl Draining {
    async fn end(self) -> mpsc::Receiver<Acknowledged> {
        self.stop.cancel();
        self.task.await.unwrap()
    }
}
