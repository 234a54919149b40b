//! Legal games: scripted ones for single cases, random ones for properties.

use std::sync::OnceLock;

use avalon::chain::{Chain, Stamp};
use avalon::deal::{Seed, deal};
use avalon::event::{Card, Draft, Envelope, Vote};
use avalon::id::{GameId, PlayerId, RoomId, Seat};
use avalon::play::{Limits, Policy, Uniform, create_game, next_draft};
use avalon::profile::{AssassinWhen, ExcaliburAssignment, Hammer, RuleProfile};
use avalon::reducer::Replay;
use avalon::role::{Role, Side};
use avalon::state::GameState;

use crate::wire::Log;

/// Milliseconds between two events.
const PACE: i64 = 4_000;
const START: i64 = 1_764_544_000_000;

/// Plays a whole game by a policy and seals it.
pub fn play(
    profile: &RuleProfile,
    seed: &Seed,
    policy: &mut dyn Policy,
    limits: Limits,
) -> Vec<Envelope> {
    let number = u32::from_be_bytes(seed[..4].try_into().unwrap());
    let game = GameId::from(format!("game-{number}"));
    let seats = (0..profile.n).map(|seat| PlayerId::from(format!("p{number}-{seat}"))).collect();
    let dealt = deal(seed, profile);
    let mut chain = Chain::new(game.clone(), Some(RoomId::from("room-1")));
    let mut state = GameState::default();
    let mut log: Vec<Envelope> = Vec::new();
    let mut next = Some(create_game(game, profile.clone(), seats, seed));
    while let Some(draft) = next {
        let envelope = seal(&chain, draft, log.len(), number);
        state.apply(&envelope).unwrap_or_else(|refused| panic!("{refused}"));
        chain.advance(&envelope);
        log.push(envelope);
        let now = START + PACE * i64::try_from(log.len()).unwrap();
        next = next_draft(&state, &dealt, policy, now, limits);
    }
    log
}

fn seal(chain: &Chain, draft: Draft, at: usize, game: u32) -> Envelope {
    let stamp = Stamp {
        event_id: format!("01EVENT{game:010}{at:09}").as_str().into(),
        ts: START + PACE * i64::try_from(at).unwrap(),
        command_id: format!("command-{game}-{at}").as_str().into(),
    };
    chain.seal(draft, stamp).unwrap()
}

/// Numbers from a seed, for policies.
pub fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |bound| {
        // splitmix64
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % bound.max(1) as u64).unwrap()
    }
}

/// The deal's seed of a number.
pub fn seed(number: u32) -> Seed {
    let mut seed = [0; 32];
    seed[..4].copy_from_slice(&number.to_be_bytes());
    seed
}

/// Random rules: every player count and module.
pub fn random_profile(number: u64) -> RuleProfile {
    let mut pick = numbers(number ^ 0x5EED);
    let n = u8::try_from(5 + pick(6)).unwrap();
    let mut profile = RuleProfile::standard(n).unwrap();
    match pick(5) {
        0 => profile = profile.with_lady(),
        1 => profile = profile.with_excalibur(ExcaliburAssignment::WithProposal),
        2 => profile = profile.with_excalibur(ExcaliburAssignment::AfterApproval),
        _ => {}
    }
    profile = profile.with_lancelots(u8::try_from(pick(4)).unwrap());
    if pick(3) == 0 {
        profile.hammer = Hammer::ForcedNoVote;
    }
    profile.repropose_before_vote = pick(4) == 0;
    if pick(6) == 0 {
        profile.assassin.when = AssassinWhen::AnyTime;
    }
    if pick(5) == 0 {
        profile.two_fails_quest4_from = None;
    }
    profile
}

/// A random legal game.
pub fn random_game(number: u32) -> Vec<Envelope> {
    let mut policy = Uniform(numbers(u64::from(number)));
    play(&random_profile(u64::from(number)), &seed(number), &mut policy, Limits::default())
}

/// One of a few random games in wire form, sealed; each is played once.
pub fn pooled_game(number: usize) -> Log {
    const POOL: u32 = 20;
    static GAMES: OnceLock<Vec<Log>> = OnceLock::new();
    let play = |number| Log::from(random_game(number).as_slice());
    let games = GAMES.get_or_init(|| (0..POOL).map(play).collect());
    games[number % games.len()].clone()
}

/// A policy by script: who rejects what, which quests fail, whom the assassin shoots.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// Proposals (quest, attempt) that everybody rejects.
    pub rejected: &'static [(u8, u8)],
    /// Quests that evil fails.
    pub failed: &'static [u8],
    /// Whether the assassin hits Merlin.
    pub hit: bool,
    /// Whether the holder of Excalibur switches a card.
    pub switches: bool,
    /// Whether leaders revise once.
    pub revises: bool,
}

impl Policy for Script {
    fn pick(&mut self, _bound: usize) -> usize {
        0
    }

    /// Good players from seat 0 on; evil ones first where the quest is to fail.
    fn team(&mut self, state: &GameState, leader: Seat, size: usize) -> Vec<Seat> {
        let fails = self.failed.contains(&state.quest);
        let mut seats: Vec<Seat> = (0..state.players()).collect();
        seats.sort_by_key(|seat| {
            let evil = state.side(*seat) == Some(Side::Evil);
            (*seat != leader, evil != fails, *seat)
        });
        seats.truncate(size);
        seats
    }

    fn excalibur_to(&mut self, _state: &GameState, candidates: &[Seat]) -> Option<Seat> {
        candidates.first().copied()
    }

    fn revises(&mut self, _state: &GameState, _leader: Seat) -> bool {
        std::mem::take(&mut self.revises)
    }

    fn vote(&mut self, state: &GameState, _seat: Seat) -> Vote {
        if self.rejected.contains(&(state.quest, state.attempt)) {
            Vote::Reject
        } else {
            Vote::Approve
        }
    }

