//! `avault statistics`: what the store holds, how it grows, and when it is full.

use api::Operation;
use api::engine::statistics::outcome::StoreStatistics;
use serde_json::json;

use super::answer;
use super::backup::class_name;
use crate::arguments::Global;
use crate::failure::Failure;
use crate::print::{Align, Style, Table, bytes, count};
use crate::session::{Session, options};

pub async fn run(global: &Global) -> Result<(), Failure> {
    let session = Session::connected(options(global)).await?;
    let statistics = session.ask(Operation::StoreStatistics, json!({})).await?;
    answer(global, &statistics, print)
}

fn print(statistics: &StoreStatistics) {
    let style = Style::of_stdout();
    println!(
        "{} backups, {} objects, {}; {} unused",
        style.strong(&count(statistics.backups)),
        count(statistics.objects),
        bytes(statistics.stored_bytes),
        bytes(statistics.unused_bytes),
    );
    println!(
        "{} before sharing and compression: {:.1} for each byte stored",
        bytes(statistics.logical_bytes),
        statistics.deduplication,
    );
    let mut table = Table::new(&[
        ("class", Align::Left),
        ("stored", Align::Right),
        ("newest", Align::Right),
        ("a day", Align::Right),
    ]);
    for class in &statistics.by_class {
        table.row([
            class_name(class.class),
            bytes(class.bytes),
            bytes(class.newest_bytes),
            rate(class.churn_per_day),
        ]);
    }
    print!("{}", table.text(style, ""));
    println!("added a day: {}", rate(statistics.bytes_per_day));
    if let Some(quota) = statistics.quota_bytes {
        match statistics.days_until_quota {
            Some(days) => println!("the quota of {} is reached in {days:.0} days", bytes(quota)),
            None => println!("the quota of {} is not being approached", bytes(quota)),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate is no more than the store holds"
)]
fn rate(bytes_a_day: f64) -> String {
    bytes(bytes_a_day as u64)
}
