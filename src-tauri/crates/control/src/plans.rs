use rusqlite::{OptionalExtension, params};
use serde_json::Value;

use crate::error::ControlError;
use crate::store::{Control, json_column};

/// A plan that waits to be applied.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanRecord {
    /// ULID.
    pub id: String,
    /// The use case's stable name.
    pub verb: String,
    /// Unix time in milliseconds.
    pub created_at: i64,
    /// The plan as JSON.
    pub plan: Value,
    /// What the live data looked like when it was made.
    pub fingerprint: String,
    /// The job that applied it.
    pub used_by: Option<String>,
}

/// What became of an attempt to use a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanUse {
    /// The plan is this job's now.
    Taken,
    /// Another job has used it.
    UsedBy(String),
}

impl Control {
    /// Keeps a plan.
    ///
    /// # Errors
    /// When the id is taken or the store fails.
    pub fn insert_plan(
        &self,
        id: &str,
        verb: &str,
        plan: &Value,
        fingerprint: &str,
        now_ms: i64,
    ) -> Result<(), ControlError> {
        self.write("keep a plan", |tx| {
            tx.execute(
                "INSERT INTO plans (id, verb, created_at, plan, fingerprint)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![id, verb, now_ms, plan.to_string(), fingerprint],
            )
            .map(drop)
        })
    }

    /// The plan called `id`, if there is one.
    ///
    /// # Errors
    /// When the store fails.
    pub fn plan(&self, id: &str) -> Result<Option<PlanRecord>, ControlError> {
        self.read("read a plan", |connection| {
            connection
                .prepare(
                    "SELECT id, verb, created_at, plan, fingerprint, used_by FROM plans
                     WHERE id = ?1",
                )?
                .query_row(params![id], |row| {
                    Ok(PlanRecord {
                        id: row.get(0)?,
                        verb: row.get(1)?,
                        created_at: row.get(2)?,
                        plan: json_column(row, 3)?,
                        fingerprint: row.get(4)?,
                        used_by: row.get(5)?,
                    })
                })
                .optional()
        })
    }

    /// Gives a plan to a job; a plan is used once.
    ///
    /// # Errors
    /// When the plan is unknown or the store fails.
    pub fn take_plan(&self, id: &str, job: &str) -> Result<PlanUse, ControlError> {
        let used_by = self.write("take a plan", |tx| {
            tx.execute(
                "UPDATE plans SET used_by = ?2 WHERE id = ?1 AND used_by IS NULL",
                params![id, job],
            )?;
            tx.query_row("SELECT used_by FROM plans WHERE id = ?1", params![id], |row| {
                row.get::<_, Option<String>>(0)
            })
            .optional()
        })?;
        match used_by.flatten() {
            Some(user) if user == job => Ok(PlanUse::Taken),
            Some(user) => Ok(PlanUse::UsedBy(user)),
            None => Err(ControlError::Absent { what: "plan", key: id.to_owned() }),
        }
    }
}
