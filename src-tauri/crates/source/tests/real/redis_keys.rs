//! Keys of every type come back with expiry, stand-alone and in a cluster.

use std::collections::BTreeSet;
use std::time::Duration;

use redis::AsyncCommands;
use sandbox::RedisTopology;
use source::SourceError;
use source::profile::{DataClass, Profile};
use source::redis_source::{
    ControlAck, ControlChannel, ControlCommand, RedisRecord, RedisSource, RedisValue, WriteMode,
};

use crate::servers::Servers;

/// Far enough in the future for any test run.
const EXPIRY: i64 = 4_102_444_800_123;

async fn fill(redis: &RedisSource, tag: &str) -> Vec<Vec<u8>> {
    let key = |name: &str| format!("game:{{{tag}}}:{name}");
    let mut records = Vec::new();
    let mut add = |name: &str, value: RedisValue, expire_at_ms: Option<i64>| {
        records.push(RedisRecord {
            key: key(name).into_bytes(),
            value,
            expire_at_ms,
            dump: vec![],
        });
    };
    let bytes = |text: &str| text.as_bytes().to_vec();
    add("owner", RedisValue::String(vec![0, 255, 10, 13]), None);
    add("state", RedisValue::String(bytes("{\"seq\":7}")), Some(EXPIRY));
    add("list", RedisValue::List((0..1500).map(|n| bytes(&n.to_string())).collect()), None);
    add("set", RedisValue::Set(vec![bytes("a"), bytes("b"), vec![0]]), Some(EXPIRY));
    let scores = [("-inf", "low"), ("0.1", "x"), ("1e300", "big"), ("inf", "high")];
    let members = scores.map(|(score, member)| (bytes(member), bytes(score))).to_vec();
    add("zset", RedisValue::SortedSet(members), None);
    add("hash", RedisValue::Hash(vec![(bytes("f"), vec![]), (vec![1], bytes("v"))]), None);
    for record in &mut records {
        sort(&mut record.value);
        redis.write_key(record, WriteMode::Decoded).await.unwrap();
    }
    let mut keys = Vec::new();
    for record in &records {
        let read = redis.read_key(&record.key).await.unwrap().unwrap();
        assert_eq!(read.value, record.value);
        assert_eq!(read.expire_at_ms, record.expire_at_ms);
        keys.push(record.key.clone());
    }
    keys
}

fn sort(value: &mut RedisValue) {
    match value {
        RedisValue::Set(members) => members.sort(),
        RedisValue::Hash(fields) => fields.sort(),
        _ => {}
    }
}

