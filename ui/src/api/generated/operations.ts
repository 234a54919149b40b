// Generated from the contract in src-tauri/crates/api. Do not edit: run
// `make bless` after a change there.

import type {
  AlternativesRequest,
  AlternativesView,
  AuditListRequest,
  AuditView,
  BackupDetail,
  BackupRequest,
  BackupView,
  BisectRequest,
  BisectView,
  BrowseCollection,
  BrowsePage,
  BrowseRequest,
  ById,
  CompareRequest,
  ConnectRequest,
  DamageOutcome,
  DamageRequest,
  Danger,
  DiffExport,
  DiffExportRequest,
  DiffRequest,
  DiffView,
  DocumentRequest,
  DocumentView,
  Empty,
  ExportRequest,
  GameListRequest,
  GamePage,
  GameShowRequest,
  GameView,
  ImportRequest,
  JobStarted,
  JobView,
  KeyAddRequest,
  KeyAdded,
  KeyList,
  KeyPassphraseRequest,
  KeysChanged,
  OpenRequest,
  OpenVaultRequest,
  OpenedFile,
  Overview,
  Permission,
  PinRequest,
  Points,
  PolicyForecast,
  PolicySetRequest,
  PolicySimulateRequest,
  PolicyView,
  PrepareRequest,
  ProbeView,
  PruneRequest,
  ReplicateRequest,
  RestoreApplyRequest,
  RestorePlan,
  RestoreRequest,
  RetentionApplyRequest,
  RetentionPlan,
  ServiceStatus,
  SettingsRequest,
  SettingsView,
  SetupStatus,
  ShareRequest,
  ShareView,
  SnapshotCreateRequest,
  SnapshotCreated,
  SnapshotListRequest,
  SnapshotPage,
  SnapshotShowRequest,
  SnapshotVerifyRequest,
  SnapshotView,
  StoreCheckRequest,
  StoreProbeRequest,
  StoreRepairRequest,
  StoreStatistics,
  StoreView,
  Tag,
  VerifyRequest,
} from "./types";

