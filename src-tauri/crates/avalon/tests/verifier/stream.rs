//! Files with many games.

use std::io::Cursor;

use avalon::check::{CheckOptions, GameReport, check_log};
use avalon::interchange::{Intake, StreamOptions, StreamSummary, check_stream};

use crate::games::{numbers, random_game};
use crate::wire::Log;

pub fn check(text: &str, threads: usize) -> (Vec<GameReport>, StreamSummary) {
    let options = StreamOptions { threads, check: CheckOptions::default() };
    let mut reports = Vec::new();
    let summary = check_stream(Cursor::new(text), options, |report| reports.push(report)).unwrap();
    (reports, summary)
}

/// The lines of several games, each game's in order, the games mixed.
fn interleaved(count: u32) -> (String, Vec<String>) {
    let mut games: Vec<_> = (0..count).map(|n| Log::from(random_game(n).as_slice()).0).collect();
    let mut pick = numbers(9);
    let (mut text, mut order) = (String::new(), Vec::new());
    while games.iter().any(|game| !game.is_empty()) {
        let at = pick(games.len());
        if !games[at].is_empty() {
            let event = games[at].remove(0);
            let id = event["gameId"].as_str().unwrap().to_owned();
            if !order.contains(&id) {
                order.push(id);
            }
            text += &format!("{event}\n");
        }
    }
    (text, order)
}

#[test]
fn interleaved_games_come_in_order_of_first_appearance() {
    let (text, order) = interleaved(12);
    for threads in [1, 3] {
        let (reports, summary) = check(&text, threads);
        let ids: Vec<_> = reports.iter().map(|report| report.game_id.clone().unwrap()).collect();
        assert_eq!(ids, order);
        assert!(reports.iter().all(GameReport::is_sound));
        assert_eq!((summary.games, summary.unsound, summary.unreadable_lines), (12, 0, 0));
    }
}

#[test]
fn unreadable_lines_make_one_report_without_a_game() {
    let game = Log::from(random_game(1).as_slice()).lines();
    let text = format!("\u{feff}{game}\r\nnot json\n{{\"gameId\":\"g\",\"seq\":\"x\"}}\n\n");
    let (reports, summary) = check(&text, 2);
    assert_eq!(reports.len(), 2);
    assert_eq!(reports[1].game_id, None);
    let ids: Vec<_> = reports[1].findings.iter().map(|finding| finding.id.as_str()).collect();
    assert_eq!(ids, ["I-PARSE", "I-PARSE"]);
    assert_eq!((summary.unreadable_lines, summary.unsound), (2, 1));
}

/// Where a line breaks after the members that tell whose it is, it is no event of that game all the
/// same; a game of which nothing else is left is none.
#[test]
fn lines_that_break_behind_their_beginning_are_unreadable_too() {
    let game = Log::from(random_game(2).as_slice()).lines();
    let broken = r#"{"gameId":"g","seq":1,"type":"GameCreated","ts":"#;
    let twice = r#"{"gameId":"h","seq":1,"type":"X","ts":1,"seq":2,"payload":{}}"#;
    let late = r#"{"payload":{},"ts":1,"type":"X","seq":1,"gameId":7}"#;
    let text = format!("{broken}\n{game}{twice}\n{late}\nnot json\n");
    let (reports, summary) = check(&text, 2);
    assert_eq!(reports.len(), 2);
    assert!(reports[0].is_sound() && reports[0].game_id.is_some());
    assert_eq!(reports[1].game_id, None);
    let lines: Vec<_> = reports[1].findings.iter().map(|finding| &finding.detail).collect();
    let last = text.lines().count();
    for (detail, line) in lines.iter().zip([1, last - 2, last - 1, last]) {
        assert!(detail.starts_with(&format!("line {line}: ")), "{detail}");
    }
    assert_eq!((summary.games, summary.unreadable_lines, summary.unsound), (1, 4, 1));
}

