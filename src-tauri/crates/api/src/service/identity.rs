//! The name under which this console writes to stores.

use engine::vault::{Resources, SystemClock, SystemEntropy, VaultContext};
use serde_json::{Value, json};
use std::sync::Arc;

use super::Shared;
use crate::error::ApiError;

const WRITER: &str = "writer_id";

/// What a vault is given by this console. The writer's name is made once for a home folder: it
/// owns a ledger of its own in every store.
pub(super) async fn vault_context(shared: &Shared) -> Result<VaultContext, ApiError> {
    let stored = shared.engine.control(|control| control.setting(WRITER)).await?;
    let writer_id = match stored {
        Some(Value::String(id)) => id,
        _ => {
            let id = shared.engine.context().new_id();
            let (value, now) = (json!(id), shared.engine.context().now_ms());
            shared.engine.control(move |control| control.set_setting(WRITER, &value, now)).await?;
            id
        }
    };
    Ok(VaultContext {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        writer_id,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        resources: Resources::default(),
    })
}
