//! `avault replicate`: backups copied into the replicas.

use api::engine::stores::outcome::{ReplicateOutcome, ReplicateRequest, StoreName};
use api::{ApiError, Operation};

use super::print_json;
use super::store::print_probe;
use crate::arguments::{Global, Replica};
use crate::failure::Failure;
use crate::print::{Align, Style, Table, bytes, count};
use crate::session::{Session, options};

pub async fn run(
    global: &Global,
    backups: Vec<String>,
    to: Option<Replica>,
    all: bool,
) -> Result<(), Failure> {
    let session = Session::connected(options(global)).await?;
    let targets = match to {
        Some(Replica::Replica) => vec![StoreName::Replica],
        Some(Replica::Offsite) => vec![StoreName::Offsite],
        None => session.service.replicas(),
    };
    if targets.is_empty() {
        let error = ApiError::permanent("no_such_store", "the configuration names no replica");
        return Err(error.hint("Describe one in [replica] or [offsite].").into());
    }
    session.warn_of_separation();
    let mut ok = true;
    for to in targets {
        let request = ReplicateRequest { to, backups: backups.clone(), all };
        let outcome: ReplicateOutcome = session.outcome(Operation::StoreReplicate, request).await?;
        if global.json {
            print_json(&outcome)?;
        } else {
            print(&outcome);
        }
        ok &= outcome.ok;
    }
    if ok { Ok(()) } else { Err(Failure::Problems) }
}

fn print(outcome: &ReplicateOutcome) {
    let style = Style::of_stdout();
    if let Some(probe) = &outcome.probe {
        print_probe(probe);
    }
    println!(
        "{} at {}: {} objects copied, {}",
        style.strong(outcome.to.name()),
        outcome.location,
        count(outcome.objects),
        bytes(outcome.bytes),
    );
    if outcome.backups.is_empty() {
        println!("{}", style.faint("nothing is due; name backups, or copy all with --all"));
        return;
    }
    let mut table = Table::new(&[
        ("backup", Align::Left),
        ("", Align::Left),
        ("objects", Align::Right),
        ("copied", Align::Right),
        ("were there", Align::Right),
        ("problem", Align::Left),
    ]);
    for backup in &outcome.backups {
        let problem = backup.problem.as_ref();
        table.row([
            backup.backup.clone(),
            backup.result.clone(),
            count(backup.objects),
            bytes(backup.bytes),
            count(backup.present),
            problem.map(|found| format!("{}: {}", found.object, found.detail)).unwrap_or_default(),
        ]);
    }
    print!("{}", table.text(style, ""));
}
