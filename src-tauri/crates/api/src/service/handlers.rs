//! One handler an operation; each hands over to the engine or to a part of the service.

use std::sync::Arc;
use std::time::Duration;

use engine::backup::outcome::{BackupDetail, BackupRequest, BackupView};
use engine::bisect::outcome::{BisectRequest, BisectView};
use engine::browse::outcome::{
    BrowseCollection, BrowsePage, BrowseRequest, DocumentRequest, DocumentView,
};
use engine::compare::outcome::CompareRequest;
use engine::diff::outcome::{DiffExport, DiffExportRequest, DiffRequest, DiffView};
use engine::export::outcome::ExportRequest;
use engine::games::outcome::{
    AlternativesRequest, AlternativesView, GameListRequest, GamePage, GameShowRequest, GameView,
};
use engine::import::outcome::ImportRequest;
use engine::job::JobView;
use engine::keys::outcome::{KeyAdded, KeyList, KeysChanged};
use engine::open::outcome::{OpenRequest, OpenedFile};
use engine::overview::outcome::{Overview, ServiceStatus};
use engine::points::outcome::{Points, PrepareRequest};
use engine::restore::outcome::{RestorePlan, RestoreRequest};
use engine::retention::outcome::{PolicyForecast, RetentionPlan};
use engine::share::outcome::{ShareRequest, ShareView};
use engine::snapshot::outcome::{
    SnapshotCreateRequest, SnapshotCreated, SnapshotListRequest, SnapshotPage, SnapshotShowRequest,
    SnapshotVerifyRequest, SnapshotView,
};
use engine::statistics::outcome::StoreStatistics;
use engine::stores::outcome::{ProbeView, ReplicateRequest, StoreRepairRequest, StoreView};
use engine::verify::outcome::VerifyRequest;
use engine::{
    backup, bisect, browse, compare, diff, export, follow, games, import, listen, open, overview,
    points, prune, replicate, restore, retention, schedule, share, snapshot, statistics,
    store_repair, stores, verify,
};

use super::{Shared, connect, keys, policy, sandbox, settings};
use crate::contract::{Caller, Handlers};
use crate::error::ApiError;
use crate::message::audit::{AuditListRequest, AuditView};
use crate::message::job::JobStarted;
use crate::message::key::{KeyAddRequest, KeyPassphraseRequest};
use crate::message::restore::RestoreApplyRequest;
use crate::message::retention::{
    PinRequest, PolicySetRequest, PolicySimulateRequest, PolicyView, PruneRequest,
    RetentionApplyRequest,
};
use crate::message::sandbox::{DamageOutcome, DamageRequest};
use crate::message::settings::{SettingsRequest, SettingsView};
use crate::message::setup::{ConnectRequest, OpenVaultRequest, SetupStage, SetupStatus};
use crate::message::store::{StoreCheckRequest, StoreProbeRequest};
use crate::message::{ById, Empty};

/// Jobs that a list shows.
const JOBS: u32 = 100;
/// Percent of the objects that a check of the whole store reads.
const ALL: f64 = 100.0;

/// How long the connection of the start is waited for.
const START_UP: Duration = Duration::from_secs(2);

type Outcome<T> = Result<T, ApiError>;

impl Handlers for Arc<Shared> {
    async fn service_status(&self, _: &Caller, _: Empty) -> Outcome<ServiceStatus> {
        Ok(overview::status(&self.engine).await?)
    }

    async fn overview_get(&self, _: &Caller, _: Empty) -> Outcome<Overview> {
        let policy = policy::get(self).await?.policy;
        Ok(overview::get(&self.engine, &policy).await?)
    }

    async fn backup_list(&self, _: &Caller, _: Empty) -> Outcome<Vec<BackupView>> {
        Ok(backup::list(&self.engine).await?)
    }

    async fn backup_show(&self, _: &Caller, request: ById) -> Outcome<BackupDetail> {
        Ok(backup::show(&self.engine, &request.id).await?)
    }

