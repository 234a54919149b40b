//! Connecting to servers, stores and vaults, and parting from them.

use std::sync::Arc;

use engine::impact::ImpactPolicy;
use engine::snapshot::SnapshotPolicy;
use engine::source::events::RabbitSource;
use engine::source::mongo::MongoSource;
use engine::source::profile::Profile;
use engine::source::redis_source::RedisSource;
use engine::stores::outcome::{Cycle, SeparationWarning, StoreName};
use engine::stores::{Separation, StorePlace, examine};
use engine::vault::{
    Store, StoreCredentials, StoreUrl, SystemEntropy, Vault, VaultContext, VaultError,
};
use engine::{Connections, EngineError, restore};
use serde_json::{Value, json};

use super::state::Shown;
use super::{Shared, identity, sandbox, settings};
use crate::connection::{
    Connection, GameService, Kept, KeptSecrets, VaultKeys, VaultPlace, has_credentials, hosts,
};
use crate::contract::Tag;
use crate::error::ApiError;
use crate::event::ApiEvent;
use crate::message::secret::Secret;
use crate::message::setup::{ConnectRequest, Environment, OpenVaultRequest};

pub(super) const KEPT: &str = "connection";

/// Whether a store without a vault gets one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Create,
    Refuse,
}

/// Connects beside everything else; what fails is shown as the reason in the set-up status.
pub(super) fn in_background(shared: &Arc<Shared>) {
    let shared = Arc::clone(shared);
    let tasks = shared.tasks.clone();
    tasks.spawn(async move {
        let attempt = tokio::select! {
            attempt = again(&shared) => attempt,
            () = shared.closing.cancelled() => return,
        };
        // Set once: this runs once for a service.
        let _ = shared.state.attempted.set(());
        if let Err(error) = attempt {
            tracing::warn!(%error, "what was connected before could not be connected again");
            let shown = shared.state.shown();
            shared.state.show(Shown { reason: Some(error.message), ..shown });
        }
        shared.tell(ApiEvent::Invalidate { tags: Tag::ALL.to_vec() });
    });
}

/// Connects to the sandbox when asked to at the start, else to what the configuration names, else
/// to what was connected last. Returns whether there was anything.
pub(super) async fn again(shared: &Arc<Shared>) -> Result<bool, ApiError> {
    if shared.options.sandbox {
        sandbox::start(shared).await?;
        return Ok(true);
    }
    if let Some(connection) = configured(shared)? {
        open(shared, connection, Missing::Refuse).await?;
        return Ok(true);
    }
    match settings::read::<Kept>(shared, KEPT).await? {
        None => Ok(false),
        Some(Kept::Sandbox) => sandbox::again(shared).await,
        Some(kept) => {
            let Some(secrets) = KeptSecrets::load(&shared.home)? else {
                return Ok(false);
            };
            open(shared, from_kept(kept, secrets), Missing::Refuse).await?;
            Ok(true)
        }
    }
}

/// What the command line, the environment and the configuration say, in this order.
fn configured(shared: &Shared) -> Result<Option<Connection>, ApiError> {
    shared.config.connection(&|name| variable(shared, name))
}

/// The game service alone, for made-up games.
pub(super) fn game_service(shared: &Shared) -> Result<Option<GameService>, ApiError> {
    let service = shared.config.game_service(&|name| variable(shared, name))?;
    if service.is_some() && shared.config.environment == Some(Environment::Production) {
        return Err(ApiError::permanent("forbidden", "games are never made up in production"));
    }
    Ok(service)
}

/// An environment variable, or the flag that overrides it.
pub(super) fn variable(shared: &Shared, name: &str) -> Option<String> {
    let options = &shared.options;
    let given = match name {
        "AVAULT_STORE" => options.store.clone(),
        "AVAULT_PROFILE" => options.profile.as_ref().map(|path| path.display().to_string()),
        _ => None,
    };
    given.or_else(|| std::env::var(name).ok())
}

