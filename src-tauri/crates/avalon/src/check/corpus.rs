//! Invariants that concern several games, or the people in them.

use std::collections::HashMap;

use crate::invariant::{
    Finding,
    seats::{S_ONE_GAME, S_UNIQUE_NICK},
};
use crate::sentence;

use super::parsed::ParsedEnvelope;
use crate::event::Event;

/// When a game ran and who played it.
#[derive(Debug, Clone)]
pub struct Attendance {
    game_id: String,
    players: Vec<String>,
    /// First and last known time, Unix milliseconds.
    from: i64,
    to: i64,
}

impl Attendance {
    /// Who played the game of this log, and when; none without a GameCreated.
    #[must_use]
    pub fn of(log: &[ParsedEnvelope]) -> Option<Self> {
        let created = log.iter().find_map(|entry| match &entry.envelope.event {
            Event::GameCreated(created) => Some((entry, created)),
            _ => None,
        });
        let (entry, created) = created?;
        let end = log.iter().filter(|entry| {
            matches!(entry.envelope.event, Event::GameEnded(_) | Event::GameAborted(_))
        });
        let last = end.chain(log.last()).next()?;
        Some(Self {
            game_id: entry.envelope.game_id.to_string(),
            players: created.seats.iter().map(ToString::to_string).collect(),
            from: entry.envelope.ts,
            to: last.envelope.ts,
        })
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.from.max(other.from) < self.to.min(other.to)
    }
}

/// S-ONE-GAME over games that come one by one. It remembers the last few games of each player, so
/// its memory grows with players and not with games.
#[derive(Debug, Default)]
pub struct OneGameAtATime {
    seen: HashMap<String, Vec<std::rc::Rc<Attendance>>>,
}

/// How many earlier games of a player are compared with the next.
const REMEMBERED: usize = 4;

impl OneGameAtATime {
    /// Judges the next game against those before it.
    pub fn judge(&mut self, game: Attendance) -> Vec<Finding> {
        let game = std::rc::Rc::new(game);
        let mut findings = Vec::new();
        for player in &game.players {
            let earlier = self.seen.entry(player.clone()).or_default();
            if let Some(other) = earlier.iter().find(|other| other.overlaps(&game)) {
                let detail = sentence!(
                    "{player} plays game {game} at the same time",
                    player,
                    game = &other.game_id
                );
                findings.push(S_ONE_GAME.finding(1, detail));
            }
            if earlier.len() == REMEMBERED {
                earlier.remove(0);
            }
            earlier.push(game.clone());
        }
        findings
    }
}

/// S-UNIQUE-NICK: the nicknames at one table differ.
#[must_use]
pub fn check_nicknames<'a>(nicks: impl IntoIterator<Item = &'a str>) -> Vec<Finding> {
    let mut seen = Vec::new();
    let mut findings = Vec::new();
    for nick in nicks {
        if seen.contains(&nick) {
            findings.push(
                S_UNIQUE_NICK.finding(None, sentence!("two players are called {nick}", nick)),
            );
        }
        seen.push(nick);
    }
    findings
}
