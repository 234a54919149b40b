use std::collections::HashSet;

use super::Guard;
use crate::invariant::CATALOGUE;

#[test]
fn every_guard_serves_an_invariant_of_the_catalogue() {
    let known: HashSet<&str> =
        CATALOGUE.iter().flat_map(|section| section.iter()).map(|invariant| invariant.id).collect();
    for guard in Guard::ALL {
        assert!(known.contains(guard.invariant()), "{guard:?} names {guard}");
    }
}
