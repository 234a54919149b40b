//! Which invariants a check could not judge for want of data.

use crate::invariant::{self, Basis, Invariant};

use super::integrity::Carries;
use super::report::Findings;
use super::walk::Outcome;

/// What there was to judge from.
pub(crate) struct Judged<'a> {
    pub(crate) carries: Carries,
    pub(crate) timed: bool,
    pub(crate) seeded: bool,
    pub(crate) outcome: &'a Outcome,
}

impl Judged<'_> {
    /// Ids that could not be judged, in catalogue order. What has a finding was judged.
    pub(crate) fn skipped(&self, findings: &Findings) -> Vec<String> {
        invariant::all()
            .filter(|invariant| invariant.basis != Basis::Elsewhere)
            .filter(|invariant| !self.could_judge(invariant) && !findings.has(invariant))
            .map(|invariant| invariant.id.to_owned())
            .collect()
    }

    fn could_judge(&self, invariant: &Invariant) -> bool {
        if invariant.basis != Basis::Log {
            return false;
        }
        let (carries, outcome) = (&self.carries, self.outcome);
        match invariant.id {
            "E-HASH" => carries.hashes,
            "E-ID-UNIQUE" => carries.ids,
            "C-VERSION" => carries.versions,
            "R-RNG" => self.seeded,
            "L-ONLY-LEADER" => carries.actors && outcome.has_deal,
            "K-PUBLIC-SLICE" | "K-PRIVATE-SLICE" | "K-REVEAL" | "V-SECRET" | "M-CARD-SECRET" => {
                carries.visibility
            }
            "K-MATRIX" | "K-MERLIN-NOT-MORDRED" | "K-PERCIVAL-PAIR" | "K-EVIL-NOT-OBERON" => {
                outcome.has_knowledge
            }
            "T-MONOTONE" | "T-RANGE" | "T-DURATION" => self.timed,
            "T-DEADLINE" => !outcome.misses_deadline,
            "LN-DECK" => outcome.has_loyalty_deck,
            id => match id.split('-').next() {
                Some("E" | "T" | "D" | "I" | "C") => true,
                Some("S") => outcome.has_rules || id == "S-UNIQUE-ID",
                Some("R" | "L" | "LK" | "A" | "W") => outcome.has_rules && outcome.has_deal,
                _ => outcome.has_rules,
            },
        }
    }
}
