//! One operation of the oplog on one document, kept as it was written, and what it makes of the
//! document.

mod diff;
mod sorted;

use bytes::Bytes;

use crate::rawbson::{self, DocumentWriter, Element, MalformedBson, kind};
use crate::sortkey;

pub use diff::DiffError;
pub use sorted::{ChangeSorter, SortedChange, SortedChanges};

/// An operation as it is kept: raw BSON `{op, ns, ui, o, o2}`, each value as in the oplog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation<'a> {
    /// `i`, `u`, `d`, or `c` for a command.
    pub op: &'a str,
    /// `database.collection`.
    pub namespace: &'a str,
    /// UUID of the collection; it stays when a collection is renamed.
    pub uuid: Option<[u8; 16]>,
    /// The document inserted, the update, the `_id` deleted, or the command.
    pub object: &'a [u8],
    /// The `_id` of an updated document.
    pub subject: Option<&'a [u8]>,
}

/// What an operation cannot be applied for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// An update changes a document that is not there.
    #[error("an update changes a document that is not there")]
    NoDocument,
    /// The operation is a command, which changes no single document.
    #[error("an operation of kind `{0}` changes no document")]
    NoWrite(String),
    /// The update is of a form that this version does not know.
    #[error(transparent)]
    Diff(#[from] DiffError),
    /// The bytes are no BSON.
    #[error(transparent)]
    Malformed(#[from] MalformedBson),
}

impl<'a> Operation<'a> {
    /// Takes the fields that matter from an oplog entry, or from an operation of a transaction.
    ///
    /// # Errors
    /// When the bytes are no BSON, or a name is not UTF-8.
    pub fn parse(document: &'a [u8]) -> Result<Self, MalformedBson> {
        let mut operation = Self { op: "", namespace: "", uuid: None, object: &[], subject: None };
        for element in rawbson::elements(document)? {
            let element = element?;
            match element.name {
                b"op" => operation.op = text(&element)?,
                b"ns" => operation.namespace = text(&element)?,
                b"ui" => operation.uuid = uuid(&element),
                b"o" => operation.object = element.value,
                b"o2" if element.kind == kind::DOCUMENT => operation.subject = Some(element.value),
                _ => {}
            }
        }
        Ok(operation)
    }

    /// As it is kept.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let subject = self.subject.unwrap_or_default();
        let capacity = self.object.len() + subject.len() + self.namespace.len() + 64;
        let mut out = DocumentWriter::with_capacity(capacity);
        out.string("op", self.op).string("ns", self.namespace);
        if let Some(uuid) = &self.uuid {
            let mut value = Vec::with_capacity(21);
            value.extend_from_slice(&16_i32.to_le_bytes());
            value.push(UUID);
            value.extend_from_slice(uuid);
            out.element(kind::BINARY, b"ui", &value);
        }
        out.document("o", self.object);
        if self.subject.is_some() {
            out.document("o2", subject);
        }
        out.finish()
    }

    /// Whether it writes a document, hence has a key.
    #[must_use]
    pub fn is_write(&self) -> bool {
        matches!(self.op, "i" | "u" | "d")
    }

    /// The collection's name within `database`; none for another database's.
    #[must_use]
    pub fn collection(&self, database: &str) -> Option<&'a str> {
        self.namespace.strip_prefix(database)?.strip_prefix('.')
    }

    /// The `_id` of the document it writes.
    ///
    /// # Errors
    /// When it writes none.
    pub fn id(&self) -> Result<Element<'a>, MalformedBson> {
        sortkey::id_element(match self.op {
            "u" => self.subject.unwrap_or(self.object),
            _ => self.object,
        })
    }

    /// The sort key of the document it writes.
    ///
    /// # Errors
    /// When it writes none.
    pub fn key(&self) -> Result<Vec<u8>, MalformedBson> {
        let id = self.id()?;
        let mut key = Vec::with_capacity(id.value.len() + 4);
        sortkey::encode_value(id.kind, id.value, &mut key)?;
        Ok(key)
    }

    /// Whether the result depends on the document as it was.
    ///
    /// # Errors
    /// When the update is no BSON.
    pub fn needs_image(&self) -> Result<bool, MalformedBson> {
        Ok(self.op == "u" && rawbson::find(self.object, "$v")?.is_some())
    }

    /// What it makes of a document; none where there is no document before or after.
    ///
    /// # Errors
    /// [`ApplyError`].
    pub fn apply(&self, image: Option<&[u8]>) -> Result<Option<Bytes>, ApplyError> {
        match self.op {
            "i" => Ok(Some(Bytes::copy_from_slice(self.object))),
            "d" => Ok(None),
            "u" if !self.needs_image()? => Ok(Some(Bytes::copy_from_slice(self.object))),
            "u" => {
                let image = image.ok_or(ApplyError::NoDocument)?;
                Ok(Some(diff::apply(image, self.object)?.into()))
            }
            other => Err(ApplyError::NoWrite(other.to_owned())),
        }
    }
}

