//! Mixed game data of a wanted size: simulated games, then copies of them under new names.
//!
//! A copy gives every identifier and hash a new value, the same in all collections, so that it
//! compresses and refers as badly and as well as the games it was made from. ULIDs go on counting
//! time: each copy is a later stretch of it, so documents lie in the order of their ids as in the
//! collections of a service that has run for years.

use anyhow::Result;
use futures::TryStreamExt;
use mongodb::bson::{Bson, Document, doc, serialize_to_vec};
use mongodb::options::{InsertManyOptions, WriteConcern};
use mongodb::{Client, Collection, Database};
use ulid::Ulid;

/// Digits of identifiers.
const CROCKFORD: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Length of the shortest identifier.
const SHORTEST: usize = 10;
/// Time that one copy covers, more than that of the games it is made from.
const STRETCH_MS: u64 = 100 * 24 * 3_600_000;
/// Length of a SHA-256 in hexadecimal digits.
const HASH: usize = 64;
/// Documents sent at once.
const BATCH: usize = 4_000;

/// Copies every document again and again until the database holds so many bytes of BSON; returns
/// the bytes that it holds.
pub async fn multiply(uri: &str, database: &str, wanted: u64) -> Result<u64> {
    let database = Client::with_uri_str(uri).await?.database(database);
    let names = database.list_collection_names().await?;
    let mut originals = Vec::new();
    let mut bytes = 0;
    for name in names.into_iter().filter(|name| name != "config") {
        let documents: Vec<Document> =
            database.collection(&name).find(doc! {}).await?.try_collect().await?;
        for document in &documents {
            bytes += serialize_to_vec(document)?.len() as u64;
        }
        originals.push((name, documents));
    }
    let one = bytes.max(1);
    let mut copy = 0_u64;
    while bytes < wanted {
        copy += 1;
        insert_copy(&database, &originals, copy).await?;
        bytes += one;
    }
    Ok(bytes)
}

async fn insert_copy(
    database: &Database,
    originals: &[(String, Vec<Document>)],
    copy: u64,
) -> Result<()> {
    for (name, documents) in originals {
        let collection = database.collection(name);
        for batch in documents.chunks(BATCH) {
            // What has no name of its own, such as the sums over all players, stays single.
            let copies = batch.iter().map(|original| (original, renamed(original, copy)));
            let copies = copies.filter(|(original, copy)| original.get("_id") != copy.get("_id"));
            insert(&collection, copies.map(|(_, copy)| copy).collect()).await?;
        }
    }
    Ok(())
}

async fn insert(collection: &Collection<Document>, documents: Vec<Document>) -> Result<()> {
    if documents.is_empty() {
        return Ok(());
    }
    let options =
        InsertManyOptions::builder().ordered(false).write_concern(WriteConcern::nodes(1)).build();
    collection.insert_many(documents).with_options(options).await?;
    Ok(())
}

fn renamed(document: &Document, copy: u64) -> Document {
    document
        .iter()
        .map(|(key, value)| (renamed_text(key, copy), renamed_value(value, copy)))
        .collect()
}

fn renamed_value(value: &Bson, copy: u64) -> Bson {
    match value {
        Bson::String(text) => Bson::String(renamed_text(text, copy)),
        Bson::Document(document) => Bson::Document(renamed(document, copy)),
        Bson::Array(values) => {
            Bson::Array(values.iter().map(|value| renamed_value(value, copy)).collect())
        }
        other => other.clone(),
    }
}

fn renamed_text(text: &str, copy: u64) -> String {
    let plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if text.len() == HASH && plain(text) {
        return scrambled(text, copy, b"0123456789abcdef");
    }
    // An event's id stands alone; those of players, rooms, games and commands follow a letter.
    let (prefix, name) = match text.split_at_checked(2) {
        Some((prefix, name)) if prefix.ends_with('_') => (prefix, name),
        _ => ("", text),
    };
    if !plain(name) || name.len() < SHORTEST {
        return text.to_owned();
    }
    match Ulid::from_string(name) {
        Ok(ulid) => {
            let random = scrambled(name, copy, CROCKFORD);
            let random = Ulid::from_string(&random).map_or(0, |ulid| ulid.random());
            let time = ulid.timestamp_ms() + copy * STRETCH_MS;
            format!("{prefix}{}", Ulid::from_parts(time, random))
        }
        Err(_) if !prefix.is_empty() => format!("{prefix}{}", scrambled(name, copy, CROCKFORD)),
        Err(_) => text.to_owned(),
    }
}

/// The same name for the same text and copy, of the same alphabet and length.
fn scrambled(text: &str, copy: u64, alphabet: &[u8]) -> String {
    let mut state = text.bytes().fold(copy.wrapping_mul(0x9E37_79B9_7F4A_7C15), |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    });
    (0..text.len())
        .map(|_| {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            char::from(alphabet[(mixed >> 33) as usize % alphabet.len()])
        })
        .collect()
}
