//! Timestamps of Firestore exports, which come in two shapes within one collection.

use serde_json::Value;

use crate::invariant::{Finding, import::I_TS_WRAPPED};
use crate::sentence;

/// Milliseconds since the epoch from `{_seconds, _nanoseconds}` or from the same wrapped as
/// `{__datatype__: "timestamp", value: {…}}`.
///
/// # Errors
/// I-TS-WRAPPED when the value has neither shape.
pub fn firestore_millis(value: &Value) -> Result<i64, Finding> {
    let inner = match value.get("__datatype__") {
        Some(Value::String(kind)) if kind == "timestamp" => value.get("value"),
        Some(_) => None,
        None => Some(value),
    };
    inner.and_then(bare_millis).ok_or_else(|| {
        I_TS_WRAPPED.finding(
            None,
            sentence!("{value} is neither a Firestore timestamp nor a wrapped one", value),
        )
    })
}

fn bare_millis(value: &Value) -> Option<i64> {
    let seconds = value.get("_seconds")?.as_i64()?;
    let nanoseconds = match value.get("_nanoseconds") {
        Some(nanoseconds) => nanoseconds.as_i64()?,
        None => 0,
    };
    seconds.checked_mul(1000)?.checked_add(nanoseconds / 1_000_000)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::firestore_millis;

    #[test]
    fn both_shapes_are_accepted() {
        let bare = json!({"_seconds": 1_588_000_000, "_nanoseconds": 250_000_000});
        let wrapped = json!({"__datatype__": "timestamp", "value": {"_seconds": 1_588_000_000}});
        assert_eq!(firestore_millis(&bare).unwrap(), 1_588_000_000_250);
        assert_eq!(firestore_millis(&wrapped).unwrap(), 1_588_000_000_000);
    }

    #[test]
    fn another_shape_is_named() {
        for odd in [json!("yesterday"), json!({"__datatype__": "date", "value": 3}), json!(null)] {
            assert_eq!(firestore_millis(&odd).unwrap_err().id, "I-TS-WRAPPED");
        }
    }
}
