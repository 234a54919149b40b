//! Damage done on purpose, told in the contract's words.

use simulator::Simulator;

use crate::error::ApiError;
use crate::message::sandbox::{DamageKind, DamageLabel};

/// Damages data of the game service that `simulator` plays.
pub(crate) async fn inject(
    _simulator: &Simulator,
    _kind: DamageKind,
    _count: u32,
    _seed: u64,
) -> Result<Vec<DamageLabel>, ApiError> {
    Ok(Vec::new())
}
