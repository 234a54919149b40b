//! The time of a snapshot, in either spelling.

use serde::{Deserialize, Deserializer, de};

#[derive(Deserialize)]
#[serde(untagged)]
enum Spelt {
    Millis(i64),
    Text(String),
}

/// Unix milliseconds from a number, or from RFC 3339.
pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    match Spelt::deserialize(deserializer)? {
        Spelt::Millis(millis) => Ok(millis),
        Spelt::Text(text) => text.parse().map(jiff::Timestamp::as_millisecond).map_err(|error| {
            de::Error::custom(format!("{text:?} is neither milliseconds nor RFC 3339: {error}"))
        }),
    }
}
