use rusqlite::params;

use crate::error::ControlError;
use crate::store::Control;

/// A verification of a backup that has been run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationRecord {
    /// The set's id.
    pub backup: String,
    /// The level reached, for example `L2`; none when even L0 failed.
    pub level: Option<String>,
    /// Unix time in milliseconds.
    pub at: i64,
    /// True when nothing was wrong.
    pub ok: bool,
    /// How many problems it found.
    pub problems: u64,
    /// What else is remembered of it, as its caller writes it.
    pub detail: serde_json::Value,
}

impl Control {
    /// Records a verification.
    ///
    /// # Errors
    /// When the store fails.
    pub fn insert_verification(&self, record: &VerificationRecord) -> Result<(), ControlError> {
        let problems = i64::try_from(record.problems).unwrap_or(i64::MAX);
        self.write("record a verification", |tx| {
            tx.execute(
                "INSERT INTO verifications (backup, level, at, ok, problems, detail)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    record.backup,
                    record.level,
                    record.at,
                    record.ok,
                    problems,
                    record.detail.to_string()
                ],
            )
            .map(drop)
        })
    }

    /// Verifications of one backup, or of all when `backup` is none, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn verifications(
        &self,
        backup: Option<&str>,
    ) -> Result<Vec<VerificationRecord>, ControlError> {
        self.read("read verifications", |connection| {
            connection
                .prepare_cached(
                    "SELECT backup, level, at, ok, problems, detail FROM verifications
                     WHERE ?1 IS NULL OR backup = ?1 ORDER BY at DESC, number DESC",
                )?
                .query_map(params![backup], |row| {
                    Ok(VerificationRecord {
                        backup: row.get(0)?,
                        level: row.get(1)?,
                        at: row.get(2)?,
                        ok: row.get(3)?,
                        problems: u64::try_from(row.get::<_, i64>(4)?).unwrap_or(0),
                        detail: json(row, 5)?,
                    })
                })?
                .collect()
        })
    }
}

fn json(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<serde_json::Value> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, error.into())
    })
}
