//! Numbers as ECMAScript writes them.

use std::fmt::Write as _;

use crate::canonical::CanonicalError;
use crate::canonical::writer::Writer;

/// The largest integer up to which every integer is a double.
const MAX_SAFE: u64 = 1 << 53;

pub(super) fn unsigned(writer: &mut Writer, value: u64) -> Result<(), CanonicalError> {
    if value > MAX_SAFE {
        #[allow(clippy::cast_precision_loss, reason = "RFC 8785 numbers are doubles")]
        return double(writer, value as f64);
    }
    digits(writer, value);
    Ok(())
}

pub(super) fn signed(writer: &mut Writer, value: i64) -> Result<(), CanonicalError> {
    if value < 0 && value.unsigned_abs() <= MAX_SAFE {
        writer.byte(b'-');
        digits(writer, value.unsigned_abs());
        return Ok(());
    }
    if value < 0 {
        #[allow(clippy::cast_precision_loss, reason = "RFC 8785 numbers are doubles")]
        return double(writer, value as f64);
    }
    unsigned(writer, value.unsigned_abs())
}

fn digits(writer: &mut Writer, mut value: u64) {
    let mut text = [0_u8; 20];
    let mut at = text.len();
    loop {
        at -= 1;
        text[at] = b'0' + u8::try_from(value % 10).unwrap_or(0);
        value /= 10;
        if value == 0 {
            break;
        }
    }
    writer.raw(&text[at..]);
}

/// Writes a double by the algorithm of ECMAScript's Number::toString.
pub(super) fn double(writer: &mut Writer, value: f64) -> Result<(), CanonicalError> {
    if !value.is_finite() {
        return Err(CanonicalError::NotFinite(value));
    }
    if value == 0.0 {
        writer.byte(b'0');
        return Ok(());
    }
    let mut shortest = String::with_capacity(24);
    // Writing to a string can't fail.
    let _ = write!(shortest, "{:e}", value.abs());
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let mut figures: String = mantissa.chars().filter(|c| *c != '.').collect();
    if let Some(even) = even_tie(value.abs(), &figures, exponent) {
        figures = even;
    }
    if value < 0.0 {
        writer.byte(b'-');
    }
    place_point(writer, figures.as_bytes(), exponent);
    Ok(())
}

/// Of two shortest forms that are equally near, ECMAScript takes the one with the even last digit
/// and Rust the greater one: the even one, where it is the other.
fn even_tie(value: f64, figures: &str, exponent: i32) -> Option<String> {
    /// Digits after the point that every double ends within, in scientific form.
    const EXACT: usize = 766;
    /// With fewer figures two forms are never equally near.
    const FEWEST: usize = 15;
    let odd = figures.bytes().last().is_some_and(|digit| digit % 2 == 1);
    if !odd || figures.len() < FEWEST {
        return None;
    }
    let exact = format!("{value:.EXACT$e}");
    let digits: String = exact.chars().take_while(|c| *c != 'e').filter(|c| *c != '.').collect();
    let (below, rest) = digits.split_at_checked(figures.len())?;
    let midway = rest.strip_prefix('5').is_some_and(|rest| rest.bytes().all(|b| b == b'0'));
    if !midway || below == figures {
        return None;
    }
    let (first, others) = below.split_at_checked(1)?;
    let read: f64 = format!("{first}.{others}e{exponent}").parse().ok()?;
    (read.to_bits() == value.to_bits()).then(|| below.to_owned())
}

/// Writes the significant `figures`, of which the first stands before the point at 10^`exponent`.
fn place_point(writer: &mut Writer, figures: &[u8], exponent: i32) {
    let count = i32::try_from(figures.len()).unwrap_or(i32::MAX);
    let whole = exponent + 1;
    if count <= whole && whole <= 21 {
        writer.raw(figures);
        (count..whole).for_each(|_| writer.byte(b'0'));
    } else if 0 < whole && whole <= 21 {
        let (before, after) = figures.split_at(usize::try_from(whole).unwrap_or(0));
        writer.raw(before);
        writer.byte(b'.');
        writer.raw(after);
    } else if -6 < whole && whole <= 0 {
        writer.raw(b"0.");
        (whole..0).for_each(|_| writer.byte(b'0'));
        writer.raw(figures);
    } else {
        let (first, rest) = figures.split_at(1);
        writer.raw(first);
        if !rest.is_empty() {
            writer.byte(b'.');
            writer.raw(rest);
        }
        writer.byte(b'e');
        writer.byte(if exponent < 0 { b'-' } else { b'+' });
        digits(writer, u64::from(exponent.unsigned_abs()));
    }
}