/// Reads, encodes, decodes, deletes and writes back; everything must be as before.
async fn round_trip(redis: &RedisSource, keys: &[Vec<u8>]) {
    for mode in [WriteMode::Decoded, WriteMode::Dump] {
        let mut before = Vec::new();
        for key in keys {
            let record = redis.read_key(key).await.unwrap().unwrap();
            assert_eq!(RedisRecord::from_bytes(&record.to_bytes()).unwrap(), record);
            before.push(record);
        }
        assert_eq!(redis.delete_keys(keys).await.unwrap(), keys.len() as u64);
        assert_eq!(redis.read_key(&keys[0]).await.unwrap(), None);
        for record in &before {
            redis.write_key(record, mode).await.unwrap();
            // Over an existing key too.
            redis.write_key(record, mode).await.unwrap();
            let after = redis.read_key(&record.key).await.unwrap().unwrap();
            assert!(
                after.value == record.value,
                "{mode:?}: {}",
                String::from_utf8_lossy(&record.key)
            );
            assert_eq!(after.expire_at_ms, record.expire_at_ms, "{mode:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_type_comes_back_with_its_expiry() {
    let servers = Servers::start(0, RedisTopology::Standalone).await;
    let redis = RedisSource::connect(&servers.sandbox.redis_url()).await.unwrap();
    let mut keys = fill(&redis, "one").await;

    let client = redis::Client::open(servers.sandbox.redis_url()).unwrap();
    let mut raw = client.get_multiplexed_async_connection().await.unwrap();
    let stream = "game:{one}:events";
    for seq in 1..=60 {
        let _: String =
            raw.xadd(stream, format!("{seq}-0"), &[("e", format!("{seq}"))]).await.unwrap();
    }
    let run = |command: &str| {
        let mut parts = command.split(' ');
        let mut built = redis::cmd(parts.next().unwrap());
        parts.for_each(|part| {
            built.arg(part);
        });
        let mut raw = raw.clone();
        async move { built.query_async::<redis::Value>(&mut raw).await.unwrap() }
    };
    for command in [
        "XGROUP CREATE game:{one}:events readers 0",
        "XGROUP CREATE game:{one}:events idle $",
        "XGROUP CREATECONSUMER game:{one}:events idle nobody",
        "XREADGROUP GROUP readers first COUNT 5 STREAMS game:{one}:events >",
        "XREADGROUP GROUP readers second COUNT 3 STREAMS game:{one}:events >",
        "XACK game:{one}:events readers 1-0 7-0",
        "XDEL game:{one}:events 60-0 2-0",
        "PEXPIREAT game:{one}:events 4102444800999",
        "XADD game:{one}:empty 5-5 a b",
        "XDEL game:{one}:empty 5-5",
        "XADD game:{one}:never 0-1 a b",
    ] {
        run(command).await;
    }
    keys.extend(
        [stream, "game:{one}:empty", "game:{one}:never"].map(|key| key.as_bytes().to_vec()),
    );
    let record = redis.read_key(stream.as_bytes()).await.unwrap().unwrap();
    let RedisValue::Stream(read) = &record.value else { panic!("{:?}", record.value) };
    assert_eq!((read.entries.len(), read.last_id.as_str()), (58, "60-0"));
    assert_eq!(read.max_deleted_id.as_deref(), Some("60-0"));
    assert_eq!((read.groups.len(), read.groups[1].pending.len()), (2, 6));
    round_trip(&redis, &keys).await;

    // Only the profile's keys are found, each once.
    let _: () = raw.set("session:someone", "x").await.unwrap();
    let _: () = raw.set("game:not this:state", "x").await.unwrap();
    let profile = Profile::default();
    let found = redis.scan_keys(&profile.redis_patterns(DataClass::Active)).await.unwrap();
    let expected = ["game:{one}:events", "game:{one}:owner", "game:{one}:state"];
    assert_eq!(found, expected.map(|key| key.as_bytes().to_vec()));
    let info = redis.info().await.unwrap();
    assert!(!info.cluster && !info.version.is_empty() && info.used_bytes > 0);

    // An expiry that has passed leaves no key.
    let mut late = record.clone();
    late.expire_at_ms = Some(1);
    for mode in [WriteMode::Decoded, WriteMode::Dump] {
        redis.write_key(&late, mode).await.unwrap();
        assert_eq!(redis.read_key(&late.key).await.unwrap(), None);
    }
    servers.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_is_read_and_written_whole() {
    let servers = Servers::start(0, RedisTopology::Cluster).await;
    // One address is enough.
    let url = servers.sandbox.redis_urls().remove(0);
    let redis = RedisSource::connect(&url).await.unwrap();
    assert!(redis.is_cluster());
    let mut keys = Vec::new();
    for game in 0..12 {
        keys.extend(fill(&redis, &format!("game {game}")).await);
    }
    round_trip(&redis, &keys).await;
    let found = redis.scan_keys(&["game:{*}:*".to_owned()]).await.unwrap();
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), keys.into_iter().collect());
    assert_eq!(redis.info().await.unwrap().masters.len(), 3);
    servers.stop().await;
}

/// A game server that acknowledges everything, or refuses.
fn instance(
    channel: &ControlChannel,
    name: &'static str,
    done: bool,
) -> tokio::task::JoinHandle<()> {
    let channel = channel.clone();
    tokio::spawn(async move {
        let mut after = "0".to_owned();
        loop {
            for message in channel.commands(&after, Duration::from_secs(1)).await.unwrap() {
                after.clone_from(&message.id);
                let ack = ControlAck {
                    of: message.id,
                    instance: name.to_owned(),
                    done,
                    detail: format!("{} {:?}", message.command.name(), message.game),
                };
                channel.acknowledge(&ack).await.unwrap();
            }
        }
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_commands_wait_for_every_living_instance() {
    let servers = Servers::start(0, RedisTopology::Standalone).await;
    let redis = RedisSource::connect(&servers.sandbox.redis_url()).await.unwrap();
    let channel = ControlChannel::new(&redis, &Profile::default());
    let client = redis::Client::open(servers.sandbox.redis_url()).unwrap();
    let mut raw = client.get_multiplexed_async_connection().await.unwrap();
    let patience = Duration::from_secs(20);

    let nobody = channel.request(ControlCommand::Pause, None, "", patience).await.unwrap();
    assert!(nobody.is_empty());

    for name in ["instance:one", "instance:two", "instance:one:games"] {
        let _: () = raw.set(name, "alive").await.unwrap();
    }
    assert_eq!(channel.live_instances().await.unwrap(), ["one", "two"]);
    let one = instance(&channel, "one", true);
    let short = Duration::from_millis(600);
    let error = channel.request(ControlCommand::Pause, None, "", short).await.unwrap_err();
    assert!(
        matches!(&error, SourceError::ControlTimeout { missing, .. } if missing[..] == ["two"])
    );

    let two = instance(&channel, "two", true);
    let acks = channel.request(ControlCommand::Resume, Some("g"), "{}", patience).await.unwrap();
    let from: BTreeSet<&str> = acks.iter().map(|ack| ack.instance.as_str()).collect();
    assert_eq!(from, BTreeSet::from(["one", "two"]));
    assert_eq!(acks[0].detail, "resume Some(\"g\")");

    // An instance that dies is not waited for.
    two.abort();
    let _: () = raw.pset_ex("instance:two", "dying", 300).await.unwrap();
    channel.request(ControlCommand::Resync, None, "", patience).await.unwrap();

    one.abort();
    let grumpy = instance(&channel, "one", false);
    let error = channel.request(ControlCommand::Reload, None, "", patience).await.unwrap_err();
    assert!(matches!(&error, SourceError::ControlRefused { instance, .. } if instance == "one"));
    grumpy.abort();
    servers.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_reached_is_named_without_the_password() {
    let servers = Servers::start(0, RedisTopology::Standalone).await;
    let url = servers.sandbox.redis_url().replacen("redis://", "redis://nobody:secret@", 1);
    let error = RedisSource::connect(&url).await.unwrap_err();
    assert!(matches!(error, SourceError::Authentication { .. }), "{error}");
    assert!(!format!("{error} {error:?}").contains("secret"));
    servers.stop().await;
    let error = RedisSource::connect("nonsense").await.unwrap_err();
    assert!(matches!(error, SourceError::InvalidAddress { .. }));
}
