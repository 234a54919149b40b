//! Dealing from a seed: the same seed gives the same deal, and its SHA-256 is published before the
//! game, so that afterwards everybody can check that nothing was chosen.

use crate::digest::Digest;
use crate::event::LoyaltyCard;
use crate::id::Seat;
use crate::profile::RuleProfile;
use crate::role::Role;

/// A seed, from a source of randomness that players can't guess.
pub type Seed = [u8; 32];

/// What a seed decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    /// Role of each seat.
    pub roles: Vec<Role>,
    /// Seat of the first leader.
    pub first_leader: Seat,
    /// The loyalty deck, where one is drawn from.
    pub loyalty_deck: Option<Vec<LoyaltyCard>>,
}

/// The commitment to a seed: SHA-256, in hexadecimal, as GameCreated carries it.
#[must_use]
pub fn commitment(seed: &Seed) -> String {
    Digest::of(seed).to_string()
}

/// Deals: the profile's roles, sorted, are shuffled over the seats; then the first leader is
/// drawn; then the loyalty deck is shuffled.
#[must_use]
pub fn deal(seed: &Seed, profile: &RuleProfile) -> Deal {
    let mut stream = Stream { seed: *seed, counter: 0, block: [0; 32], used: 32 };
    let mut roles = profile.roles.clone();
    roles.sort_unstable();
    stream.shuffle(&mut roles);
    let seats = u32::try_from(roles.len()).unwrap_or(1).max(1);
    let first_leader = Seat::try_from(stream.below(seats)).unwrap_or(0);
    let loyalty_deck = profile.draws_loyalty().then(|| {
        let mut deck = vec![LoyaltyCard::Blank; usize::from(profile.lancelot.blank)];
        deck.extend(std::iter::repeat_n(LoyaltyCard::Switch, usize::from(profile.lancelot.switch)));
        stream.shuffle(&mut deck);
        deck
    });
    Deal { roles, first_leader, loyalty_deck }
}

/// Random numbers: the blocks SHA-256(seed ‖ counter), counter as 8 bytes big-endian, read as
/// 4-byte big-endian numbers.
struct Stream {
    seed: Seed,
    counter: u64,
    block: [u8; 32],
    used: usize,
}

impl Stream {
    fn next(&mut self) -> u32 {
        if self.used == self.block.len() {
            let mut input = [0; 40];
            input[..32].copy_from_slice(&self.seed);
            input[32..].copy_from_slice(&self.counter.to_be_bytes());
            self.block = *Digest::of(&input).as_bytes();
            self.counter += 1;
            self.used = 0;
        }
        let mut word = [0; 4];
        word.copy_from_slice(&self.block[self.used..self.used + 4]);
        self.used += 4;
        u32::from_be_bytes(word)
    }

    /// A number below `bound` (at least 1), each equally likely.
    fn below(&mut self, bound: u32) -> u32 {
        let fair = u32::MAX - u32::MAX % bound;
        loop {
            let number = self.next();
            if number < fair {
                return number % bound;
            }
        }
    }

    /// Fisher and Yates, from the last place down.
    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let bound = u32::try_from(last + 1).unwrap_or(u32::MAX);
            items.swap(last, usize::try_from(self.below(bound)).unwrap_or(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_deals_the_same() {
        let profile = RuleProfile::standard(10).unwrap().with_lancelots(2);
        let seed = [7; 32];
        assert_eq!(deal(&seed, &profile), deal(&seed, &profile));
        assert_ne!(deal(&seed, &profile), deal(&[8; 32], &profile));
        assert_eq!(deal(&seed, &profile).loyalty_deck.unwrap().len(), 7);
        assert_eq!(commitment(&seed).len(), 64);
    }

    #[test]
    fn every_seat_gets_every_role_about_equally() {
        let profile = RuleProfile::standard(5).unwrap();
        let mut merlin = [0_u32; 5];
        let mut leads = [0_u32; 5];
        for number in 0..2000_u32 {
            let mut seed = [0; 32];
            seed[..4].copy_from_slice(&number.to_be_bytes());
            let deal = deal(&seed, &profile);
            merlin[deal.roles.iter().position(|role| *role == Role::Merlin).unwrap()] += 1;
            leads[usize::from(deal.first_leader)] += 1;
        }
        for count in merlin.into_iter().chain(leads) {
            assert!((320..480).contains(&count), "{count} of 2000 for one of 5 seats");
        }
    }
}
