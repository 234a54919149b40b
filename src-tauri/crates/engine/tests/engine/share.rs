//! A game as one file: what is in its bytes, and what is not.

#[path = "../../../avalon/tests/game/mod.rs"]
pub mod game;

use std::collections::BTreeMap;

use avalon::event::Envelope;
use avalon::profile::{ExcaliburAssignment, RuleProfile};
use avalon::snapshot::delta::apply;
use avalon::view::{Viewer, view_log, view_state};
use engine::Connections;
use engine::games::outcome::GamePlace;
use engine::share::outcome::{Names, ShareRequest, ShareView};
use engine::share::{replay, share};
use engine::wording::Language;
use game::twins::Twins;
use game::{Table, numbers, players, profiles};
use proptest::prelude::*;
use serde_json::Value;

use crate::diff::{games, played};
use crate::support::{Stage, back_up};

fn request(viewer: &str) -> ShareRequest {
    ShareRequest {
        id: "game".into(),
        viewer: viewer.into(),
        place: GamePlace::default(),
        language: Language::English,
        names: Names::Keep,
    }
}

fn file(log: &[Envelope], nicks: &BTreeMap<String, String>, request: &ShareRequest) -> ShareView {
    replay(&log.iter().collect::<Vec<_>>(), nicks, request).unwrap()
}

/// A nickname for each player that appears nowhere else.
fn nicks(n: u8) -> BTreeMap<String, String> {
    let named = |(seat, player): (usize, avalon::id::PlayerId)| {
        (player.as_str().to_owned(), format!("Nick~{seat}~"))
    };
    players(n).into_iter().enumerate().map(named).collect()
}

fn name(viewer: &Viewer) -> String {
    match viewer {
        Viewer::God => "god".into(),
        Viewer::Audience => "audience".into(),
        Viewer::Seat(player) => player.as_str().into(),
    }
}

const LINE_END: char = '\u{2028}';
const PARAGRAPH_END: char = '\u{2029}';

/// The page around what its script reads, and that itself.
fn parts(html: &str) -> (String, &str) {
    let opening = "<script type=\"application/json\" id=\"replay\">";
    let (before, rest) = html.split_once(opening).unwrap();
    let (inside, after) = rest.split_once("</script>").unwrap();
    (format!("{before}{after}"), inside)
}

/// What the page's script reads.
fn data(html: &str) -> Value {
    serde_json::from_str(parts(html).1).unwrap()
}

