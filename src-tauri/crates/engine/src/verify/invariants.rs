//! The invariants of backups (B), and those of the games in them, judged for one set from what a
//! verification saw.

use avalon::invariant::elsewhere::{
    B_COMPLETE, B_CONSISTENT_CUT, B_MANIFEST, B_RESTORE_EQUAL, B_ROLLBACK_CHAIN, B_SECRET_KEY,
    G_COUNT, G_MOMENTS, G_PHASE, G_STATE_HASH,
};
use avalon::invariant::log::E_REPLAY;
use avalon::invariant::{Invariant, by_id};
use avalon::sentence;
use avalon::sentence::Sentence;
use vault::SetManifest;

use super::logs::{self, Logs};
use super::outcome::{InvariantVerdict, InvariantView, ObjectProblem, VerifyOutcome};
use super::rules::Rules;
use crate::backup::outcome::Level;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::jobs::JobHandle;

/// Findings of an invariant that are written out.
const SHOWN: usize = 10;

/// What was found of an invariant: how often it is broken, and the first findings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Findings {
    pub(super) count: u64,
    pub(super) details: Vec<Sentence>,
}

impl Findings {
    pub(super) fn add(&mut self, detail: impl FnOnce() -> Sentence) {
        self.count += 1;
        if self.details.len() < SHOWN {
            self.details.push(detail());
        }
    }
}

/// Reads the games' logs of a set, where a verification has shown that they can be trusted; else why
/// they were not read.
pub(super) async fn logs(
    engine: &Engine,
    manifest: &SetManifest,
    outcome: &VerifyOutcome,
    job: &JobHandle,
) -> Result<Result<Logs, &'static str>, EngineError> {
    let coverage = outcome.coverage.as_ref();
    if !outcome.ok {
        return Ok(Err("damaged"));
    }
    if outcome.level < Some(Level::L3) {
        return Ok(Err("needs_l3"));
    }
    if coverage.is_some_and(|coverage| !coverage.complete) {
        return Ok(Err("sampled"));
    }
    Ok(logs::read(engine, manifest, job).await?.ok_or("class_absent"))
}

/// Every invariant of backups with its verdict, then those of games: that the events lead to what is
/// stored, and each rule that a game breaks.
pub(super) fn judge(
    outcome: &VerifyOutcome,
    logs: &Result<Logs, &'static str>,
    rules: &Result<Rules, &'static str>,
    key_known: bool,
) -> Vec<InvariantView> {
    let of_logs = |invariant, choose: fn(&Logs) -> &Findings| match logs {
        Ok(logs) => judged(&invariant, Ok(choose(logs).clone())),
        Err(reason) => judged(&invariant, Err(*reason)),
    };
    let mut views = vec![
        judged(&B_MANIFEST, manifest(outcome)),
        of_logs(B_COMPLETE, |logs| &logs.incomplete),
        of_logs(B_CONSISTENT_CUT, |logs| &logs.holes),
        judged(&B_RESTORE_EQUAL, restored(outcome)),
        of_logs(B_ROLLBACK_CHAIN, |logs| &logs.rollbacks),
        judged(&B_SECRET_KEY, secret_key(outcome, key_known)),
    ];
    views.extend(of_games(rules));
    views
}

/// The invariants of games that the fifth rung always tells of.
const REPLAYED: [Invariant; 5] = [E_REPLAY, G_MOMENTS, G_COUNT, G_PHASE, G_STATE_HASH];

fn of_games(rules: &Result<Rules, &'static str>) -> Vec<InvariantView> {
    let found = |invariant: &Invariant| match rules {
        Err(reason) => Err(*reason),
        Ok(rules) if !rules.snapshots && invariant.id != E_REPLAY.id => Err("class_absent"),
        Ok(rules) => Ok(rules.found.get(invariant.id).cloned().unwrap_or_default()),
    };
    let mut views: Vec<_> = REPLAYED.iter().map(|one| judged(one, found(one))).collect();
    for (id, findings) in rules.iter().flat_map(|rules| &rules.found) {
        if let Some(invariant) = by_id(id)
            && REPLAYED.iter().all(|known| known.id != id)
        {
            views.push(judged(invariant, Ok(findings.clone())));
        }
    }
    views
}

