//! Numbers of all four types on one exact decimal scale.
//!
//! Class byte (NaN, −∞, negative, zero, positive, +∞), then for finite non-zero values the
//! exponent of the leading decimal digit (biased, big-endian) and the significant digits two a
//! byte (value + 1), ended by 0. Negative values have everything after the class byte inverted.

const NAN: u8 = 1;
const NEGATIVE_INFINITY: u8 = 2;
const NEGATIVE: u8 = 3;
const ZERO: u8 = 4;
const POSITIVE: u8 = 5;
const POSITIVE_INFINITY: u8 = 6;

/// Makes every exponent of a double or a decimal128 (−6176 … 6144) positive.
const EXPONENT_BIAS: i32 = 0x4000;

/// 10^34 − 1, the largest coefficient of a canonical decimal128.
const MAX_COEFFICIENT: u128 = 9_999_999_999_999_999_999_999_999_999_999_999;

pub(super) fn encode_i64(value: i64, out: &mut Vec<u8>) {
    encode_integer(value < 0, u128::from(value.unsigned_abs()), 0, out);
}

pub(super) fn encode_f64(value: f64, out: &mut Vec<u8>) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.is_nan() {
        out.push(NAN);
    } else if value.is_infinite() {
        out.push(if value > 0.0 { POSITIVE_INFINITY } else { NEGATIVE_INFINITY });
    } else if value.abs() <= EXACT && value.fract() == 0.0 {
        encode_i64(value as i64, out);
    } else {
        encode_expansion(value, out);
    }
}

/// `bits` is the value in the binary integer decimal format.
pub(super) fn encode_decimal(bits: u128, out: &mut Vec<u8>) {
    let negative = bits >> 127 == 1;
    let combination = (bits >> 122) as u32 & 0x1f;
    match combination {
        0x1f => out.push(NAN),
        0x1e => out.push(if negative { NEGATIVE_INFINITY } else { POSITIVE_INFINITY }),
        _ => {
            let (exponent, coefficient) = if combination >= 0x18 {
                // A coefficient of this form exceeds 34 digits and counts as zero.
                ((bits >> 111) as i32 & 0x3fff, 0)
            } else {
                ((bits >> 113) as i32 & 0x3fff, bits & ((1 << 113) - 1))
            };
            let coefficient = if coefficient > MAX_COEFFICIENT { 0 } else { coefficient };
            encode_integer(negative, coefficient, exponent - 6176, out);
        }
    }
}

/// Encodes ± `magnitude` × 10^`exponent`.
fn encode_integer(negative: bool, magnitude: u128, exponent: i32, out: &mut Vec<u8>) {
    let mut digits = [0_u8; 39];
    let mut start = digits.len();
    let mut rest = magnitude;
    while rest > 0 {
        start -= 1;
        digits[start] = (rest % 10) as u8;
        rest /= 10;
    }
    let digits = &digits[start..];
    encode_digits(negative, digits, exponent + digits.len() as i32 - 1, out);
}

/// The exact decimal expansion of a finite double; it has at most 767 significant digits.
fn encode_expansion(value: f64, out: &mut Vec<u8>) {
    let text = format!("{:.766e}", value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits: Vec<u8> =
        mantissa.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
    encode_digits(value < 0.0, &digits, exponent.parse().unwrap_or(0), out);
}

/// `digits` without leading zeros, the first one worth 10^`exponent`; none at all is zero.
fn encode_digits(negative: bool, digits: &[u8], exponent: i32, out: &mut Vec<u8>) {
    let significant = digits.iter().rposition(|&digit| digit != 0).map_or(0, |last| last + 1);
    if significant == 0 {
        out.push(ZERO);
        return;
    }
    out.push(if negative { NEGATIVE } else { POSITIVE });
    let start = out.len();
    out.extend_from_slice(&((exponent + EXPONENT_BIAS) as u16).to_be_bytes());
    for pair in digits[..significant].chunks(2) {
        out.push(pair[0] * 10 + pair.get(1).copied().unwrap_or(0) + 1);
    }
    out.push(0);
    if negative {
        for byte in &mut out[start..] {
            *byte = !*byte;
        }
    }
}
