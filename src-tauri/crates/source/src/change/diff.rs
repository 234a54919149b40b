//! Updates of the form `{$v: 2, diff: …}`, as servers from 5.0 on write them.
//!
//! A diff of a document has, in this order: `d` (fields removed), `u` (fields changed), `i` (fields
//! added at the end), and a field `s<name>` for each sub-document or array that has a diff of its
//! own. A diff of an array is marked `a: true` and has `l` (a new length), `u<index>` and
//! `s<index>`, in order of index. Field order is part of a document's bytes and is kept.

use std::collections::HashMap;

use crate::rawbson::{self, DocumentWriter, Element, MalformedBson, kind, read_i32};

/// Deepest nesting that is followed; servers allow 200.
const DEEPEST: usize = 256;

/// An update that cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiffError {
    /// A form that this version does not know.
    #[error("an update is of a form that is not known here: {0}")]
    Unknown(String),
    /// The bytes are no BSON.
    #[error(transparent)]
    Malformed(#[from] MalformedBson),
}

/// What a diff says of one field.
#[derive(Debug, Clone, Copy)]
enum FieldChange<'d> {
    Removed,
    Changed(Element<'d>),
    /// Whatever stands there goes; the field comes at the end.
    Added,
    Inner(&'d [u8]),
}

/// The document after the update `object`.
pub(super) fn apply(image: &[u8], object: &[u8]) -> Result<Vec<u8>, DiffError> {
    let version = rawbson::find(object, "$v")?;
    let two = version.is_some_and(|v| v.kind == kind::INT32 && v.value == 2_i32.to_le_bytes());
    let diff = rawbson::find(object, "diff")?.filter(|diff| diff.kind == kind::DOCUMENT);
    match diff {
        Some(diff) if two => apply_to_document(image, diff.value, 0),
        _ => Err(DiffError::Unknown("neither a replacement nor of version 2".to_owned())),
    }
}

fn apply_to_document(image: &[u8], diff: &[u8], depth: usize) -> Result<Vec<u8>, DiffError> {
    let (fields, added) = read_document_diff(diff, depth)?;
    let mut out = DocumentWriter::with_capacity(image.len() + diff.len());
    let mut changed_in_place = Vec::new();
    for element in rawbson::elements(image)? {
        let element = element?;
        match fields.get(element.name) {
            None => {
                out.element(element.kind, element.name, element.value);
            }
            Some(FieldChange::Removed | FieldChange::Added) => {}
            Some(FieldChange::Changed(new)) => {
                out.element(new.kind, new.name, new.value);
                changed_in_place.push(new.name);
            }
            Some(FieldChange::Inner(inner)) => {
                apply_inner(&mut out, element.name, Some(element), inner, depth)?;
            }
        }
    }
    for element in added.iter().filter(|added| !changed_in_place.contains(&added.name)) {
        out.element(element.kind, element.name, element.value);
    }
    Ok(out.finish())
}

/// The changes by field, and what comes at the end unless it was changed in its place.
type DocumentDiff<'d> = (HashMap<&'d [u8], FieldChange<'d>>, Vec<Element<'d>>);

fn read_document_diff(diff: &[u8], depth: usize) -> Result<DocumentDiff<'_>, DiffError> {
    if depth > DEEPEST {
        return Err(DiffError::Unknown("it is nested too deeply".to_owned()));
    }
    let (mut fields, mut added) = (HashMap::new(), Vec::new());
    for section in rawbson::elements(diff)? {
        let section = section?;
        match section.name {
            [b's', name @ ..] if section.kind == kind::DOCUMENT => {
                fields.insert(name, FieldChange::Inner(section.value));
            }
            b"d" | b"u" | b"i" if section.kind == kind::DOCUMENT => {
                for element in rawbson::elements(section.value)? {
                    let element = element?;
                    let change = match section.name {
                        b"d" => FieldChange::Removed,
                        b"u" => FieldChange::Changed(element),
                        _ => FieldChange::Added,
                    };
                    fields.insert(element.name, change);
                    if section.name != b"d" {
                        added.push(element);
                    }
                }
            }
            other => return Err(unknown("a part of a document's diff", other)),
        }
    }
    Ok((fields, added))
}

/// Applies the diff of what stands in a field. Where that is of another type the server, too, puts
/// null: a later update has changed the type, and this one is being applied again.
fn apply_inner(
    out: &mut DocumentWriter,
    name: &[u8],
    image: Option<Element<'_>>,
    diff: &[u8],
    depth: usize,
) -> Result<(), DiffError> {
    let of_array = is_array_diff(diff)?;
    match image {
        Some(image) if of_array && image.kind == kind::ARRAY => {
            let value = apply_to_array(image.value, diff, depth + 1)?;
            out.element(kind::ARRAY, name, &value);
        }
        Some(image) if !of_array && image.kind == kind::DOCUMENT => {
            let value = apply_to_document(image.value, diff, depth + 1)?;
            out.element(kind::DOCUMENT, name, &value);
        }
        _ => {
            out.element(kind::NULL, name, &[]);
        }
    }
    Ok(())
}

fn is_array_diff(diff: &[u8]) -> Result<bool, DiffError> {
    let first = rawbson::elements(diff)?.next().transpose()?;
    Ok(first.is_some_and(|first| first.name == b"a" && first.kind == kind::BOOL))
}

