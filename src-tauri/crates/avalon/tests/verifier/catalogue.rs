//! The catalogue: complete, each entry with a breach that is found, and published as a document.

use std::collections::BTreeSet;
use std::fmt::Write;

use avalon::invariant::{self, Basis};

use crate::{direct_cases, log_cases};

#[test]
fn every_invariant_in_scope_has_a_breach_that_is_found() {
    let log = log_cases::CASES.iter().map(|case| case.0);
    let covered: BTreeSet<&str> =
        log.chain(direct_cases::CASES.iter().map(|case| case.0)).collect();
    let missing: Vec<&str> = invariant::all()
        .filter(|invariant| invariant.basis != Basis::Elsewhere && !covered.contains(invariant.id))
        .map(|invariant| invariant.id)
        .collect();
    assert!(missing.is_empty(), "no breach of {missing:?}");
    let unknown = covered.iter().find(|id| invariant::by_id(id).is_none());
    assert_eq!(unknown, None);
}

#[test]
fn ids_are_unique_and_complete() {
    let ids: BTreeSet<&str> = invariant::all().map(|invariant| invariant.id).collect();
    assert_eq!(ids.len(), invariant::all().count());
    assert_eq!(ids.len(), 137);
}

#[test]
fn the_document_is_that_of_the_catalogue() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/invariants.md");
    let document = document();
    if std::env::var_os("AVAULT_BLESS").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == document,
        "docs/invariants.md is not that of the catalogue; run `make bless`"
    );
}

fn document() -> String {
    let mut text = String::from(HEAD);
    let mut section = "";
    for invariant in invariant::all() {
        if invariant.section != section {
            section = invariant.section;
            let head =
                "| id | statement | severity | repair | judged from |\n|---|---|---|---|---|";
            write!(text, "\n## {section}\n\n{head}\n").unwrap();
        }
        let from = match invariant.basis {
            Basis::Log => "the log",
            Basis::Stored => "a stored state or document beside the log",
            Basis::Corpus => "several games together",
            Basis::Export => "what leaves the service",
            Basis::Source => "the foreign record",
            Basis::Elsewhere => "snapshots, backups and connections, by the parts that keep them",
        };
        let cell = |content: &str| content.replace('|', "\\|");
        writeln!(
            text,
            "| `{}` | {} | {:?} | {} | {from} |",
            invariant.id,
            cell(invariant.statement),
            invariant.severity,
            cell(invariant.repair_note),
        )
        .unwrap();
    }
    text
}

const HEAD: &str = "\
# Invariants

Generated from the catalogue of the `avalon` crate; a test keeps it so.

Severity: **F** fatal (integrity or a secret is broken), **E** error (a rule is broken),
**W** warning (legal but odd, or a house rule), **I** information.
Repair: **AUTO** recompute from the log and append a correction; **HUMAN** show the choices, a
person decides; **QUAR** freeze the game read-only, keep its bytes, offer the last good snapshot;
**NONE** report only. A finding carries the one class that applies where it was found.
";
