use rstest::rstest;
use serde_json::Value;

use super::*;

fn canonical(json: &str) -> String {
    let direct = from_json(json.as_bytes()).unwrap();
    let value: Value = serde_json::from_str(json).unwrap();
    assert_eq!(to_vec(&value).unwrap(), direct, "both ways agree on {json}");
    String::from_utf8(direct).unwrap()
}

/// The sorting example of RFC 8785, section 3.2.3.
#[test]
fn members_are_sorted_by_utf16() {
    let json = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#;
    let expected = "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"\u{f6}\":\"Latin Small Letter O With Diaeresis\",\"\u{20ac}\":\"Euro Sign\",\"\u{1f600}\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}";
    assert_eq!(canonical(json), expected);
}

/// The example of RFC 8785, section 3.2.2.
#[test]
fn the_example_of_the_rfc() {
    let json = r#"{
        "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
    }"#;
    let expected = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\"string\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
    assert_eq!(String::from_utf8(from_json(json.as_bytes()).unwrap()).unwrap(), expected);
}

/// Appendix B of RFC 8785.
#[rstest]
#[case(0x0000_0000_0000_0000, "0")]
#[case(0x8000_0000_0000_0000, "0")]
#[case(0x0000_0000_0000_0001, "5e-324")]
#[case(0x8000_0000_0000_0001, "-5e-324")]
#[case(0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308")]
#[case(0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308")]
#[case(0x4340_0000_0000_0000, "9007199254740992")]
#[case(0xc340_0000_0000_0000, "-9007199254740992")]
#[case(0x4430_0000_0000_0000, "295147905179352830000")]
#[case(0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22")]
#[case(0x44b5_2d02_c7e1_4af6, "1e+23")]
#[case(0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23")]
#[case(0x444b_1ae4_d6e2_ef4e, "999999999999999700000")]
#[case(0x444b_1ae4_d6e2_ef4f, "999999999999999900000")]
#[case(0x444b_1ae4_d6e2_ef50, "1e+21")]
#[case(0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7")]
#[case(0x3eb0_c6f7_a0b5_ed8d, "0.000001")]
#[case(0x41b3_de43_5555_5553, "333333333.3333332")]
#[case(0x41b3_de43_5555_5557, "333333333.33333343")]
#[case(0xbecb_f647_612f_3696, "-0.0000033333333333333333")]
#[case(0x4314_3ff3_c1cb_0959, "1424953923781206.2")]
fn numbers(#[case] bits: u64, #[case] expected: &str) {
    let value = f64::from_bits(bits);
    assert_eq!(String::from_utf8(to_vec(&value).unwrap()).unwrap(), expected);
    assert_eq!(String::from_utf8(from_json(expected.as_bytes()).unwrap()).unwrap(), expected);
}

#[test]
fn integers() {
    assert_eq!(canonical("[1.0,-0,10,1e2,-5]"), "[1,0,10,100,-5]");
    assert_eq!(to_vec(&u64::MAX).unwrap(), b"18446744073709552000");
    assert_eq!(to_vec(&i64::MIN).unwrap(), b"-9223372036854776000");
    assert_eq!(canonical("9007199254740993"), "9007199254740992");
}

#[rstest]
#[case::duplicate(r#"{"a":1,"b":2,"a":3}"#)]
#[case::adjacent_duplicate(r#"{"a":1,"a":3}"#)]
#[case::tail("1 2")]
#[case::leading_zero("01")]
#[case::surrogate(r#""\ud800""#)]
#[case::trailing_comma("[1,]")]
#[case::open("{\"a\":")]
#[case::empty("")]
#[case::control("\"\n\"")]
#[case::huge("1e999")]
fn refused(#[case] json: &str) {
    assert!(from_json(json.as_bytes()).is_err());
}

#[test]
fn deep_nesting_is_refused_and_not_utf8_too() {
    assert!(from_json("[".repeat(100_000).as_bytes()).is_err());
    assert!(from_json(&[b'"', 0xff, b'"']).is_err());
    assert!(to_vec(&f64::NAN).is_err());
}

#[test]
fn nested_objects_are_sorted_within_unsorted_ones() {
    assert_eq!(
        canonical(r#"{"z":{"b":1,"a":[{"d":1,"c":2}]},"a":{}}"#),
        r#"{"a":{},"z":{"a":[{"c":2,"d":1}],"b":1}}"#
    );
}

#[test]
fn the_hash_member_is_left_out_at_the_top_only() {
    let mut hasher = EventHasher::default();
    let with = hasher.content_hash(r#"{"b":{"hash":1},"hash":"x","a":2}"#).unwrap();
    assert_eq!(with, Digest::of(br#"{"a":2,"b":{"hash":1}}"#));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn never_panics(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..64)) {
        let _ = from_json(&bytes);
    }

    /// Names around the places where UTF-16 and UTF-8 sort differently.
    #[test]
    fn members_are_sorted_by_utf16_units(
        a in "[a\u{d7ff}\u{e000}\u{ffff}\u{10000}]{0,12}",
        b in "[a\u{d7ff}\u{e000}\u{ffff}\u{10000}]{0,12}",
    ) {
        proptest::prop_assume!(a != b);
        let (first, second) =
            if a.encode_utf16().lt(b.encode_utf16()) { (&a, &b) } else { (&b, &a) };
        let expected = format!("{{\"{first}\":1,\"{second}\":1}}");
        for (x, y) in [(&a, &b), (&b, &a)] {
            proptest::prop_assert_eq!(canonical(&format!("{{\"{x}\":1,\"{y}\":1}}")), expected.clone());
        }
    }

    #[test]
    fn canonical_form_is_stable(text in "[\\PC\\x00-\\x20]{0,24}", number in proptest::num::f64::NORMAL) {
        let json = serde_json::json!({"b": text, text.clone(): number, "a": [text]});
        let once = to_vec(&json).unwrap();
        proptest::prop_assert_eq!(from_json(&once).unwrap(), once);
    }
}
