//! The facts of a difference in words, for files and for the terminal.

use avalon::diff::{Change, Fact, Outcome, SeatChange, Weight, WeightedFact};
use serde::Serialize;
use serde_json::Value;

use super::outcome::{DiffSide, DiffView};
use crate::games::outcome::SeatView;
use crate::wording::Words;

/// A fact in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldFact {
    /// What it is about.
    pub about: String,
    /// How much it matters.
    pub weight: Weight,
    /// Its members that differ; what a reader wants to know first comes first.
    pub lines: Vec<ToldLine>,
}

/// A member of a fact that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldLine {
    /// What it is.
    pub label: String,
    /// Its value on the first side; none where it does not exist or may not be seen.
    pub before: Option<ToldValue>,
    /// Its value on the second side.
    pub after: Option<ToldValue>,
}

/// A value in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldValue {
    /// The words.
    pub text: String,
    /// The code that it is the word for, such as `success`; none where it is no code.
    pub code: Option<String>,
}

/// The facts of a difference, in their order.
#[must_use]
pub fn facts(view: &DiffView, words: Words) -> Vec<ToldFact> {
    facts_between(&view.facts, &view.before.seats, &view.after.seats, words)
}

/// Facts that differ between two tables.
#[must_use]
pub fn facts_between(
    facts: &[WeightedFact],
    before: &[SeatView],
    after: &[SeatView],
    words: Words,
) -> Vec<ToldFact> {
    let teller = Teller { before, after, words };
    facts
        .iter()
        .map(|told| ToldFact {
            about: teller.about(&told.fact),
            weight: told.weight,
            lines: teller.lines(&told.fact),
        })
        .collect()
}

/// What the difference means for the result and what is counted from it, in a sentence.
#[must_use]
pub fn outcome(view: &DiffView, words: Words) -> String {
    outcome_of(&view.outcome, &view.facts, words)
}

/// The same of facts that differ.
#[must_use]
pub fn outcome_of(outcome: &Outcome, facts: &[WeightedFact], words: Words) -> String {
    let counted = [
        (outcome.winner, "diff.counted.winner"),
        (outcome.statistics, "diff.counted.statistics"),
        (outcome.rating, "diff.counted.rating"),
    ];
    let counted: Vec<String> =
        counted.iter().filter(|(set, _)| *set).map(|(_, path)| words.text(path)).collect();
    match (facts.is_empty(), counted.is_empty()) {
        (true, true) => words.text("diff.outcome.equal"),
        (false, true) => words.text("diff.outcome.keeps"),
        (_, false) => {
            let what = counted.join(&words.text("common.listSeparator"));
            words.filled("diff.outcome.changes", &[("what", &what)])
        }
    }
}

/// Through whose eyes the moments are seen.
#[must_use]
pub fn lens(view: &DiffView, words: Words) -> String {
    let lens = match view.viewer.as_str() {
        "god" => words.text("table.lens.god"),
        "audience" => words.text("table.lens.audience"),
        player => {
            let seats = &view.after.seats;
            let seat = seats.iter().find(|seat| seat.player_id == player);
            seat.map_or_else(
                || player.to_owned(),
                |seat| told_seat(seats, u64::from(seat.seat), words),
            )
        }
    };
    words.filled("page.seenAs", &[("lens", &lens)])
}

/// Which moment a side is.
#[must_use]
pub fn moment(side: &DiffSide, words: Words) -> String {
    let (seq, last) = (side.seq.to_string(), side.last_seq.to_string());
    let mut parts = vec![
        side.row.id.clone(),
        words.filled("table.position", &[("seq", &seq), ("last", &last)]),
    ];
    if let Some(id) = &side.backup {
        parts.push(words.filled("page.fromBackup", &[("id", id)]));
    }
    parts.join(" · ")
}

/// How a value is told.
#[derive(Clone, Copy)]
enum Shape {
    /// A seat, or several.
    Seats,
    /// A stable code of a group.
    Code(&'static str),
    /// As it is.
    Plain,
}

const WORD: Shape = Shape::Code("word");

struct Teller<'v> {
    before: &'v [SeatView],
    after: &'v [SeatView],
    words: Words,
}

