//! Records that are broken or beyond the rules: a finding that names what is wrong.

use avalon::import::UnknownInput;
use avalon::invariant::Finding;
use rstest::rstest;
use serde_json::{Value, json};

use crate::fixtures::record;
use crate::{convert, judge, salted};

fn refused(record: &Value) -> Finding {
    refused_text(&record.to_string())
}

fn refused_text(text: &str) -> Finding {
    let mut pseudonyms = salted();
    let finding = avalon::import::proavalon::convert(text, &mut pseudonyms).unwrap_err();
    assert_eq!(pseudonyms.names().count(), 0, "nothing is handed on of a refused record");
    finding
}

/// The fixture with the member at `pointer` replaced, or set where it was absent.
fn with(name: &str, pointer: &str, value: Value) -> Value {
    let mut record = record(name);
    match record.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => record[&pointer[1..]] = value,
    }
    record
}

#[test]
fn what_is_no_record_is_told() {
    for text in ["", "{", "[1]", "{}", "7", "null", r#"{"Quince": "Quince"#] {
        let finding = refused_text(text);
        assert_eq!(finding.id, "I-PARSE", "{text}");
        assert!(!finding.detail.contains("Quince"), "{finding}");
    }
}

#[rstest]
fn a_missing_member_is_named(
    #[values(
        "timeGameStarted",
        "timeGameFinished",
        "winningTeam",
        "howTheGameWasWon",
        "voteHistory",
        "playerRoles"
    )]
    member: &str,
) {
    let mut record = record("hit-5");
    record.as_object_mut().unwrap().remove(member);
    let finding = refused(&record);
    assert_eq!(
        (finding.id.as_str(), finding.detail),
        ("I-PARSE", format!("`{member}` is missing"))
    );
}

#[rstest]
#[case("/_id", json!({"$oid": 7}), "`$oid`")]
#[case("/_id", json!(7), "`_id`")]
#[case("/timeGameStarted", json!("last week"), "`timeGameStarted`")]
#[case("/timeAssassinationStarted", json!({"a": 1}), "`timeAssassinationStarted`")]
#[case("/numberOfPlayers", json!("5"), "`numberOfPlayers`")]
#[case("/numberOfPlayers", json!(6), "`numberOfPlayers`")]
#[case("/winningTeam", json!("Nobody"), "`Nobody`")]
#[case("/howTheGameWasWon", json!("By luck."), "`By luck.`")]
#[case("/playerUsernamesOrdered", json!("Quince"), "`playerUsernamesOrdered`")]
#[case("/playerUsernamesOrdered", json!(["Quince", "Rowan", "Sorrel", "Tansy"]), "seats 4")]
#[case("/playerUsernamesOrdered/1", json!("Quince"), "twice")]
#[case("/playerUsernamesOrdered/1", json!("Somebody"), "`voteHistory`")]
#[case("/playerRoles", json!([]), "`playerRoles`")]
#[case("/playerRoles/Quince", json!("Merlin"), "`playerRoles`")]
#[case("/playerRoles/Quince/alliance", json!("Spy"), "`Merlin`")]
#[case("/playerRoles/Quince/alliance", json!(null), "`Merlin`")]
#[case("/spyTeam", json!(["Quince", "Rowan"]), "`spyTeam`")]
#[case("/missionHistory/0", json!("drawn"), "`drawn`")]
#[case("/missionHistory", json!({}), "`missionHistory`")]
#[case("/numFailsHistory/0", json!(-1), "`numFailsHistory`")]
#[case("/numFailsHistory/0", json!(0.5), "`numFailsHistory`")]
#[case("/voteHistory", json!([]), "`voteHistory`")]
#[case("/voteHistory/Quince", json!([]), "missions")]
#[case("/voteHistory/Quince", json!([[""], ["", ""], [""]]), "missions")]
#[case("/voteHistory/Quince/1", json!(["VHapprove"]), "proposals of mission 2")]
#[case("/voteHistory/Quince/1", json!([]), "proposals of mission 2")]
#[case("/voteHistory/Quince/1/0", json!(3), "`voteHistory`")]
#[case("/voteHistory/Quince/1/0", json!("VHmaybe"), "mission 2, proposal 1: `VHmaybe`")]
#[case("/voteHistory/Quince/1/0", json!("VHapprove VHreject"), "votes twice")]
#[case("/voteHistory/Quince/1/0", json!("VHleader VHapprove"), "not exactly one")]
#[case("/whoAssassinShot", json!("Percival"), "contradict")]
#[case("/whoAssassinShot", json!(["Merlin"]), "`whoAssassinShot`")]
fn a_wrong_member_is_named(#[case] pointer: &str, #[case] value: Value, #[case] named: &str) {
    let finding = refused(&with("hit-5", pointer, value));
    assert_eq!(finding.id, "I-PARSE");
    assert!(finding.detail.contains(named), "{finding}");
    let told = finding.detail.replace("`Quince`", "");
    assert!(!["Quince", "Rowan", "Sorrel", "Somebody"].iter().any(|name| told.contains(name)));
}

