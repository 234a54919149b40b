//! Older forms of a document, brought to the present one before it is read.
//!
//! The form of a document stands in `metadata.snapshot_version`, that of an essence in
//! `snapshot_version`. Each step is a pure function over JSON from one version to the next. What a
//! step does not understand it leaves, for the reader to name.

mod zero;

use serde_json::{Map, Value};

use super::{SNAPSHOT_VERSION, SnapshotError};
use crate::event::Version;

/// Where the version stands.
const MEMBER: &str = "snapshot_version";

/// The form of a snapshot came after this program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the snapshot is in form {found}, written by a newer version; this one reads forms up to \
     {known}: update it"
)]
pub struct NewerForm {
    /// As the document spells it.
    pub found: Version,
    /// The newest that is known here.
    pub known: u64,
}

/// From one version to the next. A step that changes the state has to change its hash with it, and
/// to leave both where they do not fit: damage must not be hidden by it.
struct Step {
    document: fn(Value) -> Value,
    essence: fn(Value) -> Value,
}

/// The step of each version, from 0 on. That there is one for each is in the type.
const STEPS: [Step; SNAPSHOT_VERSION as usize] = [
    // Essences begin with version 1.
    Step { document: zero::document, essence: |value| value },
];

/// A document of any version in the form of [`SNAPSHOT_VERSION`]. One that does not say its version
/// is of version 0. One that is in the present form comes back as it was.
///
/// # Errors
/// [`SnapshotError::Newer`] when its form came after this program, [`SnapshotError::Unreadable`] when
/// its version is neither a number nor text.
pub fn document(mut value: Value) -> Result<Value, SnapshotError> {
    let version = stated(value.get("metadata").and_then(|metadata| metadata.get(MEMBER)), 0)?;
    for (step, next) in from(version) {
        value = (step.document)(value);
        if let Some(metadata) = member(&mut value, "metadata") {
            metadata.insert(MEMBER.to_owned(), next.into());
        }
    }
    Ok(value)
}

/// An essence of any version in the form of [`SNAPSHOT_VERSION`]. One that does not say its version
/// is of version 1, whose first ones did not.
///
/// # Errors
/// As [`document`].
pub fn essence(mut value: Value) -> Result<Value, SnapshotError> {
    let version = stated(value.get(MEMBER), 1)?;
    for (step, next) in from(version) {
        value = (step.essence)(value);
        if let Some(members) = value.as_object_mut() {
            members.insert(MEMBER.to_owned(), next.into());
        }
    }
    Ok(value)
}

/// The steps from a version on, each with the version that it leads to.
fn from(version: u64) -> impl Iterator<Item = (&'static Step, u64)> {
    STEPS.iter().zip(1_u64..).filter(move |(_, next)| *next > version)
}

/// The version that a member states.
fn stated(member: Option<&Value>, absent: u64) -> Result<u64, SnapshotError> {
    let version = match member {
        None | Some(Value::Null) => return Ok(absent),
        Some(Value::String(text)) => Some(Version::Text(text.clone())),
        Some(other) => other.as_u64().map(Version::Number),
    };
    let version = version.ok_or_else(|| SnapshotError::Unreadable {
        detail: format!("its {MEMBER} is neither a whole number nor text"),
    })?;
    Ok(known(&version)?)
}

/// The number of a version, where it is not newer than this program.
pub(super) fn known(version: &Version) -> Result<u64, NewerForm> {
    let number = number_of(version);
    if number > SNAPSHOT_VERSION {
        return Err(NewerForm { found: version.clone(), known: SNAPSHOT_VERSION });
    }
    Ok(number)
}

/// The number of a form's version: `1` of `1`, `"1"`, `"1.0"` and `"v1"`; 0 of other words, which are
/// of whom did not know of numbers.
fn number_of(version: &Version) -> u64 {
    match version {
        Version::Number(number) => *number,
        Version::Text(text) => {
            let text = text.trim().trim_start_matches(['v', 'V']);
            let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            match text.get(..end) {
                None | Some("") => 0,
                // More digits than fit are newer than anything.
                Some(digits) => digits.parse().unwrap_or(u64::MAX),
            }
        }
    }
}

/// The object that is a member of an object, made where there is nothing.
fn member<'v>(value: &'v mut Value, name: &str) -> Option<&'v mut Map<String, Value>> {
    let member = value.as_object_mut()?.entry(name).or_insert(Value::Null);
    if member.is_null() {
        *member = Value::Object(Map::new());
    }
    member.as_object_mut()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_is_total() {
        assert_eq!(u64::try_from(STEPS.len()).unwrap(), SNAPSHOT_VERSION);
        for version in 0..SNAPSHOT_VERSION {
            let led: Vec<u64> = from(version).map(|(_, next)| next).collect();
            assert_eq!(led, (version + 1..=SNAPSHOT_VERSION).collect::<Vec<_>>());
            let old = serde_json::json!({ "metadata": { MEMBER: version }, MEMBER: version });
            let present = Value::from(SNAPSHOT_VERSION);
            assert_eq!(document(old.clone()).unwrap()["metadata"][MEMBER], present);
            assert_eq!(essence(old).unwrap()[MEMBER], present);
        }
        assert_eq!(from(SNAPSHOT_VERSION).count(), 0);
    }

    #[test]
    fn a_version_is_told_in_any_spelling() {
        let text = |text: &str| number_of(&Version::Text(text.to_owned()));
        assert_eq!([text("1"), text("1.0"), text("v1"), text(" V1-beta")], [1; 4]);
        assert_eq!([text("2.1"), text("v2")], [2; 2]);
        assert_eq!([text(""), text("v"), text("快照版本号"), text("-1")], [0; 4]);
        assert_eq!(text("99999999999999999999"), u64::MAX);
        assert_eq!(number_of(&Version::Number(7)), 7);
    }
}
