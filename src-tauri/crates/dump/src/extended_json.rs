//! Canonical Extended JSON v2 of raw documents, fields in their own order.
//!
//! Reading is the BSON library's own; writing is not, as its way leads through JSON objects whose
//! order depends on how the program was built, and the order of an index's keys matters.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bson::Bson;
use bson::raw::{RawBsonRef, RawDocument};

/// Done, or why the bytes cannot be written as text.
type Written = Result<(), String>;

/// A raw document as canonical Extended JSON v2, fields in their own order.
///
/// # Errors
/// Why the bytes cannot be written as text: they are no BSON, or hold text that is not UTF-8.
pub fn canonical_extended_json(document: &[u8]) -> Result<String, String> {
    let raw = RawDocument::from_bytes(document).map_err(|error| error.to_string())?;
    let mut out = String::with_capacity(document.len() * 2);
    write_document(raw, &mut out)?;
    Ok(out)
}

/// Writes a document.
pub(crate) fn write_document(document: &RawDocument, out: &mut String) -> Written {
    out.push('{');
    for (position, element) in document.iter().enumerate() {
        let (name, value) = element.map_err(|error| error.to_string())?;
        if position > 0 {
            out.push(',');
        }
        write_string(name.as_str(), out);
        out.push(':');
        write_value(value, out)?;
    }
    out.push('}');
    Ok(())
}

fn write_value(value: RawBsonRef<'_>, out: &mut String) -> Written {
    match value {
        RawBsonRef::Document(document) => return write_document(document, out),
        RawBsonRef::Array(array) => {
            out.push('[');
            for (position, value) in array.into_iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_value(value.map_err(|error| error.to_string())?, out)?;
            }
            out.push(']');
        }
        RawBsonRef::String(text) => write_string(text, out),
        RawBsonRef::Boolean(value) => out.push_str(if value { "true" } else { "false" }),
        RawBsonRef::Null => out.push_str("null"),
        RawBsonRef::Int32(number) => write_tagged("$numberInt", &number.to_string(), out),
        RawBsonRef::Int64(number) => write_tagged("$numberLong", &number.to_string(), out),
        RawBsonRef::Double(number) => write_tagged("$numberDouble", &double(number), out),
        RawBsonRef::Decimal128(number) => write_tagged("$numberDecimal", &number.to_string(), out),
        RawBsonRef::ObjectId(id) => write_tagged("$oid", &id.to_hex(), out),
        RawBsonRef::Symbol(symbol) => write_tagged("$symbol", symbol, out),
        RawBsonRef::JavaScriptCode(code) => write_tagged("$code", code, out),
        RawBsonRef::JavaScriptCodeWithScope(code) => {
            out.push_str("{\"$code\":");
            write_string(code.code, out);
            out.push_str(",\"$scope\":");
            write_document(code.scope, out)?;
            out.push('}');
        }
        RawBsonRef::DateTime(at) => {
            out.push_str("{\"$date\":");
            write_tagged("$numberLong", &at.timestamp_millis().to_string(), out);
            out.push('}');
        }
        RawBsonRef::Timestamp(at) => {
            out.push_str(&format!(
                "{{\"$timestamp\":{{\"t\":{},\"i\":{}}}}}",
                at.time, at.increment
            ));
        }
        RawBsonRef::Binary(binary) => {
            let subtype = u8::from(binary.subtype);
            out.push_str("{\"$binary\":{\"base64\":");
            write_string(&STANDARD.encode(binary.bytes), out);
            out.push_str(&format!(",\"subType\":\"{subtype:02x}\"}}}}"));
        }
        RawBsonRef::RegularExpression(regex) => {
            out.push_str("{\"$regularExpression\":{\"pattern\":");
            write_string(regex.pattern.as_str(), out);
            out.push_str(",\"options\":");
            write_string(regex.options.as_str(), out);
            out.push_str("}}");
        }
        RawBsonRef::DbPointer(_) => {
            // A type of long ago, whose parts the library does not show.
            let pointer = Bson::try_from(value).map_err(|error| error.to_string())?;
            let text = serde_json::to_string(&pointer).map_err(|error| error.to_string())?;
            out.push_str(&text);
        }
        RawBsonRef::Undefined => out.push_str("{\"$undefined\":true}"),
        RawBsonRef::MinKey => out.push_str("{\"$minKey\":1}"),
        RawBsonRef::MaxKey => out.push_str("{\"$maxKey\":1}"),
    }
    Ok(())
}