/// Binary subtype of UUIDs.
const UUID: u8 = 4;

fn uuid(element: &Element<'_>) -> Option<[u8; 16]> {
    let (_, bytes) = element.value.split_at_checked(5)?;
    bytes.try_into().ok().filter(|_| element.kind == kind::BINARY)
}

fn text<'a>(element: &Element<'a>) -> Result<&'a str, MalformedBson> {
    let bytes = sortkey::string_bytes(element.value)?;
    let offset = element.offset;
    std::str::from_utf8(bytes).map_err(|_| MalformedBson { reason: "a name is not UTF-8", offset })
}

#[cfg(test)]
mod tests {
    use mongodb::bson::{Binary, Document, doc, spec::BinarySubtype};

    use super::*;

    fn raw(document: &Document) -> Vec<u8> {
        document.to_vec().unwrap()
    }

    fn update(object: Document) -> Vec<u8> {
        let uuid = Binary { subtype: BinarySubtype::Uuid, bytes: vec![7; 16] };
        raw(&doc! {
            "lsid": {}, "op": "u", "ns": "avalon.games", "ui": uuid, "o": object,
            "o2": {"_id": "g1"}, "ts": 1,
        })
    }

    #[test]
    fn an_operation_is_kept_with_what_matters() {
        let entry = update(doc! {"$v": 2, "diff": {"u": {"seq": 2}}});
        let operation = Operation::parse(&entry).unwrap();
        assert_eq!(operation.uuid, Some([7; 16]));
        assert_eq!(operation.collection("avalon"), Some("games"));
        assert_eq!(operation.collection("avalo"), None);
        let kept = operation.encode();
        assert!(kept.len() < entry.len());
        assert_eq!(Operation::parse(&kept).unwrap(), operation);
        assert_eq!(
            operation.key().unwrap(),
            sortkey::of_document(&raw(&doc! {"_id": "g1"})).unwrap()
        );
    }

    #[test]
    fn each_kind_makes_of_a_document_what_it_says() {
        let before = raw(&doc! {"_id": "g1", "seq": 1, "x": true});
        let entry = update(doc! {"$v": 2, "diff": {"u": {"seq": 2}}});
        let changed = Operation::parse(&entry).unwrap().apply(Some(&before)).unwrap();
        assert_eq!(changed.unwrap().as_ref(), raw(&doc! {"_id": "g1", "seq": 2, "x": true}));
        let missing = Operation::parse(&entry).unwrap().apply(None);
        assert_eq!(missing, Err(ApplyError::NoDocument));
        let replacement = update(doc! {"_id": "g1", "all": "new"});
        let replaced = Operation::parse(&replacement).unwrap().apply(None).unwrap();
        assert_eq!(replaced.unwrap().as_ref(), raw(&doc! {"_id": "g1", "all": "new"}));
        let deletion = raw(&doc! {"op": "d", "ns": "avalon.games", "o": {"_id": "g1"}});
        assert_eq!(Operation::parse(&deletion).unwrap().apply(Some(&before)), Ok(None));
        let command = raw(&doc! {"op": "c", "ns": "avalon.$cmd", "o": {"drop": "games"}});
        assert!(matches!(
            Operation::parse(&command).unwrap().apply(None),
            Err(ApplyError::NoWrite(_))
        ));
    }
}
