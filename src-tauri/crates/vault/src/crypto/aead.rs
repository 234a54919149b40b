//! AES-256-GCM. The only place that names the implementation; the format does not depend on it.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

/// Length of an authentication tag.
pub(crate) const TAG: usize = 16;

/// Opening or sealing failed; nothing more is told on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AeadError;

/// A key that seals the frames of one object.
pub(crate) struct FrameKey(LessSafeKey);

impl FrameKey {
    pub(crate) fn new(key: &[u8; 32]) -> Result<Self, AeadError> {
        let unbound = UnboundKey::new(&AES_256_GCM, key).map_err(|_| AeadError)?;
        Ok(Self(LessSafeKey::new(unbound)))
    }

    /// Encrypts `frame` in place and returns its tag.
    pub(crate) fn seal(
        &self,
        counter: u32,
        last: bool,
        associated: &[u8],
        frame: &mut [u8],
    ) -> Result<[u8; TAG], AeadError> {
        let sealed =
            self.0.seal_in_place_separate_tag(nonce(counter, last), Aad::from(associated), frame);
        let tag = sealed.map_err(|_| AeadError)?;
        tag.as_ref().try_into().map_err(|_| AeadError)
    }

    /// Decrypts `frame`, ciphertext ‖ tag, in place and returns the plaintext's part of it.
    pub(crate) fn open<'f>(
        &self,
        counter: u32,
        last: bool,
        associated: &[u8],
        frame: &'f mut [u8],
    ) -> Result<&'f mut [u8], AeadError> {
        let opened = self.0.open_in_place(nonce(counter, last), Aad::from(associated), frame);
        opened.map_err(|_| AeadError)
    }
}

/// 7 zero bytes ‖ counter u32 BE ‖ final flag: the key belongs to one object alone.
fn nonce(counter: u32, last: bool) -> Nonce {
    let mut bytes = [0; 12];
    bytes[7..11].copy_from_slice(&counter.to_be_bytes());
    bytes[11] = u8::from(last);
    Nonce::assume_unique_for_key(bytes)
}

/// Seals one short message with a key used for nothing else; appends the tag.
pub(crate) fn seal_message(
    key: &[u8; 32],
    associated: &[u8],
    message: &mut Vec<u8>,
) -> Result<(), AeadError> {
    let tag = FrameKey::new(key)?.seal(0, true, associated, message)?;
    message.extend_from_slice(&tag);
    Ok(())
}

/// Opens what [`seal_message`] sealed.
pub(crate) fn open_message<'m>(
    key: &[u8; 32],
    associated: &[u8],
    message: &'m mut [u8],
) -> Result<&'m [u8], AeadError> {
    FrameKey::new(key)?.open(0, true, associated, message).map(|plain| &*plain)
}
