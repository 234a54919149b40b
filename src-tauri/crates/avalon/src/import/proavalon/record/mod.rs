//! One game record as this product understands it, with seats turned clockwise.

use serde_json::Value;

use super::ballot::{self, Pick};
use super::{clockwise_leaders, malformed, played_missions};
use crate::invariant::Finding;
use crate::role::{Role, Side};
use crate::rules::{EndReason, MAJORITY_OF_QUESTS, MAX_PLAYERS, MIN_PLAYERS};
use crate::sentence;

mod ending;
mod fields;
mod roles;

use ending::Ending;
use fields::Fields;

/// What a record tells.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) id: String,
    /// Unix milliseconds, and those below.
    pub(super) started: i64,
    pub(super) shot_at: Option<i64>,
    pub(super) finished: i64,
    pub(super) ending: Ending,
    /// Names and roles, clockwise.
    pub(super) seats: Vec<(String, Role)>,
    /// The seats that held the Lady of the Lake, in order, the first holder before any use; none
    /// where it is not in play.
    pub(super) lady: Option<Vec<usize>>,
    pub(super) missions: Vec<Mission>,
}

/// One mission.
#[derive(Debug)]
pub(super) struct Mission {
    pub(super) picks: Vec<Pick>,
    /// None when its fifth proposal was rejected.
    pub(super) outcome: Option<Outcome>,
}

/// How a mission went.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outcome {
    pub(super) success: bool,
    pub(super) fails: u8,
}

impl Record {
    pub(super) fn read(value: &Value) -> Result<Self, Finding> {
        let fields = Fields::of(value)?;
        fields.judge_modules()?;
        let (order, missions) = table(&fields)?;
        let seats = roles::dealt(&fields, &order)?;
        let ending = Ending::read(&fields, &seats)?;
        let missions = outcomes(&fields, missions, ending.reason == EndReason::FiveRejections)?;
        let lady = lady(&fields, &seats, lady_uses(&missions).len())?;
        Ok(Self {
            id: fields.game_id()?,
            started: fields.time("timeGameStarted")?.ok_or_else(|| missing("timeGameStarted"))?,
            shot_at: fields.time("timeAssassinationStarted")?,
            finished: fields
                .time("timeGameFinished")?
                .ok_or_else(|| missing("timeGameFinished"))?,
            ending,
            seats,
            lady,
            missions,
        })
    }
}

fn missing(name: &str) -> Finding {
    malformed(sentence!("`{name}` is missing", name))
}

/// The players clockwise, and the proposals of each mission by seat.
fn table<'a>(fields: &Fields<'a>) -> Result<(Vec<&'a str>, Vec<Vec<Pick>>), Finding> {
    let mut order = fields.texts("playerUsernamesOrdered")?;
    if order.is_empty() {
        // The same ring the other way round; the leaders tell the direction anyhow.
        order = fields.texts("playerUsernamesOrderedReversed")?;
    }
    if !(usize::from(MIN_PLAYERS)..=usize::from(MAX_PLAYERS)).contains(&order.len()) {
        return Err(malformed(sentence!(
            "`playerUsernamesOrdered` seats {count} players; a game has 5 to 10",
            count = order.len()
        )));
    }
    if (1..order.len()).any(|place| order[..place].contains(&order[place])) {
        return Err(malformed(sentence!("`playerUsernamesOrdered` seats a player twice")));
    }
    if let Some(told) = fields.number("numberOfPlayers")?
        && usize::try_from(told) != Ok(order.len())
    {
        return Err(malformed(sentence!(
            "`numberOfPlayers` is {count}, {players} are seated",
            count = told,
            players = order.len()
        )));
    }
    let history = fields.get("voteHistory").ok_or_else(|| missing("voteHistory"))?;
    let missions = ballot::read(&order, history)?;
    let leaders: Vec<usize> = missions.iter().flatten().map(|pick| pick.leader).collect();
    if clockwise_leaders(&leaders, order.len())? == leaders {
        return Ok((order, missions));
    }
    order.reverse();
    let missions = ballot::read(&order, history)?;
    Ok((order, missions))
}

