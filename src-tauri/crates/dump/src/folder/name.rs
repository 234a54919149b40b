//! Names of collections as names of files.
//!
//! Everything but letters, digits, `-`, `_`, `.` and `~` is written as `%` and two hexadecimal
//! digits a byte. Tools have escaped less than that, but read it all the same. A name too long for
//! a file is cut, and its hash put behind `%24`: then only the definition holds the whole name.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha1::{Digest, Sha1};

use crate::error::DumpError;

/// The longest escaped name: with `.metadata.json.gz` behind it, 255 bytes.
const LONGEST: usize = 238;
/// What is kept of a longer one; `%24` and 27 characters of hash follow.
const KEPT: usize = 208;
const MARK: &str = "%24";

/// The file's name without its ending.
pub(super) fn escape(collection: &str) -> Result<String, DumpError> {
    if collection.is_empty() || collection.contains('\0') {
        let reason = "it is empty or holds a zero byte";
        return Err(DumpError::Name { what: "collection", name: collection.to_owned(), reason });
    }
    let mut escaped = String::with_capacity(collection.len());
    for byte in collection.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                escaped.push(char::from(byte));
            }
            other => escaped.push_str(&format!("%{other:02X}")),
        }
    }
    if escaped.len() > LONGEST {
        escaped.truncate(KEPT);
        escaped.push_str(MARK);
        escaped.push_str(&URL_SAFE_NO_PAD.encode(Sha1::digest(collection.as_bytes())));
    }
    Ok(escaped)
}

/// Whether a file's name holds only a part of the collection's.
pub(super) fn is_cut(stem: &str) -> bool {
    stem.len() == LONGEST && stem.as_bytes().get(KEPT..KEPT + MARK.len()) == Some(MARK.as_bytes())
}

/// The collection's name, from a file's.
pub(super) fn unescape(stem: &str) -> Result<String, DumpError> {
    let refused = |reason| DumpError::Name { what: "collection", name: stem.to_owned(), reason };
    let mut bytes = Vec::with_capacity(stem.len());
    let mut rest = stem.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
        match (digit(), digit()) {
            (Some(high), Some(low)) => bytes.push(u8::try_from(high * 16 + low).unwrap_or(0)),
            _ => return Err(refused("a % is not followed by two hexadecimal digits")),
        }
    }
    let name = String::from_utf8(bytes).map_err(|_| refused("it is not UTF-8"))?;
    if name.is_empty() || name.contains('\0') {
        return Err(refused("it is empty or holds a zero byte"));
    }
    Ok(name)
}

/// Refuses a database whose name would lead somewhere else than into the dump.
pub(super) fn check_database(name: &str) -> Result<(), DumpError> {
    const FORBIDDEN: [char; 11] = ['/', '\\', '.', ' ', '"', '$', '*', '<', '>', ':', '\0'];
    let reason = if name.is_empty() || name.len() > 63 {
        "it is empty or too long"
    } else if name.contains(FORBIDDEN) || name.contains(['|', '?']) {
        "it holds a character that no database's name does"
    } else {
        return Ok(());
    };
    Err(DumpError::Name { what: "database", name: name.to_owned(), reason })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn special_characters_are_escaped() {
        let cases = [
            ("game_events", "game_events"),
            ("a.b-c~d", "a.b-c~d"),
            ("a/b", "a%2Fb"),
            ("50% + 1", "50%25%20%2B%201"),
            ("梅林", "%E6%A2%85%E6%9E%97"),
            ("..", ".."),
            ("a:b\\c", "a%3Ab%5Cc"),
        ];
        for (name, file) in cases {
            assert_eq!(escape(name).unwrap(), file);
            assert_eq!(unescape(file).unwrap(), name);
        }
        // What other versions leave as it is.
        assert_eq!(unescape("a&b=c@d+e").unwrap(), "a&b=c@d+e");
        for wrong in ["", "a%", "a%2", "a%zz", "%00", "%ff"] {
            assert!(unescape(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_long_name_is_cut_and_told_apart() {
        let name = "x".repeat(239);
        let file = escape(&name).unwrap();
        // The hash is SHA-1 of the name, in the alphabet for addresses.
        assert_eq!(file, format!("{}%24Nq75d-cu3iRxNs-ce3Tvf9gagoU", "x".repeat(208)));
        assert!(is_cut(&file));
        assert!(!is_cut(&escape(&"x".repeat(238)).unwrap()));
        assert!(!is_cut("$admin.system.users"));
    }

    proptest! {
        #[test]
        fn every_name_comes_back(name in "[^\0]{1,60}") {
            let file = escape(&name).unwrap();
            prop_assert!(!file.contains(['/', '\\', ':']));
            if !is_cut(&file) {
                prop_assert_eq!(unescape(&file).unwrap(), name);
            }
        }

        #[test]
        fn no_file_name_makes_it_stumble(name in ".{0,300}") {
            let _ = unescape(&name);
        }
    }

    #[test]
    fn databases_that_lead_elsewhere_are_refused() {
        assert!(check_database("avalon").is_ok());
        for name in ["", "..", "a/b", "a.b", "a b"] {
            assert!(check_database(name).is_err(), "{name:?}");
        }
    }
}
