//! Documents of every type and odd shape, and `_id`s of every type.

use bytes::Bytes;
use source::rawbson::kind;

use crate::bson::*;

/// Documents that a server can hold and that some way of copying would alter.
pub fn odd_documents() -> Vec<Bytes> {
    let nested = raw(&[
        (kind::TIMESTAMP, "zero", timestamp(0, 0)),
        (kind::INT32, "$set", int32(1)),
        (kind::INT32, "", int32(2)),
    ]);
    let array = raw(&[(kind::INT32, "0", int32(1)), (kind::NULL, "1", vec![])]);
    let every_type: Vec<(u8, &str, Vec<u8>)> = vec![
        int_id(1),
        (kind::DOUBLE, "nan", double(f64::NAN)),
        (kind::DOUBLE, "another nan", f64::from_bits(0xfff8_0000_0000_0001).to_le_bytes().into()),
        (kind::DOUBLE, "minus zero", double(-0.0)),
        (kind::DOUBLE, "infinite", double(f64::NEG_INFINITY)),
        (kind::STRING, "string", string("tekst \u{0} 文字")),
        (kind::DOCUMENT, "document", nested.to_vec()),
        (kind::ARRAY, "array", array.to_vec()),
        (kind::BINARY, "generic", binary(0, b"abc")),
        (kind::BINARY, "old binary", binary(2, &[3, 0, 0, 0, 1, 2, 3])),
        (kind::BINARY, "uuid", binary(4, &[7; 16])),
        (kind::BINARY, "user defined", binary(0x80, b"")),
        (kind::UNDEFINED, "undefined", vec![]),
        (kind::OBJECT_ID, "object id", b"twelve bytes".to_vec()),
        (kind::BOOL, "true", vec![1]),
        (kind::DATE, "before 1970", int64(-1)),
        (kind::DATE, "far", int64(i64::MAX)),
        (kind::NULL, "null", vec![]),
        (kind::REGEX, "regex", regex("^a.*b$", "imx")),
        (kind::DB_POINTER, "pointer", db_pointer("db.collection")),
        (kind::CODE, "code", string("function() {}")),
        (kind::SYMBOL, "symbol", string("symbol")),
        (kind::CODE_WITH_SCOPE, "scoped", code_with_scope("x", &raw(&[int_id(3)]))),
        (kind::INT32, "int32", int32(i32::MIN)),
        (kind::TIMESTAMP, "timestamp", timestamp(7, 3)),
        (kind::INT64, "int64", int64(i64::MIN)),
        (kind::DECIMAL128, "decimal", decimal("1.2300")),
        (kind::DECIMAL128, "decimal nan", decimal("NaN")),
        (kind::DECIMAL128, "decimal zero", decimal("-0E+3")),
        (kind::MIN_KEY, "min", vec![]),
        (kind::MAX_KEY, "max", vec![]),
    ];
    vec![
        raw(&every_type),
        raw(&[int_id(2), (kind::INT32, "a", int32(1)), (kind::INT32, "a", int32(2))]),
        raw(&[
            int_id(3),
            (kind::INT32, "a.b", int32(1)),
            (kind::INT32, "", int32(2)),
            (kind::INT32, ".", int32(3)),
        ]),
        raw(&[int_id(4), (kind::INT32, "$set", int32(1)), (kind::INT32, "$a.b", int32(2))]),
        raw(&[int_id(5), (kind::TIMESTAMP, "zero", timestamp(0, 0))]),
        raw(&[
            int_id(6),
            (kind::TIMESTAMP, "zero", timestamp(0, 0)),
            (kind::INT32, "$a", int32(1)),
            (kind::INT32, "b", int32(1)),
            (kind::INT32, "b", int32(2)),
        ]),
        raw(&[(kind::TIMESTAMP, "_id", timestamp(0, 0))]),
        raw(&[(kind::DOUBLE, "_id", double(7.0)), (kind::INT32, "x", int32(1))]),
        largest_document(8),
    ]
}

/// A document of exactly 16 MiB.
pub fn largest_document(id: i32) -> Bytes {
    const LARGEST: usize = 16 * 1024 * 1024;
    let frame = raw(&[int_id(id), (kind::BINARY, "b", binary(0, b""))]).len();
    let filler: Vec<u8> = (0..LARGEST - frame).map(|at| (at * 31 % 251) as u8).collect();
    raw(&[int_id(id), (kind::BINARY, "b", binary(0, &filler))])
}

