//! BK-3: what is read is written back byte for byte, with definitions.

use std::collections::BTreeMap;

use bytes::Bytes;
use mongodb::bson::{Document, doc};
use source::SourceError;
use source::mongo::{CollectionKind, IndexPass, MongoSource, ScanOptions};

use crate::bson::{int_id, int32, raw};
use crate::corpus::odd_documents;
use crate::servers::Servers;
use source::rawbson::kind;

/// All documents of a collection by sort key.
pub async fn read_all(source: &MongoSource, name: &str, parts: usize) -> BTreeMap<Vec<u8>, Bytes> {
    let info = source.inspect_collection(name).await.unwrap().unwrap();
    let mut all = BTreeMap::new();
    for range in source.plan_ranges(&info, parts).await.unwrap() {
        let mut reader = source.read_range(&info, &range, ScanOptions::default());
        while let Some(batch) = reader.next_batch().await.unwrap() {
            for record in batch.iter() {
                assert!(all.insert(record.key.to_vec(), record.bytes()).is_none());
            }
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bk_3_every_type_and_odd_shape_comes_back_byte_identical() {
    let servers = Servers::mongo().await;
    let source = servers.source().await;
    let target = source.target("avalon");
    let documents = odd_documents();

    let outcome = target.insert_raw("written", &documents).await.unwrap();
    assert_eq!(outcome.documents, documents.len() as u64);
    assert_eq!(outcome.odd, 2);
    let expected: BTreeMap<Vec<u8>, Bytes> = documents
        .iter()
        .map(|document| (source::sortkey::of_document(document).unwrap(), document.clone()))
        .collect();
    assert!(read_all(&source, "written", 2).await == expected, "inserted bytes differ");

    // Again from what was read, and over documents that are already there.
    let read: Vec<Bytes> = expected.values().cloned().collect();
    target.insert_raw("again", &read).await.unwrap();
    assert!(read_all(&source, "again", 1).await == expected, "copied bytes differ");
    let changed: Vec<Bytes> = documents
        .iter()
        .map(|document| {
            let id = source::sortkey::id_element(document).unwrap();
            raw(&[(id.kind, "_id", id.value.to_vec()), (kind::INT32, "other", int32(1))])
        })
        .collect();
    target.replace_raw("again", &changed).await.unwrap();
    target.replace_raw("again", &read).await.unwrap();
    target.replace_raw("anew", &read).await.unwrap();
    assert!(read_all(&source, "again", 1).await == expected, "replaced bytes differ");
    assert!(read_all(&source, "anew", 1).await == expected, "upserted bytes differ");

    assert_eq!(target.delete_raw("again", &read).await.unwrap(), read.len() as u64);
    assert!(read_all(&source, "again", 1).await.is_empty());
    servers.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bk_3_definitions_come_back() {
    let servers = Servers::mongo().await;
    let source = servers.source().await;
    define_everything(&source).await;
    let before = source.inspect().await.unwrap();

    let target = source.target("restored");
    for info in &before {
        if info.kind == CollectionKind::TimeSeries {
            let refused = info.ensure_supported().unwrap_err();
            assert!(
                matches!(&refused, SourceError::Refused { collection, .. }
                if collection == "series"),
                "{refused}"
            );
            assert!(target.create_collection(&info.name, &info.options_bson).await.is_err());
            continue;
        }
        target.create_collection(&info.name, &info.options_bson).await.unwrap();
        let indexes = &info.indexes_bson;
        target.create_indexes(&info.name, indexes, IndexPass::WithoutExpiry).await.unwrap();
        let interim = source.on_database("restored");
        let interim = interim.inspect_collection(&info.name).await.unwrap().unwrap();
        let expiring = interim.indexes_bson.iter().map(|raw| document(raw));
        assert!(!expiring.into_iter().any(|index| index.contains_key("expireAfterSeconds")));
        target.create_indexes(&info.name, indexes, IndexPass::OnlyExpiry).await.unwrap();
    }

    let after = source.on_database("restored").inspect().await.unwrap();
    let comparable = |infos: &[source::mongo::CollectionInfo]| -> BTreeMap<_, _> {
        let kept = infos.iter().filter(|info| info.kind != CollectionKind::TimeSeries);
        kept.map(|info| {
            let indexes: BTreeMap<_, _> = info
                .indexes_bson
                .iter()
                .map(|raw| (document(raw).get_str("name").unwrap().to_owned(), raw.clone()))
                .collect();
            (info.name.clone(), (info.kind, document(&info.options_bson), indexes, info.collated))
        })
        .collect()
    };
    assert_eq!(comparable(&before), comparable(&after));
    assert_eq!(comparable(&before).len(), 6);

    // Renaming, dropping and what does not exist.
    target.rename("checked", "restored", "moved", false).await.unwrap();
    assert!(target.exists("moved").await.unwrap() && !target.exists("checked").await.unwrap());
    target.drop_collection("moved").await.unwrap();
    target.drop_collection("moved").await.unwrap();
    target.drop_index("plain", "nowhere").await.unwrap();
    target.barrier().await.unwrap();
    servers.stop().await;
}

async fn define_everything(source: &MongoSource) {
    let database = source.database();
    let run = |command: Document| async move { database.run_command(command).await.unwrap() };
    run(doc! { "create": "checked", "validator": { "$jsonSchema": { "required": ["nick"] } },
    "validationLevel": "moderate", "validationAction": "warn" })
    .await;
    run(doc! { "create": "collated", "collation": { "locale": "zh", "strength": 2 } }).await;
    run(doc! { "create": "capped", "capped": true, "size": 4096, "max": 7 }).await;
    run(doc! { "create": "clustered",
    "clusteredIndex": { "key": { "_id": 1 }, "unique": true, "name": "by id" } })
    .await;
    run(doc! { "create": "seen", "viewOn": "plain", "pipeline": [{ "$match": { "a": 1 } }] }).await;
    run(doc! { "create": "series", "timeseries": { "timeField": "t" } }).await;
    run(doc! { "create": "__avault_stage_plain" }).await;
    run(doc! { "create": "plain" }).await;
    run(doc! { "createIndexes": "plain", "indexes": [
        { "key": { "a": 1, "b": -1 }, "name": "compound", "unique": true },
        { "key": { "at": 1 }, "name": "expiry", "expireAfterSeconds": 3600 },
        { "key": { "c": 1 }, "name": "partial",
          "partialFilterExpression": { "c": { "$gt": 5 } } },
        { "key": { "d": 1 }, "name": "collated", "collation": { "locale": "de" } },
        { "key": { "e": 1 }, "name": "sparse hidden", "sparse": true, "hidden": true },
        { "key": { "_id": "hashed" }, "name": "hashed" },
        { "key": { "t": "text" }, "name": "text", "weights": { "t": 3 } },
        { "key": { "$**": 1 }, "name": "wild", "wildcardProjection": { "f": 1 } },
        { "key": { "place": "2dsphere" }, "name": "place" },
    ] })
    .await;
}

fn document(raw: &[u8]) -> Document {
    Document::from_reader(raw).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_written_is_named() {
    let servers = Servers::mongo().await;
    let source = servers.source().await;
    let target = source.target("avalon");
    target
        .create_indexes(
            "unique",
            &[index(doc! { "v": 2, "key": { "a": 1 }, "name": "a", "unique": true })],
            IndexPass::WithoutExpiry,
        )
        .await
        .unwrap();
    let twice: Vec<Bytes> =
        (0..2).map(|id| raw(&[int_id(id), (kind::INT32, "a", int32(1))])).collect();
    let error = target.insert_raw("unique", &twice).await.unwrap_err();
    assert!(
        matches!(
            &error,
            SourceError::WriteRefused { failed: 1, tried: 2, first_index: 1, code: 11000, .. }
        ),
        "{error}"
    );
    let misplaced = raw(&[(kind::INT32, "a", int32(1)), int_id(1)]);
    let error = target.insert_raw("unique", &[misplaced]).await.unwrap_err();
    assert!(matches!(error, SourceError::DocumentAltered { .. }), "{error}");

    let nobody =
        servers.sandbox.mongodb_uri().replacen("mongodb://", "mongodb://nobody:secret@", 1);
    let error = source::mongo::MongoTarget::connect(&nobody, "avalon").await.unwrap_err();
    assert!(matches!(error, SourceError::Authentication { .. }), "{error}");
    assert!(!format!("{error} {error:?}").contains("secret"));
    servers.stop().await;
}

fn index(specification: Document) -> Bytes {
    mongodb::bson::RawDocumentBuf::try_from(&specification).unwrap().into_bytes().into()
}
