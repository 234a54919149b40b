//! Applying a plan: stage and verify beside the live data, keep a pre-image (`pre_image.rs`), switch.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use control::PlanUse;
use serde_json::json;
use source::profile::DataClass;

use super::carry::carry;
use super::destination::Destination;
use super::documents::Differing;
use super::journal::{self, Stage, SwitchJournal, TargetJournals};
use super::outcome::{RestoreMethod, RestoreOutcome, RestorePlan};
use super::pause::GameService;
use super::plan::{self, StoredPlan};
use super::scope::{Item, Scope};
use super::stage::{Staged, stage};
use super::steps::steps;
use super::{fence, method, switch};
use crate::backup;
use crate::backup::outcome::Level;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::{Unit, Verb};
use crate::jobs::{JobEnd, JobHandle, JobSpec, Phase};
use crate::verify;

/// How often a begun switch is tried again when the server fails for a moment.
const ATTEMPTS: u32 = 5;
/// Pause between these attempts; a failover takes a few seconds.
const BETWEEN_ATTEMPTS: Duration = Duration::from_secs(2);

/// Starts applying a plan as a job and returns the job's id. The outcome is a [`RestoreOutcome`].
///
/// # Errors
/// When the plan is unknown, used or stale, or the name typed is not the one to confirm.
pub async fn start(
    engine: &Engine,
    plan_id: &str,
    confirm_name: &str,
) -> Result<String, EngineError> {
    let stored = plan::load(engine, plan_id).await?;
    let refused = check(engine, &stored, confirm_name).await;
    if let Err(error) = &refused {
        let detail = json!({"plan": plan_id, "reason": error.code()});
        engine.audit(Verb::Restore.name(), &stored.plan.database, "refused", detail).await?;
    }
    refused?;
    let spec = JobSpec {
        verb: Verb::Restore,
        subject: stored.plan.database.clone(),
        request: json!({"plan": stored.plan.id, "request": stored.request}),
    };
    let worker = engine.clone();
    engine
        .jobs()
        .start(spec, |job| async move {
            let outcome = run(&worker, &stored, &job).await?;
            Ok(JobEnd { with_problems: !outcome.verified, outcome: json!(outcome) })
        })
        .await
}

async fn check(
    engine: &Engine,
    stored: &StoredPlan,
    confirm_name: &str,
) -> Result<(), EngineError> {
    if stored.plan.in_place && confirm_name != stored.plan.confirm_name {
        return Err(EngineError::NotConfirmed { expected: stored.plan.confirm_name.clone() });
    }
    if let Some(job) = &stored.used_by {
        return Err(EngineError::PlanUsed { plan: stored.plan.id.clone(), job: job.clone() });
    }
    plan::ensure_fresh(engine, stored).await
}

/// All that the parts of an application share.
pub(super) struct Application<'a> {
    pub(super) engine: &'a Engine,
    pub(super) destination: Destination,
    pub(super) scope: Arc<Scope>,
    pub(super) plan: &'a RestorePlan,
    pub(super) service: GameService,
    pub(super) job: &'a JobHandle,
    /// When the pause began, Unix milliseconds; 0 before.
    pub(super) paused_at: Arc<AtomicI64>,
}

