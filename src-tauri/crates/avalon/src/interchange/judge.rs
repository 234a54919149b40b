//! Judges the games of a stream on several threads.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::{Intake, InterchangeError, RawGame, Unreadable};
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
    report: GameReport,
    attendance: Option<Attendance>,
}

/// Judges every game of the stream and hands the reports over in order of first appearance;
/// unreadable lines make one report without a game at the place of the first of them.
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
    let jobs = Mutex::new(job_receiver);
    thread::scope(|scope| {
        scope.spawn(move || read(input, &job_sender, &end_sender));
        for _ in 0..threads {
            let (jobs, verdicts) = (&jobs, verdict_sender.clone());
            scope.spawn(move || work(jobs, &verdicts, options.check));
        }
        drop(verdict_sender);
        let mut delivery = Delivery::default();
        for verdict in &verdict_receiver {
            delivery.take(verdict, &mut on_report);
            if let Ok(Ok(Some(unreadable))) = end_receiver.try_recv() {
                delivery.take_unreadable(unreadable, &mut on_report);
            }
        }
        match end_receiver.try_recv() {
            Ok(end) => {
                if let Some(unreadable) = end? {
                    delivery.take_unreadable(unreadable, &mut on_report);
                }
            }
            Err(std::sync::mpsc::TryRecvError::Empty) => return Err(InterchangeError::CutShort),
            Err(std::sync::mpsc::TryRecvError::Disconnected) => {}
        }
        Ok(delivery.finish(&mut on_report))
    })
}

type End = Result<Option<Unreadable>, InterchangeError>;

fn read(input: impl BufRead, jobs: &SyncSender<RawGame>, end: &Sender<End>) {
    let mut intake = Intake::new(input);
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
                let _sent = end.send(Ok(intake.unreadable().cloned()));
                return;
            }
        }
    }
}

fn work(jobs: &Mutex<Receiver<RawGame>>, verdicts: &SyncSender<Verdict>, options: CheckOptions) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(game) = job else { return };
        if verdicts.send(judge(&game, options)).is_err() {
            return;
        }
    }
}

fn judge(game: &RawGame, options: CheckOptions) -> Verdict {
    let (log, unread) = game.parse();
    let mut report = check_log_with(&log, options);
    report.game_id = Some(game.game_id.clone());
    report.findings.splice(0..0, unread);
    // Which is judged on delivery, beside the other games.
    report.skipped.retain(|id| id != S_ONE_GAME.id && id != I_PARSE.id);
    Verdict { order: game.order, attendance: Attendance::of(&log), report }
}

/// Puts the verdicts in order.
#[derive(Default)]
struct Delivery {
    next: u64,
    waiting: BTreeMap<u64, (GameReport, Option<Attendance>)>,
    attendance: OneGameAtATime,
    summary: StreamSummary,
}

impl Delivery {
    fn take(&mut self, verdict: Verdict, on_report: &mut impl FnMut(GameReport)) {
        self.waiting.insert(verdict.order, (verdict.report, verdict.attendance));
        self.deliver(on_report);
    }

    fn take_unreadable(&mut self, lines: Unreadable, on_report: &mut impl FnMut(GameReport)) {
        self.summary.unreadable_lines = lines.lines;
        let report = unreadable_report(&lines);
        self.waiting.insert(lines.order, (report, None));
        self.deliver(on_report);
    }

    fn deliver(&mut self, on_report: &mut impl FnMut(GameReport)) {
        while let Some((report, attendance)) = self.waiting.remove(&self.next) {
            self.next += 1;
            self.hand_over(report, attendance, on_report);
        }
    }

    fn hand_over(
        &mut self,
        mut report: GameReport,
        attendance: Option<Attendance>,
        on_report: &mut impl FnMut(GameReport),
    ) {
        if let Some(attendance) = attendance {
            report.findings.extend(self.attendance.judge(attendance));
            report.findings.sort_by_key(|finding| finding.seq);
        }
        self.summary.games += u64::from(report.game_id.is_some());
        self.summary.events += report.events;
        self.summary.unsound += u64::from(!report.is_sound());
        on_report(report);
    }

    /// Hands over what waits for a game that never came.
    fn finish(mut self, on_report: &mut impl FnMut(GameReport)) -> StreamSummary {
        for (_, (report, attendance)) in std::mem::take(&mut self.waiting) {
            self.hand_over(report, attendance, on_report);
        }
        self.summary
    }
}

fn unreadable_report(lines: &Unreadable) -> GameReport {
    let mut findings = lines.findings.clone();
    let told = u64::try_from(findings.len()).unwrap_or(u64::MAX);
    if lines.lines > told {
        let more = format!("{} further lines can't be read", lines.lines - told);
        findings.push(I_PARSE.finding(None, more));
    }
    GameReport {
        game_id: None,
        events: 0,
        winner: None,
        reason: None,
        moments: Moment::ALL.iter().map(|moment| (moment.to_string(), 0)).collect(),
        findings,
        skipped: Vec::new(),
    }
}
