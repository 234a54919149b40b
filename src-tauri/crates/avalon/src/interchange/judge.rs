//! Judges the games of a stream on several threads.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::InterchangeError::{self, CutShort};
use super::{Intake, ParsedGame, RawGame, Unreadable};
use crate::check::corpus::{Attendance, OneGameAtATime};
use crate::check::{CheckOptions, GameReport, check_log_with};
use crate::invariant::{import::I_PARSE, seats::S_ONE_GAME};
use crate::moment::Moment;

/// How a stream is judged.
#[derive(Debug, Clone, Copy)]
pub struct StreamOptions {
    /// Threads that judge, at least 1.
    pub threads: usize,
    /// What is known beside the logs.
    pub check: CheckOptions,
}

/// What a stream came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StreamSummary {
    /// Games judged.
    pub games: u64,
    /// Events of these games.
    pub events: u64,
    /// Lines that could not be read.
    pub unreadable_lines: u64,
    /// Games, and unreadable lines, with a finding that is an error or fatal.
    pub unsound: u64,
}

/// A judged game on its way to the caller.
struct Verdict {
    order: u64,
    /// None when not one of its lines could be read.
    report: Option<GameReport>,
    attendance: Option<Attendance>,
    unreadable: Unreadable,
}

/// Judges every game of the stream and hands the reports over in order of first appearance;
/// unreadable lines make one report without a game behind all others.
///
/// Memory: the open games, a fixed amount of ended ones, and the reports that wait for an earlier
/// game to be over.
///
/// # Errors
/// Fails when the source fails; the games before have then been judged as far as they were over.
pub fn check_stream<R: BufRead + Send>(
    input: R,
    options: StreamOptions,
    mut on_report: impl FnMut(GameReport),
) -> Result<StreamSummary, InterchangeError> {
    let threads = options.threads.max(1);
    let (job_sender, job_receiver) = sync_channel::<RawGame>(threads * 4);
    let (verdict_sender, verdict_receiver) = sync_channel::<Verdict>(threads * 16);
    let (end_sender, end_receiver) = channel();
    let (buffer_sender, buffers) = channel();
    let jobs = Mutex::new(job_receiver);
    thread::scope(|scope| {
        let intake = Intake::new(input).reusing(buffers);
        scope.spawn(move || read(intake, &job_sender, &end_sender));
        for _ in 0..threads {
            let (jobs, verdicts) = (&jobs, verdict_sender.clone());
            let buffers = buffer_sender.clone();
            scope.spawn(move || work(jobs, &verdicts, &buffers, options.check));
        }
        drop(verdict_sender);
        let mut delivery = Delivery::default();
        for verdict in &verdict_receiver {
            delivery.take(verdict, &mut on_report);
        }
        // The reader says how it ended before it drops the jobs, which ends the workers.
        delivery.unreadable.merge(end_receiver.try_recv().unwrap_or(Err(CutShort))?);
        Ok(delivery.finish(&mut on_report))
    })
}

type End = Result<Unreadable, InterchangeError>;

fn read<R: BufRead>(mut intake: Intake<R>, jobs: &SyncSender<RawGame>, end: &Sender<End>) {
    loop {
        match intake.next() {
            Some(Ok(game)) => {
                if jobs.send(game).is_err() {
                    return;
                }
            }
            Some(Err(error)) => {
                // The receiver outlives this thread, so the message arrives.
                let _sent = end.send(Err(error));
                return;
            }
            None => {
                let _sent = end.send(Ok(intake.unreadable().clone()));
                return;
            }
        }
    }
}

fn work(
    jobs: &Mutex<Receiver<RawGame>>,
    verdicts: &SyncSender<Verdict>,
    buffers: &Sender<Vec<u8>>,
    options: CheckOptions,
) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(game) = job else { return };
        if verdicts.send(judge(&game, options)).is_err() {
            return;
        }
        // Nobody takes it once the stream has been read.
        let _kept = buffers.send(game.into_buffer());
    }
}

fn judge(game: &RawGame, options: CheckOptions) -> Verdict {
    let ParsedGame { log, findings, unreadable } = game.parse();
    let attendance = Attendance::of(&log);
    let report = (!log.is_empty() || !findings.is_empty()).then(|| {
        let mut report = check_log_with(&log, options);
        report.game_id = Some(game.game_id.clone());
        report.findings.splice(0..0, findings);
        // Which is judged on delivery, beside the other games.
        report.skipped.retain(|id| id != S_ONE_GAME.id && id != I_PARSE.id);
        report
    });
    Verdict { order: game.order, report, attendance, unreadable }
}

/// Puts the verdicts in order.
#[derive(Default)]
struct Delivery {
    next: u64,
    waiting: BTreeMap<u64, (Option<GameReport>, Option<Attendance>)>,
    attendance: OneGameAtATime,
    unreadable: Unreadable,
    summary: StreamSummary,
}

impl Delivery {
    fn take(&mut self, verdict: Verdict, on_report: &mut impl FnMut(GameReport)) {
        if verdict.unreadable.lines > 0 {
            self.unreadable.merge(verdict.unreadable);
        }
        self.waiting.insert(verdict.order, (verdict.report, verdict.attendance));
        while let Some((report, attendance)) = self.waiting.remove(&self.next) {
            self.next += 1;
            self.hand_over(report, attendance, on_report);
        }
    }

    fn hand_over(
        &mut self,
        report: Option<GameReport>,
        attendance: Option<Attendance>,
        on_report: &mut impl FnMut(GameReport),
    ) {
        let Some(mut report) = report else { return };
        if let Some(attendance) = attendance {
            report.findings.extend(self.attendance.judge(attendance));
            report.findings.sort_by_key(|finding| finding.seq);
        }
        self.summary.games += u64::from(report.game_id.is_some());
        self.summary.events += report.events;
        self.summary.unsound += u64::from(!report.is_sound());
        on_report(report);
    }

    /// Hands over what waits for a game that never came, and the unreadable lines.
    fn finish(mut self, on_report: &mut impl FnMut(GameReport)) -> StreamSummary {
        for (_, (report, attendance)) in std::mem::take(&mut self.waiting) {
            self.hand_over(report, attendance, on_report);
        }
        self.summary.unreadable_lines = self.unreadable.lines;
        if self.unreadable.lines > 0 {
            let report = unreadable_report(&self.unreadable);
            self.hand_over(Some(report), None, on_report);
        }
        self.summary
    }
}

fn unreadable_report(lines: &Unreadable) -> GameReport {
    GameReport {
        game_id: None,
        events: 0,
        winner: None,
        reason: None,
        moments: Moment::ALL.iter().map(|moment| (moment.to_string(), 0)).collect(),
        findings: lines.findings(),
        skipped: Vec::new(),
    }
}