async fn run(
    engine: &Engine,
    stored: &StoredPlan,
    job: &JobHandle,
) -> Result<RestoreOutcome, EngineError> {
    let started = engine.context().now_ms();
    let manifest = backup::resolve(engine, &stored.plan.backup).await?;
    let origin = backup::attribute(&manifest.summary, "database").to_owned();
    let destination = Destination::resolve(engine, &stored.request, &origin).await?;
    let profile = destination.reader.profile().clone();
    let scope = Arc::new(Scope::resolve(manifest, &profile, &stored.request.classes)?);
    let redis = engine.connections().redis;
    let service = GameService::new(redis.as_ref().filter(|_| destination.in_place), &profile);

    // It may have waited for its turn.
    plan::ensure_fresh(engine, stored).await?;
    ensure_no_other(&destination).await?;
    take(engine, stored, job).await?;
    let (plan, paused_at) = (&stored.plan, Arc::default());
    let application = Application { engine, destination, scope, plan, service, job, paused_at };
    let mut journal = application.new_journal(&stored.request);
    let _heartbeat = journal::heartbeat(&application.destination, job.id());
    let prepared = async {
        journal::begin(engine, &application.destination, &journal).await?;
        application.prepare(&mut journal).await
    }
    .await;
    let staged = match prepared {
        Ok(staged) => staged,
        Err(error @ EngineError::Crashed { .. }) => return Err(error),
        Err(error) => {
            // What cannot be undone now is undone at the next start.
            if let Err(again) = switch::roll_back(engine, &application.destination, &journal).await
            {
                job.line("restore.rollback_failed", &[("reason", again.to_string())]).await?;
            }
            return Err(error);
        }
    };
    let outcome = application.commit(&mut journal, staged, started).await?;
    remember_rate(engine, &outcome, &application.scope).await?;
    let all = outcome.collections.iter().all(|one| one.method == RestoreMethod::Whole);
    if outcome.verified && all && application.scope.is_whole_set() {
        verify::record(engine, &outcome.backup, Some(Level::L4), 0).await?;
    }
    Ok(outcome)
}

impl Application<'_> {
    fn new_journal(&self, request: &super::outcome::RestoreRequest) -> SwitchJournal {
        SwitchJournal {
            id: self.job.id().to_owned(),
            backup: self.scope.backup().to_owned(),
            database: self.destination.database().to_owned(),
            target: request.target.clone(),
            stage: Stage::Staging,
            paused: false,
            redis: self.destination.in_place && self.scope.classes.contains(&DataClass::Active),
            epoch: None,
            pre_image: None,
            steps: Vec::new(),
        }
    }

    /// Everything before the switch; can be undone by dropping the staging collections.
    async fn prepare(&self, journal: &mut SwitchJournal) -> Result<Vec<Staged>, EngineError> {
        let crash = &self.engine.context().crash;
        let (engine, destination) = (self.engine, &self.destination);
        let (alone, whole) = method::split(destination, &self.scope, self.plan).await?;
        let differing = match alone.is_empty() {
            true => None,
            false => {
                let findings = engine.findings().take(&self.plan.id);
                let scope = &self.scope;
                Some(Differing::find(engine, destination, scope, alone, findings, self.job).await?)
            }
        };
        crash.pass("found")?;
        let mut staged = stage(engine, destination, &self.scope, whole, self.job).await?;
        self.job.line("restore.staged", &[("collections", staged.len().to_string())]).await?;
        crash.pass("staged")?;

        journal.paused = self.service.instances().await? > 0;
        journal::write(engine, destination, journal).await?;
        crash.pass("pausing")?;
        staged.extend(if self.replaces_something().await? {
            let (pre_image, alone) = self.keep_and_stage(differing).await?;
            journal.pre_image = Some(pre_image);
            alone
        } else {
            self.pause().await?;
            self.stage_alone(differing, self.job, &self.job.cancel().child_token()).await?
        });
        crash.pass("differing")?;
        for staged in &staged {
            if let Some(name) = &staged.name {
                carry(&self.destination, &staged.item, name, self.job).await?;
            }
        }
        crash.pass("carried")?;
        let redis = engine.connections().redis.filter(|_| destination.in_place);
        journal.epoch = fence::fence(destination, redis, &self.service, &staged).await?;
        crash.pass("fenced")?;
        journal.steps = steps(&self.scope, &staged);
        self.job.check()?;
        Ok(staged)
    }

    /// The switch itself. From its first line on nothing takes it back.
    async fn commit(
        &self,
        journal: &mut SwitchJournal,
        staged: Vec<Staged>,
        started: i64,
    ) -> Result<RestoreOutcome, EngineError> {
        let total = u64::try_from(journal.steps.len()).ok();
        self.job.phase(Phase { code: "switch", unit: Unit::Steps, total });
        self.begin_switch(journal).await?;
        let switched = self.complete(journal).await?;
        let now = self.engine.context().now_ms();
        let paused_at = match self.paused_at.load(Ordering::Relaxed) {
            0 => now,
            at => at,
        };
        self.job.line("restore.switched", &[("epoch", format!("{:?}", journal.epoch))]).await?;
        let verified = staged.iter().all(|staged| staged.proof.holds());
        Ok(RestoreOutcome {
            backup: journal.backup.clone(),
            database: journal.database.clone(),
            pre_image: journal.pre_image.clone(),
            collections: staged.into_iter().map(Staged::into_view).collect(),
            redis_keys: switched.redis_keys,
            verified,
            seconds: seconds(now - started),
            paused_seconds: seconds(now - paused_at),
        })
    }

    /// The commit point. When the write fails, the target's copy tells whether it was reached.
    async fn begin_switch(&self, journal: &mut SwitchJournal) -> Result<(), EngineError> {
        journal.stage = Stage::Switching;
        let Err(error) = journal::write(self.engine, &self.destination, journal).await else {
            return Ok(());
        };
        if matches!(error, EngineError::Crashed { .. }) {
            return Err(error);
        }
        let journals = TargetJournals::new(self.destination.writer.database());
        match journals.get(&journal.id).await? {
            Some(kept) if kept.stage == Stage::Switching => Ok(()),
            Some(kept) => {
                *journal = kept;
                switch::roll_back(self.engine, &self.destination, journal).await?;
                Err(error)
            }
            None => Err(error),
        }
    }

    async fn complete(&self, journal: &mut SwitchJournal) -> Result<switch::Switched, EngineError> {
        let mut attempt = 1;
        loop {
            match switch::complete(self.engine, &self.destination, journal).await {
                Err(error @ EngineError::Crashed { .. }) => return Err(error),
                Err(error) if attempt < ATTEMPTS => {
                    self.job.line("restore.switch_again", &[("reason", error.to_string())]).await?;
                    tokio::time::sleep(BETWEEN_ATTEMPTS).await;
                    attempt += 1;
                }
                result => return result,
            }
        }
    }
}

