//! What was taken before, read from the store.

use source::mongo::MongoSource;
use source::profile::DataClass;
use vault::SetSummary;

use crate::backup::{self, is_requested};
use crate::compare;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::follow;
use crate::retention::{Frequency, History, Policy, Taken};

/// The history of the connected database.
pub(super) async fn history(
    engine: &Engine,
    source: &MongoSource,
    policy: &Policy,
) -> Result<History, EngineError> {
    let sets: Vec<_> = engine
        .primary()?
        .catalog()
        .await?
        .sound()?
        .sets
        .into_iter()
        .filter(|set| is_requested(set) && backup::is_of(set, source))
        .collect();
    let followed = match follow::running(engine).await? {
        Some(_) => DataClass::ALL.to_vec(),
        None => Vec::new(),
    };
    let changed_ms = changed_ms(engine, source, policy, &sets).await?;
    Ok(History { taken: sets.iter().flat_map(taken).collect(), changed_ms, followed })
}

fn taken(set: &SetSummary) -> impl Iterator<Item = Taken> + '_ {
    let full = backup::method_of(set).is_full();
    let class = |name: &String| name.parse().ok();
    let began_ms = set.started_at_ms;
    set.classes.iter().filter_map(class).map(move |class| Taken { class, began_ms, full })
}

/// The present, where a class that is taken on change is not as its newest set has it.
async fn changed_ms(
    engine: &Engine,
    source: &MongoSource,
    policy: &Policy,
    sets: &[SetSummary],
) -> Result<Option<i64>, EngineError> {
    for class in DataClass::ALL {
        if policy.of(class).every != Frequency::Change {
            continue;
        }
        let holds = |set: &&SetSummary| set.classes.iter().any(|name| name == class.name());
        let Some(newest) = sets.iter().filter(holds).max_by_key(|set| set.started_at_ms) else {
            continue;
        };
        let manifest = engine.vault()?.set(&newest.id).await?;
        if compare::differs(engine, source, &manifest, class).await? {
            return Ok(Some(engine.context().now_ms()));
        }
    }
    Ok(None)
}
