//! The plan: what would go and why the rest stays.

use serde_json::json;
use vault::Vault;

use super::expiry::{Judgement, SetFacts, judge};
use super::facts::facts;
use super::outcome::{ExpiredBackup, RetentionPlan};
use super::policy::Policy;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::Verb;
use crate::verify;

/// Makes a plan and keeps it. Removes nothing.
///
/// # Errors
/// When the vault is not connected or damaged, or the policy cannot be carried out.
pub async fn plan(engine: &Engine, policy: &Policy) -> Result<RetentionPlan, EngineError> {
    policy.validate()?;
    let vault = engine.vault()?;
    let judged = judged(engine, &vault, policy).await?;
    let expired = |goes: bool| {
        let fitting = judged.iter().filter(move |(_, judgement)| judgement.goes() == goes);
        fitting.filter_map(|(set, judgement)| expired(set, judgement)).collect::<Vec<_>>()
    };
    let (goes, stays) = (expired(true), expired(false));
    let ids: Vec<String> = goes.iter().map(|set| set.backup.clone()).collect();
    let freed = vault.exclusive(&ids).await?;
    let plan = RetentionPlan {
        id: engine.context().new_id(),
        backups: judged.len() as u64,
        goes,
        stays,
        freed_objects: freed.objects,
        freed_bytes: freed.bytes,
    };
    let (id, kept, now) = (plan.id.clone(), json!(plan), engine.context().now_ms());
    engine
        .control(move |control| control.insert_plan(&id, Verb::Retention.name(), &kept, "", now))
        .await?;
    Ok(plan)
}

/// Every set with what the policy says of it now.
pub(super) async fn judged(
    engine: &Engine,
    vault: &Vault,
    policy: &Policy,
) -> Result<Vec<(SetFacts, Judgement)>, EngineError> {
    let catalog = vault.catalog().await?.sound()?;
    let facts = facts(&catalog, &verify::known(engine, None).await?);
    let judged = judge(policy, &facts, engine.context().now_ms());
    Ok(facts.into_iter().zip(judged).collect())
}

fn expired(set: &SetFacts, judgement: &Judgement) -> Option<ExpiredBackup> {
    Some(ExpiredBackup {
        backup: set.id.clone(),
        taken_at: set.taken_ms,
        expired_at: judgement.expires_ms.filter(|_| judgement.expired)?,
        classes: set.classes.iter().copied().collect(),
        kept: judgement.kept.clone(),
    })
}
