//! How failures are shown: stable codes, hints, and values for the translated text.

use std::collections::BTreeMap;

use dump::DumpError;
use source::SourceError;
use vault::{StoreError, VaultError};

use crate::error::EngineError;
use crate::job::Problem;

impl EngineError {
    /// The stable code that the window translates.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotConnected { .. } => "not_connected",
            Self::Source(error) => source_code(error),
            Self::Vault(error) => vault_code(error),
            Self::NoSuchStore { .. } => "no_such_store",
            Self::NotPrimary { .. } => "not_primary",
            Self::NotSeparated { .. } => "not_separated",
            Self::StoreUnusable { .. } => "store_unusable",
            Self::StoreDamaged { .. } => "store_damaged",
            Self::Control(_) => "control_store",
            Self::Dump(error) => dump_code(error),
            Self::NotEmpty { .. } => "not_empty",
            Self::File { .. } => "file_failed",
            Self::DumpRefused { .. } => "dump_refused",
            Self::Cancelled => "cancelled",
            Self::NoBackup => "no_backup",
            Self::NoCompleteBackup { .. } => "no_complete_backup",
            Self::NoSuchBackup { .. } => "no_such_backup",
            Self::ClassAbsent { .. } => "class_absent",
            Self::SharedCollection { .. } => "shared_collection",
            Self::NoSuchPlan { .. } => "no_such_plan",
            Self::StalePlan { .. } => "stale_plan",
            Self::PlanUsed { .. } => "plan_used",
            Self::NotConfirmed { .. } => "not_confirmed",
            Self::NotVerified { .. } => "not_verified",
            Self::DocumentsDiffer { .. } => "documents_differ",
            Self::UnknownTarget { .. } => "unknown_target",
            Self::SwitchOpen { .. } => "switch_open",
            Self::JournalUnusable { .. } => "journal_unusable",
            Self::BackupUnusable { .. } => "backup_unusable",
            Self::PointUnreachable { .. } => "point_unreachable",
            Self::NoSuchEvent { .. } => "no_such_event",
            Self::PointRefused { .. } => "point_refused",
            Self::LogUnusable { .. } => "log_unusable",
            Self::NoSuchJob { .. } => "no_such_job",
            Self::NoSuchGame { .. } => "no_such_game",
            Self::NoSuchSnapshot { .. } => "no_such_snapshot",
            Self::SnapshotUnusable { .. } => "snapshot_unusable",
            Self::SnapshotTooNew { .. } => "snapshot_too_new",
            Self::Invalid { .. } => "invalid_request",
            Self::Worker { .. } => "worker_lost",
            Self::Crashed { .. } => "crashed",
            Self::Host { code, .. } => code,
        }
    }

    /// What the reader can do, where the message does not say it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::NotConnected { .. } => "connect it in the settings, then try again",
            Self::NotEmpty { .. } => "name another place; nothing is written over",
            Self::File { .. } => "see that the folder exists, is writable and has room",
            Self::Dump(error) => return dump_hint(error),
            Self::NoSuchStore { .. } => "name it in the configuration, as [replica] or [offsite]",
            Self::NotPrimary { .. } => {
                "leave --store out; if the primary is lost, make this one the primary in the configuration"
            }
            Self::NotSeparated { .. } => {
                "move it to another host, disk, bucket or account, or say in the configuration that this is no production"
            }
            Self::StoreUnusable { .. } => "choose another store, or mend what the probe names",
            Self::StoreDamaged { store, .. } => {
                return Some(format!("repair it: avault repair store {store} --from primary"));
            }
            Self::NoBackup => "take a backup first",
            Self::NoCompleteBackup { newest } => {
                return Some(format!(
                    "name it by its id ({newest}), or take a backup of all classes"
                ));
            }
            Self::NoSuchBackup { .. } => "list the backups and choose one of them",
            Self::ClassAbsent { .. } => "choose another backup, or leave the class out",
            Self::SharedCollection { .. } => "restore these classes together",
            Self::NoSuchPlan { .. } | Self::StalePlan { .. } | Self::PlanUsed { .. } => {
                "make a new plan and look at it again"
            }
            Self::NotConfirmed { .. } => "type the name exactly as shown",
            Self::NotVerified { .. } => {
                "nothing was switched; verify the backup at L3 and restore again"
            }
            Self::DocumentsDiffer { .. } => {
                "keep others from writing to the database; the restore is carried through again at \
                 the next start"
            }
            Self::UnknownTarget { .. } => "name a target of the configuration",
            Self::SwitchOpen { .. } => "finish it first: it is rolled forward or back at start-up",
            Self::JournalUnusable { .. } => {
                "leave the service paused and restore again from the same backup"
            }
            Self::PointUnreachable { .. } => "choose a point inside one of these ranges",
            Self::NoSuchEvent { .. } => "look the event's number up in the game's log",
            Self::PointRefused { .. } => {
                "restore a backup instead, or the point without this class"
            }
            Self::LogUnusable { .. } => {
                "take a backup, and restore backups until it covers what you need"
            }
            Self::NoSuchJob { .. } => "list the jobs and choose one of them",
            Self::NoSuchGame { .. } => "list the games and choose one of them",
            Self::NoSuchSnapshot { .. } => "list the snapshots and choose one of them",
            Self::SnapshotUnusable { .. } => {
                "take another snapshot of the game, or read the game out of its log or a backup"
            }
            Self::SnapshotTooNew { .. } => "update avalon-vault here to the version that took it",
            Self::Host { hint, .. } => return Some(hint.clone()),
            _ => return None,
        };
        Some(text.to_owned())
    }

    /// Whether the same request may succeed later without anything being changed.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Source(error) => error.is_transient(),
            Self::Vault(error) => error.is_transient(),
            _ => false,
        }
    }

    /// The failure as it is shown.
    #[must_use]
    pub fn problem(&self) -> Problem {
        Problem {
            code: self.code().to_owned(),
            message: self.to_string(),
            hint: self.hint(),
            context: self.context(),
        }
    }

    fn context(&self) -> BTreeMap<String, String> {
        let pairs: &[(&str, &str)] = &match self {
            Self::NotConnected { what } => [("what", *what), ("", "")],
            Self::NoSuchBackup { id } => [("backup", id.as_str()), ("", "")],
            Self::ClassAbsent { backup, class } => [("backup", backup.as_str()), ("class", class)],
            Self::SharedCollection { collection, classes } => {
                [("collection", collection.as_str()), ("classes", classes)]
            }
            Self::NoSuchPlan { plan } => [("plan", plan.as_str()), ("", "")],
            Self::StalePlan { plan, detail } => [("plan", plan.as_str()), ("detail", detail)],
            Self::PlanUsed { plan, job } => [("plan", plan.as_str()), ("job", job)],
            Self::NotConfirmed { expected } => [("expected", expected.as_str()), ("", "")],
            Self::NotVerified { collection, .. } => [("collection", collection.as_str()), ("", "")],
            Self::DocumentsDiffer { collection, .. } => {
                [("collection", collection.as_str()), ("", "")]
            }
            Self::UnknownTarget { name } => [("target", name.as_str()), ("", "")],
            Self::NoSuchStore { name } => [("store", *name), ("", "")],
            Self::NotPrimary { store } => [("store", *store), ("", "")],
            Self::NotSeparated { store, detail } => [("store", *store), ("detail", detail)],
            Self::StoreUnusable { location, detail } => [("store", location), ("detail", detail)],
            Self::StoreDamaged { store, object, .. } => [("store", *store), ("object", object)],
            Self::NotEmpty { place, found } => [("place", place.as_str()), ("found", found)],
            Self::File { path, .. } => [("path", path.as_str()), ("", "")],
            Self::DumpRefused { path, reason } => [("path", path.as_str()), ("reason", reason)],
            Self::SwitchOpen { database, journal } => {
                [("database", database.as_str()), ("journal", journal)]
            }
            Self::PointUnreachable { at, ranges } => [("at", at.as_str()), ("ranges", ranges)],
            Self::NoSuchEvent { game, .. } => [("game", game.as_str()), ("", "")],
            Self::PointRefused { collection, reason } => {
                [("collection", collection.as_str()), ("reason", reason)]
            }
            Self::LogUnusable { log, reason } => [("log", log.as_str()), ("reason", reason)],
            Self::NoSuchJob { id } => [("job", id.as_str()), ("", "")],
            Self::NoCompleteBackup { newest } => [("backup", newest.as_str()), ("", "")],
            Self::NoSuchGame { id } => [("game", id.as_str()), ("", "")],
            Self::NoSuchSnapshot { id }
            | Self::SnapshotUnusable { id, .. }
            | Self::SnapshotTooNew { id, .. } => [("snapshot", id.as_str()), ("", "")],
            Self::Invalid { field, reason } => [("field", *field), ("reason", reason.as_str())],
            _ => [("", ""), ("", "")],
        };
        pairs
            .iter()
            .filter(|(name, _)| !name.is_empty())
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }
}

