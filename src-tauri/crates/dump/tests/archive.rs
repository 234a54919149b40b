//! The archive format, held against an archive written out byte by byte from its published
//! description: reader and writer are each tested against these bytes, not against each other.

use bson::doc;
use dump::archive::{ArchiveCollection, ArchiveEntry, ArchiveHeader, ArchiveReader, ArchiveWriter};
use dump::{DumpError, Kind, Metadata};
use proptest::prelude::*;

/// Two collections whose blocks alternate, and a view.
fn golden() -> Vec<u8> {
    [
        // magic
        b"m\xe2\x99\x81".as_slice(),
        // header
        b"f\0\0\0\x10concurrent_collections\0\x04\0\0\0\x02version\0\x04\0\0\00.1\0\x02server_version\0\x06\0\0\06.0.5\0\x02tool_version\0\x08\0\0\0100.7.0\0\0".as_slice(),
        // users defined
        b"\xda\0\0\0\x02db\0\x07\0\0\0avalon\0\x02collection\0\x06\0\0\0users\0\x02metadata\0\x83\0\0\0{\"indexes\":[{\"v\":{\"$numberInt\":\"2\"},\"key\":{\"_id\":{\"$numberInt\":\"1\"}},\"name\":\"_id_\"}],\"collectionName\":\"users\",\"type\":\"collection\"}\0\x10size\0\0\0\0\0\x02type\0\x0b\0\0\0collection\0\0".as_slice(),
        // rooms defined
        b"\xbd\0\0\0\x02db\0\x07\0\0\0avalon\0\x02collection\0\x06\0\0\0rooms\0\x02metadata\0f\0\0\0{\"indexes\":[],\"uuid\":\"00112233445566778899aabbccddeeff\",\"collectionName\":\"rooms\",\"type\":\"collection\"}\0\x10size\0\0\0\0\0\x02type\0\x0b\0\0\0collection\0\0".as_slice(),
        // view defined
        b"\xaa\0\0\0\x02db\0\x07\0\0\0avalon\0\x02collection\0\x02\0\0\0v\0\x02metadata\0]\0\0\0{\"options\":{\"viewOn\":\"users\",\"pipeline\":[]},\"indexes\":[],\"collectionName\":\"v\",\"type\":\"view\"}\0\x10size\0\0\0\0\0\x02type\0\x05\0\0\0view\0\0".as_slice(),
        // end of the prelude
        b"\xff\xff\xff\xff".as_slice(),
        // a block of users
        b"=\0\0\0\x02db\0\x07\0\0\0avalon\0\x02collection\0\x06\0\0\0users\0\x08EOF\0\0\x12CRC\0\0\0\0\0\0\0\0\0\0\x0e\0\0\0\x10_id\0\x01\0\0\0\0\xff\xff\xff\xff".as_slice(),
        // a block of rooms
        b"=\0\0\0\x02db\0\x07\0\0\0avalon\0\x02collection\0\x06\0\0\0rooms\0\x08EOF\0\0\x12CRC\0\0\0\0\0\0\0\0\0\0\x10\0\0\0\x02_id\0\x02\0\0\0r\0\0\xff\xff\xff\xff".as_slice(),
        // another of users
        b"=\0\0\0\x02db\0\x07\0\0\0avalon\0\x02collection\0\x06\0\0\0users\0\x08EOF\0\0\x12CRC\0\0\0\0\0\0\0\0\0\0\x17\0\0\0\x10_id\0\x02\0\0\0\x02n\0\x02\0\0\0x\0\0\xff\xff\xff\xff".as_slice(),
        // the end of rooms
        b"=\0\0\0\x02db\0\x07\0\0\0avalon\0\x02collection\0\x06\0\0\0rooms\0\x08EOF\0\x01\x12CRC\0s\xe4K\x10\x93\x81\xc72\0\xff\xff\xff\xff".as_slice(),
        // the end of users
        b"=\0\0\0\x02db\0\x07\0\0\0avalon\0\x02collection\0\x06\0\0\0users\0\x08EOF\0\x01\x12CRC\02\xf8e\xcd'\x01\xb8'\0\xff\xff\xff\xff".as_slice(),
        // the end of the view
        b"9\0\0\0\x02db\0\x07\0\0\0avalon\0\x02collection\0\x02\0\0\0v\0\x08EOF\0\x01\x12CRC\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff".as_slice(),
    ]
    .concat()
}

