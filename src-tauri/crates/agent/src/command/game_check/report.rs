//! Reports of games: a JSON line each, or lines for people with a summary.

use std::collections::BTreeMap;
use std::io::{self, Write};

use api::engine::avalon::check::GameReport;
use api::engine::avalon::interchange::StreamSummary;
use api::engine::avalon::invariant::Severity;

use crate::print::{Style, count};

/// Writes reports as they come. The first failure to write is kept for the end, so that the
/// judging itself knows nothing of it.
#[derive(Debug)]
pub struct Reporter<W> {
    out: W,
    json: bool,
    style: Style,
    findings: BTreeMap<Severity, u64>,
    failure: Option<io::Error>,
}

impl<W: Write> Reporter<W> {
    /// Writes to `out`.
    pub fn new(out: W, json: bool) -> Self {
        Self { out, json, style: Style::of_stdout(), findings: BTreeMap::new(), failure: None }
    }

    /// Takes one game's report.
    pub fn game(&mut self, report: &GameReport) {
        for finding in &report.findings {
            *self.findings.entry(finding.severity).or_default() += 1;
        }
        if self.failure.is_some() {
            return;
        }
        let written = if self.json { self.write_json(report) } else { self.write_text(report) };
        self.failure = written.err();
    }

    /// Writes the summary for people and flushes.
    ///
    /// # Errors
    /// The first failure to write, unless it was that the reader has seen enough and left.
    pub fn finish(mut self, summary: &StreamSummary) -> io::Result<()> {
        let result = match self.failure.take() {
            Some(error) => Err(error),
            None if self.json => self.out.flush(),
            None => self.write_summary(summary).and_then(|()| self.out.flush()),
        };
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }

    fn write_json(&mut self, report: &GameReport) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, report)?;
        self.out.write_all(b"\n")
    }

    fn write_text(&mut self, report: &GameReport) -> io::Result<()> {
        if report.findings.is_empty() {
            return Ok(());
        }
        let game = report.game_id.as_deref().unwrap_or("lines of no game");
        writeln!(self.out, "{}", self.style.strong(game))?;
        for finding in &report.findings {
            let severity = format!("{:?}", finding.severity);
            let severity = match finding.severity {
                Severity::E | Severity::F => self.style.bad(&severity),
                Severity::W => self.style.attention(&severity),
                Severity::I => self.style.faint(&severity),
            };
            let at = finding.seq.map_or(String::new(), |seq| format!("at {seq}: "));
            writeln!(self.out, "  {severity} {:<16} {at}{}", finding.id, finding.detail)?;
        }
        Ok(())
    }

    fn write_summary(&mut self, summary: &StreamSummary) -> io::Result<()> {
        let of = |severity| self.findings.get(&severity).copied().unwrap_or(0);
        let sound = summary.unsound == 0;
        let verdict = if sound { self.style.good("sound") } else { self.style.bad("not sound") };
        let text = format!(
            "{verdict}: {} games, {} events; {} fatal, {} errors, {} warnings, {} notes",
            count(summary.games),
            count(summary.events),
            count(of(Severity::F)),
            count(of(Severity::E)),
            count(of(Severity::W)),
            count(of(Severity::I)),
        );
        writeln!(self.out, "{text}")
    }
}