fn source_code(error: &SourceError) -> &'static str {
    match error {
        SourceError::Unreachable { .. } => "server_unreachable",
        SourceError::Mongo { .. } if error.is_transient() => "server_unreachable",
        SourceError::Authentication { .. } => "credentials_refused",
        SourceError::NotReplicaSet { .. } => "not_replica_set",
        SourceError::MissingPrivilege { .. } => "missing_privilege",
        SourceError::OplogOverrun { .. } => "oplog_overrun",
        SourceError::SnapshotTooOld { .. } => "snapshot_too_old",
        SourceError::SchemaChanged { .. } => "schema_changed",
        SourceError::Refused { .. } => "collection_refused",
        SourceError::WriteRefused { .. } => "write_refused",
        SourceError::ControlTimeout { .. } => "pause_timeout",
        SourceError::ControlRefused { .. } => "pause_refused",
        _ => "live_data",
    }
}

fn dump_code(error: &DumpError) -> &'static str {
    match error {
        DumpError::File { .. } => "file_failed",
        DumpError::Checksum { .. } | DumpError::Damaged { .. } => "dump_damaged",
        DumpError::NoDump { .. } => "no_dump",
        _ => "dump_refused",
    }
}

fn dump_hint(error: &DumpError) -> Option<String> {
    let text = match error {
        DumpError::File { .. } => "see that the folder exists, is readable and has room",
        DumpError::Checksum { .. } | DumpError::Damaged { .. } => {
            "the file is not what was written; take another copy of the dump"
        }
        DumpError::NoDump { .. } => "see that format and path fit each other",
        DumpError::NotCompressed { .. } => "leave --gzip out",
        _ => return None,
    };
    Some(text.to_owned())
}