/// A server that only this process may restore to.
fn add_target(shared: &Shared, connection: &mut Connection) -> Result<(), ApiError> {
    let Some(uri) = shared.options.target.as_ref().filter(|uri| uri.contains("://")) else {
        return Ok(());
    };
    if has_credentials(uri) {
        return Err(ApiError::invalid(
            "target",
            "a connection string here must not hold a password",
        )
        .hint("Name the server in the configuration, with mongodb_uri_file."));
    }
    connection.targets.insert(uri.clone(), Secret::new(uri.clone()));
    Ok(())
}

fn from_kept(kept: Kept, secrets: KeptSecrets) -> Connection {
    let place = |url| VaultPlace {
        url,
        credentials: StoreCredentials::default(),
        bandwidth: None,
        keys: VaultKeys::passphrase(Secret::new(secrets.passphrase.clone())),
    };
    match kept {
        Kept::Service { environment, database, store_url } => {
            let profile = Profile { database, ..Profile::default() };
            let redis_url = Some(secrets.redis_url.clone()).filter(|url| !url.is_empty());
            Connection {
                environment,
                impact: ImpactPolicy::for_environment(environment.name()),
                snapshots: SnapshotPolicy::default(),
                service: Some(GameService {
                    mongodb_uri: Secret::new(secrets.mongodb_uri.clone()),
                    redis_url: redis_url.map(Secret::new),
                    rabbitmq_url: None,
                    profile,
                }),
                store: place(store_url),
                name: StoreName::Primary,
                others: Default::default(),
                targets: Default::default(),
            }
        }
        Kept::Vault { store_url } => vault_only(place(store_url)),
        Kept::Sandbox => vault_only(place(String::new())),
    }
}

fn vault_only(store: VaultPlace) -> Connection {
    Connection {
        environment: Environment::Development,
        impact: ImpactPolicy::default(),
        snapshots: SnapshotPolicy::default(),
        service: None,
        store,
        name: StoreName::Primary,
        others: Default::default(),
        targets: Default::default(),
    }
}

/// Connects as a person asked for, and keeps it for the next start.
pub(super) async fn to_service(
    shared: &Arc<Shared>,
    request: ConnectRequest,
) -> Result<(), ApiError> {
    let kept = Kept::Service {
        environment: request.environment,
        database: request.database.clone(),
        store_url: request.store_url.clone(),
    };
    let secrets = KeptSecrets {
        mongodb_uri: request.mongodb_uri.expose().to_owned(),
        redis_url: request.redis_url.expose().to_owned(),
        passphrase: request.passphrase.expose().to_owned(),
    };
    let copy = KeptSecrets { ..secrets_of(&secrets) };
    open(shared, from_kept(kept.clone(), copy), Missing::Create).await?;
    keep(shared, &kept, Some(secrets)).await
}

/// Opens a store alone, and keeps it for the next start.
pub(super) async fn to_vault(
    shared: &Arc<Shared>,
    request: OpenVaultRequest,
) -> Result<(), ApiError> {
    let kept = Kept::Vault { store_url: request.store_url.clone() };
    let secrets = KeptSecrets {
        mongodb_uri: String::new(),
        redis_url: String::new(),
        passphrase: request.passphrase.expose().to_owned(),
    };
    open(shared, from_kept(kept.clone(), secrets_of(&secrets)), Missing::Refuse).await?;
    keep(shared, &kept, Some(secrets)).await
}

fn secrets_of(secrets: &KeptSecrets) -> KeptSecrets {
    KeptSecrets {
        mongodb_uri: secrets.mongodb_uri.clone(),
        redis_url: secrets.redis_url.clone(),
        passphrase: secrets.passphrase.clone(),
    }
}

/// Secrets first: settings that name a connection without its secrets could not be used.
pub(super) async fn keep(
    shared: &Shared,
    kept: &Kept,
    secrets: Option<KeptSecrets>,
) -> Result<(), ApiError> {
    match secrets {
        Some(secrets) => secrets.save(&shared.home)?,
        None => KeptSecrets::forget(&shared.home)?,
    }
    settings::write(shared, KEPT, json!(kept)).await
}

