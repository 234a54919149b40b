use rusqlite::{OptionalExtension, Row, params};
use serde_json::Value;

use crate::error::ControlError;
use crate::store::{Control, json_column};

/// A journal of a sequence that must end wholly done or wholly undone.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalRecord {
    /// Names the sequence.
    pub id: String,
    /// What kind of sequence, for example `switch`.
    pub kind: String,
    /// The writer's own record.
    pub body: Value,
    /// Unix time in milliseconds of the last write.
    pub updated_at: i64,
    /// Unix time in milliseconds at which the sequence ended.
    pub closed_at: Option<i64>,
}

impl Control {
    /// Writes a journal; it is on disk when this returns.
    ///
    /// # Errors
    /// When the store fails.
    pub fn put_journal(
        &self,
        id: &str,
        kind: &str,
        body: &Value,
        now_ms: i64,
    ) -> Result<(), ControlError> {
        self.write("write a journal", |tx| {
            tx.execute(
                "INSERT INTO journals (id, kind, body, updated_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET body = excluded.body,
                   updated_at = excluded.updated_at",
                params![id, kind, body.to_string(), now_ms],
            )
            .map(drop)
        })
    }

    /// Notes that a sequence has ended.
    ///
    /// # Errors
    /// When the store fails.
    pub fn close_journal(&self, id: &str, now_ms: i64) -> Result<(), ControlError> {
        self.write("close a journal", |tx| {
            tx.execute(
                "UPDATE journals SET closed_at = ?2 WHERE id = ?1 AND closed_at IS NULL",
                params![id, now_ms],
            )
            .map(drop)
        })
    }

    /// The journal called `id`, if there is one.
    ///
    /// # Errors
    /// When the store fails.
    pub fn journal(&self, id: &str) -> Result<Option<JournalRecord>, ControlError> {
        self.read("read a journal", |connection| {
            connection
                .prepare(
                    "SELECT id, kind, body, updated_at, closed_at FROM journals WHERE id = ?1",
                )?
                .query_row(params![id], record)
                .optional()
        })
    }

    /// Journals of sequences that have not ended, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn open_journals(&self, kind: &str) -> Result<Vec<JournalRecord>, ControlError> {
        self.read("list open journals", |connection| {
            connection
                .prepare(
                    "SELECT id, kind, body, updated_at, closed_at FROM journals
                     WHERE kind = ?1 AND closed_at IS NULL ORDER BY updated_at, id",
                )?
                .query_map(params![kind], record)?
                .collect()
        })
    }
}

fn record(row: &Row<'_>) -> Result<JournalRecord, rusqlite::Error> {
    Ok(JournalRecord {
        id: row.get(0)?,
        kind: row.get(1)?,
        body: json_column(row, 2)?,
        updated_at: row.get(3)?,
        closed_at: row.get(4)?,
    })
}
