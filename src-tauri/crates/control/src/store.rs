use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::{ControlError, During};
use crate::owner::{self, Owner};
use crate::schema::MIGRATIONS;

/// How long a statement waits for another process's write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);

/// An open control store. Share it in an `Arc`; calls are serialised inside.
#[derive(Debug)]
pub struct Control {
    connection: Mutex<Connection>,
    owner: Owner,
    owners: PathBuf,
    path: PathBuf,
}

impl Control {
    /// Opens (or creates) the store at `path` and marks jobs whose process died as interrupted.
    ///
    /// `now_ms` is the present Unix time in milliseconds. Beside the file lies a folder
    /// `<path>.owners` with one locked file per open handle.
    ///
    /// # Errors
    /// When the file cannot be read or written, or was written by a newer version.
    pub fn open(path: &Path, now_ms: i64) -> Result<Self, ControlError> {
        let owners = owners_folder(path);
        // One at a time: a new file gets its journal mode and its tables from one process.
        let opening = owner::opening_lock(&owners)?;
        let mut connection = Connection::open(path).during("open its file")?;
        connection.busy_timeout(BUSY_TIMEOUT).during("set its waiting time")?;
        connection
            .pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
            .during("switch to write-ahead logging")?;
        // Journals of a switch must be on disk before the step they announce: no lesser level.
        connection.pragma_update(None, "synchronous", "FULL").during("set its durability")?;
        connection.pragma_update(None, "foreign_keys", true).during("enable references")?;
        MIGRATIONS
            .to_latest(&mut connection)
            .map_err(|source| ControlError::Migration { path: path.to_path_buf(), source })?;

        drop(opening);
        let owner = Owner::claim(&owners, now_ms)?;
        let control =
            Self { connection: Mutex::new(connection), owner, owners, path: path.to_path_buf() };
        control.interrupt_orphans(now_ms)?;
        owner::sweep(&control.owners)?;
        Ok(control)
    }

    /// The file of this store.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn owner(&self) -> &str {
        self.owner.name()
    }

    pub(crate) fn owner_is_alive(&self, name: &str) -> Result<bool, ControlError> {
        owner::is_alive(&self.owners, name)
    }

    pub(crate) fn read<T>(
        &self,
        action: &'static str,
        body: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>,
    ) -> Result<T, ControlError> {
        body(&*self.lock()?).during(action)
    }

    /// Runs `body` in a transaction that holds the write lock from its start, so that what it
    /// reads cannot change before it writes.
    pub(crate) fn write<T>(
        &self,
        action: &'static str,
        body: impl FnOnce(&Transaction<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<T, ControlError> {
        let mut connection = self.lock()?;
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).during(action)?;
        let value = body(&transaction).during(action)?;
        transaction.commit().during(action)?;
        Ok(value)
    }

    fn lock(&self) -> Result<MutexGuard<'_, Connection>, ControlError> {
        self.connection.lock().map_err(|_| ControlError::Poisoned)
    }
}

fn owners_folder(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(".owners");
    PathBuf::from(name)
}

/// Parses a stored JSON text; a damaged one is an error of its column.
pub(crate) fn json_column(
    row: &rusqlite::Row<'_>,
    index: usize,
) -> Result<serde_json::Value, rusqlite::Error> {
    let text: String = row.get(index)?;
    parse_json(index, &text)
}

/// Like [`json_column`] for a column that may be null.
pub(crate) fn optional_json_column(
    row: &rusqlite::Row<'_>,
    index: usize,
) -> Result<Option<serde_json::Value>, rusqlite::Error> {
    let text: Option<String> = row.get(index)?;
    text.map(|text| parse_json(index, &text)).transpose()
}

fn parse_json(index: usize, text: &str) -> Result<serde_json::Value, rusqlite::Error> {
    serde_json::from_str(text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(
            index,
            rusqlite::types::Type::Text,
            Box::new(error),
        )
    })
}