/// Connects everything before anything is exchanged, so that a failure leaves what was there.
pub(super) async fn open(
    shared: &Shared,
    mut connection: Connection,
    missing: Missing,
) -> Result<(), ApiError> {
    add_target(shared, &mut connection)?;
    let _exchange = shared.state.exchange.lock().await;
    // A passphrase takes a while on purpose. A vault that is being made is never cut off.
    let (vault, service) = tokio::join!(
        open_vault(shared, &connection.store, missing),
        open_service(connection.service.as_ref()),
    );
    let (vault, (source, redis)) = (vault?, service?);
    let used = vault.keys().keys.into_iter().find(|key| key.in_use);
    let opened_by = used.map(|key| key.provider).unwrap_or_default();
    let warnings = separation(&connection)?;
    for warning in &warnings {
        tracing::warn!(store = warning.store.name(), "{}", warning.message);
    }
    shared.engine.connect(Connections {
        store: connection.name,
        others: connection.others.clone(),
        warnings,
        source,
        redis,
        rabbitmq: connection.service.as_ref().map(rabbitmq).transpose()?.flatten(),
        vault: Some(vault),
        environment: connection.environment.name().to_owned(),
        impact: connection.impact,
        snapshots: connection.snapshots.clone(),
        targets: connection
            .targets
            .iter()
            .map(|(name, uri)| (name.clone(), uri.reveal().clone()))
            .collect(),
    });
    let mut shown = Shown::of(&connection, &opened_by);
    if connection.service.is_some() {
        shown.reason = finish_switches(shared).await;
    }
    shared.state.show(shown);
    Ok(())
}

/// Rolls switches of killed restores forward or back; what stays undone is the reason returned.
async fn finish_switches(shared: &Shared) -> Option<String> {
    match restore::recover(&shared.engine).await {
        Ok(recovered) => {
            for switch in recovered {
                tracing::warn!(
                    database = switch.database,
                    completed = switch.completed,
                    "a restore that a killed process left behind was brought to an end",
                );
            }
            None
        }
        Err(error) => {
            tracing::error!(%error, "a restore that a killed process left behind stays unfinished");
            Some(error.to_string())
        }
    }
}

async fn open_service(
    service: Option<&GameService>,
) -> Result<(Option<MongoSource>, Option<RedisSource>), ApiError> {
    let Some(service) = service else { return Ok((None, None)) };
    let source = MongoSource::connect(service.mongodb_uri.expose(), &service.profile).await?;
    let redis = match &service.redis_url {
        Some(url) => Some(RedisSource::connect(url.expose()).await?),
        None => None,
    };
    Ok((Some(source), redis))
}

/// RabbitMQ is reached when somebody listens.
fn rabbitmq(service: &GameService) -> Result<Option<RabbitSource>, ApiError> {
    let source = |url: &Secret| RabbitSource::new(url.expose(), &service.profile.rabbitmq);
    Ok(service.rabbitmq_url.as_ref().map(source).transpose()?)
}

fn open_store(place: &VaultPlace) -> Result<Store, ApiError> {
    let store = Store::open(&StoreUrl::parse(&place.url)?, place.credentials.clone())?;
    Ok(match place.bandwidth {
        Some(bytes_per_second) => store.limited(bytes_per_second),
        None => store,
    })
}

/// What of the stores is not apart from MongoDB or from each other; the sandbox is not looked at.
fn separation(connection: &Connection) -> Result<Vec<SeparationWarning>, ApiError> {
    if connection.environment == Environment::Sandbox {
        return Ok(Vec::new());
    }
    let place = &connection.store;
    let connected = StorePlace {
        url: StoreUrl::parse(&place.url)?,
        credentials: place.credentials.clone(),
        bandwidth: place.bandwidth,
        every: Cycle::Week,
    };
    let mut stores: Vec<_> = connection.others.iter().map(|(name, place)| (*name, place)).collect();
    stores.push((connection.name, &connected));
    stores.sort_by_key(|(name, _)| *name);
    let addresses = |service: &GameService| hosts(service.mongodb_uri.expose());
    let mongodb = connection.service.as_ref().map(addresses).unwrap_or_default();
    let mongodb = mongodb.split(',').filter(|host| !host.is_empty()).map(str::to_owned).collect();
    Ok(examine(&Separation { mongodb, this_host: this_host(), stores }))
}

