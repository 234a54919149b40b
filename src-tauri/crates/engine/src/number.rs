//! Numbers for people.

/// A count as a float, for rates and estimates.
#[expect(clippy::cast_precision_loss, reason = "rates and estimates need no 53 bits")]
pub(crate) fn as_f64(value: u64) -> f64 {
    value as f64
}

/// An estimate as a count; negative and absurd ones are cut off.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast is cut off at both ends"
)]
pub(crate) fn as_u64(value: f64) -> u64 {
    value as u64
}
