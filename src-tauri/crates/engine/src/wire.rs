//! Documents of the game service as the JSON that its events and states have.

use mongodb::bson::{Bson, Document};
use serde_json::{Value, json};

use crate::error::EngineError;

/// A value as plain JSON: numbers are numbers, types that JSON lacks are Extended JSON.
pub(crate) fn plain(value: &Bson) -> Result<Value, EngineError> {
    serde_json::to_value(value).map_err(|error| EngineError::Worker { detail: error.to_string() })
}

/// An event's document as its envelope: `_id` is the event's id there.
pub(crate) fn envelope(mut event: Document) -> Result<Value, EngineError> {
    if let Some(id) = event.remove("_id") {
        event.insert("eventId", id);
    }
    plain(&Bson::Document(event))
}

/// A value as canonical Extended JSON, which keeps the types of numbers.
pub(crate) fn canonical_extended(value: &Bson) -> Result<Value, EngineError> {
    Ok(match value {
        Bson::Int32(number) => json!({ "$numberInt": number.to_string() }),
        Bson::Int64(number) => json!({ "$numberLong": number.to_string() }),
        Bson::Double(number) if number.is_finite() => {
            json!({ "$numberDouble": format!("{number:?}") })
        }
        Bson::Array(values) => {
            Value::Array(values.iter().map(canonical_extended).collect::<Result<_, _>>()?)
        }
        Bson::Document(document) => Value::Object(
            document
                .iter()
                .map(|(name, value)| Ok((name.clone(), canonical_extended(value)?)))
                .collect::<Result<_, EngineError>>()?,
        ),
        other => plain(other)?,
    })
}

/// The canonical JSON text of a value.
pub(crate) fn canonical(value: &Value) -> Result<String, EngineError> {
    let unwritable = |detail: String| EngineError::Worker { detail };
    let bytes = avalon::canonical::to_vec(value).map_err(|error| unwritable(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| unwritable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use mongodb::bson::doc;
    use mongodb::bson::oid::ObjectId;

    use super::*;

    #[test]
    fn ids_of_any_type_are_written_out() {
        let id = ObjectId::from_bytes([7; 12]);
        let value = Bson::Document(doc! { "a": 1, "b": [2_i64, 1.5, "x"], "c": id });
        assert_eq!(
            canonical_extended(&value).unwrap(),
            json!({
                "a": {"$numberInt": "1"},
                "b": [{"$numberLong": "2"}, {"$numberDouble": "1.5"}, "x"],
                "c": {"$oid": "070707070707070707070707"},
            })
        );
        assert_eq!(plain(&value).unwrap()["b"], json!([2, 1.5, "x"]));
    }

    #[test]
    fn an_event_gets_its_id_back() {
        let event = envelope(doc! { "_id": "E", "seq": 1_i64 }).unwrap();
        assert_eq!(canonical(&event).unwrap(), r#"{"eventId":"E","seq":1}"#);
    }
}
