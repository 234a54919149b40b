//! What a store really does, tried before first use.

use bytes::Bytes;

use super::{Backend, StoreError};
use crate::context::Entropy;

/// One thing tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeStep {
    /// Stable name: `read_after_write`, `stat`, `put_if_absent`, `overwrite`, `list`, `delete`,
    /// `no_versions`.
    pub name: &'static str,
    /// True when the store behaved as wished.
    pub ok: bool,
    /// What was seen when it did not.
    pub detail: Option<String>,
}

/// What a probe found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProbeReport {
    /// All steps, in order.
    pub steps: Vec<ProbeStep>,
}

impl ProbeReport {
    /// True when a vault can live there: what is written can be read by key. Conditional writes
    /// and fresh listings are welcome but not needed; where nothing can be deleted, by a lock or for
    /// want of the right, nothing is ever freed.
    #[must_use]
    pub fn usable(&self) -> bool {
        let needed = ["read_after_write", "stat", "overwrite"];
        self.steps.iter().all(|step| step.ok || !needed.contains(&step.name))
    }

    /// Whether a step went well.
    #[must_use]
    pub fn passed(&self, name: &str) -> bool {
        self.steps.iter().any(|step| step.name == name && step.ok)
    }

    fn note(&mut self, name: &'static str, ok: bool, detail: &str) {
        let detail = (!ok).then(|| detail.to_owned());
        self.steps.push(ProbeStep { name, ok, detail });
    }
}

pub(super) async fn run(
    backend: &dyn Backend,
    entropy: &dyn Entropy,
) -> Result<ProbeReport, StoreError> {
    let mut name = [0; 16];
    entropy.fill(&mut name);
    let key = format!("probe/{:032x}", u128::from_le_bytes(name));
    // Not a round size, and not text: transfer encodings and trailers show on such bodies.
    let mut first = vec![0; 70_001];
    entropy.fill(&mut first);
    let (first, second) = (Bytes::from(first), Bytes::from_static(b"second"));
    let mut report = ProbeReport::default();

    backend.put(&key, first.clone()).await?;
    let found = found(backend, &key).await?;
    report.note("read_after_write", found.as_ref() == Some(&first), "other bytes came back");
    let info = backend.stat(&key).await?;
    report.note(
        "stat",
        info.is_some_and(|info| info.size == first.len() as u64),
        "stat tells another size than was written",
    );
    conditional(backend, &key, &first, &mut report).await?;
    backend.put(&key, second.clone()).await?;
    let found = self::found(backend, &key).await?;
    report.note("overwrite", found.as_ref() == Some(&second), "the old bytes came back");
    let listed = backend.list("probe/").await?;
    report.note("list", listed.contains(&key), "the listing does not show a new object yet");
    let versioned = backend.is_versioned(&key).await?;
    let detail = "the store keeps earlier versions: what is deleted takes space until a rule of the store removes them";
    report.note("no_versions", !versioned, detail);
    match backend.delete(&key).await {
        Err(StoreError::Denied { .. }) => {
            let detail = "the store refuses to delete, by a lock or for want of the right: nothing is ever freed";
            report.note("delete", false, detail);
        }
        deleted => {
            deleted?;
            let gone = self::found(backend, &key).await?.is_none();
            report.note("delete", gone, "the object is still there");
        }
    }
    Ok(report)
}

async fn conditional(
    backend: &dyn Backend,
    key: &str,
    first: &Bytes,
    report: &mut ProbeReport,
) -> Result<(), StoreError> {
    let refused = match backend.put_if_absent(key, Bytes::from_static(b"third")).await {
        Ok(written) => !written,
        Err(error) if error.is_transient() => return Err(error),
        Err(_) => false,
    };
    let intact = found(backend, key).await?.as_ref() == Some(first);
    report.note("put_if_absent", refused && intact, "an existing object was replaced");
    Ok(())
}

async fn found(backend: &dyn Backend, key: &str) -> Result<Option<Bytes>, StoreError> {
    match backend.get(key).await {
        Ok(body) => Ok(Some(body)),
        Err(StoreError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
