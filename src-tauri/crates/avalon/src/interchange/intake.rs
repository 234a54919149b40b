//! Takes a stream apart into games.
//!
//! Memory is bounded by the open games and [`LINGER`] bytes of ended ones: a game that has ended
//! stays a while, because events may follow its end. What follows later than that begins a log of
//! its own under the same id, which then misses its beginning and is reported as such.

use std::collections::{HashMap, VecDeque};
use std::io::BufRead;
use std::sync::mpsc::Receiver;

use crate::check::{EnvelopeReader, ParsedEnvelope};
use crate::invariant::{Finding, Repair, import::I_PARSE, log::E_SCHEMA};
use crate::sentence;

use super::InterchangeError;
use super::header::{Header, Peek};
use super::lines::{LONGEST_LINE, Line, Lines};

/// Bytes of ended games that are kept for events after their end: some eighty games, while a late
/// event follows within seconds. Judging begins only behind them.
const LINGER: usize = 4 << 20;

/// The lines of one game, not parsed yet.
#[derive(Debug)]
pub struct RawGame {
    /// Place in order of first appearance, from 0.
    pub order: u64,
    /// The game.
    pub game_id: String,
    /// The lines one after the other, each with its end.
    text: Vec<u8>,
    /// Their numbers in the stream.
    numbers: Vec<u64>,
    ended: bool,
}

/// The lines of a game, read.
#[derive(Debug, Default)]
pub struct ParsedGame {
    /// What could be read.
    pub log: Vec<ParsedEnvelope>,
    /// Lines whose header could be read and whose rest can't.
    pub findings: Vec<Finding>,
    /// Lines that turned out to be no envelope.
    pub unreadable: Unreadable,
}

impl ParsedGame {
    /// A line whose header can be read is an event, however odd its payload.
    fn take_irregular(&mut self, reader: &mut EnvelopeReader, number: u64, line: &[u8]) {
        if let Err(problem) = Header::read(line) {
            return self.unreadable.add(number, problem);
        }
        match reader.read(line) {
            Ok(envelope) => self.log.push(envelope),
            Err(error) => {
                let detail = sentence!("{problem}", problem = error.to_string());
                self.findings.push(E_SCHEMA.finding_with(Repair::Quarantine, None, detail));
            }
        }
    }
}

impl RawGame {
    /// Parses the lines.
    #[must_use]
    pub fn parse(&self) -> ParsedGame {
        let mut reader = EnvelopeReader::default();
        let mut parsed = ParsedGame::default();
        let (mut rest, mut numbers) = (self.text.as_slice(), self.numbers.iter());
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            let number = numbers.next().copied().unwrap_or_default();
            match reader.read_regular(line) {
                Some(envelope) => parsed.log.push(envelope),
                None => parsed.take_irregular(&mut reader, number, line),
            }
        }
        parsed
    }

    /// The memory of the lines, for another game; see [`Intake::reusing`].
    #[must_use]
    pub fn into_buffer(self) -> Vec<u8> {
        self.text
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
    /// How many there are.
    pub lines: u64,
    /// Number and problem of each, up to a limit.
    problems: Vec<(u64, String)>,
}

/// So many unreadable lines are told one by one.
const MOST_UNREADABLE: usize = 1000;

impl Unreadable {
    fn add(&mut self, number: u64, problem: String) {
        self.lines += 1;
        if self.problems.len() < MOST_UNREADABLE {
            self.problems.push((number, problem));
        }
    }

    /// Adds those of another part of the stream.
    pub fn merge(&mut self, mut other: Self) {
        self.lines += other.lines;
        self.problems.append(&mut other.problems);
        self.problems.sort_by_key(|(number, _)| *number);
        self.problems.truncate(MOST_UNREADABLE);
    }

    /// I-PARSE of each, in the order of the stream; the last one tells how many more there are.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let tell = |(number, problem): &(u64, String)| {
            let place = sentence!("line {number}", number = *number);
            I_PARSE.finding(None, sentence!("{place}: {problem}", place, problem))
        };
        let mut findings: Vec<Finding> = self.problems.iter().map(tell).collect();
        let told = u64::try_from(findings.len()).unwrap_or(u64::MAX);
        if self.lines > told {
            let more = sentence!("{count} further lines can't be read", count = self.lines - told);
            findings.push(I_PARSE.finding(None, more));
        }
        findings
    }
}

/// A stream taken apart: an iterator over its games, each as soon as it is over.
pub struct Intake<R> {
    lines: Lines<R>,
    open: HashMap<String, RawGame>,
    /// Ids of ended games, the one that ended first in front.
    ended: VecDeque<String>,
    ended_bytes: usize,
    next_order: u64,
    unreadable: Unreadable,
    /// Memory of games that are done with.
    buffers: Option<Receiver<Vec<u8>>>,
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
            unreadable: Unreadable::default(),
            buffers: None,
            rest: None,
        }
    }

    /// Takes the memory for games from what comes in here. Tens of kilobytes a game, fresh from the
    /// system each time, cost more than the lines' way into them.
    #[must_use]
    pub fn reusing(mut self, buffers: Receiver<Vec<u8>>) -> Self {
        self.buffers = Some(buffers);
        self
    }

    /// The lines that could not be told to belong to any game so far; all of them once the
    /// iterator has ended.
    pub fn unreadable(&self) -> &Unreadable {
        &self.unreadable
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
                self.unreadable.add(line, format!("longer than {LONGEST_LINE} bytes"));
                return Ok(true);
            }
            Some(Line::Whole(content)) => content,
        };
        if content.iter().all(u8::is_ascii_whitespace) {
            return Ok(true);
        }
        let owner = match owner(content) {
            Ok(owner) => owner,
            Err(problem) => {
                self.unreadable.add(line, problem);
                return Ok(true);
            }
        };
        let ends = owner.ends_game();
        let game = match self.open.get_mut(&*owner.game_id) {
            Some(game) => game,
            None => {
                let game_id = owner.game_id.into_owned();
                let order = self.next_order;
                self.next_order += 1;
                self.open.entry(game_id.clone()).or_insert(RawGame {
                    order,
                    game_id,
                    text: spare(self.buffers.as_ref()),
                    numbers: Vec::new(),
                    ended: false,
                })
            }
        };
        game.numbers.push(line);
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

fn spare(buffers: Option<&Receiver<Vec<u8>>>) -> Vec<u8> {
    let mut buffer = buffers.and_then(|buffers| buffers.try_recv().ok()).unwrap_or_default();
    buffer.clear();
    buffer
}

/// Whose a line is; when no peek tells, the whole header is read, or the problem with it told.
fn owner(line: &[u8]) -> Result<Peek<'_>, String> {
    match std::str::from_utf8(line).ok().and_then(Peek::read) {
        Some(peek) => Ok(peek),
        None => Header::read(line).map(Peek::from),
    }
}

impl<R: BufRead> Iterator for Intake<R> {
    type Item = Result<RawGame, InterchangeError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_game().transpose()
    }
}