/// A table at which every module is played.
fn with_modules(n: u8, lancelot: u8) -> RuleProfile {
    RuleProfile::standard(n)
        .unwrap()
        .with_lancelots(lancelot)
        .with_excalibur(ExcaliburAssignment::WithProposal)
        .with_lady()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn games_that_differ_in_secrets_make_the_same_file(
        profile in profiles(),
        number in any::<u64>(),
        seat in prop::option::weighted(0.85, 0_u8..10),
        cut in any::<prop::sample::Index>(),
        seats_only in any::<bool>(),
    ) {
        let seat = seat.map(|seat| seat % profile.n);
        let Some(mut twins) = Twins::new(&profile, number, seat, numbers(number)) else {
            return Ok(());
        };
        while twins.step() {}
        let mut asked = request(&name(&twins.viewer()));
        if seats_only {
            asked.names = Names::Seats;
        }
        let nicks = nicks(profile.n);
        let (left, right) = (&twins.left.log, &twins.right.log);
        for events in [left.len(), cut.index(left.len()) + 1] {
            let [left, right] = [left, right].map(|log| file(&log[..events], &nicks, &asked));
            prop_assert_eq!(left, right);
        }
        let god = |log: &[Envelope]| file(log, &nicks, &request("god"));
        if left.len() > 1 {
            prop_assert_ne!(god(left), god(right), "the twins are no twins");
        }
    }

    #[test]
    fn the_file_holds_the_views_after_each_event_that_is_seen(
        profile in profiles(),
        number in any::<u64>(),
        eyes in 0_u8..12,
    ) {
        let table = game::game(&profile, number);
        let viewer = match eyes {
            0 => Viewer::God,
            1 => Viewer::Audience,
            seat => Viewer::Seat(players(10)[usize::from(seat - 2)].clone()),
        };
        let shared = file(&table.log, &nicks(profile.n), &request(&name(&viewer)));
        let data = data(&shared.html);
        let steps = data["frames"].as_array().unwrap();
        let seen = view_log(&table.log, &viewer);
        prop_assert_eq!(steps.len(), seen.len());
        prop_assert_eq!(shared.html.matches("data-seq=").count(), seen.len());
        let mut drawn = Value::Null;
        let mut state = avalon::state::GameState::default();
        let mut log = table.log.iter();
        for (event, step) in seen.iter().zip(steps) {
            for envelope in log.by_ref().take(usize::try_from(event.seq - state.seq).unwrap()) {
                state.apply(envelope).unwrap();
            }
            if !step.is_null() {
                apply(&mut drawn, step).unwrap();
            }
            let view = serde_json::to_value(view_state(&state, &viewer)).unwrap();
            for same in ["phase", "quest", "voteTrack", "leader", "quests", "winner", "reason"] {
                prop_assert_eq!(&drawn[same], &view[same], "{} after {}", same, event.seq);
            }
            let roles = |of: &Value| {
                let players = of["players"].as_array().unwrap().iter();
                players.map(|one| [one["role"].clone(), one["mark"].clone()]).collect::<Vec<_>>()
            };
            prop_assert_eq!(roles(&drawn), roles(&view));
        }
    }

    #[test]
    fn seats_alone_leave_names_and_ids_out(
        profile in profiles(),
        number in any::<u64>(),
        eyes in 0_u8..12,
    ) {
        let table = game::game(&profile, number);
        let viewer = match eyes {
            0 => "god".to_owned(),
            1 => "audience".to_owned(),
            seat => players(10)[usize::from(seat - 2)].as_str().to_owned(),
        };
        let asked = ShareRequest { names: Names::Seats, ..request(&viewer) };
        let nicks = nicks(profile.n);
        let html = file(&table.log, &nicks, &asked).html;
        for (player, nick) in &nicks {
            prop_assert!(!html.contains(player.as_str()) && !html.contains(nick.as_str()));
        }
        let kept = file(&table.log, &nicks, &request(&viewer)).html;
        prop_assert!(nicks.values().all(|nick| kept.contains(nick.as_str())));
    }

    #[test]
    fn nicknames_cannot_leave_their_place(
        hostile in prop::sample::select(vec![
            "</script><script>alert(1)</script>", "<!-- ", "]]>", "<img src=x onerror=alert(1)>",
            "\u{2028}\u{2029}", "\" onload='x'", "{{data}}{{script}}", "&lt;b&gt;", "\u{0}\u{1b}",
            "\u{202e}evil", "</title></style></noscript>", "<script", "\\u003c/script>",
        ]),
        around in "\\PC{0,6}",
        seat in 0_usize..5,
    ) {
        let table = game::game(&RuleProfile::standard(5).unwrap(), 7);
        let mut named = nicks(5);
        let nick = format!("{around}{hostile}{around}");
        named.insert(players(5)[seat].as_str().to_owned(), nick.clone());
        let html = file(&table.log, &named, &request("god")).html;
        let plain = file(&table.log, &nicks(5), &request("god")).html;
        let tags = |html: &str| {
            let tags = html.split('<').skip(1);
            tags.map(|tag| tag.chars().take_while(|c| !"> \n".contains(*c)).collect::<String>())
                .collect::<Vec<_>>()
        };
        prop_assert_eq!(tags(&html), tags(&plain));
        let (outside, inside) = parts(&html);
        let quotes = |text: &str| text.matches('"').count();
        prop_assert_eq!(quotes(&outside), quotes(&parts(&plain).0));
        let escaped = !inside.contains(['<', '>', '&', LINE_END, PARAGRAPH_END]);
        prop_assert!(escaped);
        let data = data(&html);
        prop_assert_eq!(data["names"][seat].as_str(), Some(nick.as_str()));
    }
}

#[test]
fn a_long_game_stays_small() {
    let mut longest = 0;
    for number in 0..40_u64 {
        let table = game::game(&with_modules(10, 1), number);
        let html = file(&table.log, &nicks(10), &request("god")).html;
        assert!(html.len() < 400_000, "{} bytes of {} events", html.len(), table.log.len());
        longest = longest.max(table.log.len());
    }
    assert!(longest > 100, "{longest} events");
}