    async fn backup_collections(
        &self,
        _: &Caller,
        request: ById,
    ) -> Outcome<Vec<BrowseCollection>> {
        Ok(browse::collections(&self.engine, &request.id).await?)
    }

    async fn backup_browse(&self, _: &Caller, request: BrowseRequest) -> Outcome<BrowsePage> {
        Ok(browse::page(&self.engine, &request).await?)
    }

    async fn backup_document(&self, _: &Caller, request: DocumentRequest) -> Outcome<DocumentView> {
        Ok(browse::document(&self.engine, &request).await?)
    }

    async fn backup_create(&self, _: &Caller, request: BackupRequest) -> Outcome<JobStarted> {
        started(backup::start(&self.engine, request).await)
    }

    async fn backup_verify(&self, _: &Caller, request: VerifyRequest) -> Outcome<JobStarted> {
        started(verify::start(&self.engine, request).await)
    }

    async fn backup_export(&self, _: &Caller, request: ExportRequest) -> Outcome<JobStarted> {
        started(export::start(&self.engine, request).await)
    }

    async fn backup_import(&self, _: &Caller, request: ImportRequest) -> Outcome<JobStarted> {
        started(import::start(&self.engine, request).await)
    }

    async fn backup_follow(&self, _: &Caller, _: Empty) -> Outcome<JobStarted> {
        started(follow::start(&self.engine).await)
    }

    async fn point_list(&self, _: &Caller, _: Empty) -> Outcome<Points> {
        Ok(points::list(&self.engine).await?)
    }

    async fn point_prepare(&self, _: &Caller, request: PrepareRequest) -> Outcome<JobStarted> {
        started(points::start(&self.engine, request).await)
    }

    async fn backup_pin(&self, _: &Caller, request: PinRequest) -> Outcome<BackupView> {
        Ok(backup::pin(&self.engine, &request.id, &request.reason).await?)
    }

    async fn backup_unpin(&self, _: &Caller, request: ById) -> Outcome<BackupView> {
        Ok(backup::unpin(&self.engine, &request.id).await?)
    }

    async fn retention_plan(&self, _: &Caller, _: Empty) -> Outcome<RetentionPlan> {
        let policy = policy::get(self).await?.policy;
        Ok(retention::plan(&self.engine, &policy).await?)
    }

    async fn retention_apply(
        &self,
        _: &Caller,
        request: RetentionApplyRequest,
    ) -> Outcome<JobStarted> {
        let policy = policy::get(self).await?.policy;
        let RetentionApplyRequest { plan_id, confirm_backups } = request;
        started(retention::start(&self.engine, &policy, &plan_id, confirm_backups).await)
    }

    async fn store_prune(&self, _: &Caller, request: PruneRequest) -> Outcome<JobStarted> {
        started(prune::start(&self.engine, request.dry_run).await)
    }

    async fn store_statistics(&self, _: &Caller, _: Empty) -> Outcome<StoreStatistics> {
        let policy = policy::get(self).await?.policy;
        Ok(statistics::get(&self.engine, &policy).await?)
    }

    async fn policy_get(&self, _: &Caller, _: Empty) -> Outcome<PolicyView> {
        policy::get(self).await
    }

    async fn policy_set(&self, _: &Caller, request: PolicySetRequest) -> Outcome<PolicyView> {
        policy::set(self, request.policy).await
    }

    async fn policy_simulate(
        &self,
        _: &Caller,
        request: PolicySimulateRequest,
    ) -> Outcome<PolicyForecast> {
        let current = policy::get(self).await?.policy;
        let asked = request.policy.unwrap_or(current);
        Ok(retention::forecast(&self.engine, &asked, &current, request.days).await?)
    }

    async fn policy_run(&self, _: &Caller, _: Empty) -> Outcome<JobStarted> {
        started(schedule::start(&self.engine, policy::source(self)).await)
    }

    async fn restore_plan(&self, _: &Caller, request: RestoreRequest) -> Outcome<RestorePlan> {
        Ok(restore::plan(&self.engine, request).await?)
    }

