//! A difference as JSON, Markdown and HTML.

use avalon::diff::diff;
use avalon::profile::RuleProfile;
use avalon::view::{StateView, Viewer, view_state};
use engine::diff::outcome::{
    DiffExportRequest, DiffFormat, DiffKind, DiffNode, DiffRequest, DiffSide, DiffView, GameAt,
};
use engine::diff::{export, told, write};
use engine::games::outcome::GamePlace;
use engine::games::outcome::{GameRow, GameStatus, SeatView};
use engine::wording::{Language, Words};

use crate::diff::{games, played};
use crate::share::{game, golden};
use crate::support::Stage;

const HOSTILE: &str = "</td><script>alert(1)</script>|`x`";

fn row(view: &StateView) -> GameRow {
    GameRow {
        id: "game".into(),
        room_id: "room".into(),
        status: GameStatus::Finished,
        players: 7,
        phase: view.phase.as_str().into(),
        quest: u32::from(view.quest),
        quests: Vec::new(),
        vote_track: 0,
        seq: view.seq,
        started_at: None,
        updated_at: 0,
        winner: view.winner,
        reason: None,
    }
}

fn seat(seat: u32) -> SeatView {
    SeatView {
        seat,
        player_id: format!("player-{seat}"),
        nick: Some(if seat == 3 { HOSTILE.into() } else { format!("Nick{seat}") }),
        role: None,
        side: None,
        mark: None,
        leader: false,
        on_team: false,
        vote: None,
        voted: false,
        card: None,
        played: false,
        lady: false,
        excalibur: false,
        connected: true,
    }
}

fn leaf(name: &str, before: Option<&str>, after: Option<&str>) -> DiffNode {
    DiffNode {
        name: name.into(),
        kind: if before == after { DiffKind::Same } else { DiffKind::Changed },
        before_type: before.map(|_| "string".into()),
        after_type: after.map(|_| "string".into()),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
        members: Vec::new(),
    }
}

/// What a whole game made of its second event.
fn difference() -> DiffView {
    let profile = RuleProfile::standard(7).unwrap().with_lady();
    let table = (0..100)
        .map(|number| game::game(&profile, number))
        .find(|table| table.state.assassination.is_some())
        .unwrap();
    let seen = |events: usize| {
        let state = avalon::reducer::fold(&table.log[..events]).unwrap();
        view_state(&state, &Viewer::God)
    };
    let (old, new) = (seen(2), seen(table.log.len()));
    let side = |view: &StateView, backup: Option<&str>| DiffSide {
        row: row(view),
        place: backup.map(GamePlace::of_backup).unwrap_or_default(),
        backup: backup.map(str::to_owned),
        snapshot: None,
        seq: view.seq,
        last_seq: table.log.len() as u64,
        event: None,
        moments: Vec::new(),
        seats: (0..7).map(seat).collect(),
        state: serde_json::json!({}),
    };
    let found = diff(&old, &new);
    let quests = DiffNode {
        members: vec![leaf("0", None, Some("\"<b>|`\"")), leaf("same", Some("1"), Some("1"))],
        ..leaf("quests", None, Some(""))
    };
    DiffView {
        viewer: "god".into(),
        same_game: true,
        outcome: found.outcome,
        facts: found.facts,
        structure: vec![leaf("phase", Some("\"DEALT\""), Some("\"ENDED\"")), quests],
        before: side(&old, Some("01BACKUP")),
        after: side(&new, None),
    }
}

fn text(view: &DiffView, format: DiffFormat, language: Language) -> String {
    write(view, format, Words::of(language)).unwrap().text
}

#[test]
fn the_files_are_what_was_looked_at() {
    let view = difference();
    for language in Language::ALL {
        let html = text(&view, DiffFormat::Html, language);
        golden(&format!("avalon-diff-{}.html", language.tag()), &html);
    }
    golden("avalon-diff-zh-CN.md", &text(&view, DiffFormat::Markdown, Language::Chinese));
    let none = DiffView { facts: Vec::new(), structure: Vec::new(), ..view };
    let none = DiffView { outcome: avalon::diff::Outcome::default(), ..none };
    golden("avalon-diff-none-en.html", &text(&none, DiffFormat::Html, Language::English));
}