/// `_id`s of every type the server takes, in no particular order. All are different to the server.
pub fn mixed_ids() -> Vec<Bytes> {
    let mut ids = vec![
        with_id(kind::MIN_KEY, vec![]),
        with_id(kind::MAX_KEY, vec![]),
        with_id(kind::NULL, vec![]),
        with_id(kind::BOOL, vec![0]),
        with_id(kind::BOOL, vec![1]),
        with_id(kind::OBJECT_ID, vec![0; 12]),
        with_id(kind::OBJECT_ID, b"twelve bytes".to_vec()),
        with_id(kind::CODE, string("code")),
        with_id(kind::CODE_WITH_SCOPE, code_with_scope("code", &raw(&[int_id(1)]))),
        with_id(kind::CODE_WITH_SCOPE, code_with_scope("code", &raw(&[int_id(2)]))),
        with_id(kind::DB_POINTER, db_pointer("a.b")),
        with_id(kind::DB_POINTER, db_pointer("longer.b")),
        with_id(kind::SYMBOL, string("symbol")),
    ];
    ids.extend(number_ids());
    for text in ["", "a", "A", "ab", "a\u{0}", "a\u{0}b", "a\u{1}", "ä", "文", "zz"] {
        ids.push(with_id(kind::STRING, string(text)));
    }
    for (subtype, bytes) in
        [(0, &b""[..]), (0, b"b"), (5, b"b"), (0, b"aa"), (4, &[9; 16]), (2, &[1, 0, 0, 0, 5])]
    {
        ids.push(with_id(kind::BINARY, binary(subtype, bytes)));
    }
    ids.push(with_id(kind::BINARY, binary(0, &[1; 300])));
    for date in [i64::MIN, -1, 0, 1, i64::MAX] {
        ids.push(with_id(kind::DATE, int64(date)));
    }
    for (time, increment) in [(0, 1), (1, 0), (u32::MAX, u32::MAX)] {
        ids.push(with_id(kind::TIMESTAMP, timestamp(time, increment)));
    }
    let objects = [
        raw(&[]),
        raw(&[(kind::INT32, "a", int32(1))]),
        raw(&[(kind::DOUBLE, "a", double(1.5))]),
        raw(&[(kind::INT32, "a", int32(1)), (kind::INT32, "b", int32(1))]),
        raw(&[(kind::INT32, "b", int32(0))]),
        raw(&[(kind::STRING, "a", string("x"))]),
        raw(&[(kind::NULL, "a", vec![])]),
        raw(&[(kind::UNDEFINED, "a", vec![])]),
        raw(&[(kind::REGEX, "a", regex("x", "i"))]),
        raw(&[(kind::ARRAY, "a", raw(&[(kind::INT32, "0", int32(1))]).to_vec())]),
        raw(&[(kind::ARRAY, "a", raw(&[]).to_vec())]),
        raw(&[(kind::STRING, "$ref", string("c")), (kind::INT32, "$id", int32(1))]),
        raw(&[(kind::DOCUMENT, "a", raw(&[(kind::MAX_KEY, "z", vec![])]).to_vec())]),
    ];
    ids.extend(objects.iter().map(|object| with_id(kind::DOCUMENT, object.to_vec())));
    ids
}

fn number_ids() -> Vec<Bytes> {
    let mut ids = Vec::new();
    let doubles = [
        f64::NAN,
        f64::NEG_INFINITY,
        f64::INFINITY,
        f64::MIN,
        f64::MAX,
        5e-324,
        -5e-324,
        f64::MIN_POSITIVE,
        0.1,
        -0.1,
        0.5,
        1.5,
        -1.5,
        9_223_372_036_854_775_808.0,
        1e300,
        -1e300,
        123_456.789,
    ];
    ids.extend(doubles.map(|value| with_id(kind::DOUBLE, double(value))));
    let integers = [0, 1, -1, 2, 10, 100, 101, -100, i64::MAX, i64::MIN, 1 << 53, (1 << 53) + 1];
    ids.extend(integers.map(|value| with_id(kind::INT64, int64(value))));
    ids.extend([3, -3, i32::MAX, i32::MIN].map(|value| with_id(kind::INT32, int32(value))));
    let decimals = [
        "0.1",
        "-0.1",
        "0.3",
        "1.1",
        "1E-6176",
        "-1E-6176",
        "9.999999999999999999999999999999999E+6144",
        "9223372036854775807.5",
        "9007199254740992.5",
        "0.1000000000000000055511151231257827",
        "0.1000000000000000055511151231257828",
        "1E+300",
        "12345678901234567890123456789",
    ];
    ids.extend(decimals.map(|text| with_id(kind::DECIMAL128, decimal(text))));
    ids
}
