//! Files of games: shown, compared and shared with neither database nor store.

use std::path::Path;
use std::sync::Arc;

use control::Control;
use engine::diff::outcome::{DiffRequest, GameAt};
use engine::games::outcome::{GamePlace, GameView};
use engine::open::outcome::{OpenRequest, OpenedFile};
use engine::share::outcome::{Names, ShareRequest};
use engine::wording::Language;
use engine::{Connections, Engine, EngineContext, EngineError};
use vault::{SystemClock, SystemEntropy};

use crate::support::by_god;

fn engine(folder: &Path) -> Engine {
    let context =
        EngineContext::new(Arc::new(SystemClock), Arc::new(SystemEntropy), "tester", "test");
    let control = Control::open(&folder.join("control.db"), context.now_ms()).unwrap();
    Engine::new(context, Connections::default(), Arc::new(control))
}

fn fixture(name: &str) -> OpenRequest {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    OpenRequest { name: name.to_owned(), text }
}

async fn opened(engine: &Engine, name: &str) -> OpenedFile {
    engine::open::open(engine, fixture(name)).await.unwrap()
}

fn place(file: &OpenedFile) -> GamePlace {
    GamePlace { file: Some(file.file.clone()), ..GamePlace::default() }
}

async fn shown(engine: &Engine, file: &OpenedFile, game: &str) -> Result<GameView, EngineError> {
    engine::games::show(engine, &by_god(game, None, place(file))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_is_told_apart_and_shown_without_any_server() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    for (name, form, games) in [
        ("interchange/legal-interleaved.jsonl", "interchange", 2),
        ("suveene-avalon/games.jsonl", "suveene", 1),
        ("proavalon/hit-5.json", "proavalon", 1),
        ("proavalon/hammer-6.json", "proavalon", 1),
    ] {
        let file = opened(&engine, name).await;
        assert_eq!(serde_json::to_value(file.form).unwrap(), form, "{name}");
        assert!(file.games.len() >= games && file.unreadable.is_empty(), "{name}");
        assert_eq!(opened(&engine, name).await, file, "the same file is the same");
        for game in &file.games {
            let view = shown(&engine, &file, &game.row.id).await.unwrap();
            assert_eq!((&view.row, view.file.as_ref()), (&game.row, Some(&file.file)));
            assert_eq!(view.last_seq as usize, view.events.len());
            let half = GameAt {
                game: game.row.id.clone(),
                seq: Some(view.last_seq / 2),
                place: place(&file),
            };
            let whole = GameAt { seq: None, ..half.clone() };
            let request = DiffRequest { before: half, after: whole, viewer: "god".into() };
            let difference = engine::diff::diff(&engine, &request).await.unwrap();
            assert!(difference.same_game && !difference.facts.is_empty());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn real_names_stay_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    let OpenRequest { name, text } = fixture("suveene-avalon/games.jsonl");
    let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let names: Vec<String> = first["players"]
        .as_array()
        .unwrap()
        .iter()
        .map(|player| player["name"].as_str().unwrap().to_owned())
        .collect();
    assert!(names.len() >= 5);
    let file = engine::open::open(&engine, OpenRequest { name, text }).await.unwrap();
    let game = &file.games[0].row.id;
    let view = serde_json::to_string(&shown(&engine, &file, game).await.unwrap()).unwrap();
    let request = ShareRequest {
        id: game.clone(),
        viewer: "god".into(),
        place: place(&file),
        language: Language::English,
        names: Names::Keep,
    };
    let shared = engine::share::share(&engine, &request).await.unwrap();
    for name in names {
        let quoted = format!("\"{name}\"");
        assert!(!view.contains(&quoted) && !shared.html.contains(&quoted), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_game_is_told_and_a_file_stays_open_for_three_more() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    for text in ["", "\n\n", "no game", "{\"a\":1}", "[]", "{\"voteHistory\":{}}"] {
        let request = OpenRequest { name: "a file".into(), text: text.into() };
        let refused = engine::open::open(&engine, request).await.unwrap_err();
        assert!(refused.to_string().contains("a file holds no game"), "{text}: {refused}");
    }
    let long = OpenRequest { name: "long".into(), text: " ".repeat((16 << 20) + 1) };
    let refused = engine::open::open(&engine, long).await.unwrap_err();
    assert!(refused.to_string().contains("more than"), "{refused}");

    let broken = opened(&engine, "interchange/broken-lines.jsonl").await;
    assert!(!broken.unreadable.is_empty(), "what can be read is shown all the same");
    let game = broken.games[0].row.id.clone();
    for name in ["legal-7-forced", "legal-8-lady", "legal-8-excalibur"] {
        opened(&engine, &format!("interchange/{name}.jsonl")).await;
    }
    shown(&engine, &broken, &game).await.unwrap();
    opened(&engine, "interchange/legal-8-lancelot.jsonl").await;
    let closed = shown(&engine, &broken, &game).await.unwrap_err();
    assert!(closed.to_string().contains("open it again"), "{closed}");
    let again = opened(&engine, "interchange/broken-lines.jsonl").await;
    assert_eq!(again, broken);
    assert!(matches!(shown(&engine, &broken, "none").await, Err(EngineError::NoSuchGame { .. })));
}
