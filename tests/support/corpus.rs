//! Documents of every BSON type and odd shape that MongoDB stores.

use std::time::Duration;

use mongodb::bson::oid::ObjectId;
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{
    Binary, Bson, DateTime, Decimal128, Document, JavaScriptCodeWithScope, RawBson, RawBsonRef,
    RawDocument, RawDocumentBuf, Regex, Timestamp, doc, rawdoc,
};
use mongodb::options::{ClusteredIndex, Collation, IndexOptions};
use mongodb::{Database, IndexModel};

/// The largest document that MongoDB takes.
const LARGEST: usize = 16 * 1024 * 1024;

/// Documents that an ordinary insert stores as they are.
pub fn plain() -> Vec<RawDocumentBuf> {
    let mut documents: Vec<RawDocumentBuf> =
        values().into_iter().enumerate().map(|(at, value)| valued(at, value)).collect();
    documents.extend(identifiers().into_iter().map(identified));
    documents.extend([duplicate_keys(), odd_keys(), deep(), order("ab"), order("ba"), largest()]);
    documents
}

/// Documents that an ordinary insert would alter: a zero timestamp at the top is filled in by the
/// server, and names beginning with a dollar are read as operators by some paths.
pub fn altered_by_insert() -> Vec<RawDocumentBuf> {
    vec![
        rawdoc! { "_id": "zero-timestamp", "at": Timestamp { time: 0, increment: 0 } },
        rawdoc! { "_id": "dollar", "$set": 1, "plain": { "$inc": 2, "a.b": 3 } },
        rawdoc! { "_id": "dotted", "a.b.c": 1, ".": 2, "..": 3 },
    ]
}

/// Whether a field of the document is a symbol, which a collation cannot index.
pub fn holds_symbol(document: &RawDocument) -> bool {
    document.iter().flatten().any(|(_, value)| matches!(value, RawBsonRef::Symbol(_)))
}

/// Fills collections of every kind, with every index, with these documents.
pub async fn fill(database: &Database) {
    create_collections(database).await;
    for name in ["users", "rooms", "stats", "config"] {
        insert_corpus(database, name).await;
    }
}

async fn insert_corpus(database: &Database, name: &str) {
    let collection = database.collection::<RawDocumentBuf>(name);
    // A collation cannot index symbols, so a collated collection holds none.
    let collated = name == "rooms";
    for document in plain().iter().filter(|document| !collated || !holds_symbol(document)) {
        collection.insert_one(document).await.expect("an ordinary insert");
    }
    for document in altered_by_insert() {
        let document = Document::try_from(document.as_ref()).expect("a document");
        let id = document.get("_id").expect("an id");
        let update = doc! { "q": { "_id": id }, "u": [{ "$replaceWith": { "$literal": &document } }], "upsert": true };
        database
            .run_command(doc! { "update": name, "updates": [update] })
            .await
            .expect("a literal update");
    }
}

/// Collections with every kind of option and index that a restore must bring back.
async fn create_collections(database: &Database) {
    database
        .create_collection("users")
        .validator(doc! { "$jsonSchema": { "bsonType": "object" } })
        .validation_level(mongodb::options::ValidationLevel::Moderate)
        .await
        .expect("a validated collection");
    database
        .create_collection("rooms")
        .collation(Collation::builder().locale("zh").build())
        .await
        .expect("a collated collection");
    database
        .create_collection("stats")
        .clustered_index(ClusteredIndex::default())
        .await
        .expect("a clustered collection");
    let indexes = [
        ("users", doc! { "nick": 1 }, IndexOptions::builder().unique(true).sparse(true).build()),
        (
            "users",
            doc! { "createdAt": 1 },
            IndexOptions::builder().expire_after(Duration::from_secs(86_400 * 365)).build(),
        ),
        (
            "users",
            doc! { "rating": -1, "games": 1 },
            IndexOptions::builder()
                .partial_filter_expression(doc! { "games": { "$gt": 3 } })
                .build(),
        ),
        ("users", doc! { "about": "text" }, IndexOptions::default()),
        ("users", doc! { "hidden": 1 }, IndexOptions::builder().hidden(true).build()),
        (
            "rooms",
            doc! { "code": 1 },
            IndexOptions::builder().collation(Collation::builder().locale("en").build()).build(),
        ),
        ("rooms", doc! { "$**": 1 }, IndexOptions::default()),
        ("stats", doc! { "kind": "hashed" }, IndexOptions::default()),
    ];
    for (name, keys, options) in indexes {
        let index = IndexModel::builder().keys(keys).options(options).build();
        database.collection::<Document>(name).create_index(index).await.expect("an index");
    }
}

