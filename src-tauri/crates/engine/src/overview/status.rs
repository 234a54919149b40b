use avalon::sentence;
use avalon::sentence::Sentence;
use source::mongo::MongoSource;
use source::redis_source::RedisSource;
use vault::Vault;

use super::oplog::is_young;
use super::outcome::{EndpointView, Health, ServiceStatus};
use crate::engine::Engine;
use crate::error::EngineError;

/// An oplog that reaches back less than this needs attention: a backup may overrun it.
const SHORT_OPLOG_SECONDS: u32 = 3_600;

/// What is connected, and whether it answers.
///
/// # Errors
/// Never for a server that is down: that is its state.
pub async fn status(engine: &Engine) -> Result<ServiceStatus, EngineError> {
    let connections = engine.connections();
    let database =
        connections.source.as_ref().map_or("", |source| source.database_name()).to_owned();
    let (mongodb, redis, store) = tokio::join!(
        mongodb(connections.source),
        redis(connections.redis),
        store(connections.vault)
    );
    Ok(ServiceStatus { environment: connections.environment, database, mongodb, redis, store })
}

fn absent() -> EndpointView {
    endpoint(Health::Absent, String::new(), String::new())
}

/// An endpoint that tells what needs no translation, or an error.
fn endpoint(health: Health, address: String, detail: String) -> EndpointView {
    EndpointView { health, address, detail, sentence: None }
}

/// An endpoint that tells it in words.
fn told(health: Health, address: String, sentence: Sentence) -> EndpointView {
    EndpointView { health, address, detail: sentence.to_string(), sentence: Some(sentence) }
}

async fn mongodb(source: Option<MongoSource>) -> EndpointView {
    let Some(source) = source else { return absent() };
    let known = source.server_info();
    let address =
        |info: &source::mongo::ServerInfo| info.primary.clone().unwrap_or(info.members.join(","));
    match source.probe().await {
        Ok(info) => {
            let short = info
                .oplog
                .is_none_or(|oplog| oplog.seconds() < SHORT_OPLOG_SECONDS && is_full(&info));
            let health = if short { Health::Attention } else { Health::Ok };
            endpoint(health, address(&info), format!("{} · {}", info.version, info.replica_set))
        }
        Err(error) => endpoint(Health::Down, address(known), error.to_string()),
    }
}

/// Whether the oplog's start says anything: that of a young server is short because it is young.
fn is_full(info: &source::mongo::ServerInfo) -> bool {
    info.oplog.is_some_and(|oplog| !is_young(oplog))
}

async fn redis(redis: Option<RedisSource>) -> EndpointView {
    let Some(redis) = redis else { return absent() };
    match redis.info().await {
        Ok(info) if info.cluster => {
            let sentence = sentence!("{version} · cluster", version = info.version);
            told(Health::Ok, info.masters.join(","), sentence)
        }
        Ok(info) => endpoint(Health::Ok, info.masters.join(","), info.version),
        Err(error) => endpoint(Health::Down, String::new(), error.to_string()),
    }
}

async fn store(vault: Option<Vault>) -> EndpointView {
    let Some(vault) = vault else { return absent() };
    let address = vault.store().location();
    match vault.catalog().await {
        Ok(catalog) => match catalog.problems.first() {
            Some(problem) => endpoint(Health::Attention, address, problem.detail.clone()),
            None => {
                told(Health::Ok, address, sentence!("backups: {count}", count = catalog.sets.len()))
            }
        },
        Err(error) => endpoint(Health::Down, address, error.to_string()),
    }
}
