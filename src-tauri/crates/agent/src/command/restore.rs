//! `avault restore`: plan first, confirm by name, proof afterwards.

use api::engine::backup::outcome::BackupDetail;
use api::engine::points::outcome::PrepareRequest;
use api::engine::restore::outcome::{RestoreMethod, RestoreOutcome, RestorePlan, RestoreRequest};
use api::message::restore::RestoreApplyRequest;
use api::{ApiError, Operation};

use super::backup::class_name;
use super::{classes, print_json};
use crate::arguments::{Global, Restore};
use crate::failure::Failure;
use crate::print::{Align, Style, Table, bytes, count, moment, seconds};
use crate::session::{Session, options};

pub async fn run(global: &Global, restore: Restore) -> Result<(), Failure> {
    let mut options = options(global);
    options.target.clone_from(&restore.to);
    let session = Session::connected(options).await?;
    let backup = match (restore.backup, restore.at) {
        (Some(backup), _) => backup,
        (None, at) => prepare(&session, at.unwrap_or_default()).await?,
    };
    let request = RestoreRequest {
        backup,
        classes: classes(&restore.classes),
        database: restore.database,
        target: restore.to,
        whole: restore.whole,
    };
    let plan: RestorePlan = session.ask(Operation::RestorePlan, request).await?;
    if !global.json {
        print_plan(&plan, "");
    } else if restore.plan {
        print_json(&plan)?;
    }
    if restore.plan {
        return Ok(());
    }
    let confirm_name = confirmation(&plan, restore.yes)?;
    let request = RestoreApplyRequest { plan_id: plan.id, confirm_name };
    let outcome: RestoreOutcome = session.outcome(Operation::RestoreApply, request).await?;
    if global.json {
        print_json(&outcome)?;
    } else {
        print_outcome(&outcome, "");
    }
    if outcome.verified { Ok(()) } else { Err(Failure::Problems) }
}

/// Has the backup of a point in time made, and names it.
async fn prepare(session: &Session, at: String) -> Result<String, Failure> {
    let request = PrepareRequest { at };
    let detail: BackupDetail = session.outcome(Operation::PointPrepare, request).await?;
    Ok(detail.summary.id)
}

/// The name that confirms: what was typed where live data are replaced, the plan's own elsewhere.
fn confirmation(plan: &RestorePlan, typed: Option<String>) -> Result<String, Failure> {
    match typed {
        Some(name) => Ok(name),
        None if !plan.in_place => Ok(plan.confirm_name.clone()),
        None => Err(ApiError::permanent(
            "not_confirmed",
            format!("this replaces live data of {} on {}", plan.database, plan.server),
        )
        .hint(format!("Confirm with --yes {}, or look at the plan with --plan.", plan.confirm_name))
        .into()),
    }
}

/// Prints what a restore would do, each line behind `indent`.
pub fn print_plan(plan: &RestorePlan, indent: &str) {
    let style = Style::of_stdout();
    let place = if plan.in_place { style.bad("in place") } else { style.good("beside live data") };
    println!(
        "{indent}{} → {} on {}, {place}",
        style.strong(&plan.backup),
        plan.database,
        plan.server,
    );
    println!(
        "{indent}as of {}; {} to write, about {}; {} Redis keys, {} live games paused",
        moment(plan.consistent_at),
        bytes(plan.bytes),
        seconds(plan.estimate_seconds),
        count(plan.redis_keys),
        count(plan.live_games),
    );
    let mut table = Table::new(&[
        ("class", Align::Left),
        ("collection", Align::Left),
        ("now", Align::Right),
        ("after", Align::Right),
        ("back", Align::Right),
        ("changed", Align::Right),
        ("gone", Align::Right),
        ("how", Align::Left),
    ]);
    for change in &plan.changes {
        table.row([
            class_name(change.class),
            change.collection.clone(),
            count(change.live_documents),
            count(change.restored_documents),
            count(change.added),
            count(change.changed),
            count(change.removed),
            method(change.method),
        ]);
    }
    print!("{}", table.text(style, indent));
    for warning in &plan.warnings {
        println!("{indent}{} {}", style.attention("!"), warning.message);
    }
}

/// Prints what a restore did and its proof, each line behind `indent`.
pub fn print_outcome(outcome: &RestoreOutcome, indent: &str) {
    let style = Style::of_stdout();
    let verdict = if outcome.verified { style.good("verified") } else { style.bad("NOT verified") };
    println!(
        "{indent}{} restored into {} in {}: {verdict}",
        style.strong(&outcome.backup),
        outcome.database,
        seconds(outcome.seconds),
    );
    println!(
        "{indent}service paused for {}; {} Redis keys rebuilt",
        seconds(outcome.paused_seconds),
        count(outcome.redis_keys),
    );
    if let Some(set) = &outcome.pre_image {
        println!("{indent}{}", style.faint(&format!("undo with `avault restore {set}`")));
    }
    let mut table = Table::new(&[
        ("collection", Align::Left),
        ("how", Align::Left),
        ("removed", Align::Right),
        ("expected", Align::Right),
        ("read back", Align::Right),
        ("digest expected", Align::Left),
        ("digest read back", Align::Left),
    ]);
    for collection in &outcome.collections {
        table.row([
            collection.collection.clone(),
            method(collection.method),
            count(collection.removed),
            count(collection.expected_documents),
            count(collection.documents),
            short(&collection.expected_digest),
            short(&collection.digest),
        ]);
    }
    print!("{}", table.text(style, indent));
}

fn method(method: RestoreMethod) -> String {
    match method {
        RestoreMethod::Whole => "replaced whole".to_owned(),
        RestoreMethod::Documents => "documents alone".to_owned(),
    }
}

fn short(digest: &str) -> String {
    digest.chars().take(16).collect()
}
