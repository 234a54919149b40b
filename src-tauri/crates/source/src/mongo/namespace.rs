//! Namespaces, `database.collection`, as one database sees them.

use crate::profile::STAGING_PREFIX;

/// The collection's name when it is one of the database's own and no staging collection.
pub(super) fn own_collection<'n>(database: &str, namespace: &'n str) -> Option<&'n str> {
    let collection = namespace.strip_prefix(database)?.strip_prefix('.')?;
    let foreign = collection.is_empty()
        || collection.starts_with("system.")
        || collection.starts_with(STAGING_PREFIX);
    (!foreign).then_some(collection)
}

/// Views are documents of `system.views`, whose `_id` is the view's namespace.
pub(super) fn is_view_catalogue(database: &str, namespace: &str) -> bool {
    namespace.strip_prefix(database) == Some(".system.views")
}
