//! What start-up does about switches that a killed process left behind.

use serde_json::json;

use super::destination::Destination;
use super::journal::{self, KIND, Stage, SwitchJournal, TargetJournals};
use super::outcome::RestoreRequest;
use super::switch;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::Verb;

/// Seconds without a sign of life after which another workstation's restore counts as dead: six
/// missed heartbeats.
const DEAD_AFTER_SECONDS: i64 = 120;

/// What was done about one switch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveredSwitch {
    /// The journal's id, which is the restore job's.
    pub journal: String,
    /// The database.
    pub database: String,
    /// True when the switch was carried through, false when it was undone.
    pub completed: bool,
}

/// Rolls switches that a killed process left behind wholly forward or back. Call it once the
/// connections are made, before anything else writes.
///
/// # Errors
/// When a journal cannot be read or carried out; the game service then stays paused.
pub async fn recover(engine: &Engine) -> Result<Vec<RecoveredSwitch>, EngineError> {
    let mut recovered = Vec::new();
    for journal in own(engine).await? {
        let destination = destination(engine, &journal).await?;
        let journals = TargetJournals::new(destination.writer.database());
        // The target's copy decides: it was written last and lies where the data are.
        match journals.get(&journal.id).await? {
            Some(decisive) => {
                recovered.push(settle(engine, &destination, decisive).await?);
            }
            None if journal.stage == Stage::Staging => {
                recovered.push(settle(engine, &destination, journal).await?);
            }
            None => {
                // Its removal is the last thing that a switch does on the target.
                journal::close(engine, &destination, &journal).await?;
                recovered.push(tell(engine, &journal, true).await?);
            }
        }
    }
    for (journal, age) in foreign(engine).await? {
        if age < DEAD_AFTER_SECONDS {
            tracing::info!(journal = journal.id, age, "another workstation is restoring");
            continue;
        }
        let destination = destination(engine, &journal).await?;
        recovered.push(settle(engine, &destination, journal).await?);
    }
    Ok(recovered)
}

async fn settle(
    engine: &Engine,
    destination: &Destination,
    mut journal: SwitchJournal,
) -> Result<RecoveredSwitch, EngineError> {
    let completed = journal.stage != Stage::Staging;
    if completed {
        switch::complete(engine, destination, &mut journal).await?;
    } else {
        switch::roll_back(engine, destination, &journal).await?;
    }
    tell(engine, &journal, completed).await
}

async fn tell(
    engine: &Engine,
    journal: &SwitchJournal,
    completed: bool,
) -> Result<RecoveredSwitch, EngineError> {
    let outcome = if completed { "rolled_forward" } else { "rolled_back" };
    let detail = json!({"journal": journal.id, "backup": journal.backup});
    engine.audit(Verb::Restore.name(), &journal.database, outcome, detail).await?;
    Ok(RecoveredSwitch {
        journal: journal.id.clone(),
        database: journal.database.clone(),
        completed,
    })
}

/// Open journals of this control store whose job has no process any more.
async fn own(engine: &Engine) -> Result<Vec<SwitchJournal>, EngineError> {
    let now = engine.context().now_ms();
    let records = engine
        .control(move |control| {
            control.interrupt_orphans(now)?;
            let mut dead = Vec::new();
            for journal in control.open_journals(KIND)? {
                if control.job(&journal.id)?.is_none_or(|job| !job.state.is_open()) {
                    dead.push(journal);
                }
            }
            Ok(dead)
        })
        .await?;
    records
        .into_iter()
        .map(|record| {
            serde_json::from_value(record.body).map_err(|error| EngineError::JournalUnusable {
                journal: record.id,
                detail: error.to_string(),
            })
        })
        .collect()
}

/// Journals on the connected database that this control store does not know, with their age.
async fn foreign(engine: &Engine) -> Result<Vec<(SwitchJournal, i64)>, EngineError> {
    let source = engine.source()?;
    let journals = TargetJournals::new(source.database()).list().await?;
    let mut unknown = Vec::new();
    for (journal, age) in journals {
        let id = journal.id.clone();
        if engine.control(move |control| control.journal(&id)).await?.is_none() {
            // The name of a target means something only where it was configured.
            unknown.push((SwitchJournal { target: None, ..journal }, age));
        }
    }
    Ok(unknown)
}

async fn destination(engine: &Engine, journal: &SwitchJournal) -> Result<Destination, EngineError> {
    let request = RestoreRequest {
        backup: journal.backup.clone(),
        classes: Vec::new(),
        database: Some(journal.database.clone()),
        target: journal.target.clone(),
        whole: false,
    };
    Destination::resolve(engine, &request, &journal.database).await
}
