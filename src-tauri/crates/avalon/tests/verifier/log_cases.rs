//! One breach of each invariant that a log is judged by, on a game that is legal but for it.

use serde_json::{Value, json};

use crate::games::Base;
use crate::wire::Log;

/// A breach: the invariant, the legal game, what breaks it, and what is broken with it.
pub struct Case(pub &'static str, pub Base, pub fn(&mut Log), pub &'static [&'static str]);

/// Everything that a log alone is judged by.
#[rustfmt::skip]
pub const CASES: &[Case] = &[
    // Configuration
    Case("C-PLAYERS", Base::Hit, |l| l.set("GameCreated", 0, "n", 4), &["C-PROFILE", "S-SEAT-BIJECTION"]),
    Case("C-PROFILE", Base::Hit, |l| { l.payload("GameCreated", 0)["profile"].as_object_mut().unwrap().remove("hammer"); }, &[]),
    Case("C-PROFILE", Base::Hit, |l| l.payload("GameCreated", 0)["profile"]["n"] = json!(8), &[]),
    Case("C-TEAMSIZE-TABLE", Base::Hit, |l| l.set("QuestStarted", 1, "teamSize", 4), &[]),
    Case("C-FAILS-TABLE", Base::Lady, |l| l.set("QuestStarted", 3, "failsNeeded", 1), &[]),
    Case("C-FAILS-TABLE", Base::Hit, |l| l.set("MissionResolved", 1, "failsNeeded", 2), &[]),
    Case("C-QUESTS", Base::Hit, |l| l.set("QuestStarted", 1, "q", 6), &["M-ORDER"]),
    Case("C-MODULES", Base::Hit, |l| l.set("RolesAssigned", 0, "ladyHolder", 3), &[]),
    Case("C-MODULES", Base::Hit, |l| { let p = l.player(0); l.set("TeamProposed", 0, "excaliburTo", p); }, &[]),
    Case("C-MODULES", Base::Hit, |l| l.set("RolesAssigned", 0, "loyaltyDeck", json!(["blank"])), &[]),
    Case("C-LADY-N", Base::Revised, |l| l.payload("GameCreated", 0)["profile"]["lady"]["on"] = json!(true), &["LK-TIMING"]),
    Case("C-VERSION", Base::Hit, |l| l.set_header("TeamProposed", 0, "v", 7), &[]),
    Case("C-VERSION", Base::Hit, |l| l.set("GameCreated", 0, "rulesVersion", "2.0"), &[]),
    // Seats
    Case("S-UNIQUE-ID", Base::Hit, |l| { let p = l.player(0); l.payload("GameCreated", 0)["seats"][1] = json!(p); }, &["S-SEAT-BIJECTION", "S-KNOWN-ACTOR", "R-COMPLETE", "R-MULTISET", "R-EVIL-COUNT", "R-UNIQUE", "R-ASSASSIN-ONE", "K-MATRIX", "P-SEATED", "V-VOTER", "V-COMPLETE", "V-COUNT", "V-MAJORITY", "L-ROTATION", "L-AFTER-QUEST", "L-ONLY-LEADER", "M-COMPLETE", "A-ACTOR", "W-RESULT", "R-IMMUTABLE", "A-NONE", "A-WHEN", "K-MERLIN-NOT-MORDRED", "K-EVIL-NOT-OBERON", "K-PERCIVAL-PAIR", "M-FAIL-LE-EVIL"]),
    Case("S-SEAT-BIJECTION", Base::Hit, |l| { l.payload("GameCreated", 0)["seats"].as_array_mut().unwrap().push(json!("stranger")); }, &["C-PLAYERS", "R-COMPLETE", "R-EVIL-COUNT", "P-SIZE", "V-COMPLETE", "V-MAJORITY", "L-ROTATION", "L-AFTER-QUEST", "L-ONLY-LEADER", "C-TEAMSIZE-TABLE", "C-FAILS-TABLE", "V-FORCED", "E-FSM", "V-COUNT"]),
    Case("S-FROZEN", Base::Hit, |l| { let p = l.player(0); l.insert_after("QuestStarted", 0, "PlayerLeft", json!({"playerId": p})); }, &[]),
    Case("S-KNOWN-ACTOR", Base::Hit, |l| l.set("TeamVoteCast", 0, "playerId", "stranger"), &["V-VOTER", "V-COMPLETE"]),
    // Roles
    Case("R-COMPLETE", Base::Hit, |l| { let p = l.with_role("SERVANT"); l.payload("RolesAssigned", 0)["roles"].as_object_mut().unwrap().remove(&p); }, &["R-MULTISET", "R-EVIL-COUNT"]),
    Case("R-KNOWN", Base::Hit, |l| { redeal(l, "OBERON", "MORDRED"); }, &["R-MULTISET", "K-MATRIX", "K-EVIL-NOT-OBERON", "K-MERLIN-NOT-MORDRED"]),
    Case("R-EVIL-COUNT", Base::Hit, |l| { redeal(l, "SERVANT", "MINION"); }, &["R-KNOWN", "R-MULTISET", "K-MATRIX", "M-GOOD-SUCCESS"]),
    Case("R-MULTISET", Base::Hit, |l| { redeal(l, "OBERON", "MINION"); }, &["R-KNOWN", "K-MATRIX", "K-EVIL-NOT-OBERON"]),
    Case("R-UNIQUE", Base::Hit, |l| { redeal(l, "SERVANT", "PERCIVAL"); }, &["R-MULTISET", "K-MATRIX", "K-PERCIVAL-PAIR"]),
    Case("R-MERLIN", Base::Hit, |l| { redeal(l, "MERLIN", "SERVANT"); }, &["R-MULTISET", "R-ASSASSIN-ONE", "K-MATRIX", "K-PERCIVAL-PAIR", "A-NONE", "A-WHEN", "W-RESULT", "W-REASON"]),
    Case("R-ASSASSIN-ONE", Base::Hit, |l| { redeal(l, "ASSASSIN", "MINION"); }, &["R-KNOWN", "R-MULTISET"]),
    Case("R-PERCIVAL-NEEDS-MERLIN", Base::NoMerlin, |l| { redeal(l, "SERVANT", "PERCIVAL"); profile_role(l, "SERVANT", "PERCIVAL"); }, &[]),
    Case("R-MORGANA-NEEDS-PERCIVAL", Base::NoMerlin, |l| { redeal(l, "MINION", "MORGANA"); profile_role(l, "MINION", "MORGANA"); }, &[]),
    Case("R-MORDRED-NEEDS-MERLIN", Base::NoMerlin, |l| { redeal(l, "MINION", "MORDRED"); profile_role(l, "MINION", "MORDRED"); }, &[]),
    Case("R-LANCELOT-PAIR", Base::Lancelot1, |l| { redeal(l, "LANCELOT_EVIL", "MINION"); }, &["R-MULTISET", "R-KNOWN", "K-MATRIX"]),
    Case("R-BOX", Base::NoMerlin, |l| { *l = nine_without_merlin(); }, &[]),
    Case("R-IMMUTABLE", Base::Hit, |l| { let p = l.with_role("SERVANT"); l.payload("GameEnded", 0)["roles"][p] = json!("PERCIVAL"); }, &[]),
    Case("R-RNG", Base::Hit, |l| l.set("GameEnded", 0, "seed", "00".repeat(32)), &[]),
    // Knowledge
    Case("K-MATRIX", Base::Hit, |l| { let (a, s) = (l.with_role("ASSASSIN"), l.with_role("SERVANT")); l.payload("RolesAssigned", 0)["knowledge"][a][s] = json!("evil"); }, &[]),
    Case("K-MERLIN-NOT-MORDRED", Base::Ten, |l| { let (a, b) = (l.with_role("MERLIN"), l.with_role("MORDRED")); l.payload("RolesAssigned", 0)["knowledge"][a][b] = json!("evil"); }, &["K-MATRIX"]),
    Case("K-PERCIVAL-PAIR", Base::Hit, |l| { let (a, b) = (l.with_role("PERCIVAL"), l.with_role("MORGANA")); l.payload("RolesAssigned", 0)["knowledge"][a].as_object_mut().unwrap().remove(&b); }, &["K-MATRIX"]),
    Case("K-EVIL-NOT-OBERON", Base::Hit, |l| { let (a, b) = (l.with_role("MORGANA"), l.with_role("OBERON")); l.payload("RolesAssigned", 0)["knowledge"][a][b] = json!("evil"); }, &["K-MATRIX"]),
    Case("K-PUBLIC-SLICE", Base::Lady, |l| l.set_header("LadyUsed", 0, "visibility", "public"), &[]),
    Case("K-PRIVATE-SLICE", Base::Lady, |l| { let p = l.player(7); l.set_header("MissionCardPlayed", 0, "visibility", format!("private:[{p}]")); }, &[]),
    Case("K-REVEAL", Base::Hit, |l| l.set_header("RolesAssigned", 0, "visibility", "public"), &["K-PUBLIC-SLICE"]),
    // Leader
    Case("L-FIRST", Base::Hit, |l| l.set("RolesAssigned", 0, "firstLeader", 7), &["L-ROTATION"]),
    Case("L-ROTATION", Base::Hit, |l| { let at = shifted(l, "TeamProposed", 1, "leader"); l.set("TeamProposed", 1, "leader", at); }, &[]),
    Case("L-ROTATION", Base::Hit, |l| { let at = shifted(l, "TeamVoteClosed", 0, "nextLeader"); l.set("TeamVoteClosed", 0, "nextLeader", at); }, &[]),
    Case("L-AFTER-QUEST", Base::Hit, |l| { let at = shifted(l, "QuestStarted", 1, "leaderSeat"); l.set("QuestStarted", 1, "leaderSeat", at); }, &["L-ROTATION"]),
    Case("L-ONLY-LEADER", Base::Hit, |l| { let other = not_leader(l); l.set_header("TeamProposed", 0, "actor", other); }, &[]),
    // Proposal
    Case("P-SIZE", Base::Hit, |l| { team(l).pop(); }, &["M-TEAM"]),
    Case("P-DISTINCT", Base::Hit, |l| { let first = team(l)[0].clone(); team(l)[1] = first; }, &[]),
    Case("P-SEATED", Base::Hit, |l| team(l)[1] = json!("stranger"), &["S-KNOWN-ACTOR"]),
    Case("P-ATTEMPT", Base::Hit, |l| l.set("TeamProposed", 1, "a", 1), &[]),
    Case("P-PHASE", Base::Hit, |l| { let event = l.0[l.find("TeamProposed", 0)].clone(); let at = l.find("MissionResolved", 0) + 1; l.0.insert(at, event); l.renumber(); }, &["L-ROTATION", "L-ONLY-LEADER", "E-ID-UNIQUE", "P-ATTEMPT"]),
    Case("P-ONE-OPEN", Base::Hit, |l| { let at = l.find("TeamProposed", 0); let event = l.0[at].clone(); l.0.insert(at + 1, event); l.renumber(); }, &["P-PHASE", "E-ID-UNIQUE"]),
    Case("P-REVISE", Base::Revised, |l| l.payload("GameCreated", 0)["profile"]["reproposeBeforeVote"] = json!(false), &[]),
    Case("P-REVISE", Base::Revised, |l| { let at = l.find("TeamProposalRevised", 0); let event = l.0.remove(at); l.0.insert(at + 2, event); l.renumber(); }, &[]),
    Case("P-LEADER-OUT", Base::Ten, |l| leader_out(l), &["M-COMPLETE", "M-TEAM"]),
    // Vote
    Case("V-COMPLETE", Base::Hit, |l| { l.remove("TeamVoteCast", 2); }, &[]),
    Case("V-ONCE", Base::Hit, |l| { let at = l.find("TeamVoteCast", 2); let event = l.0[at].clone(); l.0.insert(at + 1, event); l.renumber(); }, &["E-ID-UNIQUE"]),
    Case("V-VOTER", Base::Hit, |l| { let at = l.find("TeamVoteCast", 0); let event = l.0[at].clone(); let late = l.find("MissionResolved", 0) + 1; l.0.insert(late, event); l.renumber(); }, &["E-ID-UNIQUE"]),
    Case("V-VOTER", Base::Hit, |l| { let p = l.player(3); l.set_header("TeamVoteCast", 0, "actor", p); }, &[]),
    Case("V-COUNT", Base::Hit, |l| l.set("TeamVoteClosed", 1, "approvals", 6), &[]),
    Case("V-MAJORITY", Base::Hit, |l| l.set("TeamVoteClosed", 0, "result", "approved"), &[]),
    Case("V-APPROVED-LAST", Base::Hit, |l| { let event = l.0[l.find("TeamProposed", 1)].clone(); let at = l.find("TeamVoteClosed", 1) + 1; l.0.insert(at, event); l.renumber(); }, &["P-PHASE", "P-ATTEMPT", "L-ROTATION", "L-ONLY-LEADER", "E-ID-UNIQUE"]),
    Case("V-TRACK", Base::Hit, |l| l.set("TeamVoteClosed", 0, "voteTrackAfter", 2), &[]),
    Case("V-TRACK-MAX", Base::Hit, |l| l.set("TeamVoteClosed", 0, "voteTrackAfter", 6), &["V-TRACK"]),
    Case("V-TRACK-MAX", Base::FiveRejections, |l| { sixth_team(l); }, &["V-HAMMER"]),
    Case("V-HAMMER", Base::FiveRejections, |l| { let p = quest_start(l, 3); let at = l.find("GameEnded", 0); l.insert(at, "QuestStarted", p); }, &[]),
    Case("V-FORCED", Base::Hit, |l| { force_first(l); }, &[]),
    Case("V-FORCED", Base::Forced, |l| { let p = l.player(0); let at = l.find("TeamForced", 0); l.insert(at, "TeamVoteCast", json!({"q": 1, "a": 5, "playerId": p, "vote": "approve"})); }, &[]),
    Case("V-SECRET", Base::Hit, |l| l.set_header("TeamVoteCast", 0, "visibility", "public"), &["K-PUBLIC-SLICE"]),
    // Mission
    Case("M-TEAM", Base::Hit, |l| { let other = off_team(l); l.payload("MissionResolved", 0)["team"][0] = json!(other); }, &[]),
    Case("M-COMPLETE", Base::Hit, |l| { l.remove("MissionCardPlayed", 0); }, &[]),
    Case("M-COMPLETE", Base::Hit, |l| { let other = off_team(l); let at = l.find("MissionResolved", 0); l.insert(at, "MissionCardPlayed", json!({"q": 1, "playerId": other, "card": "success"})); }, &[]),
    Case("M-ONCE", Base::Hit, |l| { let at = l.find("MissionCardPlayed", 0); let event = l.0[at].clone(); l.0.insert(at + 1, event); l.renumber(); }, &["E-ID-UNIQUE"]),
    Case("M-GOOD-SUCCESS", Base::Hit, |l| l.set("MissionCardPlayed", 0, "card", "fail"), &["M-FAIL-COUNT", "M-RESULT"]),
    Case("M-FAIL-COUNT", Base::ThreeFails, |l| l.set("MissionResolved", 0, "fails", 0), &[]),
    Case("M-FAIL-LE-EVIL", Base::Hit, |l| l.set("MissionResolved", 0, "fails", 1), &["M-FAIL-COUNT"]),
    Case("M-RESULT", Base::Hit, |l| l.set("MissionResolved", 0, "result", "fail"), &[]),
    Case("M-FAILS-RANGE", Base::Hit, |l| l.set("MissionResolved", 0, "fails", 3), &["M-FAIL-COUNT", "M-FAIL-LE-EVIL"]),
    Case("M-ORDER", Base::Hit, |l| l.set("QuestStarted", 1, "q", 3), &[]),
    Case("M-ORDER", Base::Hit, |l| { let at = l.find("MissionResolved", 0); let event = l.0[at].clone(); l.0.insert(at + 1, event); l.renumber(); }, &["E-ID-UNIQUE"]),
    Case("M-SCORE", Base::Hit, |l| l.set("MissionResolved", 0, "S", 2), &[]),
    Case("M-SCORE", Base::Hit, |l| l.set("GameEnded", 0, "F", 2), &[]),
    Case("M-NO-LATE", Base::ThreeFails, |l| { let event = l.0[l.find("TeamProposed", 3)].clone(); let at = l.find("GameEnded", 0); l.0.insert(at, event); l.renumber(); }, &["E-ID-UNIQUE"]),
    Case("M-PENDING", Base::ThreeFails, |l| { let p = quest_start(l, 5); let at = l.find("GameEnded", 0); l.insert(at, "QuestStarted", p); }, &[]),
    Case("M-CARD-SECRET", Base::Hit, |l| l.set_header("MissionCardPlayed", 0, "visibility", "public"), &["K-PUBLIC-SLICE"]),
    Case("M-LANCELOT2", Base::Lancelot2, |l| { let at = lancelot_card(l); l.0[at]["payload"]["card"] = json!("success"); }, &["M-FAIL-COUNT", "M-RESULT"]),
    // Modules
    Case("LK-FIRST", Base::Lady, |l| { let used = l.payload("LadyUsed", 0)["holder"].clone(); let other = if used == l.player(3) { l.player(4) } else { l.player(3) }; l.set("RolesAssigned", 0, "ladyHolder", other); }, &["LK-HOLDER"]),
    Case("LK-TIMING", Base::Lady, |l| { l.remove("LadyDeclared", 0); l.remove("LadyUsed", 0); }, &["LK-HOLDER"]),
    Case("LK-TIMING", Base::Lady, |l| { let event = l.0[l.find("LadyUsed", 0)].clone(); let at = l.find("MissionResolved", 0) + 1; l.0.insert(at, event); l.renumber(); }, &["LK-HOLDER", "LK-TARGET", "E-ID-UNIQUE"]),
    Case("LK-HOLDER", Base::Lady, |l| { let p = bystander(l, 1); l.set("LadyUsed", 1, "holder", p.clone()); l.set_header("LadyUsed", 1, "actor", p); }, &["K-PRIVATE-SLICE"]),
    Case("LK-TARGET", Base::Lady, |l| { let p = l.payload("LadyUsed", 0)["holder"].clone(); l.set("LadyUsed", 1, "target", p); }, &["LK-TRUTH", "LK-HOLDER"]),
    Case("LK-TRUTH", Base::Lady, |l| { let shown = l.payload("LadyUsed", 0)["loyalty"].clone(); l.set("LadyUsed", 0, "loyalty", other_side(&shown)); }, &[]),
    Case("LK-CLAIM", Base::Lady, |l| { let said = l.payload("LadyDeclared", 0)["claim"].clone(); l.set("LadyDeclared", 0, "claim", other_side(&said)); }, &[]),
    Case("X-HOLDER", Base::Excalibur, |l| { let leader = l.0[l.find("TeamProposed", 0)]["actor"].clone(); l.set("TeamProposed", 0, "excaliburTo", leader); }, &["X-USE"]),
    Case("X-HOLDER", Base::ExcaliburLate, |l| { l.payload("TeamVoteClosed", 0).as_object_mut().unwrap().remove("excaliburTo"); }, &["X-USE", "X-EFFECT"]),
    Case("X-USE", Base::Excalibur, |l| { let at = l.find("ExcaliburUsed", 0); let event = l.0[at].clone(); l.0.insert(at + 1, event); l.renumber(); }, &["E-ID-UNIQUE"]),
    Case("X-USE", Base::Excalibur, |l| { let at = l.find("ExcaliburUsed", 0); l.0.swap(at, at - 1); l.renumber(); }, &["X-EFFECT"]),
    Case("X-EFFECT", Base::Excalibur, |l| without_switch(l), &["M-FAIL-COUNT", "M-RESULT"]),
    Case("LN-DECK", Base::Lancelot1, |l| { let deck = l.payload("RolesAssigned", 0)["loyaltyDeck"].as_array_mut().unwrap(); deck.iter_mut().for_each(|card| *card = json!("switch")); }, &[]),
    Case("LN-DECK", Base::Lancelot2, |l| flip_draw(l), &["LN-SWITCH", "M-GOOD-SUCCESS", "M-LANCELOT2", "M-FAIL-LE-EVIL"]),
    Case("LN-SWITCH", Base::Lancelot2, |l| { let p = l.with_role("LANCELOT_GOOD"); let side = drawn_sides(l)[&p].clone(); drawn_sides(l)[&p] = json!(other_side(&side)); }, &[]),
    // Assassination and result
    Case("A-WHEN", Base::Hit, |l| { l.remove("AssassinationStarted", 0); }, &[]),
    Case("A-REQUIRED", Base::Hit, |l| { l.remove("AssassinTargetNamed", 0); }, &[]),
    Case("A-REQUIRED", Base::Hit, |l| { let at = l.find("AssassinTargetNamed", 0); let event = l.0[at].clone(); l.0.insert(at + 1, event); l.renumber(); }, &["E-ID-UNIQUE"]),
    Case("A-ACTOR", Base::Hit, |l| { let p = l.with_role("MORGANA"); l.set("AssassinTargetNamed", 0, "assassinId", p.clone()); l.set_header("AssassinTargetNamed", 0, "actor", p); }, &[]),
    Case("A-TARGET-PLAYER", Base::Miss, |l| { let p = l.with_role("ASSASSIN"); l.set("AssassinTargetNamed", 0, "targetId", p); }, &[]),
    Case("A-TARGET-EVIL", Base::Miss, |l| { let p = l.with_role("MORGANA"); l.set("AssassinTargetNamed", 0, "targetId", p); }, &[]),
    Case("A-NONE", Base::ThreeFails, |l| { let p = l.with_role("ASSASSIN"); let at = l.find("GameEnded", 0); l.insert(at, "AssassinationStarted", json!({"assassinId": p})); }, &["A-WHEN"]),
    Case("W-RESULT", Base::ThreeFails, |l| l.set("GameEnded", 0, "winner", "good"), &[]),
    Case("W-RESULT", Base::Hit, |l| { let event = l.0[l.find("GameEnded", 0)].clone(); let at = l.find("MissionResolved", 0) + 1; l.0.truncate(at); l.0.push(event); l.renumber(); }, &["M-SCORE"]),
    Case("W-REASON", Base::ThreeFails, |l| l.set("GameEnded", 0, "reason", "five_rejections"), &[]),
    Case("W-ASSASSINATION", Base::Hit, |l| l.set("GameEnded", 0, "winner", "good"), &["W-RESULT"]),
    Case("W-PROVISIONAL", Base::Miss, |l| { l.remove("AssassinTargetNamed", 0); }, &["A-REQUIRED"]),
    Case("W-ABORT", Base::Hit, |l| { let at = l.find("GameEnded", 0); l.insert(at, "GameAborted", json!({"reason": "vote"})); }, &["E-LAST"]),
    Case("W-ABORT", Base::Hit, |l| { l.cut_before("GameEnded", 0); let at = l.0.len(); l.insert(at, "GameAborted", json!({"reason": "vote", "winner": "good"})); }, &[]),
    // Log
    Case("E-SEQ", Base::Hit, |l| { l.0.remove(7); }, &["V-COMPLETE"]),
    Case("E-SEQ", Base::Hit, |l| { let event = l.0[7].clone(); l.0.insert(8, event); }, &["E-ID-UNIQUE"]),
    Case("E-SEQ", Base::Hit, |l| l.0.swap(7, 8), &[]),
    Case("E-HASH", Base::Hit, |l| { *l = Log::from(Base::Hit.sealed().as_slice()); l.set("QuestStarted", 0, "note", 1); }, &[]),
    Case("E-HASH", Base::Hit, |l| { *l = Log::from(Base::Hit.sealed().as_slice()); l.set_header("QuestStarted", 0, "prevHash", "0".repeat(64)); }, &[]),
    Case("E-HASH", Base::Hit, |l| { *l = Log::from(Base::Hit.sealed().as_slice()); l.0.last_mut().unwrap().as_object_mut().unwrap().remove("hash"); }, &[]),
    Case("E-ID-UNIQUE", Base::Hit, |l| { let id = l.0[3]["eventId"].clone(); l.0[5]["eventId"] = id; }, &[]),
    Case("E-SCHEMA", Base::Hit, |l| l.set("QuestStarted", 1, "leaderSeat", json!([1])), &[]),
    Case("E-SCHEMA", Base::Hit, |l| l.set("TeamVoteClosed", 1, "result", "perhaps"), &[]),
    Case("E-SCHEMA", Base::Hit, |l| l.set("TeamProposed", 1, "q", "one"), &[]),
    Case("E-SCHEMA", Base::Hit, |l| l.set("MissionResolved", 1, "result", 7), &[]),
    Case("R-KNOWN", Base::Hit, |l| { redeal(l, "OBERON", "WIZARD"); }, &["E-SCHEMA"]),
    Case("M-FAILS-RANGE", Base::Hit, |l| l.set("MissionResolved", 1, "fails", -1), &["E-SCHEMA"]),
    Case("E-BRANCH", Base::Hit, |l| { for to in [5, 4] { let at = l.0.len(); l.insert(at, "GameRolledBack", json!({"toSeq": to, "branchId": "b"})); } }, &[]),
    Case("E-SCHEMA", Base::Hit, |l| l.insert(3, "DiceRolled", json!({})), &[]),
    Case("E-FSM", Base::Hit, |l| { let at = l.find("TeamVoteClosed", 0); let event = l.0[at].clone(); l.0.insert(at + 1, event); l.renumber(); }, &["E-ID-UNIQUE"]),
    Case("E-FIRST", Base::Hit, |l| { l.0.swap(0, 1); l.renumber(); }, &["E-FSM"]),
    Case("E-FIRST", Base::Hit, |l| { l.remove("RolesAssigned", 0); }, &["E-FSM", "A-ACTOR"]),
    Case("E-LAST", Base::Hit, |l| { let p = l.player(0); let at = l.0.len(); l.insert(at, "RoleAcknowledged", json!({"playerId": p})); }, &[]),
    Case("E-CAUSAL", Base::Hit, |l| { let at = l.find("TeamVoteClosed", 0); l.0.swap(at, at - 1); l.renumber(); }, &[]),
    Case("E-CAUSAL", Base::Hit, |l| { let at = l.find("MissionResolved", 0); l.0.swap(at, at - 1); l.renumber(); }, &[]),
    Case("E-BRANCH", Base::Hit, |l| { let at = l.0.len(); l.insert(at, "GameRolledBack", json!({"toSeq": 999})); }, &[]),
    Case("E-BRANCH", Base::Hit, |l| { let at = l.0.len(); l.insert(at, "GameRolledBack", json!({"toSeq": 5, "discardedFrom": 9})); }, &[]),
    Case("E-FOREIGN", Base::Hit, |l| l.set("GameCreated", 0, "gameId", "another"), &[]),
    Case("E-FOREIGN", Base::Hit, |l| { let mut event = l.0[5].clone(); event["gameId"] = json!("another"); l.0.insert(6, event); }, &["E-ID-UNIQUE"]),
    // Time and connection
    Case("T-MONOTONE", Base::Hit, |l| { let ts = l.0[2]["ts"].clone(); l.0[9]["ts"] = ts; }, &[]),
    Case("T-RANGE", Base::Hit, |l| l.0[9]["ts"] = json!(5), &[]),
    Case("T-DURATION", Base::Hit, |l| { for event in &mut l.0 { event["ts"] = json!(1_000 + event["seq"].as_i64().unwrap()); } }, &[]),
    Case("T-DEADLINE", Base::Miss, |l| auto(l, "TeamVoteCast"), &[]),
    Case("D-PAIR", Base::Hit, |l| { let p = l.player(0); l.insert(4, "PlayerReconnected", json!({"playerId": p})); }, &[]),
    Case("D-PAUSED", Base::Hit, |l| l.insert(4, "GamePaused", json!({"reason": "test"})), &[]),
    Case("D-AUTO-SAFE", Base::ThreeFails, |l| auto(l, "MissionCardPlayed"), &[]),
    Case("D-AUTO-SAFE", Base::Hit, |l| l.set("AssassinTargetNamed", 0, "auto", true), &[]),
    // Import
    Case("I-DIRECTION", Base::Hit, anticlockwise, &["L-ROTATION", "L-AFTER-QUEST", "L-ONLY-LEADER"]),
];

/// Gives the first holder of a role another one.
fn redeal(l: &mut Log, from: &str, to: &str) -> String {
    let player = l.with_role(from);
    l.payload("RolesAssigned", 0)["roles"][&player] = json!(to);
    if l.count("GameEnded") > 0 {
        l.payload("GameEnded", 0)["roles"][&player] = json!(to);
    }
    player
}

fn profile_role(l: &mut Log, from: &str, to: &str) {
    let roles = l.payload("GameCreated", 0)["profile"]["roles"].as_array_mut().unwrap();
    *roles.iter_mut().find(|role| *role == from).unwrap() = json!(to);
}

fn nine_without_merlin() -> Log {
    use avalon::play::Limits;
    use avalon::role::Role::{Minion, Servant};
    let mut roles = vec![Servant; 6];
    roles.extend([Minion; 3]);
    let profile = avalon::profile::RuleProfile::with_roles(roles);
    let mut script = crate::games::Script::default();
    let log = crate::games::play(&profile, &crate::games::seed(77), &mut script, Limits::default());
    Log::from(log.as_slice()).without_hashes()
}

fn shifted(l: &mut Log, kind: &str, nth: usize, member: &str) -> u64 {
    let seats = l.0[0]["payload"]["seats"].clone();
    let seats = seats.as_array().unwrap();
    let named = l.payload(kind, nth)[member].clone();
    let seat = match named.as_u64() {
        Some(seat) => seat,
        None => seats.iter().position(|seat| *seat == named).unwrap() as u64,
    };
    (seat + 1) % seats.len() as u64
}

fn not_leader(l: &Log) -> String {
    let leader = &l.0[l.find("TeamProposed", 0)]["actor"];
    let first = l.player(0);
    if *leader == first { l.player(1) } else { first }
}

fn team(l: &mut Log) -> &mut Vec<Value> {
    l.payload("TeamProposed", 0)["team"].as_array_mut().unwrap()
}

/// Somebody who is not on the team of quest 1.
fn off_team(l: &mut Log) -> String {
    let team = l.payload("MissionResolved", 0)["team"].clone();
    let team = team.as_array().unwrap();
    (0..7).map(|seat| l.player(seat)).find(|player| !team.contains(&json!(player))).unwrap()
}

/// The leader leaves himself out of a team that is voted down nowhere: the first one.
fn leader_out(l: &mut Log) {
    let leader = l.0[l.find("TeamProposed", 0)]["actor"].clone();
    let on = l.payload("TeamProposed", 0)["team"].clone();
    let on = on.as_array().unwrap();
    let other = (0..10).map(|s| json!(l.player(s))).find(|p| !on.contains(p)).unwrap();
    let at = on.iter().position(|member| *member == leader).unwrap();
    l.payload("TeamProposed", 0)["team"][at] = other;
}

fn quest_start(l: &mut Log, quest: u8) -> Value {
    let mut payload = l.payload("QuestStarted", 0).clone();
    payload["q"] = json!(quest);
    payload
}

fn sixth_team(l: &mut Log) {
    let last = l.count("TeamProposed") - 1;
    let mut event = l.0[l.find("TeamProposed", last)].clone();
    event["payload"]["a"] = json!(6);
    event.as_object_mut().unwrap().remove("eventId");
    event.as_object_mut().unwrap().remove("commandId");
    let at = l.find("GameEnded", 0);
    l.0.insert(at, event);
    l.renumber();
}

/// Replaces the second vote of quest 1 by a team that goes without one.
fn force_first(l: &mut Log) {
    let from = l.find("TeamProposed", 1) + 1;
    let to = l.find("TeamVoteClosed", 1);
    let team = l.payload("TeamProposed", 1)["team"].clone();
    l.0.drain(from..=to);
    l.insert(from, "TeamForced", json!({"q": 1, "a": 2, "team": team}));
}

/// Index of a card that an evil Lancelot played.
fn lancelot_card(l: &Log) -> usize {
    let lancelots = [l.with_role("LANCELOT_GOOD"), l.with_role("LANCELOT_EVIL")];
    let card = l.0.iter().position(|event| {
        event["type"] == "MissionCardPlayed"
            && event["payload"]["card"] == "fail"
            && lancelots.iter().any(|lancelot| event["payload"]["playerId"] == **lancelot)
    });
    card.expect("an evil Lancelot plays")
}

/// A player other than those named in the `nth` use of the Lady of the Lake.
fn bystander(l: &mut Log, nth: usize) -> String {
    let used = l.payload("LadyUsed", nth).clone();
    let other = (0..8).map(|seat| l.player(seat));
    other.into_iter().find(|p| used["holder"] != **p && used["target"] != **p).unwrap()
}

fn other_side(side: &Value) -> &'static str {
    if side == "good" { "evil" } else { "good" }
}

/// Counts the fails of a quest as if Excalibur had switched no card.
fn without_switch(l: &mut Log) {
    let used = (0..l.count("ExcaliburUsed"))
        .find(|nth| !l.payload("ExcaliburUsed", *nth)["target"].is_null())
        .unwrap();
    let quest = l.payload("ExcaliburUsed", used)["q"].clone();
    let played = l.0.iter().filter(|event| {
        event["type"] == "MissionCardPlayed"
            && event["payload"]["q"] == quest
            && event["payload"]["card"] == "fail"
    });
    let fails = played.count();
    let nth = usize::try_from(quest.as_u64().unwrap() - 1).unwrap();
    l.set("MissionResolved", nth, "fails", fails);
}

/// Turns over another card than the deck's for the first quest.
fn flip_draw(l: &mut Log) {
    for event in &mut l.0 {
        let member = match event["type"].as_str().unwrap() {
            "LoyaltyCardDrawn" => "card",
            "QuestStarted" if !event["payload"]["loyaltyCard"].is_null() => "loyaltyCard",
            _ => continue,
        };
        let card = &mut event["payload"][member];
        *card = json!(if card == "blank" { "switch" } else { "blank" });
        return;
    }
}

fn drawn_sides(l: &mut Log) -> &mut serde_json::Map<String, Value> {
    if l.payload("LoyaltyCardDrawn", 0).get("sides").is_none() {
        let (good, evil) = (l.with_role("LANCELOT_GOOD"), l.with_role("LANCELOT_EVIL"));
        let switched = l.payload("LoyaltyCardDrawn", 0)["card"] == "switch";
        let (a, b) = if switched { ("evil", "good") } else { ("good", "evil") };
        l.set("LoyaltyCardDrawn", 0, "sides", json!({good: a, evil: b}));
    }
    l.payload("LoyaltyCardDrawn", 0)["sides"].as_object_mut().unwrap()
}

/// Marks the first Fail, or the first event of the kind, as done by the server.
fn auto(l: &mut Log, kind: &str) {
    let first = l.0.iter().position(|event| {
        event["type"] == kind && (kind != "MissionCardPlayed" || event["payload"]["card"] == "fail")
    });
    let event = &mut l.0[first.unwrap()];
    event["payload"]["auto"] = json!(true);
    event["actor"] = json!("system");
}

/// Seats as a source counts them that goes round the other way.
fn anticlockwise(l: &mut Log) {
    let mut seats: Vec<Value> = l.0[0]["payload"]["seats"].as_array().unwrap().clone();
    seats.reverse();
    let n = seats.len() as u64;
    l.0[0]["payload"]["seats"] = json!(seats);
    for event in &mut l.0 {
        for member in ["leaderSeat", "leader", "firstLeader", "nextLeader"] {
            if let Some(seat) = event["payload"].get(member).and_then(Value::as_u64) {
                event["payload"][member] = json!(n - 1 - seat);
            }
        }
    }
}

#[test]
fn every_breach_is_found() {
    let mut failures = Vec::new();
    let mut reports = std::collections::HashMap::new();
    for (number, Case(id, base, breach, with)) in CASES.iter().enumerate() {
        let legal = reports.entry(*base as u8).or_insert_with(|| base.log().check());
        if legal.findings.iter().any(|finding| finding.id == *id) {
            failures.push(format!("{id} #{number}: found in the legal {base:?}"));
        }
        let mut log = base.log();
        breach(&mut log);
        let report = log.check();
        if !report.findings.iter().any(|finding| finding.id == *id) {
            failures.push(format!("{id} #{number}: not found, but {:?}", ids(&report.findings)));
        }
        let flood = report.findings.iter().find(|finding| {
            finding.severity.is_failure() && finding.id != *id && !with.contains(&&*finding.id)
        });
        if let Some(flood) = flood {
            failures.push(format!("{id} #{number}: {flood} is found too"));
        }
        if report.skipped.iter().any(|skipped| skipped == id) {
            failures.push(format!("{id} #{number}: found and skipped"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn ids(findings: &[avalon::invariant::Finding]) -> Vec<String> {
    findings.iter().map(ToString::to_string).collect()
}

#[test]
fn scripted_games_are_sound() {
    for base in Base::ALL {
        let report = base.log().check();
        assert!(report.is_sound(), "{base:?}: {:?}", ids(&report.findings));
        assert!(report.winner.is_some() && report.reason.is_some(), "{base:?}");
    }
}
