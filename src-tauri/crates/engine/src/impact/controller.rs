//! The rate at which a gentle job reads: additive increase, multiplicative decrease, driven by the
//! latency of the service's server. A pure function of times and samples.

use std::collections::VecDeque;
use std::time::Duration;

use source::mongo::ServerLoad;

use super::policy::LatencyGoal;

/// How far back latencies count.
const WINDOW: Duration = Duration::from_secs(3);
/// Fewer samples than this say nothing.
const FEWEST: usize = 10;
/// The part of the samples that must keep to the goal.
const QUANTILE: f64 = 0.9;
/// Between two decreases, and before an increase after one.
const SETTLE: Duration = Duration::from_millis(500);
/// Between two increases.
const GROW_EVERY: Duration = Duration::from_secs(1);
/// An increase beside a service at work, bytes a second.
const STEP: f64 = 1e6;
/// An increase while the service rests.
const GROWTH: f64 = 1.5;
const DECREASE: f64 = 0.7;
/// Below this part of the goal there is room for more.
const CALM: f64 = 0.95;
/// How long what the server told of its load counts.
const LOAD_COUNTS: Duration = Duration::from_secs(3);
/// Operations a second that make a service busy.
const BUSY: f64 = 20.0;
/// Signs of strain in the server itself.
const QUEUED: u64 = 5;
const FEW_TICKETS: f64 = 0.25;
const DIRTY: f64 = 0.15;

/// Lowest and highest rate, bytes a second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) floor: f64,
    pub(super) ceiling: f64,
}

/// What was the service's own before the job began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Baseline {
    /// Latency of a probe, milliseconds.
    pub(super) probe_ms: f64,
    /// Mean latency of writes, where there were some.
    pub(super) write_ms: Option<f64>,
}

/// What the server did between two looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Course {
    /// Mean latency of writes, milliseconds, where there were enough to tell.
    pub(super) write_ms: Option<f64>,
    /// Operations a second that were not ours.
    pub(super) others: f64,
    /// Whether the server itself shows strain.
    pub(super) strained: bool,
}

impl Course {
    /// Between two looks `passed` apart, in which this job asked for `own` operations.
    pub(super) fn between(
        before: &ServerLoad,
        now: &ServerLoad,
        passed: Duration,
        own: u64,
    ) -> Self {
        const ENOUGH: u64 = 10;
        let writes = now.writes.0.saturating_sub(before.writes.0);
        let micros = now.writes.1.saturating_sub(before.writes.1) as f64;
        let operations = now.operations.saturating_sub(before.operations).saturating_sub(own);
        Self {
            write_ms: (writes >= ENOUGH).then(|| micros / 1_000.0 / writes as f64),
            others: operations as f64 / passed.as_secs_f64().max(0.001),
            strained: now.queued >= QUEUED || now.free_tickets < FEW_TICKETS || now.dirty > DIRTY,
        }
    }
}

#[derive(Debug)]
pub(super) struct Controller {
    limits: Limits,
    goal: LatencyGoal,
    baseline: Baseline,
    rate: f64,
    samples: VecDeque<(Duration, f64)>,
    course: Option<(Duration, Course)>,
    next_decrease: Duration,
    next_increase: Duration,
}

impl Controller {
    /// Begins at the floor.
    pub(super) fn new(limits: Limits, goal: LatencyGoal, baseline: Baseline, at: Duration) -> Self {
        Self {
            limits,
            goal,
            baseline,
            rate: limits.floor,
            samples: VecDeque::new(),
            course: None,
            next_decrease: at,
            next_increase: at + GROW_EVERY,
        }
    }

    /// Bytes a second.
    pub(super) const fn rate(&self) -> f64 {
        self.rate
    }

    /// The latency that the job keeps to, milliseconds.
    pub(super) fn goal_ms(&self) -> f64 {
        let base = self.baseline.probe_ms;
        base + self.goal.ms.max(base * self.goal.percent / 100.0)
    }

    /// The latency of the last seconds, milliseconds.
    pub(super) fn latency_ms(&self) -> Option<f64> {
        let latencies: Vec<f64> = self.samples.iter().map(|(_, ms)| *ms).collect();
        quantile(latencies, QUANTILE)
    }

