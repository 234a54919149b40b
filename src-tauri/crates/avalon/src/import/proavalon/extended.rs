//! MongoDB extended JSON (v1 and v2, canonical and relaxed) as plain JSON.

use serde_json::{Map, Number, Value};

use super::malformed;
use crate::invariant::Finding;
use crate::sentence;

/// Replaces `$oid` by its text, `$date` by Unix milliseconds and `$number…` by the number.
///
/// # Errors
/// I-PARSE for any other `$` form, or one that does not hold what it says.
pub(super) fn plain(value: Value) -> Result<Value, Finding> {
    match value {
        Value::Array(items) => {
            items.into_iter().map(plain).collect::<Result<_, _>>().map(Value::Array)
        }
        Value::Object(members) => match members.iter().next() {
            Some((form, held)) if members.len() == 1 && form.starts_with('$') => {
                special(form, held).ok_or_else(|| {
                    malformed(sentence!(
                        "`{text}` is no form of extended JSON read here",
                        text = form
                    ))
                })
            }
            _ => members
                .into_iter()
                .map(|(name, member)| Ok((name, plain(member)?)))
                .collect::<Result<Map<_, _>, _>>()
                .map(Value::Object),
        },
        other => Ok(other),
    }
}

fn special(form: &str, held: &Value) -> Option<Value> {
    match form {
        "$oid" => Some(Value::String(held.as_str()?.to_owned())),
        "$numberInt" | "$numberLong" => integer(held).map(Value::from),
        "$numberDouble" => Number::from_f64(held.as_str()?.parse().ok()?).map(Value::Number),
        "$date" => {
            let inner = held.get("$numberLong").unwrap_or(held);
            millis(inner).or_else(|| integer(inner)).map(Value::from)
        }
        _ => None,
    }
}

fn integer(held: &Value) -> Option<i64> {
    held.as_str().map_or_else(|| held.as_i64(), |text| text.parse().ok())
}

/// Unix milliseconds from a number of them, or from an RFC 3339 text.
pub(super) fn millis(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.parse().ok().map(jiff::Timestamp::as_millisecond),
        other => whole(other),
    }
}

/// A whole number, also one that was written as a double.
pub(super) fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let double = value.as_f64()?;
        // Below 2^53 every whole double is exactly one integer.
        (double.fract() == 0.0 && double.abs() < 9_007_199_254_740_992.0).then_some(double as i64)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{millis, plain, whole};

    #[test]
    fn every_form_becomes_plain() {
        let forms = json!({
            "_id": {"$oid": "5f0000000000000000000001"},
            "a": [{"$date": "1970-01-02T00:00:00.250Z"}, {"$date": {"$numberLong": "86400250"}}],
            "b": [{"$date": 7}, {"$numberInt": "3"}, {"$numberLong": 4}, {"$numberDouble": "5.0"}],
        });
        let expected = json!({
            "_id": "5f0000000000000000000001", "a": [86_400_250, 86_400_250], "b": [7, 3, 4, 5.0],
        });
        assert_eq!(plain(forms).unwrap(), expected);
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for odd in [
            json!([{"$binary": "x"}]),
            json!({"$date": "yesterday"}),
            json!({"$date": null}),
            json!({"$oid": 3}),
            json!({"$numberInt": "three"}),
            json!({"$numberDouble": "NaN"}),
        ] {
            assert_eq!(plain(odd.clone()).unwrap_err().id, "I-PARSE", "{odd}");
        }
    }

    #[test]
    fn numbers_are_whole_or_none() {
        assert_eq!(whole(&json!(5.0)), Some(5));
        assert_eq!(whole(&json!(5.5)), None);
        assert_eq!(whole(&json!(1e300)), None);
        assert_eq!(millis(&json!("1970-01-01T00:00:01Z")), Some(1000));
        assert_eq!(millis(&json!("1")), None);
    }
}
