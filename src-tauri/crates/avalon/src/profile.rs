//! The rule profile: every switch by which tables differ. It is stored in `GameCreated`, so that a
//! verifier reads it and never guesses.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::role::{Role, Side};
use crate::rules;
use crate::sentence;
use crate::sentence::Sentence;

/// What happens at the fifth proposal of a quest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Hammer {
    /// It is voted on; a rejection loses the game.
    RejectLoses,
    /// It goes without a vote.
    ForcedNoVote,
}

/// The Lady of the Lake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LadyRules {
    /// Whether it is played.
    pub on: bool,
    /// After which quests the token is used.
    pub after_quests: Vec<u8>,
}

/// When the leader gives Excalibur to a team member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExcaliburAssignment {
    /// In the proposal, before the vote.
    WithProposal,
    /// Once the team is approved; `TeamVoteClosed` then names the holder.
    AfterApproval,
}

/// Excalibur.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExcaliburRules {
    /// Whether it is played.
    pub on: bool,
    /// When it is given.
    pub assign: ExcaliburAssignment,
}

/// The two Lancelots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LancelotRules {
    /// 0 without Lancelots, 1 hidden switch, 2 known schedule, 3 mutual.
    pub variant: u8,
    /// Blank cards in the loyalty deck.
    pub blank: u8,
    /// Switch cards in the loyalty deck.
    pub switch: u8,
    /// The first quest at whose start a card is drawn.
    pub first_quest: u8,
}

/// Who shoots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssassinActor {
    /// The player with the role Assassin.
    Role,
    /// The first of Assassin, Minion, Mordred, Morgana, Oberon in play.
    HighestPriorityEvil,
    /// The evil player whom AssassinationStarted names.
    Appointed,
}

/// When the shot may be fired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssassinWhen {
    /// After the third success.
    AfterThirdSuccess,
    /// At any time; it must be fired after the third success.
    AnyTime,
}

/// Who may be shot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssassinTargets {
    /// Anyone whom the assassin does not know to be evil.
    NotKnownEvil,
    /// Anyone but himself.
    Anyone,
}

/// The assassination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssassinRules {
    /// Who shoots.
    pub actor: AssassinActor,
    /// When.
    pub when: AssassinWhen,
    /// At whom.
    pub targets: AssassinTargets,
}

/// The rules one game is played by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleProfile {
    /// Name of the profile.
    pub profile: String,
    /// Players, 5 to 10.
    pub n: u8,
    /// The roles that are dealt, one per player, in any order.
    pub roles: Vec<Role>,
    /// The fifth proposal.
    pub hammer: Hammer,
    /// From how many players quest 4 takes two fails; none: never.
    #[serde(rename = "twoFailsQuest4From")]
    pub two_fails_quest4_from: Option<u8>,
    /// The Lady of the Lake.
    pub lady: LadyRules,
    /// Excalibur.
    pub excalibur: ExcaliburRules,
    /// The Lancelots.
    pub lancelot: LancelotRules,
    /// The assassination.
    pub assassin: AssassinRules,
    /// Whether the leader may revise a team before the first vote.
    pub repropose_before_vote: bool,
    /// Whether only the number of approvals becomes public.
    pub anonymous_votes: bool,
}

impl RuleProfile {
    /// The name of the base profile.
    pub const BASE: &'static str = "avalon-base-1";

    /// The base rules with the given roles, one per player.
    #[must_use]
    pub fn with_roles(roles: Vec<Role>) -> Self {
        Self {
            profile: Self::BASE.to_owned(),
            n: u8::try_from(roles.len()).unwrap_or(u8::MAX),
            roles,
            hammer: Hammer::RejectLoses,
            two_fails_quest4_from: Some(7),
            lady: LadyRules { on: false, after_quests: vec![2, 3, 4] },
            excalibur: ExcaliburRules { on: false, assign: ExcaliburAssignment::WithProposal },
            lancelot: LancelotRules { variant: 0, blank: 0, switch: 0, first_quest: 1 },
            assassin: AssassinRules {
                actor: AssassinActor::Role,
                when: AssassinWhen::AfterThirdSuccess,
                targets: AssassinTargets::NotKnownEvil,
            },
            repropose_before_vote: false,
            anonymous_votes: false,
        }
    }