    /// The service changed while the job held still.
    pub(super) fn rebase(&mut self, baseline: Baseline) {
        self.baseline = baseline;
        self.samples.clear();
    }

    /// What the server told of itself.
    pub(super) fn course(&mut self, at: Duration, course: Course) {
        self.course = Some((at, course));
        self.step(at);
    }

    /// A probe took so long.
    pub(super) fn probe(&mut self, at: Duration, ms: f64) {
        while self.samples.front().is_some_and(|(then, _)| at.saturating_sub(*then) > WINDOW) {
            self.samples.pop_front();
        }
        self.samples.push_back((at, ms));
        self.step(at);
    }

    fn step(&mut self, at: Duration) {
        let course = self.course.filter(|(then, _)| at.saturating_sub(*then) <= LOAD_COUNTS);
        let course = course.map(|(_, course)| course);
        let latency = if self.samples.len() < FEWEST { None } else { self.latency_ms() };
        let over = latency.is_some_and(|ms| ms > self.goal_ms());
        let hurt = course.is_some_and(|course| course.strained || self.writes_suffer(course));
        if over || hurt {
            if at >= self.next_decrease {
                self.rate = (self.rate * DECREASE).max(self.limits.floor);
                self.next_decrease = at + SETTLE;
                // What was measured at the higher rate says nothing of the lower one.
                self.samples.clear();
                self.course = None;
            }
            self.next_increase = at + GROW_EVERY;
        } else if at >= self.next_increase
            && latency.is_some_and(|ms| ms < self.baseline.probe_ms.max(self.goal_ms() * CALM))
        {
            let rests = course.is_some_and(|course| course.others < BUSY);
            let more = if rests { self.rate * GROWTH } else { self.rate + STEP };
            self.rate = more.min(self.limits.ceiling);
            self.next_increase = at + GROW_EVERY;
        }
    }

    /// Writes wait for the journal, and so for a disk that the backup may write to as well.
    fn writes_suffer(&self, course: Course) -> bool {
        const LEAST: LatencyGoal = LatencyGoal { percent: 25.0, ms: 0.5 };
        match (self.baseline.write_ms, course.write_ms) {
            (Some(before), Some(now)) => {
                let percent = self.goal.percent.max(LEAST.percent);
                now > before + self.goal.ms.max(LEAST.ms).max(before * percent / 100.0)
            }
            _ => false,
        }
    }
}