/// Adds the results to the proposals and drops the mission that a rejected hammer left unplayed.
fn outcomes(
    fields: &Fields<'_>,
    proposals: Vec<Vec<Pick>>,
    by_hammer: bool,
) -> Result<Vec<Mission>, Finding> {
    let results = fields.texts("missionHistory")?;
    let fails = fields.counts("numFailsHistory")?;
    let played = played_missions(results.len(), fails.len(), by_hammer)?;
    let due = played + usize::from(by_hammer);
    if proposals.len() != due {
        return Err(malformed(sentence!(
            "`voteHistory` tells of {count} missions, {count_due} are due by `missionHistory` and `howTheGameWasWon`",
            count = proposals.len(),
            count_due = due
        )));
    }
    let mut results = results.into_iter().map(|result| match result {
        "succeeded" => Ok(true),
        "failed" => Ok(false),
        other => Err(malformed(sentence!(
            "`missionHistory`: `{text}` is no result of a mission",
            text = other
        ))),
    });
    let mut fails = fails.into_iter();
    let missions = proposals
        .into_iter()
        .map(|picks| {
            let success = results.next().transpose()?;
            let outcome = success.zip(fails.next());
            let outcome = outcome.map(|(success, fails)| Outcome { success, fails });
            Ok(Mission { picks, outcome })
        })
        .collect::<Result<Vec<_>, Finding>>()?;
    let unplayed = missions.last().filter(|mission| mission.outcome.is_none());
    if unplayed.is_some_and(|mission| mission.picks.len() != usize::from(crate::rules::ATTEMPTS)) {
        return Err(malformed(sentence!("the hammer was rejected before the fifth proposal")));
    }
    Ok(missions)
}

/// The quests after which the Lady of the Lake is due: 2, 3 and 4 unless they decide the game.
pub(super) fn lady_uses(missions: &[Mission]) -> Vec<usize> {
    let mut score = [0_u8; 2];
    let mut due = Vec::new();
    for (quest, mission) in (1..).zip(missions) {
        let Some(outcome) = mission.outcome else { break };
        if let Some(points) = score.get_mut(usize::from(!outcome.success)) {
            *points += 1;
        }
        let open = score.iter().all(|points| *points < MAJORITY_OF_QUESTS);
        if (2..=4).contains(&quest) && open {
            due.push(quest);
        }
    }
    due
}

fn lady(
    fields: &Fields<'_>,
    seats: &[(String, Role)],
    uses: usize,
) -> Result<Option<Vec<usize>>, Finding> {
    let names = fields.texts("ladyHistoryUsernames")?;
    if !fields.has_lady()? && names.is_empty() {
        return Ok(None);
    }
    if names.len() != uses + 1 {
        return Err(malformed(sentence!(
            "`ladyHistoryUsernames` names {count} holders, {count_due} are due by the missions",
            count = names.len(),
            count_due = uses + 1
        )));
    }
    let holders = names
        .iter()
        .map(|name| seats.iter().position(|(seated, _)| seated == name))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| {
            malformed(sentence!("`ladyHistoryUsernames` names somebody who is not seated"))
        })?;
    let chain = fields.texts("ladyChain")?;
    let told = chain.iter().map(|name| roles::of(name)).collect::<Result<Vec<_>, _>>()?;
    let held = holders.iter().filter_map(|seat| seats.get(*seat)).map(|(_, role)| *role);
    if !told.is_empty() && !held.eq(told) {
        return Err(malformed(sentence!(
            "`ladyChain` and `ladyHistoryUsernames` do not fit each other"
        )));
    }
    Ok(Some(holders))
}

impl Record {
    /// The seat of the only player with a role; none when nobody or several have it.
    pub(super) fn only(&self, role: Role) -> Option<usize> {
        let mut holders = self.seats.iter().enumerate().filter(|(_, (_, dealt))| *dealt == role);
        let (seat, _) = holders.next()?;
        holders.next().is_none().then_some(seat)
    }

    pub(super) fn is_evil(&self, seat: usize) -> bool {
        self.seats.get(seat).is_some_and(|(_, role)| role.side() == Side::Evil)
    }
}