/// This machine's name, where the system tells it.
fn this_host() -> Option<String> {
    let named = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let named = named.or_else(|| std::env::var("COMPUTERNAME").ok());
    named.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
}

async fn open_vault(
    shared: &Shared,
    place: &VaultPlace,
    missing: Missing,
) -> Result<Vault, ApiError> {
    let store = open_store(place)?;
    let providers = place.keys.providers()?;
    let context = identity::vault_context(shared).await?;
    match Vault::open_with_any(store.clone(), providers.clone(), context.clone()).await {
        Err(VaultError::NotAVault { .. }) if missing == Missing::Create => {
            create(store.clone(), &place.keys, context.clone()).await?;
            Ok(Vault::open_with_any(store, providers, context).await?)
        }
        opened => Ok(opened?),
    }
}

/// Makes a vault that the first of the keys opens. A recovery key is none to begin with: it is
/// made for a vault that there is.
async fn create(store: Store, keys: &VaultKeys, context: VaultContext) -> Result<Vault, ApiError> {
    let keys = VaultKeys { recovery: None, ..keys.clone() };
    let providers = keys.providers()?;
    let first = providers.first().ok_or_else(|| {
        ApiError::permanent("no_passphrase", "a new vault needs a passphrase, or a kept key")
            .hint("Name a file with AVAULT_PASSPHRASE_FILE, or describe a key in [key.transit], [key.aws_kms], [key.tencent_kms] or [key.keyring].")
    })?;
    Ok(Vault::create(store, first.as_ref(), context).await?)
}

/// Creates a vault at the configuration's store.
pub(super) async fn create_vault(shared: &Shared) -> Result<String, ApiError> {
    let connection = configured(shared)?.ok_or_else(|| {
        ApiError::permanent("no_store", "nothing says where the vault is to be")
            .hint("Name a store with --store, AVAULT_STORE or [store] url.")
    })?;
    if connection.name != StoreName::Primary {
        return Err(EngineError::NotPrimary { store: connection.name.name() }.into());
    }
    let production = connection.environment == Environment::Production;
    let mut warnings = separation(&connection)?.into_iter();
    let beside = warnings.find(|warning| warning.store == StoreName::Primary);
    if let Some(SeparationWarning { store, message, .. }) = beside.filter(|_| production) {
        return Err(EngineError::NotSeparated { store: store.name(), detail: message }.into());
    }
    let place = connection.store;
    let store = open_store(&place)?;
    let probed = store.probe(&SystemEntropy).await?;
    if !probed.usable() {
        let failed = probed.steps.into_iter().filter(|step| !step.ok);
        let detail = failed.filter_map(|step| step.detail).collect::<Vec<_>>().join("; ");
        return Err(EngineError::StoreUnusable { location: store.location(), detail }.into());
    }
    let context = identity::vault_context(shared).await?;
    let vault = create(store, &place.keys, context).await?;
    let location = vault.store().location();
    shared.engine.audit("vault.create", &location, "done", Value::Null).await?;
    Ok(location)
}

/// Parts from everything and forgets it. The sandbox ends first: a start that is under way would
/// connect again.
pub(super) async fn part(shared: &Shared) -> Result<(), ApiError> {
    sandbox::end(shared).await?;
    let _exchange = shared.state.exchange.lock().await;
    shared.engine.connect(Connections::default());
    shared.state.show(Shown::default());
    KeptSecrets::forget(&shared.home)?;
    settings::write(shared, KEPT, Value::Null).await
}
