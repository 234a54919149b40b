//! How the stores are doing.

use control::VerificationRecord;
use vault::{Catalog, REPLICATED_AT, SetSummary, VaultError};

use super::choose::{due, period};
use super::outcome::{StoreChecked, StoreName, StoreView};
use super::{StorePlace, vault_of};
use crate::backup::is_requested;
use crate::engine::{Connections, Engine};
use crate::error::EngineError;
use crate::overview::outcome::Health;
use crate::verify;

/// Every store of the configuration. One that does not answer is told as such.
///
/// # Errors
/// When nothing is connected, or the control store fails.
pub async fn list(engine: &Engine) -> Result<Vec<StoreView>, EngineError> {
    let connections = engine.connections();
    let connected = engine.vault()?;
    let mut names: Vec<StoreName> = connections.others.keys().copied().collect();
    names.push(connections.store);
    names.sort();
    let mut looks = Vec::with_capacity(names.len());
    for name in names {
        looks.push((name, look(engine, name).await));
    }
    let primary = looks.iter().find(|(name, _)| *name == StoreName::Primary);
    let primary = primary.and_then(|(_, look)| look.as_ref().ok()).map(|look| look.sets.clone());
    let checks = verify::known_stores(engine).await?;
    let now = engine.context().now_ms();
    let views = looks.into_iter().map(|(name, look)| {
        let place = connections.others.get(&name);
        let url = place.map_or_else(|| connected.store().location(), |place| place.url.to_string());
        view(&connections, name, url, look, primary.as_deref(), &checks, now)
    });
    Ok(views.collect())
}

async fn look(engine: &Engine, name: StoreName) -> Result<Catalog, EngineError> {
    Ok(vault_of(engine, name).await?.catalog().await?)
}

fn view(
    connections: &Connections,
    name: StoreName,
    url: String,
    look: Result<Catalog, EngineError>,
    primary: Option<&[SetSummary]>,
    checks: &[(StoreName, VerificationRecord)],
    now: i64,
) -> StoreView {
    let place = connections.others.get(&name);
    let connected = name == connections.store;
    let every = place.filter(|_| name != StoreName::Primary).map(|place| place.every);
    let warnings = connections.warnings.iter().filter(|warning| warning.store == name).cloned();
    let newest_check = checks.iter().find(|(store, _)| *store == name).map(|(_, record)| record);
    let mut view = StoreView {
        name,
        url,
        connected,
        every,
        bandwidth: place.and_then(|place: &StorePlace| place.bandwidth).map(Into::into),
        health: Health::Ok,
        detail: String::new(),
        backups: 0,
        bytes: 0,
        newest: None,
        replicated_at: None,
        behind: 0,
        due: false,
        checked: newest_check.map(|record| StoreChecked {
            at: record.at,
            ok: record.ok,
            problems: record.problems,
        }),
        warnings: warnings.collect(),
    };
    let catalog = match look {
        Ok(catalog) => Some(catalog),
        Err(EngineError::Vault(error)) if matches!(*error, VaultError::NotAVault { .. }) => {
            view.health = Health::Absent;
            None
        }
        Err(EngineError::Vault(error)) if matches!(*error, VaultError::WrongKey) => {
            view.health = Health::Attention;
            view.detail = "its keyring is an older one that opens no more; the next copy brings it up to date".to_owned();
            return view;
        }
        Err(error) => {
            (view.health, view.detail) = (Health::Down, error.to_string());
            return view;
        }
    };
    if let Some(catalog) = &catalog {
        fill(&mut view, catalog);
    }
    if let (Some(cycle), Some(primary)) = (every, primary) {
        view.behind = due(cycle, primary, catalog.as_ref()).len() as u64;
        let last = view.replicated_at.map(|at| period(cycle, at));
        view.due = view.behind > 0 && last < Some(period(cycle, now));
    }
    view
}

fn fill(view: &mut StoreView, catalog: &Catalog) {
    if let Some(problem) = catalog.problems.first() {
        view.health = Health::Attention;
        view.detail = format!("{}: {}", problem.object, problem.detail);
    } else if view.checked.as_ref().is_some_and(|checked| !checked.ok) {
        view.health = Health::Attention;
    }
    view.backups = catalog.sets.len() as u64;
    view.bytes = catalog.sets.iter().map(|set| set.stored_bytes).sum();
    let requested = catalog.sets.iter().filter(|set| is_requested(set));
    view.newest = requested.map(|set| set.consistent_at_ms).max();
    let copied = catalog.sets.iter().filter_map(|set| set.attributes.get(REPLICATED_AT));
    view.replicated_at = copied.filter_map(|at| at.parse().ok()).max();
}
