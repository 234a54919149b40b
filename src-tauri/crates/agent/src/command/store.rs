//! `avault store`: the stores of the configuration, and what they really do.

use api::Operation;
use api::engine::overview::outcome::Health;
use api::engine::stores::outcome::{ProbeView, StoreName, StoreView};
use api::message::store::StoreProbeRequest;
use serde_json::json;

use super::{answer, print_json};
use crate::arguments::{AnyStore, Global, Store};
use crate::failure::Failure;
use crate::print::{Align, Style, Table, bytes, count, moment};
use crate::session::{Session, options};

pub async fn run(global: &Global, store: Store) -> Result<(), Failure> {
    let session = Session::connected(options(global)).await?;
    match store {
        Store::List => list(global, &session).await,
        Store::Probe { name } => {
            let request = StoreProbeRequest { store: name_of(name) };
            let probe: ProbeView = session.ask(Operation::StoreProbe, request).await?;
            let usable = probe.usable;
            answer(global, &probe, print_probe)?;
            if usable { Ok(()) } else { Err(Failure::Problems) }
        }
    }
}

/// The store that an argument names.
pub fn name_of(store: AnyStore) -> StoreName {
    match store {
        AnyStore::Primary => StoreName::Primary,
        AnyStore::Replica => StoreName::Replica,
        AnyStore::Offsite => StoreName::Offsite,
    }
}

async fn list(global: &Global, session: &Session) -> Result<(), Failure> {
    let views: Vec<StoreView> = session.ask(Operation::StoreList, json!({})).await?;
    if global.json {
        return views.iter().try_for_each(print_json);
    }
    let style = Style::of_stdout();
    let mut table = Table::new(&[
        ("store", Align::Left),
        ("where", Align::Left),
        ("state", Align::Left),
        ("backups", Align::Right),
        ("size", Align::Right),
        ("newest", Align::Left),
        ("last copied", Align::Left),
        ("behind", Align::Right),
        ("checked", Align::Left),
    ]);
    for view in &views {
        table.row([
            view.name.name().to_owned(),
            view.url.clone(),
            state(view).to_owned(),
            count(view.backups),
            bytes(view.bytes),
            view.newest.map(moment).unwrap_or_default(),
            view.replicated_at.map(moment).unwrap_or_default(),
            count(view.behind),
            view.checked.as_ref().map(|checked| moment(checked.at)).unwrap_or_default(),
        ]);
    }
    print!("{}", table.text(style, ""));
    for view in &views {
        if !view.detail.is_empty() {
            println!("{} {}: {}", style.bad("!"), view.name.name(), view.detail);
        }
        for warning in &view.warnings {
            println!("{} {}", style.attention("!"), warning.message);
        }
    }
    Ok(())
}

fn state(view: &StoreView) -> &'static str {
    match view.health {
        Health::Ok if view.due => "due",
        Health::Ok => "sound",
        Health::Attention => "damaged",
        Health::Down => "down",
        Health::Absent => "empty",
    }
}

/// Prints what a probe saw.
pub fn print_probe(probe: &ProbeView) {
    let style = Style::of_stdout();
    let verdict = if probe.usable { style.good("usable") } else { style.bad("not usable") };
    println!("{} at {}: {verdict}", style.strong(probe.store.name()), probe.location);
    for step in &probe.steps {
        let mark = if step.ok { style.good("yes") } else { style.attention("no ") };
        println!("  {mark} {:18} {}", step.name, step.detail.as_deref().unwrap_or_default());
    }
}