/// Where the prelude ends.
const BODY: usize = 687;
/// The documents of `users`, of `rooms`, and of `users` again.
const DOCUMENTS: [std::ops::Range<usize>; 3] = [748..762, 827..843, 908..931];

const USERS: usize = 0;
const ROOMS: usize = 1;
const VIEW: usize = 2;

fn collections() -> Vec<ArchiveCollection> {
    let users = Metadata {
        indexes: vec![doc! { "v": 2, "key": { "_id": 1 }, "name": "_id_" }.to_vec().unwrap()],
        ..Metadata::bare("users")
    };
    let uuid = Some(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff_u128.to_be_bytes());
    let rooms = Metadata { uuid, ..Metadata::bare("rooms") };
    let view = Metadata {
        kind: Kind::View,
        options: doc! { "viewOn": "users", "pipeline": [] }.to_vec().unwrap(),
        ..Metadata::bare("v")
    };
    let listed = |metadata| ArchiveCollection { database: "avalon".into(), metadata, size: 0 };
    [users, rooms, view].map(listed).to_vec()
}

fn header() -> ArchiveHeader {
    ArchiveHeader {
        concurrent_collections: 4,
        server_version: "6.0.5".into(),
        tool_version: "100.7.0".into(),
    }
}

/// The entries of the golden archive.
fn entries() -> Vec<ArchiveEntry> {
    let document = |collection, document: bson::Document| ArchiveEntry::Document {
        collection,
        document: document.to_vec().unwrap(),
    };
    vec![
        document(USERS, doc! { "_id": 1 }),
        document(ROOMS, doc! { "_id": "r" }),
        document(USERS, doc! { "_id": 2, "n": "x" }),
        ArchiveEntry::End { collection: ROOMS },
        ArchiveEntry::End { collection: USERS },
        ArchiveEntry::End { collection: VIEW },
    ]
}

fn read(bytes: &[u8]) -> Result<(ArchiveReader<&[u8]>, Vec<ArchiveEntry>), DumpError> {
    let mut reader = ArchiveReader::open(bytes, "x.archive")?;
    let mut found = Vec::new();
    while let Some(entry) = reader.next_entry()? {
        found.push(entry);
    }
    Ok((reader, found))
}

#[test]
fn the_reader_understands_the_published_form() {
    let golden = golden();
    let (reader, found) = read(&golden).unwrap();
    assert_eq!(reader.header(), &header());
    assert_eq!(reader.collections(), collections());
    assert_eq!(found, entries());
}

#[test]
fn the_writer_writes_the_published_form() {
    let mut writer =
        ArchiveWriter::begin(Vec::new(), "x.archive", &header(), &collections()).unwrap();
    for entry in entries() {
        match entry {
            ArchiveEntry::Document { collection, document } => {
                writer.document(collection, &document).unwrap();
            }
            ArchiveEntry::End { collection } => writer.end(collection).unwrap(),
        }
    }
    let written = writer.finish().unwrap();
    assert_eq!(written.escape_ascii().to_string(), golden().escape_ascii().to_string());
}

#[test]
fn an_archive_cut_anywhere_is_refused() {
    let golden = golden();
    for length in 0..golden.len() {
        assert!(read(&golden[..length]).is_err(), "cut to {length} bytes it is taken for whole");
    }
}

#[test]
fn a_flipped_bit_in_a_document_is_found() {
    let golden = golden();
    for at in DOCUMENTS.into_iter().flatten() {
        for bit in 0..8 {
            let mut bytes = golden.clone();
            bytes[at] ^= 1 << bit;
            let error = read(&bytes).map(|_| ()).unwrap_err();
            let place = matches!(error, DumpError::Damaged { .. } | DumpError::Checksum { .. });
            assert!(place, "byte {at}, bit {bit}: {error}");
        }
    }
    let mut value = golden.clone();
    // The number in the first document.
    value[DOCUMENTS[0].end - 5] ^= 1;
    match read(&value).map(|_| ()).unwrap_err() {
        DumpError::Checksum { namespace, expected, found, .. } => {
            assert_eq!((namespace.as_str(), expected), ("avalon.users", 0x27b8_0127_cd65_f832));
            assert_ne!(found, expected);
        }
        other => panic!("{other}"),
    }
}

