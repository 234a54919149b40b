//! What makes a profile valid.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::DataClass;
use super::model::{Part, Profile};

/// A profile that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// The file cannot be read.
    #[error("the profile {path} cannot be read: {error}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        error: String,
    },
    /// Not TOML, or not of a profile's form.
    #[error("the profile cannot be understood: {0}")]
    Syntax(String),
    /// A value is not allowed.
    #[error("profile: {field} = {value:?} is not allowed: {reason}")]
    Value {
        /// The field's path.
        field: String,
        /// Its value.
        value: String,
        /// Why, and what is allowed.
        reason: &'static str,
    },
    /// A logical name that is not declared.
    #[error("profile: {field} names {name:?}, which {declared_in} does not declare")]
    Unknown {
        /// The field's path.
        field: String,
        /// The name.
        name: String,
        /// Where it should be declared.
        declared_in: &'static str,
    },
    /// Two declarations exclude each other.
    #[error("profile: {0}")]
    Conflict(String),
}

/// Prefix of the collections avault stages data in; they are never part of a profile.
pub const STAGING_PREFIX: &str = "__avault_";

pub(super) fn validate(profile: &Profile) -> Result<(), ProfileError> {
    database_name(&profile.database)?;
    collection_names(profile)?;
    membership(profile)?;
    class_members(profile)?;
    redis(profile)
}

fn database_name(name: &str) -> Result<(), ProfileError> {
    let reason = if name.is_empty() || name.len() > 63 {
        "a database name has 1 to 63 bytes"
    } else if name.contains(['/', '\\', '.', ' ', '"', '$', '\0']) {
        "a database name has no slash, backslash, dot, space, quote, dollar sign or NUL"
    } else if matches!(name, "admin" | "local" | "config") {
        "admin, local and config belong to the server"
    } else {
        return Ok(());
    };
    Err(ProfileError::Value { field: "database".into(), value: name.into(), reason })
}

fn collection_names(profile: &Profile) -> Result<(), ProfileError> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for (logical, name) in &profile.collections {
        let reason = if name.is_empty() {
            "a collection name is not empty"
        } else if name.starts_with("system.") {
            "names beginning with system. belong to the server"
        } else if name.starts_with(STAGING_PREFIX) {
            "names beginning with __avault_ are staging collections"
        } else if name.contains(['$', '\0']) {
            "a collection name has no dollar sign or NUL"
        } else {
            if let Some(other) = seen.insert(name, logical) {
                return Err(ProfileError::Conflict(format!(
                    "collections.{other} and collections.{logical} are both {name:?}"
                )));
            }
            continue;
        };
        return Err(ProfileError::Value {
            field: format!("collections.{logical}"),
            value: name.clone(),
            reason,
        });
    }
    Ok(())
}

fn declared(profile: &Profile, field: String, logical: &str) -> Result<(), ProfileError> {
    if profile.collections.contains_key(logical) {
        return Ok(());
    }
    Err(ProfileError::Unknown { field, name: logical.into(), declared_in: "[collections]" })
}

fn membership(profile: &Profile) -> Result<(), ProfileError> {
    let Some(membership) = &profile.membership else {
        return Ok(());
    };
    declared(profile, "membership.live".into(), &membership.live)?;
    declared(profile, "membership.events".into(), &membership.events)?;
    if membership.live == membership.events {
        return Err(ProfileError::Conflict(
            "membership.live and membership.events are the same collection".into(),
        ));
    }
    if membership.game_field.is_empty() || membership.game_field.contains('.') {
        return Err(ProfileError::Value {
            field: "membership.game_field".into(),
            value: membership.game_field.clone(),
            reason: "it is a top-level field, so not empty and without dots",
        });
    }
    Ok(())
}

fn class_members(profile: &Profile) -> Result<(), ProfileError> {
    let mut owners: BTreeMap<&str, Vec<(DataClass, Part)>> = BTreeMap::new();
    for (class, members) in &profile.classes {
        for member in members {
            let field = format!("classes.{}", class.name());
            declared(profile, field.clone(), member.logical())?;
            let events = profile.membership.as_ref().map(|m| m.events.as_str());
            if member.part() != Part::Whole && events != Some(member.logical()) {
                return Err(ProfileError::Conflict(format!(
                    "{field} takes a part of {:?}, but only membership.events can be split",
                    member.logical()
                )));
            }
            let known = owners.entry(member.logical()).or_default();
            let overlaps = |part: Part| {
                part == member.part() || part == Part::Whole || member.part() == Part::Whole
            };
            if let Some((other, _)) = known.iter().find(|(_, part)| overlaps(*part)) {
                return Err(ProfileError::Conflict(format!(
                    "{:?} is in classes.{} and in {field}; a document belongs to one class",
                    member.logical(),
                    other.name()
                )));
            }
            known.push((*class, member.part()));
        }
    }
    Ok(())
}

fn redis(profile: &Profile) -> Result<(), ProfileError> {
    for (logical, template) in &profile.redis.keys {
        if template.matches("<id>").count() != 1 {
            return Err(ProfileError::Value {
                field: format!("redis.keys.{logical}"),
                value: template.clone(),
                reason: "a key template holds <id> exactly once",
            });
        }
    }
    let known = |field: String, name: &str| {
        if profile.redis.keys.contains_key(name) {
            return Ok(());
        }
        Err(ProfileError::Unknown { field, name: name.into(), declared_in: "[redis.keys]" })
    };
    for (class, names) in &profile.redis.classes {
        for name in names {
            known(format!("redis.classes.{}", class.name()), name)?;
            if profile.redis.transient.contains(name) {
                return Err(ProfileError::Conflict(format!(
                    "redis key {name:?} is transient and in class {}",
                    class.name()
                )));
            }
        }
    }
    for name in &profile.redis.transient {
        known("redis.transient".into(), name)?;
    }
    Ok(())
}