#[rstest]
#[case("/playerRoles/Sorrel/role", json!("Tristan"), "the role `Tristan`")]
#[case("/playerRoles/Sorrel/role", json!("Galahad"), "the role `Galahad`")]
#[case("/playerRoles/Rowan/role", json!("MordredAssassin"), "the role `MordredAssassin`")]
#[case("/whoAssassinShot", json!("Isolde"), "the role `Isolde`")]
#[case("/whoAssassinShot2", json!("Isolde"), "`whoAssassinShot2`")]
#[case("/cards", json!(["Ref of the Rain"]), "the card `Ref of the Rain`")]
#[case("/cards", json!(["Lady of the Lake", "Sire of the Sea"]), "the card `Sire of the Sea`")]
#[case("/refHistoryUsernames", json!(["Quince"]), "`refHistoryUsernames`")]
#[case("/noreboUsername", json!("Quince"), "`noreboUsername`")]
#[case("/moreganoSpiesSeen", json!(["Quince"]), "`moreganoSpiesSeen`")]
#[case("/gameMode", json!("hunter"), "`hunter`")]
#[case("/howTheGameWasWon", json!("Assassinated Tristan and Isolde correctly."), "Tristan and Isolde")]
#[case("/playerRoles/Rowan/role", json!("Spy"), "a Merlin without an Assassin")]
fn what_is_beyond_the_rules_is_named(
    #[case] pointer: &str,
    #[case] value: Value,
    #[case] named: &str,
) {
    let finding = refused(&with("hit-5", pointer, value));
    assert_eq!(finding.id, "I-PARSE");
    assert!(finding.detail.contains(named), "{finding}");
}

#[rstest]
#[case("/ladyHistoryUsernames", json!(["Gorse", "Elder"]), "2 holders")]
#[case("/ladyHistoryUsernames", json!([]), "0 holders")]
#[case("/ladyHistoryUsernames/1", json!("Somebody"), "not seated")]
#[case("/ladyChain", json!(["Merlin"]), "`ladyChain`")]
fn a_broken_chain_of_the_lady_is_told(
    #[case] pointer: &str,
    #[case] value: Value,
    #[case] named: &str,
) {
    let finding = refused(&with("lady-7", pointer, value));
    assert!(finding.detail.contains(named), "{finding}");
}

#[test]
fn lengths_of_histories_are_held_against_each_other() {
    let short = with("hit-5", "/numFailsHistory", json!([0, 0, 1]));
    assert_eq!(refused(&short).id, "I-HISTORY-LEN");
    let phantom = with("hammer-6", "/numFailsHistory", json!([0, 1, 1]));
    assert_eq!(refused(&phantom).id, "I-HISTORY-LEN");
    let mut fewer = with("hit-5", "/numFailsHistory", json!([0, 0, 1]));
    fewer["missionHistory"] = json!(["succeeded", "succeeded", "failed"]);
    assert!(refused(&fewer).detail.contains("4 missions, 3 are due"));
}

#[test]
fn a_leader_out_of_turn_is_told() {
    let mut record = record("hit-5");
    for (player, leads) in [("Rowan", false), ("Umbel", true)] {
        let text = record["voteHistory"][player][1][0].as_str().unwrap().to_owned();
        let turned = if leads { format!("VHleader {text}") } else { text.replace("VHleader ", "") };
        record["voteHistory"][player][1][0] = json!(turned);
    }
    assert_eq!(refused(&record).id, "I-DIRECTION");
}

#[test]
fn a_vote_that_the_record_lost_stays_unknown() {
    let mut record = with("hit-5", "/voteHistory/Quince/0/0", json!("VHpicked "));
    record["voteHistory"]["Rowan"][0][0] = json!("");
    let converted = convert(&record);
    let votes = converted
        .unknown
        .iter()
        .filter(|input| matches!(input, UnknownInput::Vote { quest: 1, attempt: 1, .. }));
    assert_eq!(votes.count(), 2);
    let report = judge(&converted, &["Quince", "Rowan"]);
    assert!(report.findings.iter().any(|finding| finding.id == "V-COMPLETE"));
    assert!(report.findings.iter().any(|finding| finding.id == "V-MAJORITY"));
}

#[test]
fn what_the_source_itself_breaks_is_left_to_the_check() {
    let mut pseudonyms = salted();
    let broken = [
        (with("hit-5", "/numFailsHistory", json!([0, 0, 0, 0])), "M-RESULT"),
        (with("hit-5", "/winningTeam", json!("Resistance")), "W-RESULT"),
        (with("hit-5", "/voteHistory/Quince/0/0", json!("VHapprove")), "P-SIZE"),
    ];
    for (record, id) in broken {
        let converted =
            avalon::import::proavalon::convert(&record.to_string(), &mut pseudonyms).unwrap();
        let report = crate::check(&converted.log);
        assert!(report.findings.iter().any(|finding| finding.id == id), "{:?}", report.findings);
    }
}
