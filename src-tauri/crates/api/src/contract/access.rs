//! Who may do what.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a caller must be allowed to do before an operation runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See the state of service, jobs and backups.
    ReadStatus,
    /// See games, hidden roles included.
    ReadGames,
    /// See who did what.
    ReadAudit,
    /// Take and verify backups.
    Backup,
    /// Plan a restore and compare; nothing is written.
    PlanRestore,
    /// Write backed-up data back.
    Restore,
    /// Write backed-up data out of the vault, unencrypted.
    Export,
    /// Change the policy, lift pins, and remove backups whose time is over.
    ManageRetention,
    /// Stop running jobs.
    ControlJobs,
    /// Change settings of the console.
    ChangeSettings,
    /// Connect to servers and stores, and part from them.
    Connect,
    /// Change who may open the vault, and its data keys.
    ManageKeys,
    /// Damage the sandbox's data on purpose.
    DamageSandbox,
}

impl Permission {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 13] = [
        Self::ReadStatus,
        Self::ReadGames,
        Self::ReadAudit,
        Self::Backup,
        Self::PlanRestore,
        Self::Restore,
        Self::Export,
        Self::ManageRetention,
        Self::ControlJobs,
        Self::ChangeSettings,
        Self::Connect,
        Self::ManageKeys,
        Self::DamageSandbox,
    ];
}

/// A caller's role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Owner,
    /// Daily work: backups, verification, plans; writes nothing back.
    Operator,
    /// Looks, changes nothing, sees no hidden roles.
    Viewer,
}

impl Role {
    /// All of them, most powerful first.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Operator, Self::Viewer];

    /// Says whether the role includes `permission`.
    #[must_use]
    pub fn allows(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Owner => true,
            Self::Operator => matches!(
                permission,
                P::ReadStatus
                    | P::ReadGames
                    | P::ReadAudit
                    | P::Backup
                    | P::PlanRestore
                    | P::ControlJobs
                    | P::ChangeSettings
            ),
            Self::Viewer => matches!(permission, P::ReadStatus | P::ReadAudit),
        }
    }
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The name that the audit record and jobs carry.
    pub actor: String,
    /// What the caller may do.
    pub role: Role,
}

impl Caller {
    /// The person at this machine: whoever can start the process already owns its home folder.
    #[must_use]
    pub fn local_owner(actor: impl Into<String>) -> Self {
        Self { actor: actor.into(), role: Role::Owner }
    }
}
