//! Sets that are made in the vault, of an earlier set, without reading the database.

use source::profile::DataClass;
use vault::{SetInfo, SetSummary};

use super::capture::Origin;
use super::list::{BASE, METHOD};
use super::outcome::Method;
use crate::engine::Engine;
use crate::jobs::JobHandle;

/// What such a set tells of itself: what the earlier one did, and how it came about.
pub(crate) fn derived_info(
    engine: &Engine,
    base: &SetSummary,
    classes: &[DataClass],
    (method, origin): (Method, Origin),
    job: &JobHandle,
) -> SetInfo {
    let mut attributes = base.attributes.clone();
    let own = [
        (METHOD, method.name()),
        (BASE, base.id.as_str()),
        ("origin", origin.name()),
        ("actor", engine.context().actor.as_str()),
        ("job", job.id()),
    ];
    attributes.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
    SetInfo {
        classes: classes.iter().map(|class| class.name().to_owned()).collect(),
        fencing_token: 0,
        resumes: None,
        distrust: false,
        attributes,
    }
}