fn judged(invariant: &Invariant, found: Result<Findings, &'static str>) -> InvariantView {
    let (verdict, reason, findings) = match found {
        Ok(findings) if findings.count == 0 => (InvariantVerdict::Holds, None, findings),
        Ok(findings) => (InvariantVerdict::Broken, None, findings),
        Err(reason) => (InvariantVerdict::NotJudged, Some(reason.to_owned()), Findings::default()),
    };
    InvariantView {
        id: invariant.id.to_owned(),
        severity: invariant.severity,
        repair: invariant.repair,
        verdict,
        reason,
        count: findings.count,
        details: findings.details.iter().map(ToString::to_string).collect(),
        sentences: findings.details,
    }
}

fn of_problems(outcome: &VerifyOutcome, wanted: impl Fn(&ObjectProblem) -> bool) -> Findings {
    let mut findings = Findings::default();
    for problem in outcome.problems.iter().filter(|problem| wanted(problem)) {
        findings.add(|| {
            sentence!("{place}: {problem}", place = &problem.object, problem = &problem.detail)
        });
    }
    findings
}

fn manifest(outcome: &VerifyOutcome) -> Result<Findings, &'static str> {
    let findings = of_problems(outcome, |problem| !matches!(&*problem.kind, "restore" | "decrypt"));
    match &outcome.coverage {
        _ if findings.count > 0 => Ok(findings),
        None => Err("needs_l2"),
        Some(coverage) if !coverage.complete => Err("sampled"),
        Some(_) => Ok(findings),
    }
}

fn secret_key(outcome: &VerifyOutcome, key_known: bool) -> Result<Findings, &'static str> {
    let mut findings = of_problems(outcome, |problem| problem.kind == "decrypt");
    if !key_known {
        findings.add(|| sentence!("the data key that sealed it is not in the keyring"));
    }
    // Its manifests were opened with that key, whatever the level.
    Ok(findings)
}

fn restored(outcome: &VerifyOutcome) -> Result<Findings, &'static str> {
    let findings = of_problems(outcome, |problem| problem.kind == "restore");
    match outcome.level {
        _ if findings.count > 0 => Ok(findings),
        Some(level) if level >= Level::L4 && outcome.ok => Ok(findings),
        _ => Err("needs_l4"),
    }
}

#[cfg(test)]
mod tests {
    use vault::Coverage;

    use super::*;
    use crate::backup::outcome::CoverageView;

    fn outcome(level: Level, read: u64, kinds: &[&str]) -> VerifyOutcome {
        let problem = |kind: &&str| ObjectProblem {
            object: "o".into(),
            kind: (*kind).to_owned(),
            detail: "found".into(),
        };
        VerifyOutcome {
            backup: "B".into(),
            level: Some(level),
            ok: kinds.is_empty(),
            objects: 1,
            bytes: 1,
            problems: kinds.iter().map(problem).collect(),
            coverage: (level >= Level::L2)
                .then(|| CoverageView::of(Coverage { segments: 4, read })),
            invariants: Vec::new(),
        }
    }

    fn verdicts(
        outcome: &VerifyOutcome,
        logs: Result<Logs, &'static str>,
        key: bool,
    ) -> Vec<String> {
        use InvariantVerdict::{Broken, Holds, NotJudged};
        let text = |view: InvariantView| match view.verdict {
            Holds => format!("{} holds", view.id),
            Broken => format!("{} broken {}", view.id, view.count),
            NotJudged => format!("{} {}", view.id, view.reason.unwrap()),
        };
        let of_backups = |view: &InvariantView| view.id.starts_with("B-");
        let rules = Err("needs_l5");
        judge(outcome, &logs, &rules, key).into_iter().filter(of_backups).map(text).collect()
    }