fn values() -> Vec<Bson> {
    vec![
        Bson::Double(f64::NAN),
        Bson::Double(f64::from_bits(0x7FF8_0000_0000_0001)),
        Bson::Double(f64::from_bits(0xFFF0_0000_0000_0001)),
        Bson::Double(-0.0),
        Bson::Double(f64::INFINITY),
        Bson::Double(f64::MIN_POSITIVE),
        Bson::String(String::new()),
        Bson::String("梅林 \u{0} 🗡 \u{10FFFF}".to_owned()),
        Bson::Document(Document::new()),
        Bson::Array(vec![]),
        Bson::Array(vec![Bson::Null, Bson::Int32(1), Bson::Array(vec![Bson::Boolean(true)])]),
        binary(BinarySubtype::Generic, &[]),
        binary(BinarySubtype::BinaryOld, &[1, 2, 3]),
        binary(BinarySubtype::Uuid, &[7; 16]),
        binary(BinarySubtype::Md5, &[8; 16]),
        binary(BinarySubtype::UserDefined(0x80), &[0, 255]),
        Bson::Undefined,
        Bson::ObjectId(ObjectId::from_bytes([9; 12])),
        Bson::Boolean(false),
        Bson::DateTime(DateTime::from_millis(-1)),
        Bson::DateTime(DateTime::MIN),
        Bson::DateTime(DateTime::MAX),
        Bson::Null,
        regex("^a.*b$", "imsux"),
        regex("", ""),
        Bson::JavaScriptCode("function () { return 1; }".to_owned()),
        Bson::JavaScriptCodeWithScope(JavaScriptCodeWithScope {
            code: "x".to_owned(),
            scope: doc! { "x": 1, "": { "y": 2 } },
        }),
        Bson::Symbol("symbol".to_owned()),
        Bson::Int32(i32::MIN),
        Bson::Int64(i64::MAX),
        Bson::Timestamp(Timestamp { time: u32::MAX, increment: u32::MAX }),
        decimal("-0E-6176"),
        decimal("NaN"),
        decimal("-Infinity"),
        decimal("1.000"),
        decimal("1.0"),
        Bson::MinKey,
        Bson::MaxKey,
    ]
}

/// Identifiers of every type that MongoDB takes as one, so that one collection mixes them all.
fn identifiers() -> Vec<Bson> {
    vec![
        Bson::MinKey,
        Bson::Null,
        Bson::Double(f64::NAN),
        Bson::Int32(-7),
        Bson::Double(1.5),
        Bson::Int64(1 << 60),
        decimal("123456789012345678901234567890.5"),
        Bson::String("梅林".to_owned()),
        Bson::Symbol("zz-symbol".to_owned()),
        Bson::Document(doc! { "b": 1, "a": [1] }),
        Bson::Document(doc! { "a": [1], "b": 1 }),
        binary(BinarySubtype::Generic, b"key"),
        binary(BinarySubtype::Uuid, &[1; 16]),
        Bson::ObjectId(ObjectId::from_bytes([1; 12])),
        Bson::Boolean(true),
        Bson::DateTime(DateTime::from_millis(1)),
        Bson::Timestamp(Timestamp { time: 1, increment: 2 }),
        Bson::MaxKey,
    ]
}

fn binary(subtype: BinarySubtype, bytes: &[u8]) -> Bson {
    Bson::Binary(Binary { subtype, bytes: bytes.to_vec() })
}

fn regex(pattern: &str, options: &str) -> Bson {
    let pattern = pattern.try_into().expect("no zero byte");
    let options = options.try_into().expect("no zero byte");
    Bson::RegularExpression(Regex { pattern, options })
}

fn decimal(text: &str) -> Bson {
    Bson::Decimal128(text.parse::<Decimal128>().expect("a decimal"))
}

fn valued(at: usize, value: Bson) -> RawDocumentBuf {
    let document =
        doc! { "_id": format!("value-{at:03}"), "value": value.clone(), "list": [value] };
    RawDocumentBuf::try_from(&document).expect("encodes")
}

fn identified(id: Bson) -> RawDocumentBuf {
    RawDocumentBuf::try_from(&doc! { "_id": id, "kind": "identifier" }).expect("encodes")
}

fn duplicate_keys() -> RawDocumentBuf {
    let mut document = RawDocumentBuf::new();
    for (key, value) in [("_id", "duplicate-keys"), ("same", "first"), ("same", "second")] {
        document.append(key.try_into_cstr(), RawBson::String(value.to_owned()));
    }
    document
}

/// Names as BSON's zero-terminated strings.
trait IntoCString {
    fn try_into_cstr(&self) -> mongodb::bson::raw::CString;
}

impl IntoCString for str {
    fn try_into_cstr(&self) -> mongodb::bson::raw::CString {
        self.to_owned().try_into().expect("no zero byte")
    }
}

fn odd_keys() -> RawDocumentBuf {
    rawdoc! { "_id": "odd-keys", "": 1, " ": 2, "梅林": 3, "in": { "": { "": 4 }, "0": 5 } }
}

fn deep() -> RawDocumentBuf {
    let inner = (0..90).fold(doc! { "end": true }, |inner, _| doc! { "d": inner });
    RawDocumentBuf::try_from(&doc! { "_id": "deep", "d": inner }).expect("encodes")
}

fn order(fields: &str) -> RawDocumentBuf {
    let mut document = doc! { "_id": format!("order-{fields}") };
    document.extend(fields.chars().map(|field| (field.to_string(), Bson::Int32(1))));
    RawDocumentBuf::try_from(&document).expect("encodes")
}

fn largest() -> RawDocumentBuf {
    let empty = rawdoc! { "_id": "largest", "filler": "" };
    let filler = "x".repeat(LARGEST - empty.as_bytes().len());
    rawdoc! { "_id": "largest", "filler": filler }
}
