//! The policy in force: that of the configuration file, else the one changed here, else the default.

use engine::retention::Policy;
use serde_json::{Value, json};

use super::{Shared, settings};
use crate::error::ApiError;
use crate::message::retention::{PolicyOrigin, PolicyView};

const POLICY: &str = "policy";

/// The policy in force and where it comes from.
pub(super) async fn get(shared: &Shared) -> Result<PolicyView, ApiError> {
    if let Some(policy) = shared.config.policy {
        return Ok(PolicyView { policy, origin: PolicyOrigin::File });
    }
    let kept: Option<Policy> = settings::read(shared, POLICY).await?;
    Ok(match kept {
        Some(policy) => PolicyView { policy, origin: PolicyOrigin::Console },
        None => PolicyView { policy: Policy::default(), origin: PolicyOrigin::Default },
    })
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
