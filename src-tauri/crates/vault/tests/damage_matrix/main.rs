//! Each way in which an object can be damaged, of each type of object, before each verb: it ends
//! right, or names the object; never in wrong data, in a panic, or in further loss.
//!
//! What is expected stands in `expected.txt`. A change there is a change of behaviour.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod shelf;
mod story;
#[path = "../support/mod.rs"]
mod support;
mod verbs;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rstest::rstest;
use shelf::Shelved;
use story::Story;
use support::damage::Damage;
use verbs::{Case, Outcome, VERBS, Verb};

const EXPECTED: &str = include_str!("expected.txt");

/// What lies there now and which keys are damaged, for each object for which there is such a damage.
fn cases(damage: Damage, story: &Arc<Story>, other: &Story) -> Vec<Case> {
    let mut cases = Vec::new();
    for key in story.objects.keys() {
        let mut damaged = story.objects.clone();
        if let Some(keys) = inflict(damage, &mut damaged, key, story, other) {
            cases.push(Case { story: story.clone(), damaged, keys });
        }
    }
    cases
}

/// The time of an object stays as it is: rot leaves no trace there.
fn inflict(
    damage: Damage,
    objects: &mut Shelved,
    key: &str,
    story: &Story,
    other: &Story,
) -> Option<Vec<String>> {
    let (body, at_ms) = objects[key].clone();
    let kind = &story.kinds.get(key)?;
    let put = |objects: &mut Shelved, body: Bytes| {
        objects.insert(key.to_owned(), (body, at_ms));
        Some(vec![key.to_owned()])
    };
    match damage {
        Damage::Delete => {
            objects.remove(key);
            Some(vec![key.to_owned()])
        }
        Damage::Stale => put(objects, story.older.get(key)?.clone()),
        Damage::Foreign => {
            let twin = other
                .kinds
                .iter()
                .find(|(key, theirs)| theirs == kind && other.objects.contains_key(*key));
            put(objects, other.objects[twin?.0].0.clone())
        }
        Damage::Swap => {
            let twin = story.kinds.iter().find(|(twin, theirs)| {
                twin.as_str() != key && theirs == kind && objects.contains_key(*twin)
            });
            let (theirs, theirs_ms) = objects[twin?.0].clone();
            objects.insert(twin?.0.clone(), (body, theirs_ms));
            put(objects, theirs)?;
            Some(vec![key.to_owned(), twin?.0.clone()])
        }
        rot => put(objects, rot.rot(&body)?),
    }
}

/// One row of the matrix: what the verbs made of damage to objects of this kind.
type Rows = BTreeMap<String, Vec<BTreeSet<String>>>;

fn written(damage: Damage, rows: &Rows) -> String {
    let mut text = String::new();
    for (kind, cells) in rows {
        let cells: Vec<_> = cells
            .iter()
            .map(|words| words.iter().map(String::as_str).collect::<Vec<_>>().join("/"))
            .collect();
        text.push_str(&format!("{damage:?} | {kind} | {}\n", cells.join(" | ")));
    }
    text
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// The outcome, also of what panics or hangs.
fn outcome(runtime: &tokio::runtime::Runtime, case: &Arc<Case>, verb: Verb) -> Outcome {
    let case = case.clone();
    runtime.block_on(async {
        let run = tokio::spawn(async move { case.run(verb).await });
        match tokio::time::timeout(Duration::from_secs(60), run).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(panic)) => Outcome::Wrong(panic.to_string()),
            Err(_) => Outcome::Wrong("it hangs".to_owned()),
        }
    })
}

