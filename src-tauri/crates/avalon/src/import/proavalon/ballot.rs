//! `voteHistory`: for each player and mission, one text per proposal that holds the marks
//! `VHpicked`, `VHleader` and `VHapprove` or `VHreject`.

use serde_json::Value;

use super::malformed;
use crate::event::Vote;
use crate::invariant::Finding;
use crate::rules::{ATTEMPTS, QUESTS};
use crate::sentence;
use crate::sentence::Sentence;

/// One proposal; seats are places in the order of players that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pick {
    pub(super) leader: usize,
    pub(super) team: Vec<usize>,
    /// By seat; none where the record holds no vote.
    pub(super) votes: Vec<Option<Vote>>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Marks {
    picked: bool,
    leader: bool,
    vote: Option<Vote>,
}

/// The texts of one player, by mission and proposal.
type Column<'a> = Vec<Vec<&'a str>>;

/// The proposals of each mission of the players in `order`.
///
/// # Errors
/// I-PARSE when a player is missing or foreign, the players tell of different numbers of missions
/// or proposals, a mark is unknown, or a proposal has not exactly one leader.
pub(super) fn read(order: &[&str], history: &Value) -> Result<Vec<Vec<Pick>>, Finding> {
    let by_name = history.as_object().ok_or_else(|| {
        malformed(sentence!("`voteHistory` is no object with a member for each player"))
    })?;
    if by_name.len() != order.len() {
        return Err(malformed(sentence!(
            "`voteHistory`: {count} players vote, {players} are seated",
            count = by_name.len(),
            players = order.len()
        )));
    }
    let columns = order
        .iter()
        .enumerate()
        .map(|(place, name)| column(by_name.get(*name), place))
        .collect::<Result<Vec<_>, _>>()?;
    let missions = columns.first().map_or(0, Vec::len);
    if missions > usize::from(QUESTS) || columns.iter().any(|column| column.len() != missions) {
        let lengths: Vec<usize> = columns.iter().map(Vec::len).collect();
        return Err(malformed(sentence!(
            "`voteHistory`: the players tell of {counts} missions",
            counts = format!("{lengths:?}")
        )));
    }
    (0..missions).map(|mission| picks(&columns, mission)).collect()
}

fn column(told: Option<&Value>, place: usize) -> Result<Column<'_>, Finding> {
    fn texts(mission: &Value) -> Option<Vec<&str>> {
        mission.as_array()?.iter().map(Value::as_str).collect()
    }
    told.and_then(Value::as_array)
        .and_then(|missions| missions.iter().map(texts).collect())
        .ok_or_else(|| {
            malformed(sentence!(
                "`voteHistory`: player {number} of the order has no lists of texts by mission",
                number = place
            ))
        })
}

fn picks(columns: &[Column<'_>], mission: usize) -> Result<Vec<Pick>, Finding> {
    let lengths: Vec<usize> =
        columns.iter().filter_map(|column| column.get(mission)).map(Vec::len).collect();
    let attempts = lengths.first().copied().unwrap_or(0);
    let fits = (1..=usize::from(ATTEMPTS)).contains(&attempts);
    if !fits || lengths.iter().any(|length| *length != attempts) {
        return Err(malformed(sentence!(
            "`voteHistory`: the players tell of {counts} proposals of mission {quest}",
            counts = format!("{lengths:?}"),
            quest = mission + 1
        )));
    }
    (0..attempts).map(|attempt| pick(columns, mission, attempt)).collect()
}

fn pick(columns: &[Column<'_>], mission: usize, attempt: usize) -> Result<Pick, Finding> {
    let place = sentence!(
        "`voteHistory`, mission {quest}, proposal {attempt}",
        quest = mission + 1,
        attempt = attempt + 1
    );
    let marks = columns
        .iter()
        .filter_map(|column| column.get(mission)?.get(attempt))
        .map(|text| {
            marks(text).map_err(|finding| {
                let place = place.clone();
                malformed(sentence!("{place}: {finding}", place, finding))
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let seats = |wanted: fn(&Marks) -> bool| -> Vec<usize> {
        marks.iter().enumerate().filter(|(_, marks)| wanted(marks)).map(|(seat, _)| seat).collect()
    };
    let [leader] = seats(|marks| marks.leader)[..] else {
        return Err(malformed(sentence!(
            "{place}: {finding}",
            place,
            finding = sentence!("not exactly one player is marked as leader")
        )));
    };
    let team = seats(|marks| marks.picked);
    Ok(Pick { leader, team, votes: marks.into_iter().map(|marks| marks.vote).collect() })
}

fn marks(text: &str) -> Result<Marks, Sentence> {
    let mut marks = Marks::default();
    for word in text.split_whitespace() {
        let vote = match word {
            "VHpicked" => {
                marks.picked = true;
                continue;
            }
            "VHleader" => {
                marks.leader = true;
                continue;
            }
            "VHapprove" => Vote::Approve,
            "VHreject" => Vote::Reject,
            other => return Err(sentence!("`{text}` is no mark", text = other)),
        };
        if marks.vote.replace(vote).is_some() {
            return Err(sentence!("a player votes twice"));
        }
    }
    Ok(marks)
}

#[cfg(test)]
mod tests {
    use super::{Marks, marks};
    use crate::event::Vote;

    #[test]
    fn marks_are_read_in_any_order() {
        let expected = Marks { picked: true, leader: true, vote: Some(Vote::Reject) };
        assert_eq!(marks("VHpicked VHleader VHreject").unwrap(), expected);
        assert_eq!(marks("VHreject VHleader  VHpicked").unwrap(), expected);
        assert_eq!(marks("").unwrap(), Marks::default());
        assert!(marks("VHabstain").is_err());
        assert!(marks("VHapprove VHreject").is_err());
    }
}
