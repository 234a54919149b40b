//! The steps of a switch, from what stands staged.

use source::mongo::CollectionInfo;

use super::journal::{Step, to_hex};
use super::scope::Scope;
use super::stage::Staged;
use super::verification::expires;

/// The steps, in the order in which they are taken.
pub(super) fn steps(scope: &Scope, staged: &[Staged]) -> Vec<Step> {
    let dropped = scope.absent.iter();
    let dropped = dropped.map(|(_, collection)| Step::Drop { collection: collection.clone() });
    staged.iter().filter_map(step).chain(dropped).collect()
}

fn step(staged: &Staged) -> Option<Step> {
    let collection = staged.item.collection().to_owned();
    let definition = &staged.item.definition;
    let uuid = |info: &CollectionInfo| info.uuid.map(|uuid| to_hex(&uuid)).unwrap_or_default();
    match (&staged.name, &staged.info, &staged.removal) {
        (Some(name), Some(info), Some(removal)) => Some(Step::Documents {
            staged: name.clone(),
            removed: removal.name.clone(),
            collection,
            uuid: uuid(info),
        }),
        (Some(name), Some(info), None) => Some(Step::Replace {
            staged: name.clone(),
            collection,
            uuid: uuid(info),
            expiring: definition
                .indexes
                .iter()
                .filter(|index| expires(index))
                .map(|index| to_hex(index))
                .collect(),
        }),
        // No document differs.
        (None, _, Some(_)) => None,
        _ => Some(Step::View { collection, options: to_hex(&definition.options) }),
    }
}
