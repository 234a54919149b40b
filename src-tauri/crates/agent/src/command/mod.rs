//! One file a command.

mod backup;
mod browse;
mod check;
mod compare;
mod completions;
mod demo;
mod export;
mod game;
mod game_bisect;
mod game_check;
mod game_diff;
mod game_import;
mod game_place;
mod game_share;
mod import;
mod init;
mod job;
mod key;
mod points;
mod policy;
mod prune;
mod repair;
mod replicate;
mod restore;
mod sandbox;
mod simulate;
mod snapshot;
mod statistics;
mod store;

use api::engine::source::profile::DataClass;
use serde::Serialize;

use crate::arguments::{Arguments, Class, Command, Game, Global};
use crate::failure::{Failure, could_not};

/// Runs the command.
pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { global, command } = arguments;
    match command {
        Command::Init { profile } => init::run(&global, profile).await,
        Command::Backup(backup) => backup::run(&global, backup).await,
        Command::Restore(restore) => restore::run(&global, restore).await,
        Command::Export(export) => export::run(&global, export).await,
        Command::Import(import) => import::run(&global, import).await,
        Command::Check => check::run(&global).await,
        Command::Prune { dry_run } => prune::run(&global, dry_run).await,
        Command::Replicate { backups, to, all } => replicate::run(&global, backups, to, all).await,
        Command::Store(store) => store::run(&global, store).await,
        Command::Repair(repair) => repair::run(&global, repair).await,
        Command::Statistics => statistics::run(&global).await,
        Command::Policy(policy) => policy::run(&global, policy).await,
        Command::Compare { backup, classes } => compare::run(&global, backup, &classes).await,
        Command::Game(Game::Check { subject }) => game_check::run(&global, &subject).await,
        Command::Game(Game::List { finished, search, limit }) => {
            game::list(&global, finished, search, limit).await
        }
        Command::Game(Game::Show { id, seq, viewer, place }) => {
            game::show(&global, id, seq, viewer, place).await
        }
        Command::Game(Game::Import { file, out, force }) => {
            game_import::run(&file, out.as_deref(), force)
        }
        Command::Game(Game::Bisect(bisect)) => game_bisect::run(&global, bisect).await,
        Command::Game(Game::Diff(diff)) => game_diff::run(&global, diff).await,
        Command::Game(Game::Share(share)) => game_share::run(&global, share).await,
        Command::Snapshot(snapshot) => snapshot::run(&global, snapshot).await,
        Command::Job(job) => job::run(&global, job).await,
        Command::Key(key) => key::run(&global, key).await,
        Command::Simulate(simulate) => simulate::run(&global, simulate).await,
        Command::Sandbox(sandbox) => sandbox::run(&global, sandbox).await,
        Command::Demo { games } => demo::run(&global, games).await,
        Command::Completions { shell } => completions::run(shell),
    }
}

/// Prints an answer: as JSON when that is asked for, else for a reader.
fn answer<T: Serialize>(
    global: &Global,
    answer: &T,
    print: impl FnOnce(&T),
) -> Result<(), Failure> {
    if global.json {
        return print_json(answer);
    }
    print(answer);
    Ok(())
}

/// Prints one JSON document on a line of its own.
fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(value)
        .map_err(|error| could_not("the answer cannot be written as JSON", error))?;
    println!("{text}");
    Ok(())
}

/// The classes named; `all` and none mean all six, which requests write as none.
fn classes(named: &[Class]) -> Vec<DataClass> {
    let class = |class: &Class| match class {
        Class::All => None,
        Class::Accounts => Some(DataClass::Accounts),
        Class::Rooms => Some(DataClass::Rooms),
        Class::Active => Some(DataClass::Active),
        Class::History => Some(DataClass::History),
        Class::Statistics => Some(DataClass::Statistics),
        Class::Configuration => Some(DataClass::Configuration),
    };
    named.iter().map(class).collect::<Option<Vec<_>>>().unwrap_or_default()
}
