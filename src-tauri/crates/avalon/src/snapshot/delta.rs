//! The difference of two JSON values as a JSON value, from which the second is made again.
//!
//! A difference is an object with one of three forms:
//! `{"=": value}` puts a value in place; `{"o": {name: difference}, "x": [names]}` changes and
//! removes members of an object; `{"a": {place: difference}, "t": length, "+": [values]}` changes
//! items of a list, cuts it to a length and appends. Members that have nothing to say are absent.

use serde_json::{Map, Value};

/// Why a difference cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the delta does not fit what it is applied to, at {path:?}: {detail}")]
pub struct DeltaError {
    /// Names and places from the outside in, with slashes between.
    pub path: String,
    /// What does not fit.
    pub detail: &'static str,
}

/// What makes `after` of `before`; none when they are equal.
#[must_use]
pub fn delta(before: &Value, after: &Value) -> Option<Value> {
    if before == after {
        return None;
    }
    Some(match (before, after) {
        (Value::Object(old), Value::Object(new)) => of_objects(old, new),
        (Value::Array(old), Value::Array(new)) => of_lists(old, new),
        _ => one("=", after.clone()),
    })
}

fn of_objects(old: &Map<String, Value>, new: &Map<String, Value>) -> Value {
    let changed: Map<String, Value> = new
        .iter()
        .filter_map(|(name, value)| {
            let change = match old.get(name) {
                Some(before) => delta(before, value)?,
                None => one("=", value.clone()),
            };
            Some((name.clone(), change))
        })
        .collect();
    let removed: Vec<Value> =
        old.keys().filter(|name| !new.contains_key(*name)).cloned().map(Value::from).collect();
    let mut form = Map::new();
    form.insert("o".to_owned(), Value::Object(changed));
    if !removed.is_empty() {
        form.insert("x".to_owned(), Value::Array(removed));
    }
    Value::Object(form)
}

fn of_lists(old: &[Value], new: &[Value]) -> Value {
    let changed: Map<String, Value> = old
        .iter()
        .zip(new)
        .enumerate()
        .filter_map(|(at, (before, after))| Some((at.to_string(), delta(before, after)?)))
        .collect();
    let mut form = Map::new();
    form.insert("a".to_owned(), Value::Object(changed));
    if new.len() < old.len() {
        form.insert("t".to_owned(), Value::from(new.len()));
    }
    if let Some(appended) = new.get(old.len()..).filter(|appended| !appended.is_empty()) {
        form.insert("+".to_owned(), Value::Array(appended.to_vec()));
    }
    Value::Object(form)
}

fn one(name: &str, value: Value) -> Value {
    Value::Object([(name.to_owned(), value)].into_iter().collect())
}

/// Applies a difference to the value that it was made from.
///
/// # Errors
/// When it was made from another value, as far as that shows; the value is then of no use.
pub fn apply(value: &mut Value, delta: &Value) -> Result<(), DeltaError> {
    apply_at(value, delta, &mut Vec::new())
}

fn apply_at(value: &mut Value, delta: &Value, path: &mut Vec<String>) -> Result<(), DeltaError> {
    let Value::Object(form) = delta else {
        return Err(misfit(path, "it is no difference"));
    };
    if let Some(whole) = form.get("=") {
        *value = whole.clone();
        return Ok(());
    }
    match (value, form.get("o"), form.get("a")) {
        (Value::Object(members), Some(Value::Object(changes)), None) => {
            to_object(members, changes, form.get("x"), path)
        }
        (Value::Array(items), None, Some(Value::Object(changes))) => {
            to_list(items, changes, form, path)
        }
        _ => Err(misfit(path, "one is an object or a list and the other is not")),
    }
}

fn to_object(
    members: &mut Map<String, Value>,
    changes: &Map<String, Value>,
    removed: Option<&Value>,
    path: &mut Vec<String>,
) -> Result<(), DeltaError> {
    for name in removed.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        if members.remove(name).is_none() {
            return Err(misfit(path, "a member to be removed is not there"));
        }
    }
    for (name, change) in changes {
        path.push(name.clone());
        match members.get_mut(name) {
            Some(member) => apply_at(member, change, path)?,
            None => {
                let Some(added) = change.get("=") else {
                    return Err(misfit(path, "a member to be changed is not there"));
                };
                members.insert(name.clone(), added.clone());
            }
        }
        path.pop();
    }
    Ok(())
}

fn to_list(
    items: &mut Vec<Value>,
    changes: &Map<String, Value>,
    form: &Map<String, Value>,
    path: &mut Vec<String>,
) -> Result<(), DeltaError> {
    if let Some(length) = form.get("t") {
        let length = length.as_u64().and_then(|length| usize::try_from(length).ok());
        let Some(length) = length.filter(|length| *length < items.len()) else {
            return Err(misfit(path, "a list is not as long as it was"));
        };
        items.truncate(length);
    }
    for (at, change) in changes {
        path.push(at.clone());
        let item = at.parse().ok().and_then(|at: usize| items.get_mut(at));
        let Some(item) = item else { return Err(misfit(path, "there is no such item")) };
        apply_at(item, change, path)?;
        path.pop();
    }
    items.extend(form.get("+").and_then(Value::as_array).into_iter().flatten().cloned());
    Ok(())
}

fn misfit(path: &[String], detail: &'static str) -> DeltaError {
    DeltaError { path: path.join("/"), detail }
}
