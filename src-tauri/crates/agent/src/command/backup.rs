//! `avault backup`: take, list, show, browse, verify and pin backups.

use api::Operation;
use api::engine::backup::outcome::{BackupDetail, BackupRequest, BackupView, Level, Method};
use api::engine::verify::outcome::{VerifyOutcome, VerifyRequest};
use api::message::retention::PinRequest;
use serde_json::json;

use super::{answer, browse, check, classes, points, print_json};
use crate::arguments::{self, Backup, Global};
use crate::failure::Failure;
use crate::print::{Align, Style, Table, bytes, count, moment};
use crate::session::{Session, options};

pub async fn run(global: &Global, backup: Backup) -> Result<(), Failure> {
    let session = Session::connected(options(global)).await?;
    match backup {
        Backup::Create { classes: named, method, impact } => {
            session.warn_of_separation();
            let method = method_of(method);
            let request = BackupRequest { classes: classes(&named), method, impact };
            let detail = session.outcome(Operation::BackupCreate, request).await?;
            answer(global, &detail, |detail| print_detail(detail, ""))
        }
        Backup::List => list(global, &session).await,
        Backup::Show { id } => {
            let id = resolve(&session, id).await?;
            let detail = session.ask(Operation::BackupShow, json!({"id": id})).await?;
            answer(global, &detail, |detail| print_detail(detail, ""))
        }
        Backup::Browse(browse) => browse::run(global, &session, browse).await,
        Backup::Verify { id, all, level, sample } => {
            let ids = if all {
                let views: Vec<BackupView> = session.ask(Operation::BackupList, json!({})).await?;
                views.into_iter().map(|view| view.id).collect()
            } else {
                vec![id]
            };
            verify(global, &session, ids, level_of(level), sample).await
        }
        Backup::Follow => {
            let outcome = session.outcome(Operation::BackupFollow, json!({})).await?;
            answer(global, &outcome, points::print_followed)
        }
        Backup::Points => {
            let points = session.ask(Operation::PointList, json!({})).await?;
            answer(global, &points, points::print)
        }
        Backup::Pin { id, reason } => {
            let view = session.ask(Operation::BackupPin, PinRequest { id, reason }).await?;
            answer(global, &view, print_pin)
        }
        Backup::Unpin { id } => {
            let view = session.ask(Operation::BackupUnpin, json!({"id": id})).await?;
            answer(global, &view, print_pin)
        }
    }
}

fn method_of(named: arguments::Method) -> Method {
    match named {
        arguments::Method::Full => Method::Full,
        arguments::Method::Incremental => Method::Incremental,
        arguments::Method::Differential => Method::Differential,
        arguments::Method::Synthetic => Method::Synthetic,
    }
}

/// How it was taken; on what it stands shows in the detail.
fn method_text(view: &BackupView) -> String {
    let name = view.method.name();
    match &view.instead {
        None => name.to_owned(),
        Some(instead) => format!("{name} instead of {}", instead.asked.name()),
    }
}

fn print_pin(view: &BackupView) {
    let style = Style::of_stdout();
    match &view.pinned {
        Some(pin) => println!("{} is kept: {}", style.strong(&view.id), pin.reason),
        None => println!("{} is left to the policy", style.strong(&view.id)),
    }
}

/// Which classes, whether a restore kept them before it replaced them, and whether it is pinned.
fn classes_held(view: &BackupView) -> String {
    let held = match view.complete {
        true => "all".to_owned(),
        false => format!("{} of 6", view.classes.len()),
    };
    let held = if view.pre_image { format!("{held}, pre-image") } else { held };
    if view.pinned.is_some() { format!("{held}, pinned") } else { held }
}

async fn list(global: &Global, session: &Session) -> Result<(), Failure> {
    let views: Vec<BackupView> = session.ask(Operation::BackupList, json!({})).await?;
    if global.json {
        return views.iter().try_for_each(print_json);
    }
    let style = Style::of_stdout();
    if views.is_empty() {
        println!(
            "{}",
            style.faint("The store holds no backup yet; `avault backup create` takes one.")
        );
        return Ok(());
    }
    let mut table = Table::new(&[
        ("backup", Align::Left),
        ("consistent at", Align::Left),
        ("method", Align::Left),
        ("classes", Align::Left),
        ("documents", Align::Right),
        ("size", Align::Right),
        ("stored", Align::Right),
        ("verified", Align::Left),
    ]);
    for view in &views {
        table.row([
            view.id.clone(),
            moment(view.consistent_at),
            method_text(view),
            classes_held(view),
            count(view.documents),
            bytes(view.bytes),
            bytes(view.stored_bytes),
            verified(view),
        ]);
    }
    print!("{}", table.text(style, ""));
    Ok(())
}

