//! Which documents may be in each other's way while they are written: those of which a value changes
//! that no two documents may share.

use std::collections::BTreeSet;

use bytes::Bytes;
use mongodb::bson::RawDocument;

/// The fields that the unique indexes of a collection look at.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum UniqueFields {
    /// The first names of their paths.
    Some(BTreeSet<String>),
    /// It cannot be told: which documents an index takes depends on others too.
    Any,
}

impl UniqueFields {
    /// Of index definitions.
    pub(super) fn of(indexes: &[Bytes]) -> Self {
        let mut fields = BTreeSet::new();
        for index in indexes {
            let Ok(index) = RawDocument::from_bytes(index) else { return Self::Any };
            let is_set = |name| matches!(index.get_bool(name), Ok(true));
            if !is_set("unique") && !is_set("prepareUnique") {
                continue;
            }
            let partial = !matches!(index.get("partialFilterExpression"), Ok(None));
            let (false, Ok(key)) = (partial, index.get_document("key")) else { return Self::Any };
            for field in key {
                let Ok((path, _)) = field else { return Self::Any };
                let first = path.as_str().split('.').next().unwrap_or_default();
                if first.starts_with('$') {
                    return Self::Any;
                }
                fields.insert(first.to_owned());
            }
        }
        Self::Some(fields)
    }

    /// Whether one document can take the other's place whatever else is in the collection.
    pub(super) fn agree(&self, one: &[u8], other: &[u8]) -> bool {
        let Self::Some(fields) = self else { return false };
        let (Ok(one), Ok(other)) = (RawDocument::from_bytes(one), RawDocument::from_bytes(other))
        else {
            return false;
        };
        fields.iter().all(|field| match (one.get(field), other.get(field)) {
            (Ok(one), Ok(other)) => one == other,
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use mongodb::bson::{Document, doc, serialize_to_vec};

    use super::*;

    fn raw(document: &Document) -> Bytes {
        serialize_to_vec(document).unwrap().into()
    }

    fn fields(indexes: &[Document]) -> UniqueFields {
        UniqueFields::of(&indexes.iter().map(raw).collect::<Vec<_>>())
    }

    #[test]
    fn documents_agree_where_no_unique_value_changes() {
        let unique = fields(&[
            doc! { "key": { "_id": 1 }, "name": "_id_" },
            doc! { "key": { "free": 1 }, "name": "free_1" },
            doc! { "key": { "game.id": 1, "seq": -1 }, "name": "a", "unique": true },
        ]);
        let one = raw(&doc! { "_id": 1, "game": { "id": 7 }, "seq": 1, "free": 1 });
        for (other, agree) in [
            (doc! { "_id": 1, "free": 2, "seq": 1, "game": { "id": 7 } }, true),
            (doc! { "_id": 1, "game": { "id": 7 }, "seq": 2 }, false),
            (doc! { "_id": 1, "game": { "id": 7 }, "seq": 1.0 }, false),
            (doc! { "_id": 1, "game": { "id": 8 }, "seq": 1 }, false),
            (doc! { "_id": 1, "seq": 1 }, false),
        ] {
            assert_eq!(unique.agree(&one, &raw(&other)), agree, "{other}");
        }
        assert!(fields(&[]).agree(&one, &raw(&doc! { "_id": 1 })));
        assert!(!unique.agree(&one, b"no document"));
    }

    #[test]
    fn an_index_that_takes_some_documents_alone_tells_nothing() {
        for index in [
            doc! { "key": { "a": 1 }, "unique": true, "partialFilterExpression": { "b": 1 } },
            doc! { "key": { "$**": 1 }, "unique": true },
            doc! { "unique": true },
        ] {
            let unique = fields(&[index]);
            assert_eq!(unique, UniqueFields::Any);
            assert!(!unique.agree(&raw(&doc! { "a": 1 }), &raw(&doc! { "a": 1 })));
        }
        let rest = doc! { "key": { "a": 1 }, "partialFilterExpression": { "b": 1 } };
        assert_eq!(fields(&[rest]), UniqueFields::Some(BTreeSet::new()));
        let coming = doc! { "key": { "a": 1 }, "prepareUnique": true };
        assert_eq!(fields(&[coming]), UniqueFields::Some(["a".to_owned()].into()));
    }
}