/// A quantile of samples; none of nothing.
pub(super) fn quantile(mut samples: Vec<f64>, part: f64) -> Option<f64> {
    samples.sort_unstable_by(f64::total_cmp);
    let last = samples.len().checked_sub(1)?;
    samples.get((last as f64 * part).round() as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMITS: Limits = Limits { floor: 24e6, ceiling: 400e6 };
    const BASELINE: Baseline = Baseline { probe_ms: 1.0, write_ms: Some(2.0) };
    const EVERY: Duration = Duration::from_millis(50);
    const CALM_COURSE: Course = Course { write_ms: None, others: 0.0, strained: false };

    fn controller() -> Controller {
        Controller::new(LIMITS, LatencyGoal::default(), BASELINE, Duration::ZERO)
    }

    /// Runs for so many seconds of a simulated clock beside a server that answers as told.
    fn run(
        controller: &mut Controller,
        from: Duration,
        seconds: u32,
        busy: f64,
        mut answer: impl FnMut(f64) -> f64,
    ) -> (Duration, f64) {
        let steps = seconds * 20;
        let mut sum = 0.0;
        let mut at = from;
        for step in 0..steps {
            at += EVERY;
            let ms = answer(controller.rate());
            controller.probe(at, ms);
            if step % 20 == 0 {
                controller.course(at, Course { others: busy, ..CALM_COURSE });
            }
            sum += controller.rate();
        }
        (at, sum / f64::from(steps))
    }

    #[test]
    fn beside_a_service_that_rests_it_becomes_as_fast_as_it_may() {
        let mut controller = controller();
        run(&mut controller, Duration::ZERO, 15, 0.0, |_| 1.0);
        assert!((controller.rate() - LIMITS.ceiling).abs() < 1.0);
    }

    #[test]
    fn beside_a_busy_service_it_grows_slowly() {
        let mut controller = controller();
        run(&mut controller, Duration::ZERO, 30, 500.0, |_| 1.0);
        assert!(controller.rate() > LIMITS.floor + 20e6);
        assert!(controller.rate() < LIMITS.floor + 35e6);
    }

    #[test]
    fn a_service_that_suffers_brings_it_to_the_floor_within_seconds() {
        let mut controller = controller();
        let (at, _) = run(&mut controller, Duration::ZERO, 15, 0.0, |_| 1.0);
        let (at, _) = run(&mut controller, at, 6, 0.0, |_| 1.5);
        assert!((controller.rate() - LIMITS.floor).abs() < 1.0);
        run(&mut controller, at, 15, 0.0, |_| 1.0);
        assert!((controller.rate() - LIMITS.ceiling).abs() < 1.0);
    }

    #[test]
    fn strain_and_slow_writes_count_though_probes_are_quick() {
        let strained = Course { strained: true, ..CALM_COURSE };
        let slow = Course { write_ms: Some(2.7), ..CALM_COURSE };
        for course in [strained, slow] {
            let mut controller = controller();
            let (mut at, _) = run(&mut controller, Duration::ZERO, 15, 0.0, |_| 1.0);
            for _ in 0..20 {
                at += Duration::from_secs(1);
                controller.course(at, course);
            }
            assert!((controller.rate() - LIMITS.floor).abs() < 1.0, "{course:?}");
        }
    }

    #[test]
    fn a_load_is_compared_with_the_one_before() {
        let before = ServerLoad {
            writes: (100, 1_000),
            operations: 500,
            free_tickets: 1.0,
            ..ServerLoad::default()
        };
        let now = ServerLoad { writes: (200, 301_000), operations: 1_100, ..before };
        let course = Course::between(&before, &now, Duration::from_secs(2), 100);
        assert_eq!(course, Course { write_ms: Some(3.0), others: 250.0, strained: false });
        let restarted = Course::between(&now, &before, Duration::from_secs(1), 0);
        assert_eq!(restarted.write_ms, None);
        let queue = ServerLoad { queued: 9, ..now };
        assert!(Course::between(&before, &queue, Duration::from_secs(1), 0).strained);
    }

    proptest! {
        /// Whatever the samples and times, the rate keeps to its limits.
        #[test]
        fn the_limits_are_kept(samples in prop::collection::vec((0_u64..5_000, 0.0..50.0), 0..400)) {
            let mut controller = controller();
            for (at, ms) in samples {
                controller.probe(Duration::from_millis(at), ms);
                prop_assert!(controller.rate() >= LIMITS.floor);
                prop_assert!(controller.rate() <= LIMITS.ceiling);
            }
        }

        /// Beside a server that suffers beyond some rate, it settles near that rate.
        #[test]
        fn it_settles_near_what_the_server_bears(bears in 40e6..300e6) {
            let mut controller = controller();
            let answer = |rate| if rate > bears { 2.0 } else { 1.0 };
            let (at, _) = run(&mut controller, Duration::ZERO, 60, 500.0, answer);
            let far = Duration::from_secs(400);
            let (_, mean) = run(&mut controller, at + far, 600, 500.0, answer);
            prop_assert!(mean > bears * 0.6, "{mean} of {bears}");
            prop_assert!(mean < bears * 1.1, "{mean} of {bears}");
        }

        /// A server that is never slower than by itself gets the highest rate at every moment.
        #[test]
        fn more_latency_is_never_answered_by_a_higher_rate(
            latencies in prop::collection::vec(0.5_f64..2.6, 100..400),
        ) {
            let (mut quick, mut other) = (controller(), controller());
            let mut at = Duration::ZERO;
            for ms in latencies {
                at += EVERY;
                quick.probe(at, ms.min(BASELINE.probe_ms));
                other.probe(at, ms);
                prop_assert!(other.rate() <= quick.rate());
            }
        }
    }
}