    async fn restore_apply(&self, _: &Caller, request: RestoreApplyRequest) -> Outcome<JobStarted> {
        started(restore::start(&self.engine, &request.plan_id, &request.confirm_name).await)
    }

    async fn compare_run(&self, _: &Caller, request: CompareRequest) -> Outcome<JobStarted> {
        started(compare::start(&self.engine, request).await)
    }

    async fn store_list(&self, _: &Caller, _: Empty) -> Outcome<Vec<StoreView>> {
        Ok(stores::list(&self.engine).await?)
    }

    async fn store_probe(&self, _: &Caller, request: StoreProbeRequest) -> Outcome<ProbeView> {
        Ok(stores::probe(&self.engine, request.store).await?)
    }

    async fn store_replicate(&self, _: &Caller, request: ReplicateRequest) -> Outcome<JobStarted> {
        started(replicate::start(&self.engine, request).await)
    }

    async fn store_repair(&self, _: &Caller, request: StoreRepairRequest) -> Outcome<JobStarted> {
        started(store_repair::start(&self.engine, request).await)
    }

    async fn store_check(&self, _: &Caller, request: StoreCheckRequest) -> Outcome<JobStarted> {
        started(verify::start_store(&self.engine, request.store, ALL).await)
    }

    async fn game_list(&self, _: &Caller, request: GameListRequest) -> Outcome<GamePage> {
        Ok(games::list(&self.engine, &request).await?)
    }

    async fn game_show(&self, _: &Caller, request: GameShowRequest) -> Outcome<GameView> {
        Ok(games::show(&self.engine, &request).await?)
    }

    async fn game_alternatives(
        &self,
        _: &Caller,
        request: AlternativesRequest,
    ) -> Outcome<AlternativesView> {
        Ok(games::alternatives(&self.engine, &request).await?)
    }

    async fn game_open(&self, _: &Caller, request: OpenRequest) -> Outcome<OpenedFile> {
        Ok(open::open(&self.engine, request).await?)
    }

    async fn game_diff(&self, _: &Caller, request: DiffRequest) -> Outcome<DiffView> {
        Ok(diff::diff(&self.engine, &request).await?)
    }

    async fn game_export_diff(
        &self,
        _: &Caller,
        request: DiffExportRequest,
    ) -> Outcome<DiffExport> {
        Ok(diff::export(&self.engine, &request).await?)
    }

    async fn game_share(&self, _: &Caller, request: ShareRequest) -> Outcome<ShareView> {
        Ok(share::share(&self.engine, &request).await?)
    }

    async fn game_bisect(&self, _: &Caller, request: BisectRequest) -> Outcome<BisectView> {
        Ok(bisect::bisect(&self.engine, &request).await?)
    }

    async fn snapshot_create(
        &self,
        _: &Caller,
        request: SnapshotCreateRequest,
    ) -> Outcome<SnapshotCreated> {
        Ok(snapshot::create(&self.engine, &request).await?)
    }

    async fn snapshot_follow(&self, _: &Caller, _: Empty) -> Outcome<JobStarted> {
        started(listen::start(&self.engine).await)
    }

    async fn snapshot_verify(
        &self,
        _: &Caller,
        request: SnapshotVerifyRequest,
    ) -> Outcome<JobStarted> {
        started(snapshot::start_verify(&self.engine, request).await)
    }

    async fn snapshot_list(
        &self,
        _: &Caller,
        request: SnapshotListRequest,
    ) -> Outcome<SnapshotPage> {
        Ok(snapshot::list(&self.engine, &request).await?)
    }

    async fn snapshot_show(
        &self,
        _: &Caller,
        request: SnapshotShowRequest,
    ) -> Outcome<SnapshotView> {
        Ok(snapshot::show(&self.engine, &request).await?)
    }

    async fn job_list(&self, _: &Caller, _: Empty) -> Outcome<Vec<JobView>> {
        Ok(self.engine.jobs().list(JOBS).await?)
    }

