//! A record that was read, written out as events.

use serde_json::{Map, Value, json};

use super::super::converted::LogWriter;
use super::super::{Converted, Pseudonyms, UnknownInput};
use super::PROFILE;
use super::ballot::Pick;
use super::record::{Mission, Outcome, Record, lady_uses};
use crate::event::{Card, Vote};
use crate::profile::{AssassinActor, RuleProfile};
use crate::role::Role;
use crate::rules::{self, EndReason};

/// Writes the log of a record.
pub(super) fn write(record: &Record, pseudonyms: &mut Pseudonyms) -> Converted {
    let mut conversion = Conversion {
        record,
        players: record.seats.iter().map(|(name, _)| pseudonyms.of(name)).collect(),
        rules: profile(record),
        log: LogWriter::new(&record.id, record.started),
        unknown: vec![UnknownInput::Times],
        score: [0, 0],
    };
    conversion.create();
    let due = lady_uses(&record.missions);
    for (index, mission) in record.missions.iter().enumerate() {
        let quest = index + 1;
        conversion.mission(quest, mission);
        if let Some(used) = due.iter().position(|due| *due == quest) {
            conversion.lady(quest, used);
        }
    }
    conversion.finish();
    Converted {
        log: conversion.log.into_log(),
        unknown: conversion.unknown,
        recorded_winner: record.ending.winner.to_string(),
    }
}

fn profile(record: &Record) -> RuleProfile {
    let roles: Vec<Role> = record.seats.iter().map(|(_, role)| *role).collect();
    let merlin = roles.contains(&Role::Merlin);
    let mut rules = RuleProfile::with_roles(roles);
    rules.profile = PROFILE.to_owned();
    rules.lady.on = record.lady.is_some();
    if !merlin {
        // Nobody shoots then, and an Assassin card is only another spy.
        rules.assassin.actor = AssassinActor::HighestPriorityEvil;
    }
    rules
}

/// Quests and attempts fit: a record holds at most five of each.
fn small(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

struct Conversion<'a> {
    record: &'a Record,
    /// Pseudonyms by seat.
    players: Vec<String>,
    rules: RuleProfile,
    log: LogWriter,
    unknown: Vec<UnknownInput>,
    /// Successes and fails.
    score: [u8; 2],
}

impl<'a> Conversion<'a> {
    fn player(&self, seat: usize) -> &str {
        self.players.get(seat).map_or("", String::as_str)
    }

    fn team(&self, pick: &Pick) -> Vec<String> {
        pick.team.iter().map(|seat| self.player(*seat).to_owned()).collect()
    }

    fn roles(&self) -> Map<String, Value> {
        let roles = self.record.seats.iter().map(|(_, role)| json!(role));
        self.players.iter().cloned().zip(roles).collect()
    }

    fn create(&mut self) {
        let created = json!({
            "gameId": self.record.id,
            "n": self.players.len(),
            "seats": self.players,
            "profile": self.rules,
            "rulesVersion": 1,
        });
        let leader =
            self.record.missions.iter().flat_map(|mission| &mission.picks).map(|pick| pick.leader);
        let mut dealt = json!({"roles": self.roles(), "firstLeader": leader.take(1).last()});
        if let Some(holder) = self.record.lady.as_ref().and_then(|holders| holders.first()) {
            dealt["ladyHolder"] = json!(holder);
        }
        self.log.system("GameCreated", "public", created);
        self.log.system("RolesAssigned", "server", dealt);
    }

    fn mission(&mut self, quest: usize, mission: &'a Mission) {
        let n = self.rules.n;
        self.log.system(
            "QuestStarted",
            "public",
            json!({
                "q": quest,
                "leaderSeat": mission.picks.first().map(|pick| pick.leader),
                "attempt": 1,
                "teamSize": rules::team_size(n, small(quest)),
                "failsNeeded": self.rules.fails_needed(small(quest)),
            }),
        );
        for (index, pick) in mission.picks.iter().enumerate() {
            // The record tells no result of a vote, but the course of the game does.
            let last = index + 1 == mission.picks.len();
            self.proposal(quest, index + 1, pick, last && mission.outcome.is_some());
        }
        if let (Some(outcome), Some(pick)) = (mission.outcome, mission.picks.last()) {
            self.cards(quest, pick, outcome);
            self.resolve(quest, pick, outcome);
        }
    }