#[rstest]
fn every_verb_over_every_damage(
    #[values(
        Damage::Delete,
        Damage::Truncate,
        Damage::Flip,
        Damage::Swap,
        Damage::Zero,
        Damage::Stale,
        Damage::Foreign
    )]
    damage: Damage,
) {
    let runtime = runtime();
    let story = Arc::new(runtime.block_on(story::tell(1)));
    let other = runtime.block_on(story::tell(50));
    let (mut rows, mut wrong) = (Rows::new(), Vec::new());
    for case in cases(damage, &story, &other) {
        let case = Arc::new(case);
        let kind = &story.kinds[&case.keys[0]];
        let cells = rows.entry(kind.clone()).or_insert_with(|| vec![BTreeSet::new(); VERBS.len()]);
        for (cell, verb) in cells.iter_mut().zip(VERBS) {
            let outcome = outcome(&runtime, &case, verb);
            if let Outcome::Wrong(why) = &outcome {
                wrong.push(format!("{damage:?} of {:?}, then {verb:?}: {why}", case.keys));
            }
            cell.insert(outcome.word());
        }
    }
    let (found, word) = (written(damage, &rows), format!("{damage:?} |"));
    let expected: String = EXPECTED
        .lines()
        .filter(|line| line.starts_with(&word))
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(wrong.is_empty(), "{}\n{found}", wrong.join("\n"));
    assert!(found == expected, "{VERBS:?}\n{found}\nwas expected to be\n{expected}");
}

#[test]
fn every_type_of_object_is_damaged() {
    let story = runtime().block_on(story::tell(1));
    // Type 2 is reserved; what repairs put aside is no object.
    let types: BTreeSet<u8> = story
        .objects
        .iter()
        .filter(|(key, _)| !key.starts_with("damaged/"))
        .map(|(_, (body, _))| body[5])
        .collect();
    assert_eq!(types, [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13].into());
    let rows = EXPECTED.lines().filter(|line| !line.starts_with('#'));
    let named: BTreeSet<_> = rows.filter_map(|line| line.split(" | ").nth(1)).collect();
    let kinds: BTreeSet<_> = story.objects.keys().map(|key| story.kinds[key].as_str()).collect();
    assert_eq!(named, kinds);
}

/// A cell that cannot fail proves nothing: what is wrong for each verb is seen.
#[test]
fn no_cell_is_blind() {
    let runtime = runtime();
    let told = || runtime.block_on(story::tell(1));
    let story = Arc::new(told());
    let other = runtime.block_on(story::tell(50));
    let blind = |verb, story: Arc<Story>, damaged: Shelved| {
        let keys = vec!["segment/of/another".to_owned()];
        let outcome = outcome(&runtime, &Arc::new(Case { story, damaged, keys }), verb);
        assert!(matches!(outcome, Outcome::Wrong(_)), "{verb:?}: {outcome:?}");
    };
    // Something is damaged, and another object is held to be.
    let damaged_of = |kind: &str| {
        let of_kind = |case: &Case| story.kinds[&case.keys[0]] == kind;
        let mut flipped = cases(Damage::Flip, &story, &other);
        flipped.retain(of_kind);
        flipped.pop().unwrap().damaged
    };
    for (verb, kind) in [
        (Verb::List, "ledger head"),
        (Verb::Check, "page"),
        (Verb::Restore, "pack"),
        (Verb::Full, "segment"),
        (Verb::Distrustful, "registry writer"),
        (Verb::Increment, "manifest"),
        (Verb::Prune, "registry head"),
        (Verb::Replicate, "segment"),
        (Verb::Repair, "pack"),
    ] {
        blind(verb, story.clone(), damaged_of(kind));
    }
    // Nothing is damaged, and something else is held to have been committed.
    let sound = || story.objects.clone();
    let misled = |change: fn(&mut Story)| {
        let mut story = told();
        change(&mut story);
        Arc::new(story)
    };
    let other_data = || {
        misled(|story| {
            story.sets.iter_mut().for_each(|(_, documents)| *documents = support::documents(0..9));
        })
    };
    for verb in [Verb::Restore, Verb::Replicate, Verb::Repair, Verb::Increment] {
        blind(verb, other_data(), sound());
    }
    blind(Verb::List, misled(|story| story.sets[2].0.documents += 1), sound());
    blind(Verb::Prune, misled(|story| story.garbage.clear()), sound());
}