    #[test]
    fn a_sound_set_holds_them_all_and_a_shallow_look_says_so() {
        let all = outcome(Level::L4, 4, &[]);
        assert_eq!(
            verdicts(&all, Ok(Logs::default()), true),
            [
                "B-MANIFEST holds",
                "B-COMPLETE holds",
                "B-CONSISTENT-CUT holds",
                "B-RESTORE-EQUAL holds",
                "B-ROLLBACK-CHAIN holds",
                "B-SECRET-KEY holds",
            ]
        );
        let shallow = verdicts(&outcome(Level::L1, 0, &[]), Err("needs_l3"), true);
        assert_eq!(shallow[0], "B-MANIFEST needs_l2");
        assert_eq!(shallow[1], "B-COMPLETE needs_l3");
        assert_eq!(shallow[3], "B-RESTORE-EQUAL needs_l4");
        assert_eq!(shallow[5], "B-SECRET-KEY holds");
        let sampled = verdicts(&outcome(Level::L3, 2, &[]), Err("sampled"), true);
        assert_eq!(sampled[0], "B-MANIFEST sampled");
    }

    #[test]
    fn what_is_found_breaks_the_invariant_that_it_belongs_to() {
        let damaged =
            |kinds: &[&str]| verdicts(&outcome(Level::L3, 4, kinds), Err("damaged"), true);
        for kind in ["missing", "size", "hash", "manifest", "ledger", "decode"] {
            let found = damaged(&[kind]);
            assert_eq!(found[0], "B-MANIFEST broken 1", "{kind}");
            assert_eq!(found[5], "B-SECRET-KEY holds", "{kind}");
        }
        assert_eq!(damaged(&["decrypt"])[5], "B-SECRET-KEY broken 1");
        assert_eq!(damaged(&["restore"])[3], "B-RESTORE-EQUAL broken 1");
        let unknown = verdicts(&outcome(Level::L3, 4, &[]), Ok(Logs::default()), false);
        assert_eq!(unknown[5], "B-SECRET-KEY broken 1");
    }

    #[test]
    fn what_games_break_is_told_by_rule_and_snapshots_only_where_they_were_judged() {
        use InvariantVerdict::{Broken, Holds, NotJudged};
        let mut replay = Findings::default();
        replay.add(|| sentence!("the stored state differs in {path}", path = "phase"));
        let found =
            |ids: &[&str]| ids.iter().map(|id| ((*id).to_owned(), replay.clone())).collect();
        let verdicts = |rules: Result<Rules, &'static str>| -> Vec<(String, InvariantVerdict)> {
            of_games(&rules).into_iter().map(|view| (view.id, view.verdict)).collect()
        };
        let told =
            |ids: [(&str, InvariantVerdict); 5]| ids.map(|(id, verdict)| (id.to_owned(), verdict));
        assert_eq!(
            verdicts(Ok(Rules { found: found(&["E-REPLAY", "V-COUNT"]), snapshots: false }))[..5],
            told([
                ("E-REPLAY", Broken),
                ("G-MOMENTS", NotJudged),
                ("G-COUNT", NotJudged),
                ("G-PHASE", NotJudged),
                ("G-STATE-HASH", NotJudged),
            ])
        );
        let all = verdicts(Ok(Rules { found: found(&["G-MOMENTS", "V-COUNT"]), snapshots: true }));
        assert_eq!(all[0], ("E-REPLAY".to_owned(), Holds));
        assert_eq!(all[1], ("G-MOMENTS".to_owned(), Broken));
        assert_eq!(all[5], ("V-COUNT".to_owned(), Broken));
        let shallow = verdicts(Err("needs_l5"));
        assert!(shallow.len() == 5 && shallow.iter().all(|(_, verdict)| *verdict == NotJudged));
    }
}