/// Members may come in any order.
#[test]
fn a_line_that_begins_with_its_payload_belongs_to_its_game() {
    let game = Log::from(random_game(3).as_slice());
    let mut turned = game.clone();
    for event in &mut turned.0 {
        let members: Vec<_> = event.as_object().unwrap().clone().into_iter().rev().collect();
        *event = serde_json::Value::Object(members.into_iter().collect());
    }
    let (reports, _) = check(&turned.lines(), 2);
    assert_eq!(reports.len(), 1);
    assert!(reports[0].is_sound(), "{:?}", reports[0].findings);
    assert_eq!(reports, check(&game.lines(), 2).0);
}

#[test]
fn an_empty_stream_has_no_reports() {
    assert_eq!(check("\n\n", 2).0.len(), 0);
}

#[test]
fn games_of_one_player_at_the_same_time_are_told() {
    let one = Log::from(random_game(5).as_slice()).without_hashes();
    let mut two = one.clone();
    for event in &mut two.0 {
        event["gameId"] = "other".into();
        if let Some(id) = event["payload"].get_mut("gameId") {
            *id = "other".into();
        }
    }
    let text = one.lines() + &two.lines();
    let (reports, _) = check(&text, 2);
    assert!(reports[0].is_sound() && reports[1].is_sound());
    assert!(!reports[0].findings.iter().any(|finding| finding.id == "S-ONE-GAME"));
    assert!(reports[1].findings.iter().any(|finding| finding.id == "S-ONE-GAME"));
}

#[test]
fn a_source_that_fails_is_told() {
    struct Failing;
    impl std::io::Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("gone"))
        }
    }
    let options = StreamOptions { threads: 1, check: CheckOptions::default() };
    let failed = check_stream(std::io::BufReader::new(Failing), options, |_| {});
    assert!(failed.unwrap_err().to_string().contains("line 1"));
}

/// Prints the speed of the check; run in a release build with `--ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn speed() {
    let count = 4_000;
    let games: Vec<_> = (0..count).map(|n| Log::from(random_game(n).as_slice())).collect();
    for (name, hashes) in [("with hash chains", true), ("without", false)] {
        let lines = |log: &Log| {
            if hashes { log.lines() } else { log.clone().without_hashes().lines() }
        };
        let text: String = games.iter().map(lines).collect();
        let (start, cpu) = (std::time::Instant::now(), cpu_seconds());
        let (reports, summary) = check(&text, 2);
        let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
        assert!(reports.iter().all(GameReport::is_sound));
        let games = f64::from(count);
        println!(
            "{name}: {:.0} games/s, {:.0} games per second of one core, {:.0} events and {:.0} kB a game",
            games / seconds,
            games / cpu,
            summary.events as f64 / games,
            text.len() as f64 / games / 1000.0,
        );
    }
}

/// Prints what the parts of a check take; run as the one above.
#[test]
#[ignore = "a measurement"]
fn parts() {
    let text: String =
        (0..1_000).map(|n| Log::from(random_game(n).as_slice()).without_hashes().lines()).collect();
    let per_game = |cpu: f64| (cpu * 1_000.0).round();
    let start = cpu_seconds();
    let raw: Vec<_> = Intake::new(Cursor::new(&text)).map(Result::unwrap).collect();
    println!("taken apart: {} µs a game", per_game(cpu_seconds() - start));
    let start = cpu_seconds();
    let parsed: Vec<_> = raw.iter().map(|game| game.parse().log).collect();
    println!("parsed: {} µs a game", per_game(cpu_seconds() - start));
    let start = cpu_seconds();
    assert!(parsed.iter().all(|log| check_log(log).is_sound()));
    println!("judged: {} µs a game", per_game(cpu_seconds() - start));
    let start = cpu_seconds();
    for log in &parsed {
        avalon::reducer::fold(log.iter().map(|entry| &entry.envelope)).unwrap();
    }
    println!("of which replayed: {} µs a game", per_game(cpu_seconds() - start));
}

/// Processor time of this process; 0 where the system does not tell.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok());
    (ticks(12).unwrap_or(0.0) + ticks(13).unwrap_or(0.0)) / 100.0
}