/// What a diff says of one item.
#[derive(Debug, Clone, Copy)]
enum ItemChange<'d> {
    Set(Element<'d>),
    Inner(&'d [u8]),
}

fn apply_to_array(image: &[u8], diff: &[u8], depth: usize) -> Result<Vec<u8>, DiffError> {
    let (length, changes) = read_array_diff(diff, depth)?;
    let mut changes = changes.into_iter().peekable();
    let mut items = rawbson::elements(image)?;
    let mut out = DocumentWriter::with_capacity(image.len() + diff.len());
    let mut index = 0_usize;
    loop {
        let item = match length {
            Some(length) if index >= length => None,
            _ => items.next().transpose()?,
        };
        let more = length.is_some_and(|length| index < length) || changes.peek().is_some();
        if item.is_none() && !more {
            return Ok(out.finish());
        }
        let name = index.to_string();
        match changes.next_if(|(at, _)| *at == index) {
            Some((_, ItemChange::Set(new))) => {
                out.element(new.kind, name.as_bytes(), new.value);
            }
            Some((_, ItemChange::Inner(inner))) => {
                apply_inner(&mut out, name.as_bytes(), item, inner, depth)?;
            }
            None => {
                let (kind, value) =
                    item.map_or((kind::NULL, &[][..]), |item| (item.kind, item.value));
                out.element(kind, name.as_bytes(), value);
            }
        }
        index += 1;
    }
}

type ArrayDiff<'d> = (Option<usize>, Vec<(usize, ItemChange<'d>)>);

fn read_array_diff(diff: &[u8], depth: usize) -> Result<ArrayDiff<'_>, DiffError> {
    if depth > DEEPEST {
        return Err(DiffError::Unknown("it is nested too deeply".to_owned()));
    }
    let (mut length, mut changes) = (None, Vec::new());
    for part in rawbson::elements(diff)? {
        let part = part?;
        match part.name {
            b"a" => {}
            b"l" if part.kind == kind::INT32 => {
                length = usize::try_from(read_i32(part.value, 0)?).ok();
            }
            [b'u', index @ ..] => changes.push((item(index)?, ItemChange::Set(part))),
            [b's', index @ ..] if part.kind == kind::DOCUMENT => {
                changes.push((item(index)?, ItemChange::Inner(part.value)));
            }
            other => return Err(unknown("a part of an array's diff", other)),
        }
    }
    if !changes.is_sorted_by_key(|(index, _)| *index) {
        return Err(DiffError::Unknown("the items of an array are not in order".to_owned()));
    }
    Ok((length, changes))
}

/// The largest index that is believed: an array lies in a document of 16 MiB.
const LARGEST_INDEX: usize = 16 << 20;

fn item(index: &[u8]) -> Result<usize, DiffError> {
    let number = std::str::from_utf8(index).ok().and_then(|text| text.parse().ok());
    number.filter(|n| *n <= LARGEST_INDEX).ok_or_else(|| unknown("the index of an item", index))
}

fn unknown(what: &str, name: &[u8]) -> DiffError {
    DiffError::Unknown(format!("{what} is called `{}`", String::from_utf8_lossy(name)))
}

#[cfg(test)]
mod tests {
    use mongodb::bson::{Bson, Document, doc};

    use super::*;

    fn applied(image: Document, diff: Document) -> Result<Document, DiffError> {
        let update = doc! {"$v": 2, "diff": diff}.to_vec().unwrap();
        let bytes = apply(&image.to_vec().unwrap(), &update)?;
        Ok(Document::from_reader(bytes.as_slice()).unwrap())
    }

    #[test]
    fn fields_change_in_place_and_new_ones_come_last() {
        let image = doc! {"_id": 1, "a": 1, "b": 2, "c": 3, "d": 4};
        let diff = doc! {"d": {"a": false}, "u": {"b": "two", "z": 9}, "i": {"c": 33, "e": 5}};
        let expected = doc! {"_id": 1, "b": "two", "d": 4, "z": 9, "c": 33, "e": 5};
        assert_eq!(applied(image, diff).unwrap(), expected);
    }

    #[test]
    fn inner_documents_and_arrays_change_item_by_item() {
        let image = doc! {"_id": 1, "s": {"x": {"y": 1}, "t": [1, {"k": 1}, 3, 4]}, "n": 1};
        let diff = doc! {"ss": {
            "sx": {"u": {"y": 2}},
            "st": {"a": true, "l": 6, "u0": "one", "s1": {"i": {"m": 2}}},
        }};
        let expected = doc! {
            "_id": 1,
            "s": {"x": {"y": 2}, "t": ["one", {"k": 1, "m": 2}, 3, 4, Bson::Null, Bson::Null]},
            "n": 1,
        };
        assert_eq!(applied(image.clone(), diff).unwrap(), expected);
        let shorter = applied(image.clone(), doc! {"ss": {"st": {"a": true, "l": 1}}}).unwrap();
        assert_eq!(shorter, doc! {"_id": 1, "s": {"x": {"y": 1}, "t": [1]}, "n": 1});
        let beyond = applied(doc! {"t": [1]}, doc! {"st": {"a": true, "u3": 4}}).unwrap();
        assert_eq!(beyond, doc! {"t": [1, Bson::Null, Bson::Null, 4]});
    }

    #[test]
    fn an_inner_diff_of_another_type_puts_null_as_the_server_does() {
        let image = doc! {"a": 1, "b": [1]};
        let diff = doc! {"sa": {"u": {"x": 1}}, "sb": {"u": {"x": 1}}};
        assert_eq!(applied(image, diff).unwrap(), doc! {"a": Bson::Null, "b": Bson::Null});
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let image = doc! {"_id": 1, "b": [1]};
        for diff in [doc! {"b": {"o": 0}}, doc! {"sb": {"a": true, "x0": 1}}, doc! {"u": 1}] {
            assert!(matches!(applied(image.clone(), diff), Err(DiffError::Unknown(_))));
        }
        let older = doc! {"$v": 1, "$set": {"a": 1}}.to_vec().unwrap();
        assert!(matches!(apply(&image.to_vec().unwrap(), &older), Err(DiffError::Unknown(_))));
    }
}
