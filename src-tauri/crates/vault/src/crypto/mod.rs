//! Sealing of objects: key derivation, frames, self-checking headers and trailers.

pub(crate) mod aead;
pub(crate) mod names;
pub(crate) mod object;

pub use object::{ObjectType, verify_ciphertext};
