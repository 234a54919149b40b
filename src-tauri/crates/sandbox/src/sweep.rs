//! Cleans up what killed owners left behind.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::attach::{end_server, remove_folder};
use crate::{SandboxError, State};

/// Prefix of scratch folders below the root.
pub(crate) const PREFIX: &str = "sandbox-";
/// A scratch folder without a state file is younger than this while its owner is starting.
const STARTING: Duration = Duration::from_secs(600);

/// What a sweep did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// Servers ended.
    pub servers_ended: usize,
    /// Folders removed.
    pub folders_removed: Vec<PathBuf>,
    /// Sandboxes whose owner still runs.
    pub in_use: usize,
}

/// Ends servers and removes scratch folders below `root` whose owner is dead.
pub(crate) async fn sweep(root: &Path) -> Result<SweepReport, SandboxError> {
    let mut report = SweepReport::default();
    let entries = match std::fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(report),
        Err(error) => return Err(SandboxError::io("listing", root)(error)),
    };
    for entry in entries {
        let entry = entry.map_err(SandboxError::io("listing", root))?;
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            sweep_one(&entry.path(), &mut report).await?;
        }
    }
    Ok(report)
}

async fn sweep_one(folder: &Path, report: &mut SweepReport) -> Result<(), SandboxError> {
    match State::load(folder) {
        Ok(state) if state.owner.is_alive() => report.in_use += 1,
        Ok(state) => {
            for server in &state.servers {
                report.servers_ended += usize::from(server.is_running());
                end_server(server).await?;
            }
            if state.ephemeral {
                remove_folder(folder)?;
                report.folders_removed.push(folder.into());
            }
        }
        Err(SandboxError::NotASandbox(_)) if is_old(folder) => {
            remove_folder(folder)?;
            report.folders_removed.push(folder.into());
        }
        Err(error) => tracing::debug!(%error, "a folder was left alone by the sweep"),
    }
    Ok(())
}

fn is_old(folder: &Path) -> bool {
    let modified = folder.metadata().and_then(|meta| meta.modified());
    modified.is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age > STARTING))
}
