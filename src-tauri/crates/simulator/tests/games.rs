//! Games without servers: reproducible, and close to real ones.

use simulator::{Modules, SimulatorOptions, played_statistics};

#[test]
fn statistics_are_close_to_real_games() {
    let options = SimulatorOptions { seed: 7, ..SimulatorOptions::default() };
    let comparison = played_statistics(&options, 1_000).unwrap();
    let outliers = comparison.outliers();
    assert!(outliers.is_empty(), "{outliers:#?}\n{comparison}");
}

#[test]
fn every_module_is_played_to_the_end_by_the_rules() {
    let options = SimulatorOptions { modules: Modules::All, ..SimulatorOptions::default() };
    // A move that the rules refuse is an error.
    played_statistics(&options, 200).unwrap();
}

#[test]
fn the_same_seed_gives_the_same_games() {
    let options = SimulatorOptions { seed: 42, ..SimulatorOptions::default() };
    let first = played_statistics(&options, 30).unwrap();
    let second = played_statistics(&options, 30).unwrap();
    assert_eq!(first.to_string(), second.to_string());
}

#[test]
fn impossible_options_are_refused() {
    let options = SimulatorOptions { players: (3, 12), ..SimulatorOptions::default() };
    assert!(played_statistics(&options, 1).is_err());
    let options = SimulatorOptions { rate: 0.0, ..SimulatorOptions::default() };
    assert!(played_statistics(&options, 1).is_err());
}
