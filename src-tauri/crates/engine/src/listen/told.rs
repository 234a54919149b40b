//! What was told of one game at once: its events, in order, and the snapshots that they call for.

use avalon::event::Envelope;
use avalon::snapshot::Snapshot;

use super::table::Table;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::GameRecord;
use crate::snapshot::{self, SnapshotPolicy};

/// An event and when it was sent.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) envelope: Envelope,
    pub(super) sent_ms: Option<i64>,
}

/// What came of the events of one game.
#[derive(Debug)]
pub(super) struct Handled {
    pub(super) game: String,
    /// The game after them; none when its log is to be read the next time.
    pub(super) table: Option<Table>,
    pub(super) taken: u64,
    pub(super) known: u64,
    pub(super) missed: u64,
    pub(super) not_in_log: u64,
    /// When the events of the snapshots that were taken had been sent.
    pub(super) sent_ms: Vec<i64>,
}

/// Takes the snapshots that events of a game call for. The table is that after the events told
/// before; where these do not follow, the log tells.
///
/// # Errors
/// When MongoDB or the vault does not answer: nothing is acknowledged then, and being told again
/// does no harm.
pub(super) async fn handle(
    engine: &Engine,
    policy: &SnapshotPolicy,
    game: String,
    table: Option<Table>,
    told: Vec<Told>,
) -> Result<Handled, EngineError> {
    let mut handled =
        Handled { game, table, taken: 0, known: 0, missed: 0, not_in_log: 0, sent_ms: Vec::new() };
    let mut cuts = Vec::new();
    for told in &told {
        if !follow(engine, policy, &mut handled, &mut cuts, told).await? {
            write(engine, &mut handled, &mut cuts).await?;
            read_log(engine, &mut handled, told).await?;
        }
    }
    write(engine, &mut handled, &mut cuts).await?;
    Ok(handled)
}

/// Goes on with the table; false when the event does not follow.
async fn follow(
    engine: &Engine,
    policy: &SnapshotPolicy,
    handled: &mut Handled,
    cuts: &mut Vec<Snapshot>,
    told: &Told,
) -> Result<bool, EngineError> {
    if handled.table.is_none() && told.envelope.seq == 1 {
        handled.table = Some(Table::new(engine, &handled.game).await?);
    }
    let Some(table) = &mut handled.table else { return Ok(false) };
    if !table.push(&told.envelope) {
        return Ok(false);
    }
    if let Some(kind) = table.wanted(engine, policy, &told.envelope.event).await? {
        cuts.push(table.cut(kind, engine.context().now_ms())?);
        handled.sent_ms.extend(told.sent_ms);
    }
    Ok(true)
}

/// Writes what was cut so far.
async fn write(
    engine: &Engine,
    handled: &mut Handled,
    cuts: &mut Vec<Snapshot>,
) -> Result<(), EngineError> {
    let Some(table) = handled.table.as_mut().filter(|_| !cuts.is_empty()) else { return Ok(()) };
    let stored = snapshot::store(engine, &handled.game, &mut table.chain, cuts).await?;
    let taken = snapshot::new_among(&stored);
    handled.taken += taken;
    handled.known += stored.len() as u64 - taken;
    cuts.clear();
    Ok(())
}

/// Reads the game's log: takes what is missing up to an event, and the table from there.
async fn read_log(engine: &Engine, handled: &mut Handled, told: &Told) -> Result<(), EngineError> {
    let seq = told.envelope.seq;
    let before = handled.table.take();
    let record = GameRecord::find(engine, &handled.game).await?;
    // A service publishes what it has committed: what is not in the log was taken back.
    let is_told = |envelope: &Envelope| {
        envelope.seq == seq && (envelope.hash.is_none() || envelope.hash == told.envelope.hash)
    };
    let Some(record) = record.filter(|record| record.envelopes().any(is_told)) else {
        handled.not_in_log += 1;
        return Ok(());
    };
    // One that was told late, or again, does not lead back.
    let up_to = before.map_or(seq, |table| table.seq().max(seq)).min(record.last_seq());
    let missing = snapshot::missing(engine, &handled.game, &record, up_to).await?;
    let mut table = Table::of_log(engine, &handled.game, &record, up_to).await?;
    let stored = snapshot::store(engine, &handled.game, &mut table.chain, &missing).await?;
    let taken = snapshot::new_among(&stored);
    let own = missing.iter().filter(|one| one.at_seq() == Some(seq)).count() as u64;
    handled.taken += taken;
    handled.missed += taken.saturating_sub(own);
    handled.table = Some(table);
    Ok(())
}
