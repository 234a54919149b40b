//! The sandbox: private servers with games that go on being played, and a vault of their own.

use std::sync::Arc;

use engine::EngineError;
use engine::job::{Unit, Verb};
use engine::jobs::{JobEnd, JobHandle, JobSpec, Phase};
use engine::sandbox::{RedisTopology, Sandbox, SandboxOptions, tools};
use engine::source::mongo::MongoSource;
use engine::source::profile::Profile;
use engine::vault::{Entropy, StoreCredentials, SystemEntropy};
use serde_json::json;
use simulator::LiveReport;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::connect::{self, Missing};
use super::state::sandbox_store;
use super::{Shared, play};
use crate::connection::{Connection, GameService, Kept, VaultKeys, VaultPlace};
use crate::error::ApiError;
use crate::message::job::JobStarted;
use crate::message::sandbox::{DamageOutcome, DamageRequest};
use crate::message::secret::Secret;
use crate::message::setup::Environment;

/// The programs that the sandbox starts.
const PROGRAMS: [&str; 2] = ["mongod", "redis-server"];

/// The sandbox while this process runs it.
#[derive(Debug)]
pub(crate) struct Running {
    sandbox: Sandbox,
    playing: CancellationToken,
    player: tokio::task::JoinHandle<()>,
}

/// Why the sandbox cannot be started here, if so.
pub(super) fn unavailable() -> Option<String> {
    PROGRAMS.iter().find_map(|name| tools::find(name).err()).map(|error| error.to_string())
}

/// Starts the sandbox as a job; a start that is under way is returned instead of a second one.
pub(super) async fn start(shared: &Arc<Shared>) -> Result<JobStarted, ApiError> {
    let mut current = shared.state.sandbox_job.lock().await;
    if let Some(id) = &*current
        && shared.engine.jobs().get(id).await?.finished_at.is_none()
    {
        return Ok(JobStarted { job_id: id.clone() });
    }
    if let Some(reason) = unavailable() {
        return Err(ApiError::permanent("server_program_missing", reason));
    }
    let spec = JobSpec { verb: Verb::Sandbox, subject: "sandbox".to_owned(), request: json!({}) };
    let worker = Arc::clone(shared);
    let job_id = shared
        .engine
        .jobs()
        .start(spec, move |job| async move {
            Box::pin(prepare(&worker, &job)).await?;
            Ok(JobEnd { outcome: json!(worker.state.shown().connection), with_problems: false })
        })
        .await?;
    *current = Some(job_id.clone());
    Ok(JobStarted { job_id })
}

/// Connects to the sandbox that was connected last: one that another process runs, else, where
/// this process may, a start of its own.
pub(super) async fn again(shared: &Arc<Shared>) -> Result<bool, ApiError> {
    if attach(shared).await? {
        return Ok(true);
    }
    if shared.options.resume_sandbox {
        start(shared).await?;
        return Ok(true);
    }
    Err(ApiError::transient("sandbox_down", "the sandbox is not running")
        .hint("Start it with `avault sandbox up`, or open the console."))
}

/// Connects to a sandbox that another process runs; false when none does.
async fn attach(shared: &Shared) -> Result<bool, ApiError> {
    let Ok(attached) = Sandbox::attach(&shared.home.sandbox()) else { return Ok(false) };
    if !attached.is_up() {
        return Ok(false);
    }
    let connection = connection(shared, &attached.mongodb_uri(), &attached.redis_url())?;
    connect::open(shared, connection, Missing::Create).await?;
    Ok(true)
}

async fn prepare(shared: &Arc<Shared>, job: &JobHandle) -> Result<(), EngineError> {
    stop(shared).await.map_err(ApiError::in_job)?;
    if attach(shared).await.map_err(ApiError::in_job)? {
        return connect::keep(shared, &Kept::Sandbox, None).await.map_err(ApiError::in_job);
    }
    job.phase(Phase { code: "servers", unit: Unit::Steps, total: Some(PROGRAMS.len() as u64) });
    let options = SandboxOptions {
        mongo_members: 1,
        redis: RedisTopology::Standalone,
        folder: Some(shared.home.sandbox()),
        ..SandboxOptions::default()
    };
    let sandbox = Sandbox::start(options).await.map_err(|error| ApiError::from(error).in_job())?;
    job.advance(PROGRAMS.len() as u64);
    // From here on a failure or a cancel must not leave servers behind.
    match fill_and_open(shared, &sandbox, job).await {
        Ok(play) => {
            let playing = shared.closing.child_token();
            let (report, seen) = watch::channel(LiveReport::default());
            let player = tokio::spawn(play.go_on(playing.clone(), report));
            let running = Running { sandbox, playing, player };
            *shared.state.sandbox.lock().await = Some(running);
            job.phase(Phase { code: "tables", unit: Unit::Steps, total: None });
            play::under_way(seen).await;
            Ok(())
        }
        Err(error) => {
            if let Err(left) = sandbox.stop().await {
                tracing::warn!(%left, "the sandbox did not stop cleanly");
            }
            Err(error)
        }
    }
}

