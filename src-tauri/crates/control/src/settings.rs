use rusqlite::{OptionalExtension, params};
use serde_json::Value;

use crate::error::ControlError;
use crate::store::{Control, json_column};

impl Control {
    /// The setting called `key`, if it was made. Secrets do not belong here.
    ///
    /// # Errors
    /// When the store fails.
    pub fn setting(&self, key: &str) -> Result<Option<Value>, ControlError> {
        self.read("read a setting", |connection| {
            connection
                .prepare_cached("SELECT value FROM settings WHERE key = ?1")?
                .query_row(params![key], |row| json_column(row, 0))
                .optional()
        })
    }

    /// Makes a setting; JSON `null` removes it.
    ///
    /// # Errors
    /// When the store fails.
    pub fn set_setting(&self, key: &str, value: &Value, now_ms: i64) -> Result<(), ControlError> {
        self.write("make a setting", |tx| {
            if value.is_null() {
                return tx.execute("DELETE FROM settings WHERE key = ?1", params![key]).map(drop);
            }
            tx.execute(
                "INSERT INTO settings (key, value, updated_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value,
                   updated_at = excluded.updated_at",
                params![key, value.to_string(), now_ms],
            )
            .map(drop)
        })
    }
}
