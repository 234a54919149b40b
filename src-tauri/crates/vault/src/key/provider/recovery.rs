//! A recovery key: 32 random bytes on paper, for the day on which every other key is lost.

use async_trait::async_trait;
use data_encoding::{Encoding, Specification};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Description, derive, open_wrapped, seal_wrapped};
use crate::VaultError;
use crate::context::Entropy;
use crate::key::{KeyProvider, WrappedKey};

pub(super) const KIND: &str = "recovery";
/// Crockford's alphabet: no I, L, O, U.
const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const KEY: usize = 32;
/// With the key a multiple of 5 bytes, so that no letter is left half used.
const CHECKSUM: usize = 3;
/// Letters and digits of a key.
const LETTERS: usize = (KEY + CHECKSUM) * 8 / 5;
const GROUP: usize = 7;

/// Why a text is no recovery key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecoveryKeyError {
    /// Too short or too long.
    #[error(
        "a recovery key has {LETTERS} letters and digits, this text has {found}; compare it with the paper"
    )]
    Length {
        /// Letters and digits found.
        found: usize,
    },
    /// A sign that no recovery key has.
    #[error("group {group} holds a sign that no recovery key has; compare it with the paper")]
    Sign {
        /// Which group of seven, from 1.
        group: usize,
    },
    /// All signs are possible and do not belong together.
    #[error(
        "the recovery key is mistyped: its last letters do not match the rest; compare it with the paper"
    )]
    Checksum,
}

/// A recovery key. Whoever has it can open the vault; it is shown once and kept nowhere.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RecoveryKey([u8; KEY]);

impl RecoveryKey {
    /// Makes a new one.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut key = [0; KEY];
        entropy.fill(&mut key);
        Self(key)
    }

    /// The key as it is written down: eight groups of seven letters and digits.
    ///
    /// # Errors
    /// Never with the alphabet as it is.
    pub fn to_text(&self) -> Result<Zeroizing<String>, VaultError> {
        let mut bytes = Zeroizing::new(self.0.to_vec());
        bytes.extend_from_slice(&checksum(&self.0));
        let letters = Zeroizing::new(alphabet()?.encode(&bytes));
        let mut text = Zeroizing::new(String::with_capacity(LETTERS + LETTERS / GROUP));
        for (at, letter) in letters.chars().enumerate() {
            if at > 0 && at % GROUP == 0 {
                text.push('-');
            }
            text.push(letter);
        }
        Ok(text)
    }

    /// Reads what somebody typed: case, hyphens and blanks do not matter, and I, L and O count as
    /// the digits that they look like.
    ///
    /// # Errors
    /// [`VaultError::RecoveryKey`], telling what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        let mut letters = Zeroizing::new(String::with_capacity(LETTERS));
        for sign in text.chars().filter(|sign| !sign.is_whitespace() && *sign != '-') {
            letters.push(match sign.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            });
        }
        if let Some(at) = letters.chars().position(|letter| !ALPHABET.contains(letter)) {
            return Err(RecoveryKeyError::Sign { group: at / GROUP + 1 }.into());
        }
        if letters.len() != LETTERS {
            return Err(RecoveryKeyError::Length { found: letters.len() }.into());
        }
        let decoded = alphabet()?.decode(letters.as_bytes());
        let bytes = Zeroizing::new(decoded.map_err(|_| RecoveryKeyError::Checksum)?);
        let (key, sum) = bytes.split_at_checked(KEY).ok_or(RecoveryKeyError::Checksum)?;
        let key: [u8; KEY] = key.try_into().map_err(|_| RecoveryKeyError::Checksum)?;
        let key = Self(key);
        if sum == checksum(&key.0) { Ok(key) } else { Err(RecoveryKeyError::Checksum.into()) }
    }
}

impl std::fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryKey(…)")
    }
}

/// Opens a vault by its recovery key.
#[derive(Debug, Clone)]
pub struct RecoveryProvider(RecoveryKey);

impl RecoveryProvider {
    /// A provider of this key.
    #[must_use]
    pub fn new(key: RecoveryKey) -> Self {
        Self(key)
    }
}

