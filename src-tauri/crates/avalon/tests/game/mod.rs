//! Games for the tests: drawn tables, and logs played by random legal choices.
#![allow(dead_code, reason = "each test takes what it needs")]

pub mod twins;

use avalon::chain::{Chain, Stamp};
use avalon::deal::{Deal, Seed, deal};
use avalon::event::Envelope;
use avalon::id::PlayerId;
use avalon::play::{Limits, Policy, Uniform, create_game, next_draft};
use avalon::profile::{
    AssassinActor, AssassinTargets, AssassinWhen, ExcaliburAssignment, Hammer, RuleProfile,
};
use avalon::state::GameState;
use proptest::prelude::*;

/// A source of numbers below a bound; small, and the same for the same seed.
pub fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |bound| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % (bound.max(1) as u64)).unwrap()
    }
}

/// Every player count with every module and switch.
pub fn profiles() -> impl Strategy<Value = RuleProfile> {
    let modules = (5_u8..=10, 0_u8..=3, any::<bool>(), 0_u8..=2, 0_u8..=3);
    let switches = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<[bool; 2]>());
    (modules, switches).prop_map(
        |((n, lancelot, lady, excalibur, box_deck), (forced, any_time, actor, anyone, rest))| {
            let mut profile = RuleProfile::standard(n).unwrap().with_lancelots(lancelot);
            if lancelot == 1 && box_deck == 0 {
                profile.lancelot.blank = 4;
                profile.lancelot.first_quest = 1;
            }
            profile.lady.on = lady;
            profile = match excalibur {
                1 => profile.with_excalibur(ExcaliburAssignment::WithProposal),
                2 => profile.with_excalibur(ExcaliburAssignment::AfterApproval),
                _ => profile,
            };
            if forced {
                profile.hammer = Hammer::ForcedNoVote;
                profile.two_fails_quest4_from = None;
            }
            if any_time {
                profile.assassin.when = AssassinWhen::AnyTime;
            }
            if actor {
                profile.assassin.actor = AssassinActor::HighestPriorityEvil;
            }
            if anyone {
                profile.assassin.targets = AssassinTargets::Anyone;
            }
            profile.repropose_before_vote = rest[0];
            profile.anonymous_votes = rest[1];
            profile
        },
    )
}

/// The players of a table of `n`.
pub fn players(n: u8) -> Vec<PlayerId> {
    (0..n).map(|seat| PlayerId::from(format!("player-{seat}"))).collect()
}

/// A seed for the deal, drawn from a number.
pub fn seed(number: u64) -> Seed {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number.to_be_bytes());
    seed
}

/// A game under way, with its log.
pub struct Table {
    pub state: GameState,
    pub log: Vec<Envelope>,
    pub deal: Deal,
    chain: Chain,
}

impl Table {
    /// A table at which a game was just created.
    pub fn new(profile: &RuleProfile, number: u64) -> Self {
        let seed = seed(number);
        Self::with_deal(profile, &seed, deal(&seed, profile))
    }

    /// A table at which `deal` will be dealt.
    pub fn with_deal(profile: &RuleProfile, seed: &Seed, deal: Deal) -> Self {
        let chain = Chain::new("game".into(), Some("room".into()));
        let mut table = Self { state: GameState::default(), log: Vec::new(), deal, chain };
        let draft = create_game("game".into(), profile.clone(), players(profile.n), seed);
        table.write(draft);
        table
    }

    /// Seals and applies an event.
    pub fn write(&mut self, draft: avalon::event::Draft) {
        let seq = self.chain.seq() + 1;
        let stamp = Stamp {
            event_id: format!("event-{seq}").into(),
            ts: 1_700_000_000_000 + i64::try_from(seq).unwrap() * 1000,
            command_id: format!("command-{seq}").into(),
        };
        let envelope = self.chain.seal(draft, stamp).unwrap();
        if let Err(rejection) = self.state.apply(&envelope) {
            panic!("{rejection}\n{}", serde_json::to_string_pretty(&envelope).unwrap());
        }
        self.chain.advance(&envelope);
        self.log.push(envelope);
    }

    /// Plays one event by `policy`; false when the game is over.
    pub fn step(&mut self, policy: &mut dyn Policy) -> bool {
        let limits = Limits { propose_ms: Some(60_000), vote_ms: Some(30_000), act_ms: None };
        let now = 1_700_000_000_000;
        match next_draft(&self.state, &self.deal, policy, now, limits) {
            Some(draft) => {
                self.write(draft);
                true
            }
            None => false,
        }
    }

    /// Plays to the end.
    pub fn finish(mut self, policy: &mut dyn Policy) -> Self {
        while self.step(policy) {
            assert!(self.log.len() < 1000, "a game of 1000 events");
        }
        self
    }
}

/// No time limits.
pub fn no_limits() -> Limits {
    Limits::default()
}

/// A whole game by random legal choices.
pub fn game(profile: &RuleProfile, number: u64) -> Table {
    Table::new(profile, number).finish(&mut Uniform(numbers(number)))
}
