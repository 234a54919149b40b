//! The policy in force: that of the configuration file, else the one changed here, else the default.

use std::sync::Arc;

use engine::retention::Policy;
use engine::schedule::{self, PolicySource};
use engine::{Engine, EngineError};
use serde_json::{Value, json};

use super::{Shared, settings};
use crate::error::ApiError;
use crate::message::retention::{PolicyOrigin, PolicyView};

const POLICY: &str = "policy";

/// The policy in force and where it comes from.
pub(super) async fn get(shared: &Shared) -> Result<PolicyView, ApiError> {
    let (policy, origin) = in_force(shared.config.policy, &shared.engine).await?;
    let carried_out_by = schedule::running(&shared.engine).await?.map(|job| job.id);
    Ok(PolicyView { policy, origin, carried_out_by })
}

/// The policy in force whenever it is asked for.
pub(super) fn source(shared: &Shared) -> PolicySource {
    let (file, engine) = (shared.config.policy, shared.engine.clone());
    Arc::new(move || {
        let engine = engine.clone();
        Box::pin(async move { Ok(in_force(file, &engine).await?.0) })
    })
}

/// That of the configuration file, else the one changed here, else the default.
async fn in_force(
    file: Option<Policy>,
    engine: &Engine,
) -> Result<(Policy, PolicyOrigin), EngineError> {
    Ok(match (file, kept(engine).await?) {
        (Some(policy), _) => (policy, PolicyOrigin::File),
        (None, Some(policy)) => (policy, PolicyOrigin::Console),
        (None, None) => (Policy::default(), PolicyOrigin::Default),
    })
}

/// The policy that was changed here; one of another version counts as none.
async fn kept(engine: &Engine) -> Result<Option<Policy>, EngineError> {
    let kept = engine.control(|control| control.setting(POLICY)).await?;
    Ok(kept.and_then(|kept| serde_json::from_value(kept).ok()))
}

/// Changes the policy; none goes back to the default.
pub(super) async fn set(shared: &Shared, policy: Option<Policy>) -> Result<PolicyView, ApiError> {
    if shared.config.policy.is_some() {
        return Err(ApiError::permanent(
            "policy_in_file",
            "the configuration file states the policy, so it cannot be changed here",
        )
        .hint("Change [policy] of the file, or remove it there."));
    }
    let value = policy.map_or(Value::Null, |policy| json!(policy));
    settings::write(shared, POLICY, value).await?;
    get(shared).await
}
