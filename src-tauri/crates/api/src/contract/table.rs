//! The operations.

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
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::declare::operations;
use super::{Caller, Danger, Description, Permission, Request, Tag};
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
use crate::message::setup::{ConnectRequest, OpenVaultRequest, SetupStatus};
use crate::message::store::{StoreCheckRequest, StoreProbeRequest};
use crate::message::{ById, Empty};

/// What came of an operation.
#[derive(Debug)]
pub struct Answer {
    /// What it was about, for the audit entry; empty when the request could not be read.
    pub subject: String,
    /// The response as JSON.
    pub result: Result<Value, ApiError>,
}

impl Answer {
    fn refused(error: ApiError) -> Self {
        Self { subject: String::new(), result: Err(error) }
    }
}

fn read_request<T: DeserializeOwned + Request>(
    operation: Operation,
    request: Value,
) -> Result<T, ApiError> {
    let request: T = serde_json::from_value(request)
        .map_err(|error| ApiError::unreadable(operation.description().name, &error))?;
    request.validate()?;
    Ok(request)
}

fn write_response<T: Serialize>(response: T) -> Result<Value, ApiError> {
    serde_json::to_value(response).map_err(|error| ApiError::unwritable(&error))
}

operations! {
    /// Tells which servers and which store are connected and whether they answer.
    ServiceStatus = "service.status": fn service_status(Empty) -> ServiceStatus {
        permission: ReadStatus, provides: [Service], invalidates: [], audit: None, danger: Safe,
    }
    /// Tells at a glance whether, to when and how fast data can be brought back.
    OverviewGet = "overview.get": fn overview_get(Empty) -> Overview {
        permission: ReadStatus, provides: [Overview, Policy], invalidates: [], audit: None, danger: Safe,
    }
    /// Lists the backup sets of the store, newest first.
    BackupList = "backup.list": fn backup_list(Empty) -> Vec<BackupView> {
        permission: ReadStatus, provides: [Backups], invalidates: [], audit: None, danger: Safe,
    }
    /// Shows one backup set in detail.
    BackupShow = "backup.show": fn backup_show(ById) -> BackupDetail {
        permission: ReadStatus, provides: [Backups], invalidates: [], audit: None, danger: Safe,
    }
    /// Lists what a backup set holds, collection by collection.
    BackupCollections = "backup.collections": fn backup_collections(ById) -> Vec<BrowseCollection> {
        permission: ReadStatus, provides: [Backups], invalidates: [], audit: None, danger: Safe,
    }
    // What lies in a set never changes, so nothing makes these two stale.
    /// Shows documents inside a backup set, page by page, without restoring it.
    BackupBrowse = "backup.browse": fn backup_browse(BrowseRequest) -> BrowsePage {
        permission: ReadGames, provides: [], invalidates: [], audit: None, danger: Safe,
    }
    /// Shows one document inside a backup set in full.
    BackupDocument = "backup.document": fn backup_document(DocumentRequest) -> DocumentView {
        permission: ReadGames, provides: [], invalidates: [], audit: None, danger: Safe,
    }
    /// Takes a backup set.
    BackupCreate = "backup.create": fn backup_create(BackupRequest) -> JobStarted {
        permission: Backup, provides: [], invalidates: [Jobs, Audit],
        audit: Some("backup.create"), danger: Changes,
    }
    /// Verifies a backup set to a level of the ladder.
    BackupVerify = "backup.verify": fn backup_verify(VerifyRequest) -> JobStarted {
        permission: Backup, provides: [], invalidates: [Jobs, Audit],
        audit: Some("backup.verify"), danger: Changes,
    }
    /// Writes a backup set out as a dump of MongoDB's own tools, unencrypted.
    BackupExport = "backup.export": fn backup_export(ExportRequest) -> JobStarted {
        permission: Export, provides: [], invalidates: [Jobs, Audit],
        audit: Some("backup.export"), danger: Changes,
    }
    /// Reads a dump of MongoDB's own tools into an empty database.
    BackupImport = "backup.import": fn backup_import(ImportRequest) -> JobStarted {
        permission: Restore, provides: [], invalidates: [Jobs, Audit],
        audit: Some("backup.import"), danger: Changes,
    }
    /// Follows the database into the event log until it is asked to stop.
    BackupFollow = "backup.follow": fn backup_follow(Empty) -> JobStarted {
        permission: Backup, provides: [], invalidates: [Jobs, Overview, Audit],
        audit: Some("backup.follow"), danger: Safe,
    }
    /// Lists the points in time that can be restored, and the gaps between them.
    PointList = "point.list": fn point_list(Empty) -> Points {
        permission: ReadStatus, provides: [Backups, Overview], invalidates: [], audit: None, danger: Safe,
    }
    /// Makes a backup set of a point in time, from an earlier one and the event log.
    PointPrepare = "point.prepare": fn point_prepare(PrepareRequest) -> JobStarted {
        permission: PlanRestore, provides: [], invalidates: [Jobs, Audit],
        audit: Some("point.prepare"), danger: Safe,
    }
    /// Pins a backup set, so that nobody removes it.
    BackupPin = "backup.pin": fn backup_pin(PinRequest) -> BackupView {
        permission: Backup, provides: [], invalidates: [Backups, Overview, Audit],
        audit: Some("backup.pin"), danger: Changes,
    }
    /// Lifts every pin of a backup set.
    BackupUnpin = "backup.unpin": fn backup_unpin(ById) -> BackupView {
        permission: ManageRetention, provides: [], invalidates: [Backups, Overview, Audit],
        audit: Some("backup.unpin"), danger: Changes,
    }
    /// Tells which backup sets would be removed and why others stay, and removes nothing.
    RetentionPlan = "retention.plan": fn retention_plan(Empty) -> RetentionPlan {
        permission: ReadStatus, provides: [], invalidates: [], audit: None, danger: Safe,
    }
    /// Removes the backup sets that a retention plan named.
    RetentionApply = "retention.apply": fn retention_apply(RetentionApplyRequest) -> JobStarted {
        permission: ManageRetention, provides: [], invalidates: [Jobs, Audit],
        audit: Some("retention.apply"), danger: Destroys,
    }
    /// Deletes what no backup set refers to, in two phases a day apart.
    StorePrune = "store.prune": fn store_prune(PruneRequest) -> JobStarted {
        permission: ManageRetention, provides: [], invalidates: [Jobs, Audit],
        audit: Some("store.prune"), danger: Destroys,
    }
    /// Tells what the store holds, how it grows, and when it is full.
    StoreStatistics = "store.statistics": fn store_statistics(Empty) -> StoreStatistics {
        permission: ReadStatus, provides: [Backups, Policy], invalidates: [], audit: None, danger: Safe,
    }
    /// Shows the policy of backups and their retention.
    PolicyGet = "policy.get": fn policy_get(Empty) -> PolicyView {
        permission: ReadStatus, provides: [Policy], invalidates: [], audit: None, danger: Safe,
    }
    /// Changes the policy of backups and their retention.
    PolicySet = "policy.set": fn policy_set(PolicySetRequest) -> PolicyView {
        permission: ManageRetention, provides: [], invalidates: [Policy, Audit],
        audit: Some("policy.set"), danger: Changes,
    }
    /// Tells what a policy comes to: runs, expiries and bytes over days to come.
    PolicySimulate = "policy.simulate": fn policy_simulate(PolicySimulateRequest) -> PolicyForecast {
        permission: ReadStatus, provides: [], invalidates: [], audit: None, danger: Safe,
    }
    /// Starts what the policy says is due, as it comes due, until it is asked to stop.
    PolicyRun = "policy.run": fn policy_run(Empty) -> JobStarted {
        permission: Backup, provides: [], invalidates: [Jobs, Policy, Audit],
        audit: Some("policy.run"), danger: Changes,
    }
    /// Tells what a restore would change, and writes nothing.
    RestorePlan = "restore.plan": fn restore_plan(RestoreRequest) -> RestorePlan {
        permission: PlanRestore, provides: [], invalidates: [], audit: None, danger: Safe,
    }
    /// Carries out a restore plan.
    RestoreApply = "restore.apply": fn restore_apply(RestoreApplyRequest) -> JobStarted {
        permission: Restore, provides: [], invalidates: [Jobs, Audit],
        audit: Some("restore.apply"), danger: Destroys,
    }
    /// Compares a backup set with the live data.
    CompareRun = "compare.run": fn compare_run(CompareRequest) -> JobStarted {
        permission: PlanRestore, provides: [], invalidates: [Jobs, Audit],
        audit: Some("compare.run"), danger: Safe,
    }
    /// Lists the stores of the configuration, and how each is doing.
    StoreList = "store.list": fn store_list(Empty) -> Vec<StoreView> {
        permission: ReadStatus, provides: [Backups, Service], invalidates: [], audit: None, danger: Safe,
    }
    /// Tries what a store really does, with a few small objects.
    StoreProbe = "store.probe": fn store_probe(StoreProbeRequest) -> ProbeView {
        permission: Backup, provides: [], invalidates: [Audit],
        audit: Some("store.probe"), danger: Changes,
    }
    /// Copies backup sets into a replica.
    StoreReplicate = "store.replicate": fn store_replicate(ReplicateRequest) -> JobStarted {
        permission: Backup, provides: [], invalidates: [Jobs, Audit],
        audit: Some("store.replicate"), danger: Changes,
    }
    /// Makes a damaged store sound from another one, or tells what would be done.
    StoreRepair = "store.repair": fn store_repair(StoreRepairRequest) -> JobStarted {
        permission: ManageRetention, provides: [], invalidates: [Jobs, Audit],
        audit: Some("store.repair"), danger: Changes,
    }
    /// Checks every object of the store.
    StoreCheck = "store.check": fn store_check(StoreCheckRequest) -> JobStarted {
        permission: Backup, provides: [], invalidates: [Jobs, Audit],
        audit: Some("store.check"), danger: Safe,
    }
    /// Lists live or finished games.
    GameList = "game.list": fn game_list(GameListRequest) -> GamePage {
        permission: ReadGames, provides: [Games], invalidates: [], audit: None, danger: Safe,
    }
    /// Shows a game at one moment through one viewer's eyes.
    GameShow = "game.show": fn game_show(GameShowRequest) -> GameView {
        permission: ReadGames, provides: [Games], invalidates: [], audit: None, danger: Safe,
    }
    /// Tells what the rules would have allowed in the place of an event, to see how a game would have
    /// gone.
    GameAlternatives = "game.alternatives": fn game_alternatives(AlternativesRequest) -> AlternativesView {
        permission: ReadGames, provides: [Games], invalidates: [], audit: None, danger: Safe,
    }
    /// Opens a file of games to look at them; nothing is stored.
    GameOpen = "game.open": fn game_open(OpenRequest) -> OpenedFile {
        permission: ReadGames, provides: [], invalidates: [], audit: None, danger: Safe,
    }
    /// Tells what differs between two moments of a game, or two games, through one viewer's eyes.
    GameDiff = "game.diff": fn game_diff(DiffRequest) -> DiffView {
        permission: ReadGames, provides: [Games], invalidates: [], audit: None, danger: Safe,
    }
    /// Writes down what differs between two moments, as JSON, Markdown or HTML.
    GameExportDiff = "game.exportDiff": fn game_export_diff(DiffExportRequest) -> DiffExport {
        permission: ReadGames, provides: [], invalidates: [Audit],
        audit: Some("game.exportDiff"), danger: Safe,
    }
    /// Makes one HTML file of a game that replays it through one viewer's eyes.
    GameShare = "game.share": fn game_share(ShareRequest) -> ShareView {
        permission: ReadGames, provides: [], invalidates: [Audit],
        audit: Some("game.share"), danger: Safe,
    }
    /// Finds the events of a game at which a rule is broken or a member of the state changes.
    GameBisect = "game.bisect": fn game_bisect(BisectRequest) -> BisectView {
        permission: ReadGames, provides: [Games], invalidates: [], audit: None, danger: Safe,
    }
    /// Takes a snapshot of a game after an event.
    SnapshotCreate = "snapshot.create": fn snapshot_create(SnapshotCreateRequest) -> SnapshotCreated {
        permission: Backup, provides: [], invalidates: [Games, Audit],
        audit: Some("snapshot.create"), danger: Changes,
    }
    /// Takes snapshots of games as they are played, until it is asked to stop.
    SnapshotFollow = "snapshot.follow": fn snapshot_follow(Empty) -> JobStarted {
        permission: Backup, provides: [], invalidates: [Jobs, Games, Audit],
        audit: Some("snapshot.follow"), danger: Safe,
    }
    /// Holds snapshots against the games' logs, and makes again what those can make again.
    SnapshotVerify = "snapshot.verify": fn snapshot_verify(SnapshotVerifyRequest) -> JobStarted {
        permission: Backup, provides: [], invalidates: [Jobs, Audit],
        audit: Some("snapshot.verify"), danger: Changes,
    }
    /// Lists snapshots by what is in plain of them.
    SnapshotList = "snapshot.list": fn snapshot_list(SnapshotListRequest) -> SnapshotPage {
        permission: ReadGames, provides: [Games], invalidates: [], audit: None, danger: Safe,
    }
    /// Shows a snapshot in full.
    SnapshotShow = "snapshot.show": fn snapshot_show(SnapshotShowRequest) -> SnapshotView {
        permission: ReadGames, provides: [Games], invalidates: [], audit: None, danger: Safe,
    }
    /// Lists jobs, newest first.
    JobList = "job.list": fn job_list(Empty) -> Vec<JobView> {
        permission: ReadStatus, provides: [Jobs], invalidates: [], audit: None, danger: Safe,
    }
    /// Shows one job.
    JobShow = "job.show": fn job_show(ById) -> JobView {
        permission: ReadStatus, provides: [Jobs], invalidates: [], audit: None, danger: Safe,
    }
    /// Asks a job to stop.
    JobCancel = "job.cancel": fn job_cancel(ById) -> JobView {
        permission: ControlJobs, provides: [], invalidates: [Jobs, Audit],
        audit: Some("job.cancel"), danger: Changes,
    }
    /// Lists the audit record, newest first.
    AuditList = "audit.list": fn audit_list(AuditListRequest) -> Vec<AuditView> {
        permission: ReadAudit, provides: [Audit], invalidates: [], audit: None, danger: Safe,
    }
    /// Lists the ways to open the vault, and its data keys; nothing of it is secret.
    KeyList = "key.list": fn key_list(Empty) -> KeyList {
        permission: ReadStatus, provides: [Keys], invalidates: [], audit: None, danger: Safe,
    }
    /// Adds a way to open the vault; a new recovery key is told in the answer, this once.
    KeyAdd = "key.add": fn key_add(KeyAddRequest) -> KeyAdded {
        permission: ManageKeys, provides: [], invalidates: [Keys, Audit],
        audit: Some("key.add"), danger: Changes,
    }
    /// Removes a way to open the vault, never the last one.
    KeyRemove = "key.remove": fn key_remove(ById) -> KeysChanged {
        permission: ManageKeys, provides: [], invalidates: [Keys, Audit],
        audit: Some("key.remove"), danger: Changes,
    }
    /// Makes a new data key for everything that is sealed from now on; nothing is rewritten.
    KeyRotate = "key.rotate": fn key_rotate(Empty) -> KeysChanged {
        permission: ManageKeys, provides: [], invalidates: [Keys, Audit],
        audit: Some("key.rotate"), danger: Changes,
    }
    /// Puts another passphrase in the place of one.
    KeyChangePassphrase = "key.changePassphrase":
        fn key_change_passphrase(KeyPassphraseRequest) -> KeysChanged {
        permission: ManageKeys, provides: [], invalidates: [Keys, Audit],
        audit: Some("key.changePassphrase"), danger: Changes,
    }
    /// Shows the console's settings, without secrets.
    SettingsGet = "settings.get": fn settings_get(Empty) -> SettingsView {
        permission: ReadStatus, provides: [Settings], invalidates: [], audit: None, danger: Safe,
    }
    /// Changes the console's language, theme or time zone.
    SettingsSet = "settings.set": fn settings_set(SettingsRequest) -> SettingsView {
        permission: ChangeSettings, provides: [], invalidates: [Settings, Audit],
        audit: Some("settings.set"), danger: Changes,
    }
    /// Tells whether something is connected yet, and whether the sandbox can be used.
    SetupStatus = "setup.status": fn setup_status(Empty) -> SetupStatus {
        permission: ReadStatus, provides: [Setup], invalidates: [], audit: None, danger: Safe,
    }
    /// Starts private servers, fills them with games that go on being played, and makes a vault.
    SetupSandbox = "setup.sandbox": fn setup_sandbox(Empty) -> JobStarted {
        permission: Connect, provides: [], invalidates: [Jobs, Audit],
        audit: Some("setup.sandbox"), danger: Changes,
    }
    /// Connects to a game service and a store.
    SetupConnect = "setup.connect": fn setup_connect(ConnectRequest) -> ServiceStatus {
        permission: Connect, provides: [],
        invalidates: [Service, Overview, Backups, Data, Games, Keys, Settings, Setup, Audit],
        audit: Some("setup.connect"), danger: Changes,
    }
    /// Opens a store alone, to look at it and check it.
    SetupOpenVault = "setup.openVault": fn setup_open_vault(OpenVaultRequest) -> ServiceStatus {
        permission: Connect, provides: [],
        invalidates: [Service, Overview, Backups, Data, Games, Keys, Settings, Setup, Audit],
        audit: Some("setup.openVault"), danger: Changes,
    }
    /// Parts from servers and store; stops the sandbox when it runs.
    SetupDisconnect = "setup.disconnect": fn setup_disconnect(Empty) -> SetupStatus {
        permission: Connect, provides: [],
        invalidates: [Service, Overview, Backups, Data, Games, Keys, Settings, Setup, Audit],
        audit: Some("setup.disconnect"), danger: Changes,
    }
    /// Damages data of the sandbox on purpose, and tells what was damaged.
    SandboxDamage = "sandbox.damage": fn sandbox_damage(DamageRequest) -> DamageOutcome {
        permission: DamageSandbox, provides: [], invalidates: [Overview, Data, Games, Audit],
        audit: Some("sandbox.damage"), danger: Destroys,
    }
}
