//! Games of SuveenE/multi-round-avalon-agents: one finished game a line, with every vote and card.
//!
//! House rules of this source: the fifth proposal goes without a vote, quest 4 needs one fail at
//! every player count, and where no Assassin is in play the game appoints the evil player who
//! shoots.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::converted::LogWriter;
use super::{Converted, Pseudonyms, UnknownInput};
use crate::invariant::{Finding, import::I_PARSE};
use crate::sentence;

#[derive(Debug, Deserialize)]
struct Game {
    game_id: String,
    players: Vec<Player>,
    missions: Vec<Mission>,
    winner: String,
    assassin_phase: Option<AssassinPhase>,
}

#[derive(Debug, Deserialize)]
struct Player {
    name: String,
    role: String,
    special_knowledge: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Mission {
    mission_number: u8,
    proposals: Vec<Proposal>,
    quest_actions: Vec<Action>,
    mission_result: String,
    fail_count: u8,
}

#[derive(Debug, Deserialize)]
struct Proposal {
    leader: String,
    team_members: Vec<String>,
    votes: Vec<Vote>,
    vote_result: String,
}

#[derive(Debug, Deserialize)]
struct Vote {
    player: String,
    vote: String,
}

#[derive(Debug, Deserialize)]
struct Action {
    player: String,
    action: String,
}

#[derive(Debug, Deserialize)]
struct AssassinPhase {
    assassin: String,
    guess: Option<String>,
}

/// Converts one line of the source; names become pseudonyms.
///
/// # Errors
/// I-PARSE when the line is no such game or names a role or player that it does not know.
pub fn convert(line: &str, pseudonyms: &mut Pseudonyms) -> Result<Converted, Finding> {
    let game: Game = serde_json::from_str(line).map_err(|error| {
        I_PARSE.finding(
            None,
            sentence!("not a game of this source: {problem}", problem = error.to_string()),
        )
    })?;
    Conversion::of(&game, pseudonyms)?.run(&game)
}

/// The house rules' name in converted logs.
pub const PROFILE: &str = "suveene-multi-round-1";
/// Attempt that goes without a vote.
const FORCED_ATTEMPT: usize = 4;

struct Conversion {
    /// Seats in order: real name, pseudonym, role.
    seats: Vec<(String, String, &'static str)>,
    game_id: String,
    log: LogWriter,
    unknown: Vec<UnknownInput>,
    score: [u8; 2],
}

impl Conversion {
    fn of(game: &Game, pseudonyms: &mut Pseudonyms) -> Result<Self, Finding> {
        let seats = game
            .players
            .iter()
            .map(|player| {
                Ok((player.name.clone(), pseudonyms.of(&player.name), role(&player.role)?))
            })
            .collect::<Result<Vec<_>, Finding>>()?;
        let at = recorded_at(&game.game_id).ok_or_else(|| {
            I_PARSE
                .finding(None, sentence!("`{game}` carries no date and time", game = &game.game_id))
        })?;
        Ok(Self {
            seats,
            game_id: game.game_id.clone(),
            log: LogWriter::new(&game.game_id, at),
            // The source tells the order of things but not their times.
            unknown: vec![UnknownInput::Times],
            score: [0, 0],
        })
    }

    fn run(mut self, game: &Game) -> Result<Converted, Finding> {
        self.create(game)?;
        for mission in &game.missions {
            self.mission(mission)?;
        }
        self.finish(game)?;
        Ok(Converted {
            log: self.log.into_log(),
            unknown: self.unknown,
            recorded_winner: game.winner.clone(),
        })
    }

    fn pseudonym(&self, name: &str) -> Result<String, Finding> {
        let seat = self.seats.iter().find(|(real, ..)| real == name);
        seat.map(|(_, pseudonym, _)| pseudonym.clone())
            .ok_or_else(|| I_PARSE.finding(None, sentence!("a name that is no player of the game")))
    }

    fn seat(&self, name: &str) -> Result<usize, Finding> {
        self.seats.iter().position(|(real, ..)| real == name).ok_or_else(|| {
            I_PARSE.finding(None, sentence!("a leader who is no player of the game"))
        })
    }

    fn team(&self, names: &[String]) -> Result<Vec<String>, Finding> {
        names.iter().map(|name| self.pseudonym(name)).collect()
    }