    fn card(&mut self, state: &GameState, _seat: Seat) -> Card {
        if self.failed.contains(&state.quest) { Card::Fail } else { Card::Success }
    }

    fn excalibur_target(&mut self, _: &GameState, _: Seat, candidates: &[Seat]) -> Option<Seat> {
        candidates.last().copied().filter(|_| self.switches)
    }

    fn lady_target(&mut self, _: &GameState, _: Seat, candidates: &[Seat]) -> Option<Seat> {
        candidates.first().copied()
    }

    fn lady_claim(&mut self, state: &GameState, _holder: Seat) -> Option<Side> {
        let lady = state.lady.as_ref()?;
        lady.uses.last().map(|last| last.loyalty)
    }

    fn shoots_early(&mut self, _state: &GameState) -> bool {
        false
    }

    fn target(&mut self, state: &GameState, _: Seat, candidates: &[Seat]) -> Option<Seat> {
        let merlin = |seat: &&Seat| (state.role(**seat) == Some(Role::Merlin)) == self.hit;
        candidates.iter().find(merlin).copied()
    }
}

/// The legal games that single cases start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// Seven players; one rejection; quest 2 fails; the shot hits Merlin.
    Hit,
    /// The shot misses; deadlines are set.
    Miss,
    /// Three failed quests.
    ThreeFails,
    /// Five rejections in quest 2.
    FiveRejections,
    /// The fifth team goes without a vote.
    Forced,
    /// Lady of the Lake, five quests.
    Lady,
    /// Excalibur given with the proposal, a card switched.
    Excalibur,
    /// Excalibur given after approval.
    ExcaliburLate,
    /// Lancelots that switch by a hidden deck.
    Lancelot1,
    /// Lancelots that switch by a known schedule.
    Lancelot2,
    /// No Merlin, no assassin.
    NoMerlin,
    /// Five players, the leader revises a team.
    Revised,
    /// The shot may fall at any time.
    AnyTime,
    /// Ten players.
    Ten,
}

impl Base {
    pub const ALL: [Self; 14] = [
        Self::Hit,
        Self::Miss,
        Self::ThreeFails,
        Self::FiveRejections,
        Self::Forced,
        Self::Lady,
        Self::Excalibur,
        Self::ExcaliburLate,
        Self::Lancelot1,
        Self::Lancelot2,
        Self::NoMerlin,
        Self::Revised,
        Self::AnyTime,
        Self::Ten,
    ];

    fn profile(self) -> RuleProfile {
        use Role::{Minion, Servant};
        let standard = |n| RuleProfile::standard(n).unwrap();
        match self {
            Self::Hit | Self::Miss | Self::ThreeFails | Self::FiveRejections => standard(7),
            Self::Forced => {
                let mut profile = standard(7);
                profile.hammer = Hammer::ForcedNoVote;
                profile
            }
            Self::Lady => standard(8).with_lady(),
            Self::Excalibur => standard(8).with_excalibur(ExcaliburAssignment::WithProposal),
            Self::ExcaliburLate => standard(8).with_excalibur(ExcaliburAssignment::AfterApproval),
            Self::Lancelot1 => standard(8).with_lancelots(1),
            Self::Lancelot2 => standard(8).with_lancelots(2),
            Self::NoMerlin => {
                RuleProfile::with_roles(vec![Servant, Servant, Servant, Minion, Minion])
            }
            Self::Revised => {
                let mut profile = standard(5);
                profile.repropose_before_vote = true;
                profile
            }
            Self::AnyTime => {
                let mut profile = standard(6);
                profile.assassin.when = AssassinWhen::AnyTime;
                profile
            }
            Self::Ten => standard(10),
        }
    }

    fn script(self) -> Script {
        let script = Script::default();
        match self {
            Self::Hit => Script { rejected: &[(1, 1)], failed: &[2], hit: true, ..script },
            Self::ThreeFails => Script { failed: &[1, 2, 4], ..script },
            Self::FiveRejections => {
                Script { rejected: &[(2, 1), (2, 2), (2, 3), (2, 4), (2, 5)], ..script }
            }
            Self::Forced => Script { rejected: &[(1, 1), (1, 2), (1, 3), (1, 4)], ..script },
            Self::Lady => Script { failed: &[1, 3], ..script },
            Self::Excalibur | Self::ExcaliburLate => {
                Script { failed: &[2], switches: true, ..script }
            }
            Self::Lancelot1 | Self::Lancelot2 => Script { failed: &[2, 3], ..script },
            Self::Revised => Script { revises: true, ..script },
            _ => script,
        }
    }

    /// The game, sealed.
    pub fn sealed(self) -> Vec<Envelope> {
        let limits = match self {
            Self::Miss => {
                Limits { propose_ms: Some(60_000), vote_ms: Some(30_000), act_ms: Some(30_000) }
            }
            _ => Limits::default(),
        };
        play(&self.profile(), &seed(self as u32 + 1), &mut self.script(), limits)
    }

    /// The game in wire form without hashes; played once.
    pub fn log(self) -> Log {
        static LOGS: OnceLock<Vec<Log>> = OnceLock::new();
        let play = |base: Self| Log::from(base.sealed().as_slice()).without_hashes();
        let logs = LOGS.get_or_init(|| Self::ALL.map(play).to_vec());
        logs[Self::ALL.iter().position(|base| *base == self).unwrap()].clone()
    }
}

/// The states after each event of a log.
pub fn states(log: &[Envelope]) -> Vec<GameState> {
    let mut replay = Replay::new();
    let mut states = Vec::new();
    for envelope in log {
        replay.push(envelope).unwrap();
        states.push(replay.state().clone());
    }
    states
}