fn vault_code(error: &VaultError) -> &'static str {
    match error {
        VaultError::NotAVault { .. } => "not_a_vault",
        VaultError::AlreadyExists { .. } => "vault_exists",
        VaultError::OtherVault { .. } => "other_vault",
        VaultError::ReplicaAhead { .. } => "replica_ahead",
        VaultError::WrongKey => "wrong_key",
        VaultError::Key { .. } => "key_provider",
        VaultError::RecoveryKey(_) => "recovery_key_mistyped",
        VaultError::KeyServerDown { .. } => "key_server_down",
        VaultError::KeyServerRefuses { .. } => "key_server_refuses",
        VaultError::SystemKeyringAway { .. } => "system_keyring_away",
        VaultError::NotInSystemKeyring { .. } => "not_in_system_keyring",
        VaultError::NoSuchLog { .. } => "no_such_log",
        VaultError::LogTaken { .. } => "log_taken",
        VaultError::NoSuchKey { .. } => "no_such_key",
        VaultError::LastKey => "last_key",
        VaultError::TooManyKeys { .. } => "too_many_keys",
        VaultError::KeysChanged => "keys_changed",
        VaultError::KeysBusy { .. } => "keys_busy",
        VaultError::Damaged { .. } => "object_damaged",
        VaultError::NoSuchSet { .. } => "no_such_backup",
        VaultError::TooOld { .. } => "backup_too_old",
        VaultError::Fenced { .. } => "lease_lost",
        VaultError::Pinned { .. } => "backup_pinned",
        VaultError::BeingPruned { .. } => "being_pruned",
        VaultError::PruneRefused { .. } => "prune_refused",
        VaultError::PruneRunning { .. } => "prune_running",
        VaultError::NoStoreClock { .. } => "no_store_clock",
        VaultError::Store(StoreError::OutOfSpace { .. }) => "store_full",
        VaultError::Store(_) => "store_failed",
        _ => "vault",
    }
}