#[async_trait]
impl KeyProvider for RecoveryProvider {
    fn kind(&self) -> &str {
        KIND
    }

    async fn wrap(
        &self,
        vault_id: &[u8; 16],
        key: &[u8; 32],
        random: &[u8; 32],
    ) -> Result<WrappedKey, VaultError> {
        let kek = derive(KIND, &self.0.0, random)?;
        seal_wrapped(KIND, &kek, vault_id, random.to_vec(), key)
    }

    async fn unwrap(
        &self,
        vault_id: &[u8; 16],
        wrapped: &WrappedKey,
    ) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let salt: &[u8; 32] =
            wrapped.parameters.as_slice().try_into().map_err(|_| VaultError::WrongKey)?;
        open_wrapped(KIND, &*derive(KIND, &self.0.0, salt)?, vault_id, wrapped)
    }
}

/// There is nothing to tell of a recovery key.
pub(super) fn describe(_parameters: &[u8]) -> Description {
    Description::new()
}

fn checksum(key: &[u8; KEY]) -> [u8; CHECKSUM] {
    let mut sum = [0; CHECKSUM];
    let hash = blake3::derive_key("avalon-vault 2026 recovery key checksum v1", key);
    sum.copy_from_slice(&hash[..CHECKSUM]);
    sum
}

fn alphabet() -> Result<Encoding, VaultError> {
    let mut specification = Specification::new();
    specification.symbols.push_str(ALPHABET);
    specification.encoding().map_err(|error| failed(&error.to_string()))
}

fn failed(detail: &str) -> VaultError {
    VaultError::Key { provider: KIND.to_owned(), detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededEntropy;

    fn key() -> RecoveryKey {
        RecoveryKey::generate(&SeededEntropy::new(7))
    }

    fn refused(text: &str) -> RecoveryKeyError {
        match RecoveryKey::parse(text) {
            Err(VaultError::RecoveryKey(error)) => error,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_key_is_read_as_it_was_written() {
        for seed in 0..50 {
            let key = RecoveryKey::generate(&SeededEntropy::new(seed));
            let text = key.to_text().unwrap();
            assert_eq!(text.split('-').map(str::len).collect::<Vec<_>>(), [7; 8]);
            for typed in [
                text.to_string(),
                text.to_lowercase(),
                text.replace('-', ""),
                text.replace('-', " \n"),
                text.replace('1', "l").replace('0', "o"),
                text.replace('1', "I").replace('0', "O"),
            ] {
                assert_eq!(RecoveryKey::parse(&typed).unwrap().0, key.0, "{typed}");
            }
        }
    }

    #[test]
    fn every_slip_of_one_sign_and_every_swap_is_told() {
        let text = key().to_text().unwrap();
        let letters: Vec<char> = text.chars().collect();
        for at in 0..letters.len() {
            for sign in ALPHABET.chars().filter(|sign| *sign != letters[at] && letters[at] != '-') {
                let mut typed = letters.clone();
                typed[at] = sign;
                let typed: String = typed.into_iter().collect();
                assert_eq!(refused(&typed), RecoveryKeyError::Checksum, "{typed}");
            }
            if at > 0
                && letters[at] != letters[at - 1]
                && letters[at] != '-'
                && letters[at - 1] != '-'
            {
                let mut typed = letters.clone();
                typed.swap(at, at - 1);
                let typed: String = typed.into_iter().collect();
                assert_eq!(refused(&typed), RecoveryKeyError::Checksum, "{typed}");
            }
        }
        assert_eq!(refused(&text[1..]), RecoveryKeyError::Length { found: LETTERS - 1 });
        assert_eq!(refused(""), RecoveryKeyError::Length { found: 0 });
        let mut typed = letters;
        typed[9] = 'U';
        let typed: String = typed.into_iter().collect();
        assert_eq!(refused(&typed), RecoveryKeyError::Sign { group: 2 });
    }

    #[test]
    fn nothing_prints_the_key() {
        let provider = RecoveryProvider::new(key());
        assert_eq!(format!("{provider:?}"), "RecoveryProvider(RecoveryKey(…))");
    }
}