    fn proposal(&mut self, quest: usize, attempt: usize, pick: &'a Pick, approved: bool) {
        let leader = self.player(pick.leader).to_owned();
        let team = self.team(pick);
        let named = json!({"q": quest, "a": attempt, "leader": pick.leader, "team": team});
        self.log.push("TeamProposed", &leader, "public", named);
        let mut votes = Map::new();
        for (player, vote) in self.players.iter().zip(&pick.votes) {
            let Some(vote) = vote else {
                self.unknown.push(UnknownInput::Vote {
                    quest: small(quest),
                    attempt: small(attempt),
                    player: player.clone(),
                });
                continue;
            };
            let cast = json!({"q": quest, "a": attempt, "playerId": player, "vote": vote});
            self.log.push("TeamVoteCast", player, "server", cast);
            votes.insert(player.clone(), json!(vote));
        }
        let told = votes.len() == self.players.len();
        let approvals = pick.votes.iter().filter(|vote| **vote == Some(Vote::Approve)).count();
        // With a vote untold, so is the count.
        let approvals = told.then_some(approvals);
        let result = if approved { "approved" } else { "rejected" };
        self.log.system(
            "TeamVoteClosed",
            "public",
            json!({
                "q": quest, "a": attempt, "votes": votes, "approvals": approvals, "result": result,
            }),
        );
    }

    fn cards(&mut self, quest: usize, pick: &'a Pick, outcome: Outcome) {
        let evil = pick.team.iter().filter(|seat| self.record.is_evil(**seat)).count();
        for seat in &pick.team {
            let player = self.player(*seat).to_owned();
            match forced_card(self.record.is_evil(*seat), outcome.fails, evil) {
                Some(card) => {
                    let played = json!({"q": quest, "playerId": player, "card": card});
                    self.log.push("MissionCardPlayed", &player, "server", played);
                }
                None => self.unknown.push(UnknownInput::Card { quest: small(quest), player }),
            }
        }
    }

    fn resolve(&mut self, quest: usize, pick: &'a Pick, outcome: Outcome) {
        if let Some(points) = self.score.get_mut(usize::from(!outcome.success)) {
            *points += 1;
        }
        self.log.system(
            "MissionResolved",
            "public",
            json!({
                "q": quest,
                "team": self.team(pick),
                "fails": outcome.fails,
                "failsNeeded": self.rules.fails_needed(small(quest)),
                "result": if outcome.success { "success" } else { "fail" },
                "S": self.score[0],
                "F": self.score[1],
            }),
        );
    }

    /// The use of the Lady of the Lake with this index, from 0. The side shown is that of the card,
    /// which the source's server hands out itself.
    fn lady(&mut self, quest: usize, used: usize) {
        let holders = self.record.lady.as_deref().unwrap_or_default();
        let Some([holder, target]) = holders.get(used..used + 2) else { return };
        let loyalty = self.record.seats.get(*target).map(|(_, role)| role.side());
        let holder = self.player(*holder).to_owned();
        let use_of_it = json!({
            "q": quest, "holder": holder, "target": self.player(*target), "loyalty": loyalty,
        });
        self.log.push("LadyUsed", &holder, &format!("private:[{holder}]"), use_of_it);
    }

    fn finish(&mut self) {
        let ending = self.record.ending;
        let shot =
            matches!(ending.reason, EndReason::AssassinationHit | EndReason::AssassinationMiss);
        if let (true, Some(assassin)) = (shot, self.record.only(Role::Assassin)) {
            let assassin = self.player(assassin).to_owned();
            self.log.set_time(self.record.shot_at.unwrap_or(self.record.started));
            self.log.system("AssassinationStarted", "public", json!({"assassinId": assassin}));
            // The shot is the last act of the game.
            self.log.set_time(self.record.finished);
            match ending.shot.and_then(|role| self.record.only(role)) {
                Some(target) => {
                    let named = json!({"assassinId": assassin, "targetId": self.player(target)});
                    self.log.push("AssassinTargetNamed", &assassin, "public", named);
                }
                None => self.unknown.push(UnknownInput::Target),
            }
        }
        self.log.set_time(self.record.finished);
        self.log.system(
            "GameEnded",
            "public",
            json!({
                "winner": ending.winner,
                "reason": ending.reason,
                "S": self.score[0],
                "F": self.score[1],
                "roles": self.roles(),
            }),
        );
    }
}

/// The card of a member of the team that only one play of the rules gives: the good succeed, and
/// `fails` fails by `evil` evil members say it of them where all failed or none did.
fn forced_card(is_evil: bool, fails: u8, evil: usize) -> Option<Card> {
    let fails = usize::from(fails);
    match is_evil {
        // More fails than evil members: one of the good failed, nobody knows who.
        _ if fails > evil => None,
        false => Some(Card::Success),
        true if fails == 0 => Some(Card::Success),
        true if fails == evil => Some(Card::Fail),
        true => None,
    }
}