    /// The base rules on the common board (通行板子) for `n` players; none when `n` is not 5 to 10.
    #[must_use]
    pub fn standard(n: u8) -> Option<Self> {
        use Role::{Assassin, Merlin, Minion, Mordred, Morgana, Oberon, Percival, Servant};
        let (servants, evil): (usize, &[Role]) = match n {
            5 => (1, &[Morgana, Assassin]),
            6 => (2, &[Morgana, Assassin]),
            7 => (2, &[Morgana, Oberon, Assassin]),
            8 => (3, &[Morgana, Assassin, Minion]),
            9 => (4, &[Mordred, Morgana, Assassin]),
            10 => (4, &[Mordred, Morgana, Oberon, Assassin]),
            _ => return None,
        };
        let mut roles = vec![Merlin, Percival];
        roles.extend(std::iter::repeat_n(Servant, servants));
        roles.extend_from_slice(evil);
        Some(Self::with_roles(roles))
    }

    /// Turns the Lady of the Lake on.
    #[must_use]
    pub fn with_lady(mut self) -> Self {
        self.lady.on = true;
        self
    }

    /// Turns Excalibur on.
    #[must_use]
    pub fn with_excalibur(mut self, assign: ExcaliburAssignment) -> Self {
        self.excalibur = ExcaliburRules { on: true, assign };
        self
    }

    /// Brings the Lancelots in by variant 1, 2 or 3 with that variant's deck: they replace a
    /// Servant and the last evil role that is not the Assassin. Unchanged when the roles do not
    /// allow it.
    #[must_use]
    pub fn with_lancelots(mut self, variant: u8) -> Self {
        let (blank, switch, first_quest) = match variant {
            1 => (3, 2, 3),
            2 => (5, 2, 1),
            3 => (0, 0, 1),
            _ => return self,
        };
        let servant = self.roles.iter().rposition(|role| *role == Role::Servant);
        let evil = self
            .roles
            .iter()
            .rposition(|role| role.side() == Side::Evil && *role != Role::Assassin);
        if let (Some(servant), Some(evil)) = (servant, evil) {
            self.roles[servant] = Role::LancelotGood;
            self.roles[evil] = Role::LancelotEvil;
            self.lancelot = LancelotRules { variant, blank, switch, first_quest };
        }
        self
    }

    /// Team size of `quest`; none when the profile's player count or the quest is out of range.
    #[must_use]
    pub fn team_size(&self, quest: u8) -> Option<u8> {
        rules::team_size(self.n, quest)
    }

    /// Fail cards that fail `quest`.
    #[must_use]
    pub const fn fails_needed(&self, quest: u8) -> u8 {
        rules::fails_needed(self.n, quest, self.two_fails_quest4_from)
    }

    /// Whether `role` is among the roles.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether Lancelots play by a variant that draws loyalty cards.
    #[must_use]
    pub const fn draws_loyalty(&self) -> bool {
        matches!(self.lancelot.variant, 1 | 2)
    }

    /// Whether a loyalty card is drawn at the start of `quest`.
    #[must_use]
    pub const fn draws_loyalty_at(&self, quest: u8) -> bool {
        self.draws_loyalty() && quest >= self.lancelot.first_quest && quest <= rules::QUESTS
    }

    /// Reads a profile as it was stored. What is absent or malformed takes the base rule's value
    /// and is named in the second part; none when `n` or `roles` can't be read at all.
    #[must_use]
    pub fn read(stored: &Value) -> (Option<Self>, Vec<Sentence>) {
        let mut reader = FieldReader { stored, problems: Vec::new() };
        let n = reader.field::<u8>("n");
        let roles = reader.field::<Vec<Role>>("roles");
        let base = Self::with_roles(Vec::new());
        let profile = Self {
            profile: reader.or("profile", base.profile),
            n: n.unwrap_or_default(),
            roles: roles.clone().unwrap_or_default(),
            hammer: reader.or("hammer", base.hammer),
            two_fails_quest4_from: reader.or("twoFailsQuest4From", base.two_fails_quest4_from),
            lady: reader.or("lady", base.lady),
            excalibur: reader.or("excalibur", base.excalibur),
            lancelot: reader.or("lancelot", base.lancelot),
            assassin: reader.or("assassin", base.assassin),
            repropose_before_vote: reader.or("reproposeBeforeVote", base.repropose_before_vote),
            anonymous_votes: reader.or("anonymousVotes", base.anonymous_votes),
        };
        let readable = n.is_some() && roles.is_some();
        (readable.then_some(profile), reader.problems)
    }
}