#[test]
fn a_file_runs_what_its_policy_names_and_asks_for_nothing() {
    let table = game::game(&with_modules(7, 2), 3);
    let html = file(&table.log, &nicks(7), &request("audience")).html;
    assert!(html.contains("content=\"default-src 'none'; style-src 'sha256-"));
    for outward in ["http://", "https://", "//cdn", "@import", "url(", "src=", "fetch(", " style="]
    {
        let found = html.replace("xmlns='http://www.w3.org/2000/svg'", "");
        let found = found.replace("'http://www.w3.org/2000/svg'", "");
        assert!(!found.contains(outward), "{outward}");
    }
}

#[test]
fn a_log_without_events_and_an_unseated_viewer_are_told_all_the_same() {
    let empty = file(&[], &BTreeMap::new(), &request("god"));
    assert!(empty.html.contains("No event of this game is kept."));
    let table = game::game(&RuleProfile::standard(5).unwrap(), 1);
    let stranger = file(&table.log, &nicks(5), &request("somebody"));
    assert_eq!(stranger, file(&table.log, &nicks(5), &request("audience")));
    assert_eq!(stranger.file_name, "avalon-game-audience.html");
}

#[test]
fn who_won_is_told_without_scripts_too() {
    let ended = game::game(&RuleProfile::standard(5).unwrap(), 1);
    let result = |log: &[Envelope]| {
        let html = file(log, &nicks(5), &request("audience")).html;
        let (_, rest) = html.split_once("<p class=\"result\">").unwrap();
        rest.split_once("</p>").unwrap().0.to_owned()
    };
    let won = result(&ended.log);
    assert!(won.starts_with("Good wins · ") || won.starts_with("Evil wins · "), "{won}");
    assert_eq!(result(&ended.log[..ended.log.len() - 1]), "The game is not over.");
}

/// The files that `ui/scripts/replay.mjs` opens in a browser.
#[test]
fn the_files_are_what_was_looked_at() {
    let table = long_game();
    let names =
        ["兰斯", "Guinevere", "<b>Kay</b>", "高文", "Ygraine the Very Long Name", "加雷斯", "Bors"];
    let named: BTreeMap<String, String> = players(7)
        .into_iter()
        .zip(names)
        .map(|(player, nick)| (player.as_str().to_owned(), nick.to_owned()))
        .collect();
    for (viewer, language, names) in [
        ("god", Language::Chinese, Names::Keep),
        ("player-2", Language::English, Names::Keep),
        ("audience", Language::English, Names::Seats),
    ] {
        let asked = ShareRequest { language, names, ..request(viewer) };
        let view = file(&table.log, &named, &asked);
        golden(&view.file_name, &view.html);
    }
}

/// A game with every module that goes over many quests.
fn long_game() -> Table {
    let games = (0..200_u64).map(|number| game::game(&with_modules(7, 2), number));
    let over_quests = |table: &Table| {
        let resolved = table.state.quests.iter().filter(|quest| quest.result.is_some()).count();
        resolved == 5 && table.state.assassination.is_some() && table.log.len() < 140
    };
    games.into_iter().find(over_quests).unwrap()
}

pub fn golden(name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens").join(name);
    if std::env::var_os("AVAULT_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "{} is not what is made; AVAULT_BLESS=1 rewrites it",
        path.display()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_out_of_a_backup_is_the_one_out_of_the_database() {
    let stage = Stage::empty().await;
    played(&stage, 8).await;
    let engine = stage.engine().await;
    let backup = back_up(&engine, &[]).await.summary.id;
    let game = games(&engine).await.remove(0);
    let asked = |backup: Option<&str>| ShareRequest {
        id: game.clone(),
        place: backup.map(GamePlace::of_backup).unwrap_or_default(),
        language: Language::Chinese,
        ..request("god")
    };
    let live = share(&engine, &asked(None)).await.unwrap();
    assert!(live.html.contains("上帝视角") && live.html.contains("<bdi>"));
    engine.connect(Connections { source: None, redis: None, ..engine.connections() });
    assert_eq!(share(&engine, &asked(Some(&backup))).await.unwrap(), live);
    assert!(share(&engine, &asked(None)).await.is_err(), "no database is connected");
    let unknown = ShareRequest { id: "none".into(), ..asked(Some(&backup)) };
    assert!(share(&engine, &unknown).await.is_err());
    stage.stop().await;
}