    async fn job_show(&self, _: &Caller, request: ById) -> Outcome<JobView> {
        Ok(self.engine.jobs().get(&request.id).await?)
    }

    async fn job_cancel(&self, _: &Caller, request: ById) -> Outcome<JobView> {
        Ok(self.engine.jobs().cancel(&request.id).await?)
    }

    async fn audit_list(&self, _: &Caller, request: AuditListRequest) -> Outcome<Vec<AuditView>> {
        let entries = self.engine.control(move |control| control.audit(request.limit)).await?;
        let view = |entry: engine::control::AuditEntry| AuditView {
            seq: entry.seq,
            at: entry.at,
            actor: entry.actor,
            verb: entry.verb,
            subject: entry.subject,
            outcome: entry.outcome,
            hash: entry.hash,
        };
        Ok(entries.into_iter().map(view).collect())
    }

    async fn key_list(&self, _: &Caller, _: Empty) -> Outcome<KeyList> {
        Ok(engine::keys::list(&self.engine).await?)
    }

    async fn key_add(&self, _: &Caller, request: KeyAddRequest) -> Outcome<KeyAdded> {
        keys::add(self, request).await
    }

    async fn key_remove(&self, _: &Caller, request: ById) -> Outcome<KeysChanged> {
        Ok(engine::keys::remove(&self.engine, &request.id).await?)
    }

    async fn key_rotate(&self, _: &Caller, _: Empty) -> Outcome<KeysChanged> {
        Ok(engine::keys::rotate(&self.engine).await?)
    }

    async fn key_change_passphrase(
        &self,
        _: &Caller,
        request: KeyPassphraseRequest,
    ) -> Outcome<KeysChanged> {
        keys::change_passphrase(self, request).await
    }

    async fn settings_get(&self, _: &Caller, _: Empty) -> Outcome<SettingsView> {
        settings::get(self).await
    }

    async fn settings_set(&self, _: &Caller, request: SettingsRequest) -> Outcome<SettingsView> {
        settings::set(self, request).await
    }

    /// Waits a moment for the connection of the start: the first-run choices must not flash up
    /// for somebody who made them long ago.
    async fn setup_status(&self, _: &Caller, _: Empty) -> Outcome<SetupStatus> {
        if self.options.connect_in_background {
            let attempted = self.state.attempted.wait();
            // Late is fine: the end of the attempt makes this answer stale and it is asked again.
            let _ = tokio::time::timeout(START_UP, attempted).await;
        }
        Ok(setup_status(self))
    }

    async fn setup_sandbox(&self, _: &Caller, _: Empty) -> Outcome<JobStarted> {
        sandbox::start(self).await
    }

    async fn setup_connect(&self, _: &Caller, request: ConnectRequest) -> Outcome<ServiceStatus> {
        connect::to_service(self, request).await?;
        Ok(overview::status(&self.engine).await?)
    }

    async fn setup_open_vault(
        &self,
        _: &Caller,
        request: OpenVaultRequest,
    ) -> Outcome<ServiceStatus> {
        connect::to_vault(self, request).await?;
        Ok(overview::status(&self.engine).await?)
    }

    async fn setup_disconnect(&self, _: &Caller, _: Empty) -> Outcome<SetupStatus> {
        connect::part(self).await?;
        Ok(setup_status(self))
    }

    async fn sandbox_damage(&self, _: &Caller, request: DamageRequest) -> Outcome<DamageOutcome> {
        sandbox::damage(self, request).await
    }
}

fn started(job: Result<String, engine::EngineError>) -> Outcome<JobStarted> {
    Ok(JobStarted { job_id: job? })
}

fn setup_status(shared: &Shared) -> SetupStatus {
    let shown = shared.state.shown();
    let unavailable = sandbox::unavailable();
    SetupStatus {
        stage: if shown.store.is_some() { SetupStage::Ready } else { SetupStage::Choose },
        sandbox_available: unavailable.is_none(),
        reason: shown.reason.or(unavailable),
    }
}