/** Request and response of each operation. */
export interface Operations {
  /** Tells which servers and which store are connected and whether they answer. */
  "service.status": { request: Empty; response: ServiceStatus };
  /** Tells at a glance whether, to when and how fast data can be brought back. */
  "overview.get": { request: Empty; response: Overview };
  /** Lists the backup sets of the store, newest first. */
  "backup.list": { request: Empty; response: Array<BackupView> };
  /** Shows one backup set in detail. */
  "backup.show": { request: ById; response: BackupDetail };
  /** Lists what a backup set holds, collection by collection. */
  "backup.collections": { request: ById; response: Array<BrowseCollection> };
  /** Shows documents inside a backup set, page by page, without restoring it. */
  "backup.browse": { request: BrowseRequest; response: BrowsePage };
  /** Shows one document inside a backup set in full. */
  "backup.document": { request: DocumentRequest; response: DocumentView };
  /** Takes a backup set. */
  "backup.create": { request: BackupRequest; response: JobStarted };
  /** Verifies a backup set to a level of the ladder. */
  "backup.verify": { request: VerifyRequest; response: JobStarted };
  /** Writes a backup set out as a dump of MongoDB's own tools, unencrypted. */
  "backup.export": { request: ExportRequest; response: JobStarted };
  /** Reads a dump of MongoDB's own tools into an empty database. */
  "backup.import": { request: ImportRequest; response: JobStarted };
  /** Follows the database into the event log until it is asked to stop. */
  "backup.follow": { request: Empty; response: JobStarted };
  /** Lists the points in time that can be restored, and the gaps between them. */
  "point.list": { request: Empty; response: Points };
  /** Makes a backup set of a point in time, from an earlier one and the event log. */
  "point.prepare": { request: PrepareRequest; response: JobStarted };
  /** Pins a backup set, so that nobody removes it. */
  "backup.pin": { request: PinRequest; response: BackupView };
  /** Lifts every pin of a backup set. */
  "backup.unpin": { request: ById; response: BackupView };
  /** Tells which backup sets would be removed and why others stay, and removes nothing. */
  "retention.plan": { request: Empty; response: RetentionPlan };
  /** Removes the backup sets that a retention plan named. */
  "retention.apply": { request: RetentionApplyRequest; response: JobStarted };
  /** Deletes what no backup set refers to, in two phases a day apart. */
  "store.prune": { request: PruneRequest; response: JobStarted };
  /** Tells what the store holds, how it grows, and when it is full. */
  "store.statistics": { request: Empty; response: StoreStatistics };
  /** Shows the policy of backups and their retention. */
  "policy.get": { request: Empty; response: PolicyView };
  /** Changes the policy of backups and their retention. */
  "policy.set": { request: PolicySetRequest; response: PolicyView };
  /** Tells what a policy comes to: runs, expiries and bytes over days to come. */
  "policy.simulate": { request: PolicySimulateRequest; response: PolicyForecast };
  /** Starts what the policy says is due, as it comes due, until it is asked to stop. */
  "policy.run": { request: Empty; response: JobStarted };
  /** Tells what a restore would change, and writes nothing. */
  "restore.plan": { request: RestoreRequest; response: RestorePlan };
  /** Carries out a restore plan. */
  "restore.apply": { request: RestoreApplyRequest; response: JobStarted };
  /** Compares a backup set with the live data. */
  "compare.run": { request: CompareRequest; response: JobStarted };
  /** Lists the stores of the configuration, and how each is doing. */
  "store.list": { request: Empty; response: Array<StoreView> };
  /** Tries what a store really does, with a few small objects. */
  "store.probe": { request: StoreProbeRequest; response: ProbeView };
  /** Copies backup sets into a replica. */
  "store.replicate": { request: ReplicateRequest; response: JobStarted };
  /** Makes a damaged store sound from another one, or tells what would be done. */
  "store.repair": { request: StoreRepairRequest; response: JobStarted };
  /** Checks every object of the store. */
  "store.check": { request: StoreCheckRequest; response: JobStarted };
  /** Lists live or finished games. */
  "game.list": { request: GameListRequest; response: GamePage };
  /** Shows a game at one moment through one viewer's eyes. */
  "game.show": { request: GameShowRequest; response: GameView };
  /** Tells what the rules would have allowed in the place of an event, to see how a game would have gone. */
  "game.alternatives": { request: AlternativesRequest; response: AlternativesView };
  /** Opens a file of games to look at them; nothing is stored. */
  "game.open": { request: OpenRequest; response: OpenedFile };
  /** Tells what differs between two moments of a game, or two games, through one viewer's eyes. */
  "game.diff": { request: DiffRequest; response: DiffView };
  /** Writes down what differs between two moments, as JSON, Markdown or HTML. */
  "game.exportDiff": { request: DiffExportRequest; response: DiffExport };
  /** Makes one HTML file of a game that replays it through one viewer's eyes. */
  "game.share": { request: ShareRequest; response: ShareView };
  /** Finds the events of a game at which a rule is broken or a member of the state changes. */
  "game.bisect": { request: BisectRequest; response: BisectView };
  /** Takes a snapshot of a game after an event. */
  "snapshot.create": { request: SnapshotCreateRequest; response: SnapshotCreated };
  /** Takes snapshots of games as they are played, until it is asked to stop. */
  "snapshot.follow": { request: Empty; response: JobStarted };
  /** Holds snapshots against the games' logs, and makes again what those can make again. */
  "snapshot.verify": { request: SnapshotVerifyRequest; response: JobStarted };
  /** Lists snapshots by what is in plain of them. */
  "snapshot.list": { request: SnapshotListRequest; response: SnapshotPage };
  /** Shows a snapshot in full. */
  "snapshot.show": { request: SnapshotShowRequest; response: SnapshotView };
  /** Lists jobs, newest first. */
  "job.list": { request: Empty; response: Array<JobView> };
  /** Shows one job. */
  "job.show": { request: ById; response: JobView };
  /** Asks a job to stop. */
  "job.cancel": { request: ById; response: JobView };
  /** Lists the audit record, newest first. */
  "audit.list": { request: AuditListRequest; response: Array<AuditView> };
  /** Lists the ways to open the vault, and its data keys; nothing of it is secret. */
  "key.list": { request: Empty; response: KeyList };
  /** Adds a way to open the vault; a new recovery key is told in the answer, this once. */
  "key.add": { request: KeyAddRequest; response: KeyAdded };
  /** Removes a way to open the vault, never the last one. */
  "key.remove": { request: ById; response: KeysChanged };
  /** Makes a new data key for everything that is sealed from now on; nothing is rewritten. */
  "key.rotate": { request: Empty; response: KeysChanged };
  /** Puts another passphrase in the place of one. */
  "key.changePassphrase": { request: KeyPassphraseRequest; response: KeysChanged };
  /** Shows the console's settings, without secrets. */
  "settings.get": { request: Empty; response: SettingsView };
  /** Changes the console's language, theme or time zone. */
  "settings.set": { request: SettingsRequest; response: SettingsView };
  /** Tells whether something is connected yet, and whether the sandbox can be used. */
  "setup.status": { request: Empty; response: SetupStatus };
  /** Starts private servers, fills them with games that go on being played, and makes a vault. */
  "setup.sandbox": { request: Empty; response: JobStarted };
  /** Connects to a game service and a store. */
  "setup.connect": { request: ConnectRequest; response: ServiceStatus };
  /** Opens a store alone, to look at it and check it. */
  "setup.openVault": { request: OpenVaultRequest; response: ServiceStatus };
  /** Parts from servers and store; stops the sandbox when it runs. */
  "setup.disconnect": { request: Empty; response: SetupStatus };
  /** Damages data of the sandbox on purpose, and tells what was damaged. */
  "sandbox.damage": { request: DamageRequest; response: DamageOutcome };
}