fn write_tagged(tag: &str, text: &str, out: &mut String) {
    out.push('{');
    write_string(tag, out);
    out.push(':');
    write_string(text, out);
    out.push('}');
}

fn write_string(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

/// The shortest text that reads back as the same number.
fn double(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    format!("{number:?}")
}

#[cfg(test)]
mod tests {
    use bson::{Document, doc};

    use super::*;

    fn text(document: &Document) -> String {
        let bytes = document.to_vec().unwrap();
        let mut out = String::new();
        write_document(RawDocument::from_bytes(&bytes).unwrap(), &mut out).unwrap();
        out
    }

    #[test]
    fn the_text_is_the_published_one() {
        let document = doc! {
            "z": 1, "a": -2_i64, "f": 1.0, "nan": f64::NAN, "inf": f64::NEG_INFINITY,
            "text": "\"梅林\"\n", "list": [true, null_value()], "in": { "b": 1, "a": 2 },
            "id": bson::oid::ObjectId::from_bytes([7; 12]),
            "at": bson::DateTime::from_millis(-1),
            "ts": bson::Timestamp { time: 1, increment: 2 },
            "bin": bson::Binary { subtype: bson::spec::BinarySubtype::Uuid, bytes: vec![1; 3] },
            "min": Bson::MinKey,
        };
        let expected = concat!(
            r#"{"z":{"$numberInt":"1"},"a":{"$numberLong":"-2"},"f":{"$numberDouble":"1.0"},"#,
            r#""nan":{"$numberDouble":"NaN"},"inf":{"$numberDouble":"-Infinity"},"#,
            r#""text":"\"梅林\"\n","list":[true,null],"#,
            r#""in":{"b":{"$numberInt":"1"},"a":{"$numberInt":"2"}},"#,
            r#""id":{"$oid":"070707070707070707070707"},"at":{"$date":{"$numberLong":"-1"}},"#,
            r#""ts":{"$timestamp":{"t":1,"i":2}},"#,
            r#""bin":{"$binary":{"base64":"AQEB","subType":"04"}},"min":{"$minKey":1}}"#,
        );
        assert_eq!(text(&document), expected);
    }

    fn null_value() -> Bson {
        Bson::Null
    }

    #[test]
    fn every_type_reads_back_as_it_was() {
        let regex = bson::Regex {
            pattern: "^a".to_owned().try_into().unwrap(),
            options: "im".to_owned().try_into().unwrap(),
        };
        let scoped = bson::JavaScriptCodeWithScope { code: "x".into(), scope: doc! { "x": 1 } };
        let document = doc! {
            "regex": Bson::RegularExpression(regex),
            "code": Bson::JavaScriptCode("f()".into()),
            "scoped": Bson::JavaScriptCodeWithScope(scoped),
            "symbol": Bson::Symbol("s".into()),
            "undefined": Bson::Undefined,
            "max": Bson::MaxKey,
            "decimal": "1.50".parse::<bson::Decimal128>().unwrap(),
            "tiny": 5e-324, "large": 1e300, "zero": -0.0,
            "operator": { "$regex": "a", "$options": "i" },
            "validator": { "$or": [{ "kind": { "$type": "string" } }, { "n": { "$gt": 1 } }] },
        };
        let back: Document = serde_json::from_str(&text(&document)).unwrap();
        assert_eq!(back.to_vec().unwrap(), document.to_vec().unwrap());
    }
}