impl Teller<'_> {
    fn about(&self, fact: &Fact) -> String {
        let number = |number: &u8| number.to_string();
        let of_quest =
            |path: &str, quest: &u8| self.words.filled(path, &[("quest", &number(quest))]);
        let title = |name: &str| self.words.text(&format!("diff.title.{name}"));
        match fact {
            Fact::Rules => title("rules"),
            Fact::Player { seat, .. } | Fact::Role { seat, .. } | Fact::Connection { seat, .. } => {
                self.seat(self.after, u64::from(*seat))
            }
            Fact::Proposal { quest, attempt, .. } => self.words.filled(
                "table.questAttempt",
                &[("quest", &number(quest)), ("attempt", &number(attempt))],
            ),
            Fact::Quest { quest, .. } => of_quest("table.quest", quest),
            Fact::LadyUse { quest, .. } => of_quest("diff.title.ladyUse", quest),
            Fact::Loyalty { quest, .. } => of_quest("diff.title.loyalty", quest),
            Fact::LadyHolder { .. } => title("lady_holder"),
            Fact::Assassination { .. } => title("assassination"),
            Fact::Winner { .. } => title("winner"),
            Fact::Score { .. } => title("score"),
            Fact::Phase { .. } => title("phase"),
            Fact::Leader { .. } => title("leader"),
            Fact::VoteTrack { .. } => title("vote_track"),
            Fact::Paused { .. } => title("paused"),
        }
    }

    fn lines(&self, fact: &Fact) -> Vec<ToldLine> {
        use Shape::{Code, Plain, Seats};
        match fact {
            Fact::Rules => {
                vec![ToldLine { label: self.label("rules"), before: None, after: None }]
            }
            Fact::Player { player, .. } => self.one("player", player, Plain),
            Fact::Role { role, side, mark, .. } => [
                self.of("role", role, Code("role")),
                self.of("side", side, WORD),
                self.of("mark", mark, WORD),
            ]
            .concat(),
            Fact::Proposal { leader, team, excalibur_to, votes, voted, tally, result, .. } => [
                self.of("leader", leader, Seats),
                self.of("team", team, Seats),
                self.of("excaliburTo", excalibur_to, Seats),
                self.of("tally", tally, Plain),
                self.of("voteResult", result, WORD),
                self.of("voted", &voted.clone().filter(|_| votes.is_empty()), Seats),
                self.by_seat("vote", votes),
            ]
            .concat(),
            Fact::Quest {
                team,
                cards,
                played,
                excalibur,
                decided,
                switched,
                fails,
                result,
                ..
            } => [
                self.of("team", team, Seats),
                self.of("questResult", result, WORD),
                self.of("fails", fails, Plain),
                self.of("excalibur", excalibur, Seats),
                self.of("decided", decided, Plain),
                self.of("switched", switched, Seats),
                self.of("played", &played.clone().filter(|_| cards.is_empty()), Seats),
                self.by_seat("card", cards),
            ]
            .concat(),
            Fact::LadyUse { holder, target, loyalty, claim, .. } => [
                self.of("holder", holder, Seats),
                self.of("target", target, Seats),
                self.of("loyalty", loyalty, WORD),
                self.of("claim", claim, WORD),
            ]
            .concat(),
            Fact::LadyHolder { holder } => self.one("holder", holder, Seats),
            Fact::Loyalty { card, .. } => self.one("drawn", card, WORD),
            Fact::Assassination { assassin, target } => {
                [self.of("assassin", assassin, Seats), self.of("target", target, Seats)].concat()
            }
            Fact::Winner { winner, reason } => {
                [self.of("winner", winner, WORD), self.of("reason", reason, Code("reason"))]
                    .concat()
            }
            Fact::Score { successes, failures } => {
                [self.of("successes", successes, Plain), self.of("failures", failures, Plain)]
                    .concat()
            }
            Fact::Phase { phase, quest, attempt } => [
                self.of("phase", phase, Code("gamePhase")),
                self.of("quest", quest, Plain),
                self.of("attempt", attempt, Plain),
            ]
            .concat(),
            Fact::Leader { leader } => self.one("leader", leader, Seats),
            Fact::VoteTrack { rejections } => self.one("rejections", rejections, Plain),
            Fact::Paused { paused } => self.one("paused", paused, Plain),
            Fact::Connection { connected, bot, acknowledged, .. } => [
                self.of("connected", connected, Plain),
                self.of("bot", bot, Plain),
                self.of("acknowledged", acknowledged, Plain),
            ]
            .concat(),
        }
    }

    fn label(&self, name: &str) -> String {
        self.words.text(&format!("diff.label.{name}"))
    }

    fn of<T: Serialize>(
        &self,
        name: &str,
        change: &Option<Change<T>>,
        shape: Shape,
    ) -> Vec<ToldLine> {
        change.iter().flat_map(|change| self.one(name, change, shape)).collect()
    }

    fn one<T: Serialize>(&self, name: &str, change: &Change<T>, shape: Shape) -> Vec<ToldLine> {
        vec![ToldLine {
            label: self.label(name),
            before: self.value(change.before.as_ref(), self.before, shape),
            after: self.value(change.after.as_ref(), self.after, shape),
        }]
    }

    fn by_seat<T: Serialize>(&self, name: &str, changes: &[SeatChange<T>]) -> Vec<ToldLine> {
        let line = |change: &SeatChange<T>| {
            let whose = self.seat(self.after, u64::from(change.seat));
            let lines = self.one(name, &change.value, WORD).into_iter();
            lines.map(move |line| ToldLine { label: format!("{} {whose}", line.label), ..line })
        };
        changes.iter().flat_map(line).collect()
    }

    fn value<T: Serialize>(
        &self,
        value: Option<&T>,
        seats: &[SeatView],
        shape: Shape,
    ) -> Option<ToldValue> {
        // The values of facts are names, numbers and lists, which are always JSON.
        let value = serde_json::to_value(value?).ok()?;
        if let (Shape::Code(group), Value::String(code)) = (shape, &value) {
            return Some(ToldValue {
                text: self.words.code(group, code),
                code: Some(code.clone()),
            });
        }
        Some(ToldValue { text: self.plain(&value, seats, shape)?, code: None })
    }

    fn plain(&self, value: &Value, seats: &[SeatView], shape: Shape) -> Option<String> {
        Some(match value {
            Value::Null => return None,
            Value::Bool(true) => self.words.text("common.yes"),
            Value::Bool(false) => self.words.text("common.no"),
            Value::Array(list) if list.is_empty() => self.words.text("diff.nobody"),
            Value::Array(list) => {
                let seats = list.iter().filter_map(Value::as_u64).map(|at| self.seat(seats, at));
                seats.collect::<Vec<_>>().join(" · ")
            }
            Value::Object(tally) => {
                let of = |name: &str| tally.get(name).map(ToString::to_string).unwrap_or_default();
                let (approvals, rejections) = (of("approvals"), of("rejections"));
                let values = [("approvals", approvals.as_str()), ("rejections", &rejections)];
                self.words.filled("diff.tally", &values)
            }
            Value::String(text) => text.clone(),
            Value::Number(number) => match (shape, number.as_u64()) {
                (Shape::Seats, Some(seat)) => self.seat(seats, seat),
                _ => number.to_string(),
            },
        })
    }

    fn seat(&self, seats: &[SeatView], seat: u64) -> String {
        told_seat(seats, seat, self.words)
    }
}

/// A seat with the nickname of who sits there.
fn told_seat(seats: &[SeatView], seat: u64, words: Words) -> String {
    let number = words.filled("table.seat", &[("seat", &(seat + 1).to_string())]);
    let of = seats.iter().find(|view| u64::from(view.seat) == seat);
    match of.and_then(|view| view.nick.as_ref()) {
        Some(nick) => format!("{number} {nick}"),
        None => number,
    }
}
