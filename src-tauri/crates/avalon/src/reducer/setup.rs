//! From the lobby to the dealt roles.

use crate::event::{Envelope, GameCreated, LoyaltyCard, RoleAcknowledged, RolesAssigned};
use crate::id::Seat;
use crate::profile::RuleProfile;
use crate::reducer::rejection::Judge;
use crate::reducer::{Guard, Judged, claim};
use crate::role::{Role, Side};
use crate::rules::{self, Mark};
use crate::sentence;
use crate::sentence::Sentence;
use crate::state::{GameState, Lady, Lancelot, Overlay, Phase, Quest, Sighting};

impl GameState {
    pub(super) fn created(
        &mut self,
        envelope: &Envelope,
        event: &GameCreated,
        judge: &mut Judge<'_>,
    ) -> Judged {
        if self.profile.is_some() {
            return Err(judge.refuse(Guard::First, sentence!("the game exists already")));
        }
        let Some(profile) = event.profile.rules() else {
            return Err(judge.refuse(Guard::Profile, incomplete(event.profile.problems())));
        };
        let seated = event.seats.len();
        let n = u8::try_from(seated).unwrap_or(u8::MAX);
        let Some(sizes) = rules::team_sizes(n) else {
            return Err(judge
                .refuse(Guard::Players, sentence!("{count} players are seated", count = seated)));
        };
        judge.claim(Some(&event.n), &n, Guard::Players, claim::players)?;
        judge.claim(Some(&profile.n), &n, Guard::Players, claim::profile_players)?;
        judge.claim(event.game_id.as_ref(), &envelope.game_id, Guard::SameGame, claim::game)?;
        judge.expect(event.profile.problems().is_empty(), Guard::Profile, || {
            incomplete(event.profile.problems())
        })?;
        judge_profile(profile, judge)?;
        let distinct = (1..seated).all(|at| !event.seats[..at].contains(&event.seats[at]));
        judge.expect(distinct, Guard::DistinctPlayers, || sentence!("a player sits twice"))?;

        let fails = |quest| rules::fails_needed(n, quest, profile.two_fails_quest4_from);
        self.game_id = envelope.game_id.clone();
        self.room_id.clone_from(&envelope.room_id);
        self.quests = (1..)
            .zip(sizes)
            .map(|(quest, team_size)| Quest {
                team_size,
                fails_needed: fails(quest),
                ..Quest::default()
            })
            .collect();
        self.lancelot = profile.draws_loyalty().then(Lancelot::default);
        self.profile = Some(profile.clone());
        self.seats.clone_from(&event.seats);
        self.started_at = Some(envelope.ts);
        self.overlay =
            Overlay { paused: false, connected: vec![true; seated], bots: vec![false; seated] };
        Ok(())
    }

    pub(super) fn roles_assigned(
        &mut self,
        event: &RolesAssigned,
        judge: &mut Judge<'_>,
    ) -> Judged {
        if self.phase != Phase::Lobby {
            return Err(self.wrong_phase("RolesAssigned", judge));
        }
        let Some(profile) = self.profile.clone() else {
            return Err(judge.refuse(Guard::First, sentence!("RolesAssigned before GameCreated")));
        };
        let mut roles = Vec::with_capacity(self.seats.len());
        for player in &self.seats {
            let role = event.roles.get(player).copied();
            roles.push(role.ok_or_else(|| {
                judge.refuse(Guard::RolesComplete, sentence!("{player} has no role", player))
            })?);
        }
        judge.expect(event.roles.len() == roles.len(), Guard::KnownPlayer, || {
            sentence!("a role for somebody who does not sit at the table")
        })?;
        judge_roles(&roles, &profile, judge)?;
        let n = self.players();
        let first = self.resolve(&event.first_leader).ok_or_else(|| {
            judge.refuse(
                Guard::FirstLeader,
                sentence!("{leader} is no seat", leader = &event.first_leader),
            )
        })?;
        let knowledge = told(&roles, profile.lancelot.variant);
        self.judge_knowledge(event, &knowledge, judge)?;
        let lady = self.first_lady(event, &profile, first, judge)?;
        judge_deck(event.loyalty_deck.as_deref(), &profile, judge)?;

        if let Some(lancelot) = &mut self.lancelot {
            lancelot.deck.clone_from(&event.loyalty_deck);
        }
        self.sides = roles.iter().map(|role| role.side()).collect();
        self.roles = roles;
        self.knowledge = knowledge;
        self.acknowledged = vec![false; usize::from(n)];
        self.first_leader = Some(first);
        self.leader = Some(first);
        self.lady = lady;
        self.phase = Phase::Dealt;
        Ok(())
    }

