//! What a store really does, tried before its first use.

use vault::Store;

use super::outcome::{ProbeStepView, ProbeView, StoreName};
use super::store_of;
use crate::engine::Engine;
use crate::error::EngineError;

/// Tries a store of the configuration with a few small objects.
///
/// # Errors
/// [`EngineError::NoSuchStore`], or when the store cannot be reached; what is odd is in the answer.
pub async fn probe(engine: &Engine, name: StoreName) -> Result<ProbeView, EngineError> {
    run(engine, name, &store_of(engine, name)?).await
}

/// Tries a store, and refuses one that no vault can live in.
///
/// # Errors
/// [`EngineError::StoreUnusable`]; when the store cannot be reached.
pub(crate) async fn usable(
    engine: &Engine,
    name: StoreName,
    store: &Store,
) -> Result<ProbeView, EngineError> {
    let probe = run(engine, name, store).await?;
    if probe.usable {
        return Ok(probe);
    }
    let failed = probe.steps.into_iter().filter(|step| !step.ok);
    let detail = failed.filter_map(|step| step.detail).collect::<Vec<_>>().join("; ");
    Err(EngineError::StoreUnusable { location: probe.location, detail })
}

async fn run(engine: &Engine, name: StoreName, store: &Store) -> Result<ProbeView, EngineError> {
    let report = store.probe(engine.context().entropy.as_ref()).await;
    let report = report.map_err(vault::VaultError::from)?;
    Ok(ProbeView {
        store: name,
        location: store.location(),
        usable: report.usable(),
        steps: report
            .steps
            .into_iter()
            .map(|step| ProbeStepView {
                name: step.name.to_owned(),
                ok: step.ok,
                detail: step.detail,
            })
            .collect(),
    })
}