struct FieldReader<'a> {
    stored: &'a Value,
    problems: Vec<Sentence>,
}

impl FieldReader<'_> {
    fn field<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let Some(value) = self.stored.get(name) else {
            self.problems.push(sentence!("{name} is absent", name));
            return None;
        };
        match T::deserialize(value) {
            Ok(value) => Some(value),
            Err(error) => {
                self.problems.push(sentence!(
                    "{name}: {problem}",
                    name,
                    problem = error.to_string()
                ));
                None
            }
        }
    }

    fn or<T: DeserializeOwned>(&mut self, name: &str, base: T) -> T {
        self.field(name).unwrap_or(base)
    }
}

/// A profile as an event carries it: the stored JSON, kept exactly, and what was read from it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredProfile {
    raw: Value,
    rules: Option<std::sync::Arc<RuleProfile>>,
    problems: Vec<Sentence>,
}

impl StoredProfile {
    /// The stored JSON.
    #[must_use]
    pub const fn raw(&self) -> &Value {
        &self.raw
    }

    /// The rules; none when the stored profile lacks a readable `n` or `roles`.
    #[must_use]
    pub const fn rules(&self) -> Option<&std::sync::Arc<RuleProfile>> {
        self.rules.as_ref()
    }

    /// What was absent or malformed.
    #[must_use]
    pub fn problems(&self) -> &[Sentence] {
        &self.problems
    }
}

impl From<Value> for StoredProfile {
    fn from(raw: Value) -> Self {
        let (rules, problems) = RuleProfile::read(&raw);
        Self { raw, rules: rules.map(std::sync::Arc::new), problems }
    }
}

impl From<RuleProfile> for StoredProfile {
    fn from(rules: RuleProfile) -> Self {
        let raw = serde_json::to_value(&rules).unwrap_or_default();
        Self { raw, rules: Some(std::sync::Arc::new(rules)), problems: Vec::new() }
    }
}

impl Serialize for StoredProfile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for StoredProfile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_boards_have_the_right_sides() {
        for n in 5..=10 {
            for variant in 0..=3 {
                let profile = RuleProfile::standard(n).unwrap().with_lancelots(variant);
                let evil = profile.roles.iter().filter(|r| r.side() == Side::Evil).count();
                assert_eq!(profile.roles.len(), usize::from(n));
                assert_eq!(evil, usize::from(rules::evil_count(n).unwrap()));
                assert!(profile.has(Role::Merlin) && profile.has(Role::Assassin));
            }
        }
        assert_eq!(RuleProfile::standard(4), None);
    }

    #[test]
    fn an_incomplete_profile_is_read_and_told() {
        let raw = serde_json::json!({"profile": "x", "n": 5, "roles": ["MERLIN"], "extra": 1});
        let stored = StoredProfile::from(raw.clone());
        assert_eq!(stored.rules().unwrap().hammer, Hammer::RejectLoses);
        assert_eq!(stored.problems().len(), 8);
        assert_eq!(serde_json::to_value(&stored).unwrap(), raw);
        assert!(StoredProfile::from(serde_json::json!({"n": 500})).rules().is_none());
    }

    #[test]
    fn two_fails_may_be_null() {
        let mut profile = RuleProfile::standard(7).unwrap();
        profile.two_fails_quest4_from = None;
        let stored = StoredProfile::from(serde_json::to_value(&profile).unwrap());
        assert!(stored.problems().is_empty());
        assert_eq!(stored.rules().unwrap().fails_needed(4), 1);
    }
}