    fn judge_knowledge(
        &self,
        event: &RolesAssigned,
        truth: &[Vec<Sighting>],
        judge: &mut Judge<'_>,
    ) -> Judged {
        let Some(stored) = &event.knowledge else {
            return Ok(());
        };
        for (player, truth) in self.seats.iter().zip(truth) {
            let empty = std::collections::BTreeMap::new();
            let stored = stored.get(player).unwrap_or(&empty);
            let told = |sighting: &Sighting| -> Option<Mark> {
                stored.get(self.player(sighting.seat)?).copied()
            };
            let holds = stored.len() == truth.len()
                && truth.iter().all(|sighting| told(sighting) == Some(sighting.mark));
            judge.expect(holds, Guard::Knowledge, || {
                sentence!("what {player} was told is not what the roles say", player)
            })?;
        }
        judge.expect(
            stored.keys().all(|player| self.seat_of(player).is_some()),
            Guard::Knowledge,
            || sentence!("somebody who does not sit at the table was told something"),
        )
    }

    fn first_lady(
        &self,
        event: &RolesAssigned,
        profile: &RuleProfile,
        first_leader: Seat,
        judge: &mut Judge<'_>,
    ) -> Result<Option<Lady>, crate::reducer::Rejection> {
        let stored = event.lady_holder.as_ref();
        if !profile.lady.on {
            judge.expect(stored.is_none(), Guard::Modules, || {
                sentence!("the Lady of the Lake has a holder but is not played")
            })?;
            return Ok(None);
        }
        let truth = rules::first_lady_holder(first_leader, self.players());
        let holder = match stored {
            None => truth,
            Some(stored) => self.resolve(stored).ok_or_else(|| {
                judge.refuse(Guard::LadyFirst, sentence!("{leader} is no seat", leader = stored))
            })?,
        };
        judge.claim(Some(&holder), &truth, Guard::LadyFirst, claim::lady_holder)?;
        Ok(Some(Lady { holder, holders: vec![holder], uses: Vec::new() }))
    }

    pub(super) fn acknowledged(
        &mut self,
        envelope: &Envelope,
        event: &RoleAcknowledged,
        judge: &mut Judge<'_>,
    ) -> Judged {
        if self.phase != Phase::Dealt {
            return Err(self.wrong_phase("RoleAcknowledged", judge));
        }
        let seat = self.seated(&event.player_id, Guard::KnownPlayer, judge)?;
        judge.expect(self.acts_for(envelope.actor.as_ref(), seat, true), Guard::Phase, || {
            sentence!("somebody else acknowledged a role")
        })?;
        if let Some(seen) = self.acknowledged.get_mut(usize::from(seat)) {
            *seen = true;
        }
        Ok(())
    }
}

/// What is wrong with a profile, one after the other.
fn incomplete(problems: &[Sentence]) -> Sentence {
    let told = problems
        .iter()
        .cloned()
        .rev()
        .reduce(|rest, first| sentence!("{first}; {rest}", first, rest));
    told.unwrap_or_default()
}