async fn fill_and_open(
    shared: &Arc<Shared>,
    sandbox: &Sandbox,
    job: &JobHandle,
) -> Result<play::Play, EngineError> {
    job.check()?;
    let (mongodb, redis) = (sandbox.mongodb_uri(), sandbox.redis_url());
    let play =
        play::Play::new(&mongodb, &redis, shared.options.scale).await.map_err(ApiError::in_job)?;
    let present = finished_games(&mongodb).await.map_err(ApiError::in_job)?;
    play.fill(job, present).await?;
    job.check()?;
    job.phase(Phase { code: "vault", unit: Unit::Steps, total: Some(1) });
    let connection = connection(shared, &mongodb, &redis).map_err(ApiError::in_job)?;
    connect::open(shared, connection, Missing::Create).await.map_err(ApiError::in_job)?;
    connect::keep(shared, &Kept::Sandbox, None).await.map_err(ApiError::in_job)?;
    job.advance(1);
    Ok(play)
}

/// Games that an earlier run of the sandbox left.
async fn finished_games(mongodb: &str) -> Result<u64, ApiError> {
    let profile = Profile::default();
    let source = MongoSource::connect(mongodb, &profile).await?;
    let collections = source.inspect().await?;
    let history = profile.collection("game_history").unwrap_or("game_history").to_owned();
    let found = collections.into_iter().find(|collection| collection.name == history);
    Ok(found.map_or(0, |collection| collection.documents))
}

fn connection(shared: &Shared, mongodb: &str, redis: &str) -> Result<Connection, ApiError> {
    Ok(Connection {
        environment: Environment::Sandbox,
        impact: Default::default(),
        snapshots: Default::default(),
        service: Some(GameService {
            mongodb_uri: Secret::new(mongodb.to_owned()),
            redis_url: Some(Secret::new(redis.to_owned())),
            rabbitmq_url: None,
            profile: Profile::default(),
        }),
        name: Default::default(),
        others: Default::default(),
        store: VaultPlace {
            bandwidth: None,
            url: sandbox_store(&shared.home),
            credentials: StoreCredentials::default(),
            keys: VaultKeys::passphrase(passphrase(shared)?),
        },
        targets: Default::default(),
    })
}

/// The vault's passphrase, made once and kept in a file that only its owner may read.
fn passphrase(shared: &Shared) -> Result<Secret, ApiError> {
    let path = shared.home.sandbox_key();
    if let Some(kept) = shared.home.read_secret(&path)? {
        return Ok(Secret::new(kept));
    }
    let mut random = [0_u8; 32];
    SystemEntropy.fill(&mut random);
    let text: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    shared.home.write_secret(&path, text.as_bytes())?;
    Ok(Secret::new(text))
}

/// Stops the sandbox, also one whose start is under way.
pub(super) async fn end(shared: &Shared) -> Result<(), ApiError> {
    let starting = shared.state.sandbox_job.lock().await.take();
    if let Some(id) = starting {
        shared.engine.jobs().cancel(&id).await?;
        shared.engine.jobs().wait(&id).await?;
    }
    stop(shared).await
}

/// Stops the games and the servers of this process, if it runs any.
pub(super) async fn stop(shared: &Shared) -> Result<(), ApiError> {
    let Some(running) = shared.state.sandbox.lock().await.take() else {
        return Ok(());
    };
    running.playing.cancel();
    if let Err(error) = running.player.await {
        tracing::warn!(%error, "the games of the sandbox ended unexpectedly");
    }
    Ok(running.sandbox.stop().await?)
}

/// Damages data of the sandbox.
pub(super) async fn damage(
    shared: &Shared,
    request: DamageRequest,
) -> Result<DamageOutcome, ApiError> {
    require(shared)?;
    let attached = Sandbox::attach(&shared.home.sandbox())?;
    let (mongodb, redis) = (attached.mongodb_uri(), attached.redis_url());
    let mut seed = [0_u8; 8];
    SystemEntropy.fill(&mut seed);
    let play = play::Play::new(&mongodb, &redis, shared.options.scale).await?;
    let labels = play.damage(request, u64::from_le_bytes(seed)).await?;
    Ok(DamageOutcome { labels })
}

/// Refuses where live data are not the sandbox's own.
fn require(shared: &Shared) -> Result<(), ApiError> {
    if shared.state.shown().environment == Some(Environment::Sandbox) {
        return Ok(());
    }
    Err(ApiError::permanent("not_a_sandbox", "data are damaged on purpose in the sandbox only")
        .hint("Open the sandbox first."))
}
