//! Who runs a job: a file beside the database, locked by the operating system for as long as its
//! process lives. A lock dies with its process however that ends, so a job whose owner's file can
//! be locked by somebody else has no process any more. Process ids alone are reused and lie.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::ControlError;

const LOCKED: &str = "lock";
const UNFINISHED: &str = "new";

static HANDLES: AtomicU64 = AtomicU64::new(0);

/// This process's (or this handle's) claim on the jobs it inserts.
#[derive(Debug)]
pub(crate) struct Owner {
    name: String,
    path: PathBuf,
    /// Held open: closing it releases the lock.
    _lock: File,
}

impl Owner {
    /// Claims a name in `folder` that no other handle has.
    pub(crate) fn claim(folder: &Path, now_ms: i64) -> Result<Self, ControlError> {
        let process = std::process::id();
        loop {
            // Counted within the process: a name that was given up must not come back, for jobs
            // may still bear it.
            let handle = HANDLES.fetch_add(1, Ordering::Relaxed);
            let name = format!("{process}-{now_ms}-{handle}");
            let unfinished = folder.join(format!("{name}.{UNFINISHED}"));
            let path = folder.join(format!("{name}.{LOCKED}"));
            let created = OpenOptions::new().write(true).create_new(true).open(&unfinished);
            let file = match created {
                Ok(file) if !path.exists() => file,
                Ok(_) => {
                    fs::remove_file(&unfinished).map_err(|source| io(&unfinished, source))?;
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                Err(source) => return Err(io(&unfinished, source)),
            };
            // Locked before it gets the name that others look at: nobody sees it unlocked.
            file.lock().map_err(|source| io(&unfinished, source))?;
            fs::rename(&unfinished, &path).map_err(|source| io(&path, source))?;
            return Ok(Self { name, path, _lock: file });
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(path = %self.path.display(), %error, "owner file stays behind");
        }
    }
}

/// Waits for, and holds until dropped, the right to set up the database beside `folder`.
pub(crate) fn opening_lock(folder: &Path) -> Result<File, ControlError> {
    fs::create_dir_all(folder).map_err(|source| io(folder, source))?;
    let path = folder.join("opening");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(|source| io(&path, source))?;
    file.lock().map_err(|source| io(&path, source))?;
    Ok(file)
}

/// Whether the owner called `name` still has a process.
pub(crate) fn is_alive(folder: &Path, name: &str) -> Result<bool, ControlError> {
    let path = folder.join(format!("{name}.{LOCKED}"));
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(source) => return Err(io(&path, source)),
    };
    match file.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(source)) => Err(io(&path, source)),
    }
}

/// Removes the files of owners without a process.
pub(crate) fn sweep(folder: &Path) -> Result<(), ControlError> {
    for entry in fs::read_dir(folder).map_err(|source| io(folder, source))? {
        let path = entry.map_err(|source| io(folder, source))?.path();
        if path.extension().is_none_or(|extension| extension != LOCKED) {
            continue;
        }
        let Ok(file) = File::open(&path) else {
            continue;
        };
        if file.try_lock().is_ok() {
            fs::remove_file(&path).or_else(|error| match error.kind() {
                ErrorKind::NotFound => Ok(()),
                _ => Err(io(&path, error)),
            })?;
        }
    }
    Ok(())
}

fn io(path: &Path, source: std::io::Error) -> ControlError {
    ControlError::Io { path: path.to_path_buf(), source }
}