#[test]
fn every_fact_is_told_in_both_languages() {
    let view = difference();
    assert!(view.facts.len() > 10, "{} facts", view.facts.len());
    for language in Language::ALL {
        let words = Words::of(language);
        let facts = told::facts(&view, words);
        assert_eq!(facts.len(), view.facts.len());
        let lines = facts.iter().flat_map(|fact| {
            assert!(!fact.lines.is_empty(), "{fact:?}");
            fact.lines.iter().map(|line| &line.label).chain([&fact.about])
        });
        for word in lines {
            assert!(!word.is_empty() && !word.contains("diff.") && !word.contains("{{"), "{word}");
        }
        let winner =
            facts.iter().find(|fact| fact.weight == avalon::diff::Weight::Outcome).unwrap();
        let code = view.after.row.winner.unwrap();
        let after = winner.lines[0].after.clone().unwrap();
        assert_eq!(after.text, words.code("word", after.code.as_deref().unwrap()));
        assert_eq!(serde_json::json!(code), after.code.unwrap());
    }
}

#[test]
fn the_lens_of_a_player_is_told_by_the_seat() {
    let view = DiffView { viewer: "player-2".into(), ..difference() };
    assert_eq!(told::lens(&view, Words::of(Language::English)), "Seen as Seat 3 Nick2");
    let stranger = DiffView { viewer: "somebody".into(), ..view };
    assert_eq!(told::lens(&stranger, Words::of(Language::Chinese)), "somebody视角");
}

#[test]
fn a_nickname_stays_text_in_every_form() {
    let view = difference();
    let html = text(&view, DiffFormat::Html, Language::English);
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !html.contains("<script"));
    assert!(html.contains("script-src 'none'"));
    let markdown = text(&view, DiffFormat::Markdown, Language::English);
    assert!(markdown.contains("\\</td\\>\\<script\\>alert(1)\\</script\\>\\|\\`x\\`"));
    for line in markdown.lines().filter(|line| line.starts_with("| ")) {
        let bars = line.replace("\\|", "").matches('|').count();
        assert!(bars == 5 || bars == 4, "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_difference_is_written_down_as_it_is_told() {
    let stage = Stage::empty().await;
    played(&stage, 6).await;
    let engine = stage.engine().await;
    let game = games(&engine).await.remove(0);
    let at = |seq| GameAt { game: game.clone(), seq, place: GamePlace::default() };
    let asked = DiffRequest { before: at(Some(2)), after: at(None), viewer: "audience".into() };
    let told = engine::diff::diff(&engine, &asked).await.unwrap();
    let of =
        |format| DiffExportRequest { diff: asked.clone(), format, language: Language::English };
    let json = export(&engine, &of(DiffFormat::Json)).await.unwrap();
    assert_eq!(serde_json::from_str::<DiffView>(&json.text).unwrap(), told);
    assert_eq!(json.file_name, format!("avalon-diff-{game}-2-{}.json", told.after.seq));
    for (format, ending) in [(DiffFormat::Markdown, ".md"), (DiffFormat::Html, ".html")] {
        let file = export(&engine, &of(format)).await.unwrap();
        assert!(file.file_name.ends_with(ending));
        let plain = file.text.replace('\\', "");
        assert!(plain.contains("Seen as Audience") && plain.contains(&game));
        assert!(file.text.contains("Changes: winner, statistics, ratings"));
        let nick = told.after.seats[0].nick.as_ref().unwrap();
        assert!(file.text.contains(nick.as_str()) || !nick.is_ascii());
    }
    let unknown = DiffExportRequest {
        diff: DiffRequest { before: GameAt { game: "none".into(), ..at(None) }, ..asked.clone() },
        ..of(DiffFormat::Html)
    };
    assert!(export(&engine, &unknown).await.is_err());
    stage.stop().await;
}
