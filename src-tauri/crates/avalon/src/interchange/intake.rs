//! Takes a stream apart into games.
//!
//! Memory is bounded by the open games and [`LINGER`] bytes of ended ones: a game that has ended
//! stays a while, because events may follow its end. What follows later than that begins a log of
//! its own under the same id, which then misses its beginning and is reported as such.

use std::collections::{HashMap, VecDeque};
use std::io::BufRead;

use crate::check::{EnvelopeReader, ParsedEnvelope};
use crate::invariant::{Finding, Repair, import::I_PARSE, log::E_SCHEMA};

use super::InterchangeError;
use super::header::Header;
use super::lines::{LONGEST_LINE, Line, Lines};

/// Bytes of ended games that are kept for events after their end.
const LINGER: usize = 32 << 20;

/// The lines of one game, not parsed yet.
#[derive(Debug)]
pub struct RawGame {
    /// Place in order of first appearance, from 0.
    pub order: u64,
    /// The game.
    pub game_id: String,
    /// The lines one after the other, each with its end.
    text: Vec<u8>,
    ended: bool,
}

impl RawGame {
    /// Parses the lines. A line whose header could be read and whose rest can't is a finding.
    #[must_use]
    pub fn parse(&self) -> (Vec<ParsedEnvelope>, Vec<Finding>) {
        let mut reader = EnvelopeReader::default();
        let mut log = Vec::new();
        let mut findings = Vec::new();
        let mut rest = self.text.as_slice();
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            match reader.read(line) {
                Ok(envelope) => log.push(envelope),
                Err(error) => {
                    let detail = error.to_string();
                    findings.push(E_SCHEMA.finding_with(Repair::Quarantine, None, detail));
                }
            }
        }
        (log, findings)
    }

    /// Length of the lines, bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text.len()
    }
}

/// Lines that belong to no game because they can't be read.
#[derive(Debug, Clone, Default)]
pub struct Unreadable {
    /// Place of the first among the games, in order of first appearance.
    pub order: u64,
    /// How many there are.
    pub lines: u64,
    /// I-PARSE of each, up to a limit.
    pub findings: Vec<Finding>,
}

/// So many unreadable lines are told one by one.
const MOST_UNREADABLE: usize = 1000;

/// A stream taken apart: an iterator over its games, each as soon as it is over.
pub struct Intake<R> {
    lines: Lines<R>,
    open: HashMap<String, RawGame>,
    /// Ids of ended games, the one that ended first in front.
    ended: VecDeque<String>,
    ended_bytes: usize,
    next_order: u64,
    unreadable: Option<Unreadable>,
    /// What is left when the stream has ended, in order of first appearance.
    rest: Option<VecDeque<RawGame>>,
}

impl<R: BufRead> Intake<R> {
    /// Takes `input` apart.
    pub fn new(input: R) -> Self {
        Self {
            lines: Lines::new(input),
            open: HashMap::new(),
            ended: VecDeque::new(),
            ended_bytes: 0,
            next_order: 0,
            unreadable: None,
            rest: None,
        }
    }

    /// The lines that could not be read so far; all of them once the iterator has ended.
    pub fn unreadable(&self) -> Option<&Unreadable> {
        self.unreadable.as_ref()
    }

    /// Lines read so far.
    pub const fn lines(&self) -> u64 {
        self.lines.number()
    }

    fn next_game(&mut self) -> Result<Option<RawGame>, InterchangeError> {
        while self.rest.is_none() {
            if let Some(game) = self.overdue() {
                return Ok(Some(game));
            }
            if !self.take_line()? {
                let mut rest: Vec<RawGame> = self.open.drain().map(|(_, game)| game).collect();
                rest.sort_by_key(|game| game.order);
                self.rest = Some(rest.into());
            }
        }
        Ok(self.rest.as_mut().and_then(VecDeque::pop_front))
    }

    /// The game that ended first, when ended games take up too much.
    fn overdue(&mut self) -> Option<RawGame> {
        if self.ended_bytes <= LINGER {
            return None;
        }
        let game = self.open.remove(&self.ended.pop_front()?)?;
        self.ended_bytes = self.ended_bytes.saturating_sub(game.bytes());
        Some(game)
    }

    /// False at the end of the stream.
    fn take_line(&mut self) -> Result<bool, InterchangeError> {
        let line = self.lines.number() + 1;
        let next = self.lines.next().map_err(|source| InterchangeError::Read { line, source })?;
        let content = match next {
            None => return Ok(false),
            Some(Line::TooLong) => {
                let problem = format!("longer than {LONGEST_LINE} bytes");
                note_unreadable(&mut self.unreadable, &mut self.next_order, line, &problem);
                return Ok(true);
            }
            Some(Line::Whole(content)) => content,
        };
        if content.iter().all(u8::is_ascii_whitespace) {
            return Ok(true);
        }
        let header = match Header::read(content) {
            Ok(header) => header,
            Err(problem) => {
                note_unreadable(&mut self.unreadable, &mut self.next_order, line, &problem);
                return Ok(true);
            }
        };
        let ends = header.ends_game();
        let game = match self.open.get_mut(&*header.game_id) {
            Some(game) => game,
            None => {
                let game_id = header.game_id.into_owned();
                let order = self.next_order;
                self.next_order += 1;
                self.open.entry(game_id.clone()).or_insert(RawGame {
                    order,
                    game_id,
                    text: Vec::new(),
                    ended: false,
                })
            }
        };
        game.text.extend_from_slice(content);
        game.text.push(b'\n');
        if game.ended {
            self.ended_bytes += content.len() + 1;
        } else if ends {
            game.ended = true;
            self.ended_bytes += game.text.len();
            self.ended.push_back(game.game_id.clone());
        }
        Ok(true)
    }
}

fn note_unreadable(slot: &mut Option<Unreadable>, next_order: &mut u64, line: u64, problem: &str) {
    let unreadable = slot.get_or_insert_with(|| {
        let order = *next_order;
        *next_order += 1;
        Unreadable { order, ..Unreadable::default() }
    });
    unreadable.lines += 1;
    if unreadable.findings.len() < MOST_UNREADABLE {
        unreadable.findings.push(I_PARSE.finding(None, format!("line {line}: {problem}")));
    }
}

impl<R: BufRead> Iterator for Intake<R> {
    type Item = Result<RawGame, InterchangeError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_game().transpose()
    }
}
