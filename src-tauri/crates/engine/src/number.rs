//! Numbers for people.

/// A count as a float, for rates and estimates.
#[expect(clippy::cast_precision_loss, reason = "rates and estimates need no 53 bits")]
pub(crate) fn as_f64(value: u64) -> f64 {
    value as f64
}
