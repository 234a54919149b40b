//! What the classes take in the store, and how fast that is replaced.

use std::collections::BTreeMap;

use source::profile::DataClass;
use vault::{Added, Usage, Vault};

use crate::error::EngineError;
use crate::number::as_f64;

const DAY_MS: i64 = 24 * 3_600_000;

/// What is measured of one class.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Measured {
    /// Bytes of all objects that its sets refer to.
    pub(crate) bytes: u64,
    /// Bytes of those that its newest set refers to.
    pub(crate) newest_bytes: u64,
    /// Bytes that older sets keep beside these, for each day that they reach back.
    pub(crate) churn_per_day: f64,
}

/// What is measured of a store.
#[derive(Debug)]
pub(crate) struct Measurement {
    pub(crate) sets: u64,
    pub(crate) usage: Usage,
    pub(crate) by_class: BTreeMap<DataClass, Measured>,
    pub(crate) history: Vec<Added>,
}

/// Looks at everything that the listed sets refer to.
pub(crate) async fn measure(vault: &Vault) -> Result<Measurement, EngineError> {
    let catalog = vault.catalog().await?.sound()?;
    let usage = vault.usage().await?;
    let mut by_class = BTreeMap::new();
    for class in DataClass::ALL {
        let Some(tally) = usage.by_class.get(class.name()) else { continue };
        let newest_bytes = usage.newest.get(class.name()).map_or(0, |newest| newest.bytes);
        let taken =
            catalog.sets.iter().filter(|set| set.classes.iter().any(|name| name == class.name()));
        let times = taken.map(|set| set.committed_at_ms);
        let span_ms = times.clone().max().unwrap_or(0) - times.min().unwrap_or(0);
        // Less than an hour apart tells nothing of a day.
        let days = as_f64(span_ms.unsigned_abs()) / as_f64(DAY_MS.unsigned_abs());
        let churn_per_day = if days > 1.0 / 24.0 {
            as_f64(tally.bytes.saturating_sub(newest_bytes)) / days
        } else {
            0.0
        };
        by_class.insert(class, Measured { bytes: tally.bytes, newest_bytes, churn_per_day });
    }
    let sets = catalog.sets.len() as u64;
    Ok(Measurement { sets, usage, by_class, history: catalog.history })
}