#[test]
fn what_does_not_belong_is_told_with_its_place() {
    let golden = golden();
    let (prelude, body) = golden.split_at(BODY);
    let terminator = [0xff; 4].as_slice();
    let stranger = doc! { "db": "avalon", "collection": "who", "EOF": true, "CRC": 0_i64 };
    let headless = doc! { "db": "avalon", "EOF": false, "CRC": 0_i64 };
    for (bytes, says) in [
        ([golden.as_slice(), terminator].concat(), "a terminator stands outside of a block"),
        ([golden.as_slice(), body].concat(), "avalon.users has ended before"),
        (
            [prelude, &stranger.to_vec().unwrap(), terminator].concat(),
            "the prelude does not name avalon.who",
        ),
        (
            [prelude, &headless.to_vec().unwrap(), terminator].concat(),
            "the header of a block has no collection",
        ),
        (prelude.to_vec(), "it ends before avalon.users does"),
    ] {
        match read(&bytes).map(|_| ()).unwrap_err() {
            DumpError::Damaged { on, offset, reason } => {
                assert_eq!(reason, says);
                assert_eq!(on, "x.archive");
                assert!(offset >= BODY as u64, "{reason}: {offset}");
            }
            other => panic!("{other}"),
        }
    }
    let error = read(b"\x50\x4b\x03\x04 no archive").map(|_| ()).unwrap_err();
    assert!(matches!(error, DumpError::NoDump { .. }), "{error}");
}

#[test]
fn buckets_of_a_time_series_are_read_under_their_own_name() {
    let series = Metadata { kind: Kind::TimeSeries, ..Metadata::bare("heat") };
    let listed = ArchiveCollection { database: "avalon".into(), metadata: series, size: 0 };
    let begun = ArchiveWriter::begin(Vec::new(), "x", &header(), std::slice::from_ref(&listed));
    let mut writer = begun.unwrap();
    writer.end(0).unwrap();
    let whole = writer.finish().unwrap();
    // A writer of its own kind: the end of the buckets in place of the end of the series.
    let end = |name: &str| {
        let end = doc! { "db": "avalon", "collection": name, "EOF": true, "CRC": 0_i64 };
        [end.to_vec().unwrap().as_slice(), &[0xff; 4]].concat()
    };
    let prelude = whole.strip_suffix(end("heat").as_slice()).unwrap();
    let bytes = [prelude, &end("system.buckets.heat")].concat();
    let (reader, found) = read(&bytes).unwrap();
    assert_eq!(found, [ArchiveEntry::End { collection: 1 }]);
    assert_eq!(reader.collections()[1].metadata.collection, "system.buckets.heat");
    assert!(read(&[prelude, &end("system.buckets.cold")].concat()).is_err());
}

#[test]
fn the_writer_keeps_its_order() {
    let begin =
        || ArchiveWriter::begin(Vec::new(), "x.archive", &header(), &collections()).unwrap();
    assert!(matches!(begin().finish(), Err(DumpError::Order { .. })));
    let mut writer = begin();
    writer.end(USERS).unwrap();
    let document = doc! { "_id": 1 }.to_vec().unwrap();
    assert!(matches!(writer.document(USERS, &document), Err(DumpError::Order { .. })));
    assert!(matches!(writer.end(USERS), Err(DumpError::Order { .. })));
    assert!(matches!(writer.document(9, &document), Err(DumpError::Order { .. })));
    assert!(matches!(writer.document(ROOMS, b"no document"), Err(DumpError::Order { .. })));
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        prop_assert!(read(&bytes).is_err());
    }

    #[test]
    fn arbitrary_bytes_behind_a_prelude_are_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..2_000),
    ) {
        prop_assert!(read(&[&golden()[..BODY], &bytes].concat()).is_err());
    }

    #[test]
    fn whatever_is_flipped_it_never_panics(at in 0..1126usize, with in 1..=255_u8) {
        let mut bytes = golden();
        bytes[at] ^= with;
        let _ = read(&bytes);
    }

    #[test]
    fn whatever_order_it_is_written_in_it_reads_back(
        order in prop::collection::vec((0..3_usize, any::<i64>()), 0..60),
    ) {
        let mut writer =
            ArchiveWriter::begin(Vec::new(), "x", &header(), &collections()).unwrap();
        let mut written = Vec::new();
        for (collection, value) in order {
            let document = doc! { "_id": value, "text": "x".repeat(value.rem_euclid(40) as usize) };
            let document = document.to_vec().unwrap();
            writer.document(collection, &document).unwrap();
            written.push(ArchiveEntry::Document { collection, document });
        }
        for collection in [VIEW, USERS, ROOMS] {
            writer.end(collection).unwrap();
            written.push(ArchiveEntry::End { collection });
        }
        let bytes = writer.finish().unwrap();
        prop_assert_eq!(read(&bytes).unwrap().1, written);
    }
}