export type OperationName = keyof Operations;

export interface OperationDescription {
  readonly permission: Permission;
  /** Cached parts that its response fills. */
  readonly provides: readonly Tag[];
  /** Cached parts that it makes stale when it succeeds. */
  readonly invalidates: readonly Tag[];
  /** The verb of its audit entry; reads leave none. */
  readonly audit: string | null;
  readonly danger: Danger;
}

/** Everything about an operation except its types. */
export const operations: Readonly<Record<OperationName, OperationDescription>> = {
  "service.status": {
    permission: "read_status",
    provides: ["service"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "overview.get": {
    permission: "read_status",
    provides: ["overview", "policy"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "backup.list": {
    permission: "read_status",
    provides: ["backups"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "backup.show": {
    permission: "read_status",
    provides: ["backups"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "backup.collections": {
    permission: "read_status",
    provides: ["backups"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "backup.browse": {
    permission: "read_games",
    provides: [],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "backup.document": {
    permission: "read_games",
    provides: [],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "backup.create": {
    permission: "backup",
    provides: [],
    invalidates: ["jobs", "audit"],
    audit: "backup.create",
    danger: "changes",
  },
  "backup.verify": {
    permission: "backup",
    provides: [],
    invalidates: ["jobs", "audit"],
    audit: "backup.verify",
    danger: "changes",
  },
  "backup.export": {
    permission: "export",
    provides: [],
    invalidates: ["jobs", "audit"],
    audit: "backup.export",
    danger: "changes",
  },
  "backup.import": {
    permission: "restore",
    provides: [],
    invalidates: ["jobs", "audit"],
    audit: "backup.import",
    danger: "changes",
  },
  "backup.follow": {
    permission: "backup",
    provides: [],
    invalidates: ["jobs", "overview", "audit"],
    audit: "backup.follow",
    danger: "safe",
  },
  "point.list": {
    permission: "read_status",
    provides: ["backups", "overview"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "point.prepare": {
    permission: "plan_restore",
    provides: [],
    invalidates: ["jobs", "audit"],
    audit: "point.prepare",
    danger: "safe",
  },
  "backup.pin": {
    permission: "backup",
    provides: [],
    invalidates: ["backups", "overview", "audit"],
    audit: "backup.pin",
    danger: "changes",
  },
  "backup.unpin": {
    permission: "manage_retention",
    provides: [],
    invalidates: ["backups", "overview", "audit"],
    audit: "backup.unpin",
    danger: "changes",
  },
  "retention.plan": {
    permission: "read_status",
    provides: [],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "retention.apply": {
    permission: "manage_retention",
    provides: [],
    invalidates: ["jobs", "audit"],
    audit: "retention.apply",
    danger: "destroys",
  },
  "store.prune": {
    permission: "manage_retention",
    provides: [],
    invalidates: ["jobs", "audit"],
    audit: "store.prune",
    danger: "destroys",
  },
  "store.statistics": {
    permission: "read_status",
    provides: ["backups", "policy"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "policy.get": {
    permission: "read_status",
    provides: ["policy"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "policy.set": {
    permission: "manage_retention",
    provides: [],
    invalidates: ["policy", "audit"],
    audit: "policy.set",
    danger: "changes",
  },
  "policy.simulate": {
    permission: "read_status",
    provides: [],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "policy.run": {
    permission: "backup",
    provides: [],
    invalidates: ["jobs", "policy", "audit"],
    audit: "policy.run",
    danger: "changes",
  },
  "restore.plan": {
    permission: "plan_restore",
    provides: [],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "restore.apply": {
    permission: "restore",
    provides: [],
    invalidates: ["jobs", "audit"],
    audit: "restore.apply",
    danger: "destroys",
  },
  "compare.run": {
    permission: "plan_restore",
    provides: [],
    invalidates: ["jobs", "audit"],
    audit: "compare.run",
    danger: "safe",
  },
  "store.list": {
    permission: "read_status",
    provides: ["backups", "service"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "store.probe": {
    permission: "backup",
    provides: [],
    invalidates: ["audit"],
    audit: "store.probe",
    danger: "changes",
  },
  "store.replicate": {
    permission: "backup",
    provides: [],
    invalidates: ["jobs", "audit"],
    audit: "store.replicate",
    danger: "changes",
  },
  "store.repair": {
    permission: "manage_retention",
    provides: [],
    invalidates: ["jobs", "audit"],
    audit: "store.repair",
    danger: "changes",
  },
  "store.check": {
    permission: "backup",
    provides: [],
    invalidates: ["jobs", "audit"],
    audit: "store.check",
    danger: "safe",
  },
  "game.list": {
    permission: "read_games",
    provides: ["games"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "game.show": {
    permission: "read_games",
    provides: ["games"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "game.alternatives": {
    permission: "read_games",
    provides: ["games"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "game.open": {
    permission: "read_games",
    provides: [],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "game.diff": {
    permission: "read_games",
    provides: ["games"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "game.exportDiff": {
    permission: "read_games",
    provides: [],
    invalidates: ["audit"],
    audit: "game.exportDiff",
    danger: "safe",
  },
  "game.share": {
    permission: "read_games",
    provides: [],
    invalidates: ["audit"],
    audit: "game.share",
    danger: "safe",
  },
  "game.bisect": {
    permission: "read_games",
    provides: ["games"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "snapshot.create": {
    permission: "backup",
    provides: [],
    invalidates: ["games", "audit"],
    audit: "snapshot.create",
    danger: "changes",
  },
  "snapshot.follow": {
    permission: "backup",
    provides: [],
    invalidates: ["jobs", "games", "audit"],
    audit: "snapshot.follow",
    danger: "safe",
  },
  "snapshot.verify": {
    permission: "backup",
    provides: [],
    invalidates: ["jobs", "audit"],
    audit: "snapshot.verify",
    danger: "changes",
  },
  "snapshot.list": {
    permission: "read_games",
    provides: ["games"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "snapshot.show": {
    permission: "read_games",
    provides: ["games"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "job.list": {
    permission: "read_status",
    provides: ["jobs"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "job.show": {
    permission: "read_status",
    provides: ["jobs"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "job.cancel": {
    permission: "control_jobs",
    provides: [],
    invalidates: ["jobs", "audit"],
    audit: "job.cancel",
    danger: "changes",
  },
  "audit.list": {
    permission: "read_audit",
    provides: ["audit"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "key.list": {
    permission: "read_status",
    provides: ["keys"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "key.add": {
    permission: "manage_keys",
    provides: [],
    invalidates: ["keys", "audit"],
    audit: "key.add",
    danger: "changes",
  },
  "key.remove": {
    permission: "manage_keys",
    provides: [],
    invalidates: ["keys", "audit"],
    audit: "key.remove",
    danger: "changes",
  },
  "key.rotate": {
    permission: "manage_keys",
    provides: [],
    invalidates: ["keys", "audit"],
    audit: "key.rotate",
    danger: "changes",
  },
  "key.changePassphrase": {
    permission: "manage_keys",
    provides: [],
    invalidates: ["keys", "audit"],
    audit: "key.changePassphrase",
    danger: "changes",
  },
  "settings.get": {
    permission: "read_status",
    provides: ["settings"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "settings.set": {
    permission: "change_settings",
    provides: [],
    invalidates: ["settings", "audit"],
    audit: "settings.set",
    danger: "changes",
  },
  "setup.status": {
    permission: "read_status",
    provides: ["setup"],
    invalidates: [],
    audit: null,
    danger: "safe",
  },
  "setup.sandbox": {
    permission: "connect",
    provides: [],
    invalidates: ["jobs", "audit"],
    audit: "setup.sandbox",
    danger: "changes",
  },
  "setup.connect": {
    permission: "connect",
    provides: [],
    invalidates: ["service", "overview", "backups", "data", "games", "keys", "settings", "setup", "audit"],
    audit: "setup.connect",
    danger: "changes",
  },
  "setup.openVault": {
    permission: "connect",
    provides: [],
    invalidates: ["service", "overview", "backups", "data", "games", "keys", "settings", "setup", "audit"],
    audit: "setup.openVault",
    danger: "changes",
  },
  "setup.disconnect": {
    permission: "connect",
    provides: [],
    invalidates: ["service", "overview", "backups", "data", "games", "keys", "settings", "setup", "audit"],
    audit: "setup.disconnect",
    danger: "changes",
  },
  "sandbox.damage": {
    permission: "damage_sandbox",
    provides: [],
    invalidates: ["overview", "data", "games", "audit"],
    audit: "sandbox.damage",
    danger: "destroys",
  },
};
