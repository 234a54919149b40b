//! What the policy looks at, from the ledgers and from what was verified.

use source::profile::DataClass;
use vault::{Catalog, SetSummary};

use super::expiry::SetFacts;
use crate::backup::outcome::{Level, VerificationView};
use crate::backup::{attribute, is_complete, is_point_in_time, is_pre_image};
use crate::verify;

/// Attribute of the set that an increment or a differential was taken against.
const BASE: &str = "base";
/// The least that was looked at when a set counts as verified: every byte.
const VERIFIED: Level = Level::L2;

/// The facts of all sets, oldest first.
pub(super) fn facts(catalog: &Catalog, known: &[(String, VerificationView)]) -> Vec<SetFacts> {
    catalog.sets.iter().map(|set| fact(set, catalog, known)).collect()
}

fn fact(set: &SetSummary, catalog: &Catalog, known: &[(String, VerificationView)]) -> SetFacts {
    let classes: Vec<Option<DataClass>> =
        set.classes.iter().map(|name| name.parse().ok()).collect();
    let chained = matches!(attribute(set, "method"), "incremental" | "differential");
    let base = Some(attribute(set, BASE)).filter(|base| chained && !base.is_empty());
    SetFacts {
        id: set.id.clone(),
        taken_ms: set.committed_at_ms,
        foreign: classes.iter().any(Option::is_none),
        classes: classes.into_iter().flatten().collect(),
        base: base.map(str::to_owned),
        pre_image: is_pre_image(set) || is_point_in_time(set),
        pinned: catalog.pins.contains_key(&set.id),
        verified: verify::best(known, &set.id)
            .is_some_and(|view| view.ok && view.proven >= Some(VERIFIED)),
        complete: is_complete(set),
    }
}
