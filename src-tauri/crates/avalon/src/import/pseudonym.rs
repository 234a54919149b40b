//! Stable pseudonyms for names and ids of real people.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::invariant::{Finding, import::I_PSEUDONYM};
use crate::sentence;
use crate::sentence::SentenceValue;

/// Gives every name the same pseudonym wherever it appears; the salt keeps outsiders from guessing
/// names by hashing candidates.
#[derive(Debug, Clone)]
pub struct Pseudonyms {
    salt: Vec<u8>,
    given: BTreeMap<String, String>,
}

impl Pseudonyms {
    /// Pseudonyms under this salt; the same salt gives the same pseudonyms again.
    #[must_use]
    pub fn new(salt: &[u8]) -> Self {
        Self { salt: salt.to_vec(), given: BTreeMap::new() }
    }

    /// The pseudonym of a name, `player-` and 12 hexadecimal digits.
    pub fn of(&mut self, name: &str) -> String {
        if let Some(known) = self.given.get(name) {
            return known.clone();
        }
        let mut hasher = Sha256::new();
        hasher.update((self.salt.len() as u64).to_be_bytes());
        hasher.update(&self.salt);
        hasher.update(name.as_bytes());
        let digest = hasher.finalize();
        let digits: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let pseudonym = format!("player-{digits}");
        self.given.insert(name.to_owned(), pseudonym.clone());
        pseudonym
    }

    /// The names replaced so far.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.given.keys().map(String::as_str)
    }
}

/// I-PSEUDONYM: no string of the document is one of the real names.
#[must_use]
pub fn judge_names(document: &Value, names: &[&str]) -> Vec<Finding> {
    let mut found = Vec::new();
    collect_names(document, names, &mut found);
    found
        .into_iter()
        .map(|place| I_PSEUDONYM.finding(None, sentence!("a real name stands in {place}", place)))
        .collect()
}

fn collect_names(value: &Value, names: &[&str], found: &mut Vec<SentenceValue>) {
    // Walks with the path at hand so that the finding tells the place and not the name.
    let mut pending = vec![(String::from("$"), value)];
    while let Some((path, value)) = pending.pop() {
        match value {
            Value::String(text) if names.contains(&text.as_str()) => found.push(path.into()),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    pending.push((format!("{path}[{index}]"), item));
                }
            }
            Value::Object(fields) => {
                for (key, field) in fields {
                    if names.contains(&key.as_str()) {
                        found.push(sentence!("a key of {path}", path = &path).into());
                        pending.push((format!("{path}.<name>"), field));
                    } else {
                        pending.push((format!("{path}.{key}"), field));
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Pseudonyms, judge_names};

    #[test]
    fn pseudonyms_are_stable_and_salted() {
        let mut one = Pseudonyms::new(b"salt");
        let mut again = Pseudonyms::new(b"salt");
        let mut other = Pseudonyms::new(b"pepper");
        assert_eq!(one.of("Alice"), one.of("Alice"));
        assert_eq!(one.of("Alice"), again.of("Alice"));
        assert_ne!(one.of("Alice"), one.of("Bob"));
        assert_ne!(one.of("Alice"), other.of("Alice"));
    }

    #[test]
    fn a_name_left_behind_is_found_in_values_and_keys() {
        let clean = json!({"seats": ["player-1"], "roles": {"player-1": "MERLIN"}});
        assert!(judge_names(&clean, &["Alice"]).is_empty());
        let leaking = json!({"seats": ["player-1", "Alice"], "roles": {"Alice": "MERLIN"}});
        let findings = judge_names(&leaking, &["Alice"]);
        assert_eq!(findings.len(), 2);
        assert!(findings.iter().all(|f| f.id == "I-PSEUDONYM" && !f.detail.contains("Alice")));
    }
}