fn verified(view: &BackupView) -> String {
    match &view.verification {
        None => "never".to_owned(),
        Some(known) if !known.ok => format!("failed, {} problems", known.problems),
        Some(known) => {
            let mut text = known.level.map_or("no".to_owned(), |level| format!("{level:?}"));
            if known.proven != known.level {
                text.push_str(" by sample");
            }
            if !known.findings.is_empty() {
                text.push_str(&format!(", {}", known.findings.join(" ")));
            }
            text
        }
    }
}

fn method_line(view: &BackupView) -> String {
    let mut line = method_text(view);
    if let Some(base) = &view.base {
        line.push_str(&format!(", standing on {base}"));
    }
    if let Some(instead) = &view.instead {
        line.push_str(match instead.reason.as_str() {
            "oplog_overrun" => ": the oplog no longer reaches back to the earlier backup",
            "no_base" => ": no earlier sound backup holds these classes",
            _ => ": the earlier backup does not hold the same part of the events",
        });
    }
    line
}

/// Prints a backup in detail, each line behind `indent`.
pub fn print_detail(detail: &BackupDetail, indent: &str) {
    let (style, view) = (Style::of_stdout(), &detail.summary);
    println!("{indent}{}  {}", style.strong(&view.id), style.faint(&view.database));
    println!(
        "{indent}consistent at {} {}",
        moment(view.consistent_at),
        style.faint(&format!("(cluster time {}, by {})", view.cluster_time, detail.mechanism)),
    );
    println!("{indent}{}", method_line(view));
    println!(
        "{indent}{} documents, {}, {} added to the store",
        count(view.documents),
        bytes(view.bytes),
        bytes(view.stored_bytes),
    );
    if detail.read_from.iter().any(|from| from != "primary") {
        println!("{indent}read from {}", detail.read_from.join(", "));
    }
    if let Some(pin) = &view.pinned {
        println!("{indent}pinned by {} on {}: {}", pin.actor, moment(pin.at), pin.reason);
    }
    print_findings(detail, indent);
    let mut table = Table::new(&[
        ("class", Align::Left),
        ("collection", Align::Left),
        ("documents", Align::Right),
        ("size", Align::Right),
        ("indexes", Align::Right),
        ("segments", Align::Right),
        ("reused", Align::Right),
    ]);
    for part in &detail.parts {
        let class = class_name(part.class);
        for collection in &part.collections {
            table.row([
                class.clone(),
                collection.name.clone(),
                count(collection.documents),
                bytes(collection.bytes),
                collection.indexes.to_string(),
                count(collection.segments),
                count(collection.reused_segments),
            ]);
        }
        if part.redis_keys > 0 {
            let keys = format!("{} keys of Redis", count(part.redis_keys));
            table.row([
                class,
                keys,
                String::new(),
                String::new(),
                String::new(),
                String::new(),
                String::new(),
            ]);
        }
    }
    print!("{}", table.text(style, indent));
}

/// The invariants that the newest verification that judged them found broken.
fn print_findings(detail: &BackupDetail, indent: &str) {
    let style = Style::of_stdout();
    for known in detail.invariants.iter().filter(|known| known.invariant.count > 0) {
        let invariant = &known.invariant;
        println!(
            "{indent}{} {} ({:?}), {} found on {}",
            style.bad("broken"),
            invariant.id,
            invariant.severity,
            count(invariant.count),
            moment(known.at),
        );
        for finding in &invariant.details {
            println!("{indent}  {finding}");
        }
    }
}

/// The stable name of a class.
pub fn class_name(class: api::engine::source::profile::DataClass) -> String {
    format!("{class:?}").to_lowercase()
}

async fn verify(
    global: &Global,
    session: &Session,
    ids: Vec<String>,
    level: Level,
    sample_percent: f64,
) -> Result<(), Failure> {
    let mut sound = true;
    for backup in ids {
        let request = VerifyRequest { backup, level, sample_percent };
        let outcome: VerifyOutcome = session.outcome(Operation::BackupVerify, request).await?;
        sound &= outcome.ok && !outcome.has_findings();
        if global.json { print_json(&outcome)? } else { check::print_outcome(&outcome, "") }
    }
    if sound { Ok(()) } else { Err(Failure::Problems) }
}

fn level_of(number: u8) -> Level {
    match number {
        0 => Level::L0,
        1 => Level::L1,
        2 => Level::L2,
        3 => Level::L3,
        4 => Level::L4,
        _ => Level::L5,
    }
}

/// `latest` as an id: the newest complete set.
async fn resolve(session: &Session, id: String) -> Result<String, Failure> {
    if id != "latest" {
        return Ok(id);
    }
    let views: Vec<BackupView> = session.ask(Operation::BackupList, json!({})).await?;
    let newest = views.into_iter().find(|view| view.complete);
    Ok(newest.map_or(id, |view| view.id))
}