    fn create(&mut self, game: &Game) -> Result<(), Finding> {
        let players: Vec<&str> = self.seats.iter().map(|(_, player, _)| player.as_str()).collect();
        let roles: Vec<&str> = self.seats.iter().map(|(.., role)| *role).collect();
        let dealt: Map<String, Value> =
            self.seats.iter().map(|(_, player, role)| (player.clone(), json!(role))).collect();
        let created = json!({
            "gameId": self.game_id,
            "n": players.len(),
            "seats": players,
            "profile": profile(&roles),
            "rulesVersion": 1,
        });
        let knowledge = self.knowledge(game)?;
        let first = game.missions.first().and_then(|mission| mission.proposals.first());
        let first = first.ok_or_else(|| {
            I_PARSE.finding(None, sentence!("a game without a proposal has no leader"))
        })?;
        let first_leader = self.seat(&first.leader)?;
        self.log.system("GameCreated", "public", created);
        self.log.system(
            "RolesAssigned",
            "server",
            json!({"roles": dealt, "knowledge": knowledge, "firstLeader": first_leader}),
        );
        Ok(())
    }

    fn knowledge(&self, game: &Game) -> Result<Map<String, Value>, Finding> {
        let mut knowledge = Map::new();
        for (player, (_, viewer, role)) in game.players.iter().zip(&self.seats) {
            let mark = if *role == "PERCIVAL" { "merlin_or_morgana" } else { "evil" };
            let seen = player
                .special_knowledge
                .iter()
                .map(|name| Ok((self.pseudonym(name)?, json!(mark))))
                .collect::<Result<Map<_, _>, Finding>>()?;
            knowledge.insert(viewer.clone(), Value::Object(seen));
        }
        Ok(knowledge)
    }

    fn mission(&mut self, mission: &Mission) -> Result<(), Finding> {
        let quest = mission.mission_number;
        let Some(last) = mission.proposals.last() else {
            return Err(I_PARSE.finding(None, sentence!("quest {quest} has no proposal", quest)));
        };
        let opening = mission.proposals.first().map_or(last, |proposal| proposal);
        self.log.system(
            "QuestStarted",
            "public",
            json!({
                "q": quest,
                "leaderSeat": self.seat(&opening.leader)?,
                "attempt": 1,
                "teamSize": last.team_members.len(),
                "failsNeeded": 1,
            }),
        );
        for (index, proposal) in mission.proposals.iter().enumerate() {
            self.proposal(quest, index, proposal)?;
        }
        let team = self.team(&last.team_members)?;
        for action in &mission.quest_actions {
            let player = self.pseudonym(&action.player)?;
            let payload = json!({"q": quest, "playerId": player, "card": action.action});
            self.log.push("MissionCardPlayed", &player, "server", payload);
        }
        for player in &team {
            if !mission.quest_actions.iter().any(|action| self.is(&action.player, player)) {
                self.unknown.push(UnknownInput::Card { quest, player: player.clone() });
            }
        }
        if let Some(points) = self.score.get_mut(usize::from(mission.mission_result != "success")) {
            *points += 1;
        }
        self.log.system(
            "MissionResolved",
            "public",
            json!({
                "q": quest,
                "team": team,
                "fails": mission.fail_count,
                "failsNeeded": 1,
                "result": mission.mission_result,
                "S": self.score[0],
                "F": self.score[1],
            }),
        );
        Ok(())
    }

    fn is(&self, name: &str, player: &str) -> bool {
        self.seats.iter().any(|(real, pseudonym, _)| real == name && pseudonym == player)
    }

    fn proposal(&mut self, quest: u8, index: usize, proposal: &Proposal) -> Result<(), Finding> {
        let attempt = index + 1;
        let leader = self.pseudonym(&proposal.leader)?;
        let team = self.team(&proposal.team_members)?;
        let named = json!({
            "q": quest, "a": attempt, "leader": self.seat(&proposal.leader)?, "team": team,
        });
        self.log.push("TeamProposed", &leader, "public", named);
        if index >= FORCED_ATTEMPT && proposal.votes.is_empty() {
            let forced = json!({"q": quest, "a": attempt, "team": team});
            self.log.system("TeamForced", "public", forced);
            return Ok(());
        }
        self.votes(quest, attempt, proposal)
    }