fn judge_profile(profile: &RuleProfile, judge: &mut Judge<'_>) -> Judged {
    let after = &profile.lady.after_quests;
    let deck = u32::from(profile.lancelot.blank) + u32::from(profile.lancelot.switch);
    let lancelot = &profile.lancelot;
    let sensible = after.iter().all(|quest| (1..rules::QUESTS).contains(quest))
        && lancelot.variant <= 3
        && (1..=rules::QUESTS).contains(&lancelot.first_quest)
        && (!profile.draws_loyalty()
            || deck >= u32::from(rules::QUESTS + 1 - lancelot.first_quest));
    judge.expect(sensible, Guard::Profile, || {
        sentence!("the Lady's quests or the loyalty deck make no sense")
    })?;
    judge.expect(profile.roles.len() == usize::from(profile.n), Guard::Profile, || {
        sentence!(
            "{count} roles for {players} players",
            count = profile.roles.len(),
            players = profile.n
        )
    })?;
    let lancelots = profile.roles.iter().any(|role| role.is_lancelot());
    judge.expect(lancelots == (lancelot.variant > 0), Guard::Modules, || {
        sentence!("Lancelots play exactly by a Lancelot variant")
    })
}

fn judge_roles(roles: &[Role], profile: &RuleProfile, judge: &mut Judge<'_>) -> Judged {
    let sorted = |roles: &[Role]| {
        let mut roles = roles.to_vec();
        roles.sort_unstable();
        roles
    };
    judge.expect(sorted(roles) == sorted(&profile.roles), Guard::RoleMultiset, || {
        sentence!("the roles dealt are not those of the profile")
    })?;
    let count = |wanted: Role| roles.iter().filter(|role| **role == wanted).count();
    let evil = roles.iter().filter(|role| role.side() == Side::Evil).count();
    let n = u8::try_from(roles.len()).unwrap_or(u8::MAX);
    let truth = rules::evil_count(n).map_or(0, usize::from);
    judge.claim(Some(&evil), &truth, Guard::EvilCount, claim::evil_roles)?;
    for role in Role::ALL {
        let many = matches!(role, Role::Servant | Role::Minion);
        judge.expect(many || count(role) <= 1, Guard::RoleUnique, || {
            sentence!("{role} was dealt {count} times", role, count = count(role))
        })?;
    }
    let pair = count(Role::LancelotGood) == count(Role::LancelotEvil);
    judge.expect(pair, Guard::LancelotPair, || sentence!("one Lancelot plays alone"))?;
    let assassin = rules::assassin_in_play(roles, profile);
    judge.expect(count(Role::Merlin) == 0 || assassin, Guard::AssassinOne, || {
        sentence!("Merlin plays and nobody is the assassin")
    })
}

fn told(roles: &[Role], lancelot_variant: u8) -> Vec<Vec<Sighting>> {
    let told = |viewer| {
        rules::knowledge(roles, viewer, lancelot_variant)
            .into_iter()
            .map(|(seat, mark)| Sighting { seat, mark })
            .collect()
    };
    (0u8..).zip(roles).map(|(viewer, _)| told(viewer)).collect()
}

fn judge_deck(
    deck: Option<&[LoyaltyCard]>,
    profile: &RuleProfile,
    judge: &mut Judge<'_>,
) -> Judged {
    let Some(deck) = deck else {
        return Ok(());
    };
    judge.expect(profile.draws_loyalty(), Guard::Modules, || {
        sentence!("a loyalty deck where none is drawn from")
    })?;
    let count = |wanted| deck.iter().filter(|card| **card == wanted).count();
    let (blank, switch) = (count(LoyaltyCard::Blank), count(LoyaltyCard::Switch));
    let whole = usize::from(profile.lancelot.blank) + usize::from(profile.lancelot.switch);
    let dealt = usize::from(rules::QUESTS + 1 - profile.lancelot.first_quest.clamp(1, 5));
    let fits = (deck.len() == whole || deck.len() == dealt)
        && blank <= usize::from(profile.lancelot.blank)
        && switch <= usize::from(profile.lancelot.switch);
    judge.expect(fits, Guard::LoyaltyDeck, || {
        sentence!("the loyalty deck holds {blank} blank and {switch} switch cards", blank, switch)
    })
}
