//! `avault policy`: how classes are backed up, how long that is kept, and what it comes to.

use api::Operation;
use api::engine::retention::outcome::{ClassForecast, PolicyForecast};
use api::engine::retention::{Frequency, Keep, TierMethod};
use api::engine::schedule::outcome::ScheduleOutcome;
use api::message::retention::{PolicySimulateRequest, PolicyView};
use serde_json::json;

use super::answer;
use super::backup::class_name;
use crate::arguments::{Global, Policy};
use crate::failure::Failure;
use crate::print::{Align, Style, Table, bytes, count};
use crate::session::{Session, options};

pub async fn run(global: &Global, policy: Policy) -> Result<(), Failure> {
    match policy {
        // What a policy says needs no servers; what it costs is known where a store is.
        Policy::Show => {
            let session = Session::open(options(global)).await?;
            let view = session.ask(Operation::PolicyGet, json!({})).await?;
            answer(global, &view, print_policy)
        }
        Policy::Simulate { days } => {
            let session = Session::open(options(global)).await?;
            session.service.reconnect().await?;
            let request = PolicySimulateRequest { policy: None, days };
            let forecast = session.ask(Operation::PolicySimulate, request).await?;
            answer(global, &forecast, print_forecast)
        }
        Policy::Run => {
            let session = Session::connected(options(global)).await?;
            let outcome = session.outcome(Operation::PolicyRun, json!({})).await?;
            answer(global, &outcome, print_carried_out)
        }
    }
}

fn print_carried_out(outcome: &ScheduleOutcome) {
    println!("{} jobs started, {} failures", outcome.started, outcome.failures);
}

fn print_policy(view: &PolicyView) {
    let mut table = Table::new(&[
        ("class", Align::Left),
        ("method", Align::Left),
        ("every", Align::Left),
        ("full every", Align::Left),
        ("kept", Align::Left),
    ]);
    for (class, policy) in view.policy.classes() {
        table.row([
            class_name(class),
            method_name(policy.method).to_owned(),
            frequency_name(policy.every).to_owned(),
            policy.full_every.map_or("", frequency_name).to_owned(),
            match policy.keep {
                Keep::Days(days) => format!("{days} days"),
                Keep::Forever(_) => "for ever".to_owned(),
            },
        ]);
    }
    let style = Style::of_stdout();
    print!("{}", table.text(style, ""));
    println!("what a restore replaced: {} days", view.policy.pre_image_days);
    if let Some(quota) = view.policy.quota_bytes {
        println!("quota of the store: {}", bytes(quota));
    }
    println!("{}", style.faint(&format!("from: {:?}", view.origin).to_lowercase()));
}

fn print_forecast(forecast: &PolicyForecast) {
    let mut table = Table::new(&[
        ("class", Align::Left),
        ("runs", Align::Left),
        ("expire", Align::Right),
        ("left", Align::Right),
        ("bytes", Align::Right),
    ]);
    for class in &forecast.classes {
        table.row([
            class_name(class.class),
            runs(class),
            count(class.expired),
            count(class.left),
            class.bytes.map_or("unknown".to_owned(), bytes),
        ]);
    }
    print!("{}", table.text(Style::of_stdout(), ""));
    println!("after {} days: {}", forecast.days, bytes(forecast.bytes));
}

fn runs(class: &ClassForecast) -> String {
    let run = |run: &api::engine::retention::outcome::RunCount| {
        let synthetic = if run.synthetic { "synthetic " } else { "" };
        format!("{} {synthetic}{}", count(run.runs), method_name(run.method))
    };
    class.runs.iter().map(run).collect::<Vec<_>>().join(", ")
}

const fn method_name(method: TierMethod) -> &'static str {
    match method {
        TierMethod::Full => "full",
        TierMethod::Incremental => "incremental",
        TierMethod::Differential => "differential",
        TierMethod::EventLog => "event log",
    }
}

const fn frequency_name(frequency: Frequency) -> &'static str {
    match frequency {
        Frequency::Event => "event",
        Frequency::Hour => "hour",
        Frequency::Day => "day",
        Frequency::Week => "week",
        Frequency::Change => "change",
    }
}