    fn votes(&mut self, quest: u8, attempt: usize, proposal: &Proposal) -> Result<(), Finding> {
        let mut votes = Map::new();
        for vote in &proposal.votes {
            let player = self.pseudonym(&vote.player)?;
            let payload = json!({"q": quest, "a": attempt, "playerId": player, "vote": vote.vote});
            self.log.push("TeamVoteCast", &player, "server", payload);
            votes.insert(player, json!(vote.vote));
        }
        for (_, player, _) in &self.seats {
            if !votes.contains_key(player) {
                let attempt = u8::try_from(attempt).unwrap_or(u8::MAX);
                self.unknown.push(UnknownInput::Vote { quest, attempt, player: player.clone() });
            }
        }
        let approvals = votes.values().filter(|vote| *vote == "approve").count();
        self.log.system(
            "TeamVoteClosed",
            "public",
            json!({
                "q": quest,
                "a": attempt,
                "votes": votes,
                "approvals": approvals,
                "result": proposal.vote_result,
            }),
        );
        Ok(())
    }

    fn finish(&mut self, game: &Game) -> Result<(), Finding> {
        let mut reason =
            if self.score[1] >= 3 { "three_fails" } else { "three_successes_no_merlin" };
        if let Some(phase) = &game.assassin_phase {
            let assassin = self.pseudonym(&phase.assassin)?;
            self.log.system("AssassinationStarted", "public", json!({"assassinId": assassin}));
            match &phase.guess {
                Some(guess) => {
                    let target = self.pseudonym(guess)?;
                    let payload = json!({"assassinId": assassin, "targetId": target});
                    self.log.push("AssassinTargetNamed", &assassin, "public", payload);
                }
                None => self.unknown.push(UnknownInput::Target),
            }
            reason = if game.winner == "evil" { "assassination_hit" } else { "assassination_miss" };
        }
        let roles: Map<String, Value> =
            self.seats.iter().map(|(_, player, role)| (player.clone(), json!(role))).collect();
        self.log.system(
            "GameEnded",
            "public",
            json!({
                "winner": game.winner,
                "reason": reason,
                "S": self.score[0],
                "F": self.score[1],
                "roles": roles,
            }),
        );
        Ok(())
    }
}

fn role(name: &str) -> Result<&'static str, Finding> {
    Ok(match name {
        "merlin" => "MERLIN",
        "percival" => "PERCIVAL",
        "good" => "SERVANT",
        "assassin" => "ASSASSIN",
        "morgana" => "MORGANA",
        "mordred" => "MORDRED",
        "oberon" => "OBERON",
        "evil" => "MINION",
        other => {
            return Err(I_PARSE
                .finding(None, sentence!("`{text}` is no role of this source", text = other)));
        }
    })
}

fn profile(roles: &[&str]) -> Value {
    let actor = if roles.contains(&"ASSASSIN") { "role" } else { "appointed" };
    json!({
        "profile": PROFILE,
        "n": roles.len(),
        "roles": roles,
        "hammer": "forced_no_vote",
        "twoFailsQuest4From": null,
        "lady": {"on": false, "afterQuests": [2, 3, 4]},
        "excalibur": {"on": false, "assign": "with_proposal"},
        "lancelot": {"variant": 0, "blank": 0, "switch": 0, "firstQuest": 1},
        "assassin": {"actor": actor, "when": "after_third_success", "targets": "anyone"},
        "reproposeBeforeVote": false,
        "anonymousVotes": false,
    })
}

/// Milliseconds since the epoch from `avalon_YYYYMMDD_HHMMSS`, read as UTC.
fn recorded_at(game_id: &str) -> Option<i64> {
    let mut parts = game_id.rsplitn(3, '_');
    let (time, date) = (parts.next()?, parts.next()?);
    if time.len() != 6 || date.len() != 8 {
        return None;
    }
    let number = |text: &str, from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(date, 0, 4)?, number(date, 4, 6)?, number(date, 6, 8)?);
    let seconds = number(time, 0, 2)? * 3600 + number(time, 2, 4)? * 60 + number(time, 4, 6)?;
    Some((days_since_epoch(year, month, day) * 86_400 + seconds) * 1000)
}

/// Days from 1970-01-01 in the Gregorian calendar; the year is counted from March so that the leap
/// day comes last.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::recorded_at;

    #[test]
    fn the_time_of_a_record_is_read_from_its_id() {
        assert_eq!(recorded_at("avalon_19700102_000001"), Some(86_401_000));
        assert_eq!(recorded_at("avalon_20251130_231107"), Some(1_764_544_267_000));
        assert_eq!(recorded_at("avalon_x"), None);
    }
}
