//! `avault prune`: the policy first, then what no backup needs any more.

use api::Operation;
use api::engine::prune::outcome::{Counted, PruneOutcome};
use api::engine::retention::KeepReason;
use api::engine::retention::outcome::{ExpiredBackup, RetentionOutcome, RetentionPlan};
use api::message::retention::{PruneRequest, RetentionApplyRequest};
use serde::Serialize;
use serde_json::json;

use super::backup::class_name;
use super::print_json;
use crate::arguments::Global;
use crate::failure::Failure;
use crate::print::{Align, Style, Table, bytes, count, moment};
use crate::session::{Session, options};

/// What `--json` prints.
#[derive(Serialize)]
struct Pruned {
    plan: RetentionPlan,
    retention: Option<RetentionOutcome>,
    prune: PruneOutcome,
}

pub async fn run(global: &Global, dry_run: bool) -> Result<(), Failure> {
    let session = Session::connected(options(global)).await?;
    let plan: RetentionPlan = session.ask(Operation::RetentionPlan, json!({})).await?;
    if !global.json {
        print_plan(&plan);
    }
    let confirm_backups = plan.goes.len() as u64;
    let retention = if dry_run || confirm_backups == 0 {
        None
    } else {
        let request = RetentionApplyRequest { plan_id: plan.id.clone(), confirm_backups };
        Some(session.outcome(Operation::RetentionApply, request).await?)
    };
    let prune = session.outcome(Operation::StorePrune, PruneRequest { dry_run }).await?;
    if global.json {
        return print_json(&Pruned { plan, retention, prune });
    }
    if let Some(outcome) = &retention {
        println!("{} backups removed, {} spared", outcome.removed.len(), outcome.spared.len());
    }
    print_outcome(&prune);
    Ok(())
}

fn print_plan(plan: &RetentionPlan) {
    let style = Style::of_stdout();
    println!(
        "{} of {} backups go, which frees {} objects, {}",
        style.strong(&count(plan.goes.len() as u64)),
        count(plan.backups),
        count(plan.freed_objects),
        bytes(plan.freed_bytes),
    );
    if plan.goes.is_empty() && plan.stays.is_empty() {
        return;
    }
    let mut table = Table::new(&[
        ("backup", Align::Left),
        ("taken at", Align::Left),
        ("over since", Align::Left),
        ("classes", Align::Left),
        ("", Align::Left),
    ]);
    for expired in plan.goes.iter().chain(&plan.stays) {
        let ExpiredBackup { backup, taken_at, expired_at, classes, kept } = expired;
        let classes: Vec<String> = classes.iter().map(|class| class_name(*class)).collect();
        table.row([
            backup.clone(),
            moment(*taken_at),
            moment(*expired_at),
            classes.join(","),
            kept.as_ref().map_or("goes".to_owned(), reason),
        ]);
    }
    print!("{}", table.text(style, ""));
}

fn reason(reason: &KeepReason) -> String {
    match reason {
        KeepReason::Pinned => "stays: pinned".to_owned(),
        KeepReason::Young => "stays: younger than a day".to_owned(),
        KeepReason::LastVerified { class } => {
            format!("stays: last verified of {}", class_name(*class))
        }
        KeepReason::LastOfClass { class } => format!("stays: newest of {}", class_name(*class)),
        KeepReason::LastComplete => "stays: newest with all classes".to_owned(),
        KeepReason::BaseOf { backup } => format!("stays: base of {backup}"),
    }
}

fn print_outcome(outcome: &PruneOutcome) {
    let style = Style::of_stdout();
    let told =
        |counted: &Counted| format!("{} objects, {}", count(counted.objects), bytes(counted.bytes));
    let (deleted, marked) = match outcome.dry_run {
        true => ("would be deleted", "would be marked"),
        false => ("deleted", "marked"),
    };
    println!("{deleted}: {}", style.strong(&told(&outcome.deleted)));
    if outcome.spared.objects > 0 {
        println!("marked before and needed again: {}", told(&outcome.spared));
    }
    if outcome.locked.objects > 0 {
        println!("{}: {}", style.attention("kept by the store's lock"), told(&outcome.locked));
    }
    match outcome.due_at {
        Some(at) => println!("{marked}: {}; due {}", told(&outcome.marked), moment(at)),
        None => println!("{marked}: {}", told(&outcome.marked)),
    }
    println!("unused and younger than a day: {}", told(&outcome.young));
}