async fn ensure_no_other(destination: &Destination) -> Result<(), EngineError> {
    let open = TargetJournals::new(destination.writer.database()).list().await?;
    match open.into_iter().next() {
        None => Ok(()),
        Some((journal, _)) => {
            Err(EngineError::SwitchOpen { database: journal.database, journal: journal.id })
        }
    }
}

async fn take(engine: &Engine, stored: &StoredPlan, job: &JobHandle) -> Result<(), EngineError> {
    let (plan, id) = (stored.plan.id.clone(), job.id().to_owned());
    match engine.control(move |control| control.take_plan(&plan, &id)).await? {
        PlanUse::Taken => Ok(()),
        PlanUse::UsedBy(job) => Err(EngineError::PlanUsed { plan: stored.plan.id.clone(), job }),
    }
}

/// Key of the setting that keeps the last measured rate, for estimates.
pub(super) const RATE_SETTING: &str = "measured.restore_bytes_per_second";

async fn remember_rate(
    engine: &Engine,
    outcome: &RestoreOutcome,
    scope: &Scope,
) -> Result<(), EngineError> {
    // Small restores measure the fixed costs, not the rate.
    const WORTH_MEASURING: u64 = 16 << 20;
    let is_whole = |item: &&Item| {
        let name = item.collection();
        let mut restored = outcome.collections.iter();
        restored.any(|one| one.collection == name && one.method == RestoreMethod::Whole)
    };
    let bytes: u64 = scope.items.iter().filter(is_whole).map(|item| item.stream.stats.bytes).sum();
    if bytes < WORTH_MEASURING || outcome.seconds <= 0.0 {
        return Ok(());
    }
    let rate = json!(crate::number::as_f64(bytes) / outcome.seconds);
    let now = engine.context().now_ms();
    engine.control(move |control| control.set_setting(RATE_SETTING, &rate, now)).await
}

fn seconds(milliseconds: i64) -> f64 {
    crate::number::as_f64(milliseconds.unsigned_abs()) / 1000.0
}
