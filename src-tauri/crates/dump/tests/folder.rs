//! The folder format, held against files written out by hand.

use std::io::Write;
use std::path::Path;

use bson::doc;
use dump::file::Position;
use dump::folder::{Folder, FolderWriter};
use dump::{DumpError, Kind, Metadata};
use flate2::write::GzEncoder;
use rstest::rstest;

const ONE: &[u8] = b"\x0e\0\0\0\x10_id\0\x01\0\0\0\0";
const TWO: &[u8] = b"\x0e\0\0\0\x10_id\0\x02\0\0\0\0";

fn put(path: &Path, gzip: bool, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    if !gzip {
        return std::fs::write(path, bytes).unwrap();
    }
    let path = format!("{}.gz", path.display());
    let mut encoder = GzEncoder::new(std::fs::File::create(path).unwrap(), Default::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap();
}

fn documents(folder: &Folder, collection: &str, gzip: bool) -> Result<Vec<Vec<u8>>, DumpError> {
    let found = folder.collections.iter().find(|one| one.metadata.collection == collection);
    let mut found_documents = Vec::new();
    if let Some(mut reader) = found.unwrap().documents(gzip, &Position::default())? {
        while let Some(document) = reader.next_document()? {
            found_documents.push(document);
        }
    }
    Ok(found_documents)
}

#[rstest]
fn what_the_tools_write_is_read(#[values(false, true)] gzip: bool) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(&root.join("avalon/users.bson"), gzip, &[ONE, TWO].concat());
    let text = br#"{"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_"}],"uuid":"00112233445566778899aabbccddeeff","collectionName":"users","type":"collection"}"#;
    put(&root.join("avalon/users.metadata.json"), gzip, text);
    put(&root.join("avalon/a%2Fb%E6%A2%85.bson"), gzip, b"");
    put(
        &root.join("avalon/v.metadata.json"),
        gzip,
        br#"{"options":{"viewOn":"users"},"indexes":[],"type":"view"}"#,
    );
    put(
        &root.join("avalon/prelude.json"),
        gzip,
        br#"{"ServerVersion":"8.0.0","ToolVersion":"100.12.0"}"#,
    );
    put(&root.join("oplog.bson"), gzip, ONE);
    put(&root.join("redis.jsonl"), gzip, b"");
    put(&root.join("other/things.bson"), gzip, TWO);

    let read = Folder::open(root, gzip).unwrap();
    let names: Vec<_> = read
        .collections
        .iter()
        .map(|one| (one.database.as_str(), one.metadata.collection.as_str(), one.metadata.kind))
        .collect();
    assert_eq!(
        names,
        [
            ("avalon", "a/b梅", Kind::Collection),
            ("avalon", "users", Kind::Collection),
            ("avalon", "v", Kind::View),
            ("other", "things", Kind::Collection),
        ]
    );
    let users = &read.collections[1].metadata;
    assert_eq!(
        users.indexes,
        [doc! { "v": 2, "key": { "_id": 1 }, "name": "_id_" }.to_vec().unwrap()]
    );
    assert_eq!(users.uuid.unwrap()[..3], [0, 0x11, 0x22]);
    assert_eq!(documents(&read, "users", gzip).unwrap(), [ONE, TWO]);
    assert_eq!(documents(&read, "a/b梅", gzip).unwrap(), Vec::<Vec<u8>>::new());
    assert_eq!(read.others.len(), 3, "{:?}", read.others);

    // The folder of one database alone.
    let alone = Folder::open(&root.join("other"), gzip).unwrap();
    assert_eq!(alone.collections[0].database, "other");
    assert_eq!(documents(&alone, "things", gzip).unwrap(), [TWO]);
}

#[rstest]
fn what_is_written_is_what_the_tools_read(#[values(false, true)] gzip: bool) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("dump");
    let writer = FolderWriter::create(&root, gzip).unwrap();
    let long = "梅".repeat(80);
    for name in ["users", "a/b", &long] {
        let mut file = writer.collection("avalon", &Metadata::bare(name)).unwrap().unwrap();
        file.document(ONE).unwrap();
        assert!(matches!(file.document(b"none"), Err(DumpError::Order { .. })));
        file.finish().unwrap();
    }
    let view = Metadata {
        kind: Kind::View,
        options: doc! { "viewOn": "users", "pipeline": [] }.to_vec().unwrap(),
        ..Metadata::bare("v")
    };
    assert!(writer.collection("avalon", &view).unwrap().is_none());
    assert!(writer.collection("../avalon", &view).is_err());
    assert!(writer.collection("avalon", &Metadata::bare("users")).is_err(), "it is there already");

    let ending = if gzip { ".gz" } else { "" };
    let exists = |name: &str| root.join("avalon").join(format!("{name}{ending}")).is_file();
    assert!(exists("users.bson") && exists("users.metadata.json") && exists("a%2Fb.bson"));
    assert!(exists("v.metadata.json") && !exists("v.bson"));
    if !gzip {
        assert_eq!(std::fs::read(root.join("avalon/users.bson")).unwrap(), ONE);
        let text = std::fs::read_to_string(root.join("avalon/users.metadata.json")).unwrap();
        assert_eq!(text, r#"{"indexes":[],"collectionName":"users","type":"collection"}"#);
    }
    #[cfg(unix)]
    for (path, mode) in [("", 0o700), ("avalon", 0o700)] {
        use std::os::unix::fs::PermissionsExt;
        let found = std::fs::metadata(root.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(found, mode, "{path}");
    }

    let read = Folder::open(&root, gzip).unwrap();
    let names: Vec<_> =
        read.collections.iter().map(|one| one.metadata.collection.as_str()).collect();
    assert_eq!(names, [long.as_str(), "a/b", "users", "v"]);
    assert_eq!(documents(&read, &long, gzip).unwrap(), [ONE]);
}

#[rstest]
fn damage_is_told_with_its_place(#[values(false, true)] gzip: bool) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(&root.join("avalon/users.bson"), gzip, &[ONE, &TWO[..9]].concat());
    let read = Folder::open(root, gzip).unwrap();
    match documents(&read, "users", gzip).unwrap_err() {
        DumpError::Damaged { on, offset, .. } => {
            assert!(on.contains("users.bson"), "{on}");
            assert_eq!(offset, ONE.len() as u64);
        }
        other => panic!("{other}"),
    }
    put(&root.join("avalon/users.metadata.json"), gzip, b"{");
    let error = Folder::open(root, gzip).unwrap_err();
    assert!(matches!(error, DumpError::Metadata { .. }), "{error}");
    let empty = tempfile::tempdir().unwrap();
    let error = Folder::open(empty.path(), gzip).unwrap_err();
    assert!(matches!(error, DumpError::NoDump { .. }), "{error}");
}

#[test]
fn a_compressed_file_cut_anywhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let path = root.join("avalon/users.bson");
    put(&path, true, &ONE.repeat(100));
    let whole = std::fs::read(root.join("avalon/users.bson.gz")).unwrap();
    for length in 3..whole.len() {
        std::fs::write(root.join("avalon/users.bson.gz"), &whole[..length]).unwrap();
        let read = Folder::open(root, true).unwrap();
        let error = documents(&read, "users", true).unwrap_err();
        assert!(matches!(error, DumpError::Damaged { .. }), "{length}: {error}");
    }
}
