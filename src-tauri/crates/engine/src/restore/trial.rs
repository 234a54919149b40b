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

/// Private servers for one set.
pub(crate) struct Trial(Sandbox);

impl Trial {
    /// Starts them.
    ///
    /// # Errors
    /// A failure of the private servers.
    pub(crate) async fn start(job: &JobHandle) -> Result<Self, EngineError> {
        job.phase(Phase { code: "servers", unit: Unit::Steps, total: None });
        let options = SandboxOptions {
            redis: RedisTopology::None,
            cache_gb: CACHE_GB,
            ..SandboxOptions::default()
        };
        Ok(Self(Sandbox::start(options).await.map_err(failed)?))
    }

    /// Stops them, and what was restored is gone.
    ///
    /// # Errors
    /// A failure of the private servers.
    pub(crate) async fn stop(self) -> Result<(), EngineError> {
        self.0.stop().await.map_err(failed)
    }

    /// Restores a set on trial, and gives the database that it makes. Documents by number and
    /// order-independent digest, options and indexes must come back as the manifest tells; indexes
    /// that expire documents are not made.
    ///
    /// # Errors
    /// [`EngineError::NotVerified`] naming the collection that did not come back, damage of the
    /// vault, or a failure of the private servers.
    pub(crate) async fn restore(
        &self,
        engine: &Engine,
        manifest: SetManifest,
        job: &JobHandle,
    ) -> Result<MongoSource, EngineError> {
        // Without a service at hand the default profile's names serve: what counts is the set's own.
        let profile = match engine.connections().source {
            Some(source) => source.profile().clone(),
            None => Profile::default(),
        };
        let database = backup::attribute(&manifest.summary, "database").to_owned();
        let server = MongoSource::connect(&self.0.mongodb_uri(), &profile).await?;
        let reader = server.on_database(&database);
        let writer = reader.target(&database);
        let destination = Destination { reader, writer, in_place: false };
        let scope = Arc::new(Scope::resolve(manifest, &profile, &[])?);
        let staged = stage(engine, &destination, &scope, scope.items.clone(), job).await?;
        job.line("verify.restored", &[("collections", scope.items.len().to_string())]).await?;
        for one in &staged {
            if let Some(name) = &one.name {
                let collection = one.item.collection();
                destination.writer.rename(name, &database, collection, false).await?;
            }
        }
        Ok(destination.reader)
    }
}

fn failed(error: SandboxError) -> EngineError {
    let code = match error {
        SandboxError::ToolNotFound { .. } => "server_program_missing",
        _ => "sandbox_failed",
    };
    let hint = "a trial restore needs private servers; verify to L3 without them".to_owned();
    EngineError::Host { code, message: error.to_string(), hint }
}
