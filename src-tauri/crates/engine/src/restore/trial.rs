//! A trial restore: a set is restored into private servers, read back and held against its
//! manifest. What is live is not touched, nor needed.

use std::sync::Arc;

use sandbox::{RedisTopology, Sandbox, SandboxError, SandboxOptions};
use source::mongo::MongoSource;
use source::profile::Profile;
use vault::SetManifest;

use super::destination::Destination;
use super::scope::Scope;
use super::stage::stage;
use crate::backup;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::Unit;
use crate::jobs::{JobHandle, Phase};

/// Cache of the private server, GB.
const CACHE_GB: f64 = 0.5;

/// Restores a set on trial. Documents by number and order-independent digest, options and indexes
/// must come back as the manifest tells.
///
/// # Errors
/// [`EngineError::NotVerified`] naming the collection that did not come back, damage of the vault,
/// or a failure of the private servers.
pub(crate) async fn trial(
    engine: &Engine,
    manifest: SetManifest,
    job: &JobHandle,
) -> Result<(), EngineError> {
    job.phase(Phase { code: "servers", unit: Unit::Steps, total: None });
    let options = SandboxOptions {
        redis: RedisTopology::None,
        cache_gb: CACHE_GB,
        ..SandboxOptions::default()
    };
    let sandbox = Sandbox::start(options).await.map_err(failed)?;
    let proven = restore(engine, manifest, &sandbox, job).await;
    let stopped = sandbox.stop().await.map_err(failed);
    proven.and(stopped)
}

async fn restore(
    engine: &Engine,
    manifest: SetManifest,
    sandbox: &Sandbox,
    job: &JobHandle,
) -> Result<(), EngineError> {
    // Without a service at hand the default profile's names serve: what counts is the set's own.
    let profile = match engine.connections().source {
        Some(source) => source.profile().clone(),
        None => Profile::default(),
    };
    let database = backup::attribute(&manifest.summary, "database").to_owned();
    let server = MongoSource::connect(&sandbox.mongodb_uri(), &profile).await?;
    let reader = server.on_database(&database);
    let writer = reader.target(&database);
    let destination = Destination { reader, writer, in_place: false };
    let scope = Arc::new(Scope::resolve(manifest, &profile, &[])?);
    stage(engine, &destination, &scope, scope.items.clone(), job).await?;
    job.line("verify.restored", &[("collections", scope.items.len().to_string())]).await
}

fn failed(error: SandboxError) -> EngineError {
    let code = match error {
        SandboxError::ToolNotFound { .. } => "server_program_missing",
        _ => "sandbox_failed",
    };
    let hint = "a trial restore needs private servers; verify to L3 without them".to_owned();
    EngineError::Host { code, message: error.to_string(), hint }
}
