//! `avault simulate`: games beside real ones.

use api::message::sandbox::DamageKind;
use api::simulation::{Simulation, SimulationOutcome};

use super::answer;
use crate::arguments::{Anomaly, Global, Simulate};
use crate::failure::{Failure, could_not};
use crate::print::{Align, Style, Table, count, seconds};
use crate::session::{Session, options};

pub async fn run(global: &Global, simulate: Simulate) -> Result<(), Failure> {
    let simulation = Simulation {
        games: simulate.games,
        seed: simulate.seed,
        players: simulate.players,
        anomalies: simulate.anomalies.iter().map(|(kind, count)| (of(*kind), *count)).collect(),
    };
    let session = Session::open(options(global)).await?;
    let outcome = match session.service.game_service()? {
        Some(service) => simulation.write(&service).await?,
        None => tokio::task::spawn_blocking(move || simulation.play())
            .await
            .map_err(|error| could_not("the simulation ended unexpectedly", error))??,
    };
    answer(global, &outcome, print_outcome)
}

fn of(anomaly: Anomaly) -> DamageKind {
    match anomaly {
        Anomaly::DeleteGames => DamageKind::DeleteGames,
        Anomaly::DamageField => DamageKind::DamageField,
        Anomaly::WrongStatistic => DamageKind::WrongStatistic,
        Anomaly::MissingEvent => DamageKind::MissingEvent,
        Anomaly::DanglingReference => DamageKind::DanglingReference,
    }
}

fn print_outcome(outcome: &SimulationOutcome) {
    let style = Style::of_stdout();
    let place = if outcome.written { "written to the database" } else { "played without a server" };
    println!(
        "{} {place} in {} {}",
        style.strong(&format!("{} games", count(outcome.games))),
        seconds(outcome.seconds),
        style.faint("(simulated beside real ones; ! marks what is not close)"),
    );
    let mut table = Table::new(&[
        ("players", Align::Right),
        ("figure", Align::Left),
        ("sample", Align::Right),
        ("simulated", Align::Right),
        ("real", Align::Right),
        ("difference", Align::Right),
        ("", Align::Left),
    ]);
    for row in &outcome.statistics.rows {
        table.row([
            row.n.map_or_else(|| "all".to_owned(), |players| players.to_string()),
            row.figure.clone(),
            count(row.sample),
            format!("{:.3}", row.measured),
            format!("{:.3}", row.reference),
            format!("{:+.3}", row.measured - row.reference),
            if row.is_close() { String::new() } else { "!".to_owned() },
        ]);
    }
    print!("{}", table.text(style, ""));
    if outcome.anomalies.is_empty() {
        return;
    }
    let mut table =
        Table::new(&[("damaged", Align::Left), ("document", Align::Left), ("how", Align::Left)]);
    for label in &outcome.anomalies {
        table.row([label.collection.clone(), label.id.clone(), label.detail.clone()]);
    }
    print!("\n{}", table.text(style, ""));
}
