//! Whether bytes are the object that they are taken for.

use bytes::Bytes;

use crate::VaultError;
use crate::check::ProblemKind;
use crate::crypto::names::ContentName;
use crate::crypto::object::{Header, ObjectType};
use crate::digest::DigestSum;
use crate::objects::{ObjectRef, hash_of, key_of};
use crate::segment::{Decoded, Row};
use crate::vault::VaultInner;

impl VaultInner {
    /// Checks an object's bytes against the reference that leads to it. Work for the processor.
    ///
    /// Two writers may have stored the same content at once: other bytes than recorded are sound
    /// when they open and their name follows from what they hold.
    pub(crate) fn recognise(
        &self,
        object_type: ObjectType,
        object: &ObjectRef,
        bytes: &[u8],
    ) -> Result<(), VaultError> {
        if hash_of(bytes) != object.hash {
            return self.recognise_content(object_type, &object.name, bytes);
        }
        let key = key_of(object_type, &object.name);
        let header = Header::verify(&key, bytes)?;
        if header.object_type == object_type {
            return Ok(());
        }
        let detail = format!("a {:?} lies where a {object_type:?} belongs", header.object_type);
        Err(VaultError::damaged(&key, ProblemKind::Decode, detail))
    }

    /// Checks that an object opens and that its name follows from what it holds, which that of a
    /// manifest does not.
    pub(crate) fn recognise_content(
        &self,
        object_type: ObjectType,
        name: &ContentName,
        bytes: &[u8],
    ) -> Result<(), VaultError> {
        let key = key_of(object_type, name);
        match object_type {
            ObjectType::Segment | ObjectType::Delta => {
                let decoded = self.open_segment(object_type, &key, bytes)?;
                self.sum_of(object_type, &key, name, &decoded).map(drop)
            }
            ObjectType::Page => {
                let plain = self.unseal(object_type, &key, bytes)?;
                if self.names.page(&plain) == *name {
                    return Ok(());
                }
                let detail = "its name does not follow from what it holds";
                Err(VaultError::damaged(&key, ProblemKind::Decode, detail))
            }
            _ => {
                self.unseal(object_type, &key, bytes)?;
                let detail = "it is sound and not the one that was recorded";
                Err(VaultError::damaged(&key, ProblemKind::Hash, detail))
            }
        }
    }

    /// Computes name, order of keys and hashes of an opened segment anew, and tells the digest and
    /// the bytes of its documents.
    pub(crate) fn sum_of(
        &self,
        object_type: ObjectType,
        key: &str,
        name: &ContentName,
        decoded: &Decoded,
    ) -> Result<(DigestSum, u64), VaultError> {
        let damaged = |detail: &str| Err(VaultError::damaged(key, ProblemKind::Decode, detail));
        let index = &decoded.index;
        if self.segment_name(object_type, &index.index, &index.hashes) != *name {
            return damaged("its name does not follow from what it holds");
        }
        if index.rows.windows(2).any(|pair| matches!(pair, [a, b] if a.key > b.key)) {
            return damaged("its keys are not in order");
        }
        let documents = self.names.documents();
        let (mut sum, mut bytes) = (DigestSum::default(), 0);
        let told = |row| decoded.document(row).map(|document| (row, document));
        let told: Vec<(&Row, Bytes)> = index.rows.iter().filter_map(told).collect();
        let pairs = told.iter().map(|(row, document)| (&row.key[..], &document[..]));
        for ((row, document), hash) in told.iter().zip(documents.documents(pairs)) {
            if hash.short() != row.hash {
                return damaged("a document does not match its hash");
            }
            sum.add(row.hash);
            bytes += document.len() as u64;
        }
        Ok((sum, bytes))
    }
}
