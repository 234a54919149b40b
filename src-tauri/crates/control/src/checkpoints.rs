//! Checkpoints of jobs: what a job that goes on from an interrupted one needs.

use rusqlite::{OptionalExtension, params};

use crate::error::ControlError;
use crate::store::Control;

impl Control {
    /// Keeps a checkpoint of a job under a name of the verb's choice.
    ///
    /// # Errors
    /// When the job is unknown or the store fails.
    pub fn put_checkpoint(&self, job: &str, name: &str, value: &[u8]) -> Result<(), ControlError> {
        self.write("keep a checkpoint", |tx| {
            tx.execute(
                "INSERT INTO checkpoints (job, name, value) VALUES (?1, ?2, ?3)
                 ON CONFLICT (job, name) DO UPDATE SET value = excluded.value",
                params![job, name, value],
            )
            .map(drop)
        })
    }

    /// All checkpoints of a job, by name.
    ///
    /// # Errors
    /// When the store fails.
    pub fn checkpoints(&self, job: &str) -> Result<Vec<(String, Vec<u8>)>, ControlError> {
        self.read("read a job's checkpoints", |connection| {
            connection
                .prepare_cached("SELECT name, value FROM checkpoints WHERE job = ?1 ORDER BY name")?
                .query_map(params![job], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
    }

    /// Gives the checkpoints of one job to another that goes on from them; the other's own go.
    ///
    /// # Errors
    /// When the job is unknown or the store fails.
    pub fn move_checkpoints(&self, from: &str, to: &str) -> Result<(), ControlError> {
        self.write("take over checkpoints", |tx| {
            tx.execute("DELETE FROM checkpoints WHERE job = ?1", params![to])?;
            tx.execute("UPDATE checkpoints SET job = ?2 WHERE job = ?1", params![from, to])
                .map(drop)
        })
    }

    /// Drops the checkpoints of a job.
    ///
    /// # Errors
    /// When the store fails.
    pub fn clear_checkpoints(&self, job: &str) -> Result<(), ControlError> {
        self.write("drop checkpoints", |tx| {
            tx.execute("DELETE FROM checkpoints WHERE job = ?1", params![job]).map(drop)
        })
    }

    /// A checkpoint of a job, if it was kept.
    ///
    /// # Errors
    /// When the store fails.
    pub fn checkpoint(&self, job: &str, name: &str) -> Result<Option<Vec<u8>>, ControlError> {
        self.read("read a checkpoint", |connection| {
            connection
                .prepare_cached("SELECT value FROM checkpoints WHERE job = ?1 AND name = ?2")?
                .query_row(params![job, name], |row| row.get(0))
                .optional()
        })
    }
}
