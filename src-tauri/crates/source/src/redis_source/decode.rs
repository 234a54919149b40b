//! From a server's answer to a record.

use redis::Value;

use super::record::{
    Pair, PendingEntry, RedisRecord, RedisStream, RedisValue, StreamEntry, StreamGroup,
};

type Decoded<T> = Result<T, String>;

/// The answer of `read_key.lua`.
pub(super) fn record(key: &[u8], answer: Value) -> Decoded<RedisRecord> {
    let mut parts = items(answer)?.into_iter();
    let mut part = || parts.next().ok_or_else(|| "a part is missing".to_owned());
    let kind = text(part()?)?;
    let expiry: i64 = number(part()?)?;
    let dump = bytes(part()?)?;
    let value = value(&kind, part()?)?;
    Ok(RedisRecord {
        key: key.to_vec(),
        value,
        expire_at_ms: (expiry >= 0).then_some(expiry),
        dump,
    })
}

fn value(kind: &str, answer: Value) -> Decoded<RedisValue> {
    Ok(match kind {
        "string" => RedisValue::String(bytes(answer)?),
        "list" => RedisValue::List(byte_items(answer)?),
        "set" => {
            let mut members = byte_items(answer)?;
            members.sort_unstable();
            RedisValue::Set(members)
        }
        "zset" => {
            let members = pairs(answer)?.into_iter();
            let scored = members.map(|(member, score)| Ok((member, shortest(&score)?)));
            RedisValue::SortedSet(scored.collect::<Decoded<_>>()?)
        }
        "hash" => {
            let mut fields = pairs(answer)?;
            fields.sort_unstable();
            RedisValue::Hash(fields)
        }
        "stream" => RedisValue::Stream(stream(answer)?),
        other => RedisValue::Opaque(other.to_owned()),
    })
}

/// Scripts print scores with 17 digits; the shortest text of the same number is what one wrote.
fn shortest(score: &[u8]) -> Decoded<Vec<u8>> {
    /// Below this, whole numbers and fractions read better without an exponent.
    const PLAIN: f64 = 1e15;
    let text = std::str::from_utf8(score).map_err(|_| "a score is not UTF-8".to_owned())?;
    let number: f64 = text.parse().map_err(|_| format!("{text:?} is no score"))?;
    let plain = number == 0.0 || (number.abs() < PLAIN && number.abs() > 1e-6);
    let text =
        if plain || number.is_infinite() { number.to_string() } else { format!("{number:e}") };
    Ok(text.into_bytes())
}

/// The answer of `XINFO STREAM … FULL`.
fn stream(answer: Value) -> Decoded<RedisStream> {
    let mut stream = RedisStream::default();
    for (name, value) in fields(answer)? {
        match name.as_str() {
            "last-generated-id" => stream.last_id = text(value)?,
            "entries-added" => stream.entries_added = Some(number(value)?),
            "max-deleted-entry-id" => stream.max_deleted_id = Some(text(value)?),
            "entries" => {
                stream.entries = items(value)?.into_iter().map(entry).collect::<Decoded<_>>()?;
            }
            "groups" => {
                stream.groups = items(value)?.into_iter().map(group).collect::<Decoded<_>>()?;
            }
            _ => {}
        }
    }
    Ok(stream)
}

fn entry(answer: Value) -> Decoded<StreamEntry> {
    let [id, fields] = exactly(answer)?;
    Ok((text(id)?, pairs(fields)?))
}

fn group(answer: Value) -> Decoded<StreamGroup> {
    let mut group = StreamGroup::default();
    for (name, value) in fields(answer)? {
        match name.as_str() {
            "name" => group.name = bytes(value)?,
            "last-delivered-id" => group.last_delivered_id = text(value)?,
            "entries-read" if value != Value::Nil => group.entries_read = Some(number(value)?),
            "pel" | "pending" => {
                group.pending = items(value)?.into_iter().map(pending).collect::<Decoded<_>>()?;
            }
            "consumers" => {
                group.consumers =
                    items(value)?.into_iter().map(consumer).collect::<Decoded<_>>()?;
            }
            _ => {}
        }
    }
    Ok(group)
}

fn pending(answer: Value) -> Decoded<PendingEntry> {
    let [id, consumer, delivered, deliveries] = exactly(answer)?;
    Ok(PendingEntry {
        id: text(id)?,
        consumer: bytes(consumer)?,
        delivered_at_ms: number(delivered)?,
        deliveries: number(deliveries)?,
    })
}

fn consumer(answer: Value) -> Decoded<Vec<u8>> {
    let name = fields(answer)?.into_iter().find(|(name, _)| name == "name");
    name.map_or_else(|| Err("a consumer has no name".to_owned()), |(_, name)| bytes(name))
}

fn items(answer: Value) -> Decoded<Vec<Value>> {
    match answer {
        Value::Array(items) | Value::Set(items) => Ok(items),
        other => Err(format!("a list was expected, not {}", kind_of(&other))),
    }
}

fn exactly<const N: usize>(answer: Value) -> Decoded<[Value; N]> {
    items(answer)?.try_into().map_err(|_| format!("a list of {N} was expected"))
}

/// A map, or a flat list of names and values as scripts return it.
fn fields(answer: Value) -> Decoded<Vec<(String, Value)>> {
    if let Value::Map(fields) = answer {
        return fields.into_iter().map(|(name, value)| Ok((text(name)?, value))).collect();
    }
    let mut items = items(answer)?.into_iter();
    let mut fields = Vec::with_capacity(items.len() / 2);
    while let (Some(name), Some(value)) = (items.next(), items.next()) {
        fields.push((text(name)?, value));
    }
    Ok(fields)
}

fn pairs(answer: Value) -> Decoded<Vec<Pair>> {
    let mut items = byte_items(answer)?.into_iter();
    let mut pairs = Vec::with_capacity(items.len() / 2);
    while let (Some(name), Some(value)) = (items.next(), items.next()) {
        pairs.push((name, value));
    }
    Ok(pairs)
}

fn byte_items(answer: Value) -> Decoded<Vec<Vec<u8>>> {
    items(answer)?.into_iter().map(bytes).collect()
}

fn bytes(answer: Value) -> Decoded<Vec<u8>> {
    match answer {
        Value::BulkString(bytes) => Ok(bytes),
        Value::SimpleString(text) => Ok(text.into_bytes()),
        Value::Okay => Ok(b"OK".to_vec()),
        Value::Int(number) => Ok(number.to_string().into_bytes()),
        other => Err(format!("bytes were expected, not {}", kind_of(&other))),
    }
}

fn text(answer: Value) -> Decoded<String> {
    String::from_utf8(bytes(answer)?).map_err(|_| "a name is not UTF-8".to_owned())
}

fn number(answer: Value) -> Decoded<i64> {
    if let Value::Int(number) = answer {
        return Ok(number);
    }
    let text = text(answer)?;
    text.parse().map_err(|_| format!("{text:?} is no number"))
}

/// Names the kind without repeating the content.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Nil => "nothing",
        Value::Array(_) | Value::Set(_) => "a list",
        Value::Map(_) => "a map",
        Value::Int(_) => "a number",
        Value::BulkString(_) | Value::SimpleString(_) => "text",
        _ => "something else",
    }
}
