//! Damage done on purpose, told in the contract's words.

use simulator::Simulator;
use simulator::anomaly::{Kind, Label};

use crate::error::ApiError;
use crate::message::sandbox::{DamageKind, DamageLabel};

/// Damages data of the game service that `simulator` plays.
pub(crate) async fn inject(
    simulator: &Simulator,
    kind: DamageKind,
    count: u32,
    seed: u64,
) -> Result<Vec<DamageLabel>, ApiError> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let labels = simulator.inject(to_simulator(kind), count, seed).await?;
    Ok(labels.into_iter().map(from_simulator).collect())
}

fn to_simulator(kind: DamageKind) -> Kind {
    match kind {
        DamageKind::DeleteGames => Kind::DeleteGames,
        DamageKind::DamageField => Kind::DamageField,
        DamageKind::WrongStatistic => Kind::WrongStatistic,
        DamageKind::MissingEvent => Kind::MissingEvent,
        DamageKind::DanglingReference => Kind::DanglingReference,
    }
}

fn from_simulator(label: Label) -> DamageLabel {
    let kind = match label.kind {
        Kind::DeleteGames => DamageKind::DeleteGames,
        Kind::DamageField => DamageKind::DamageField,
        Kind::WrongStatistic => DamageKind::WrongStatistic,
        Kind::MissingEvent => DamageKind::MissingEvent,
        Kind::DanglingReference => DamageKind::DanglingReference,
    };
    DamageLabel { kind, collection: label.collection, id: label.id, detail: label.detail }
}
