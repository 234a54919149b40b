//! Measures how fast the vault takes documents, gives them back, and what each step costs.
//!
//! `cargo run --release -p vault --example seal_throughput -- FOLDER [MEGABYTES] [PARTS] [WORKERS]`

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use vault::{
    Argon2Cost, CheckLevel, CheckRequest, PassphraseProvider, Resources, SetCommit, SetInfo, Store,
    StoreCredentials, StoreUrl, StreamInfo, StreamKind, SystemClock, SystemEntropy, Vault,
    VaultContext, VaultError,
};

/// Documents of one part, as BSON-like bytes of about 300 bytes each.
fn documents(part: u32, bytes: usize) -> Vec<(Vec<u8>, Vec<u8>)> {
    let (mut all, mut sum, mut n) = (Vec::new(), 0, 0_u32);
    while sum < bytes {
        let mixed = (n ^ part.rotate_left(13)).wrapping_mul(2_654_435_761);
        let doc = format!(
            "\x10seq\0{n:08x}\x02gameId\0game-{:012x}\x02type\0VoteCast\0\x03payload\0\x02player\0player-{:06}\0\x02vote\0{}\0\x10attempt\0{}\x12ts\0{:016}\x02prevHash\0{:032x}{:032x}\x02hash\0{:032x}{:032x}",
            mixed >> 8,
            mixed % 100_000,
            if mixed % 3 == 0 { "approve" } else { "reject" },
            n % 5,
            1_790_000_000_000_u64 + u64::from(n) * 37,
            u128::from(mixed).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835),
            u128::from(n).wrapping_mul(0xd134_2543_de82_ef95_2d5a_6f1e_9b3c_7a11),
            u128::from(mixed ^ n).wrapping_mul(0xaef1_7502_b3a5_9d3d_9e37_79b9_7f4a_7c15),
            u128::from(mixed).wrapping_mul(0x2545_f491_4f6c_dd1d_d134_2543_de82_ef95),
        )
        .into_bytes();
        sum += doc.len();
        all.push((
            ((u64::from(part) << 32) | u64::from(n))
                .to_be_bytes()
                .to_vec(),
            doc,
        ));
        n += 1;
    }
    all
}

fn resident_mib(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with(field))
        .unwrap_or_default();
    line.split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}

fn rate(what: &str, bytes: u64, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{what:<34} {:>7.0} MB/s  ({seconds:.2} s)",
        bytes as f64 / 1e6 / seconds
    );
}

async fn back_up(
    vault: &Vault,
    data: &Arc<Vec<Vec<(Vec<u8>, Vec<u8>)>>>,
) -> Result<(), VaultError> {
    let classes = vec!["history".to_owned()];
    let set = vault
        .begin_set(SetInfo {
            classes,
            ..SetInfo::default()
        })
        .await?;
    let stream = set
        .stream(StreamInfo {
            class: "history".to_owned(),
            name: "events".to_owned(),
            kind: StreamKind::Collection,
            metadata: Vec::new(),
        })
        .await?;
    let tasks: Vec<_> = (0..data.len())
        .map(|n| {
            let mut part = stream.part(n as u32);
            let data = data.clone();
            tokio::spawn(async move {
                for (key, doc) in &data[n] {
                    part.push(key, doc).await?;
                }
                part.finish().await
            })
        })
        .collect();
    for task in tasks {
        task.await
            .map_err(|error| VaultError::Worker(error.to_string()))??;
    }
    let stats = stream.finish().await?;
    set.commit(SetCommit::default()).await?;
    println!(
        "   {} documents, {} segments ({} reused), {:.1} MB stored of {:.1} MB",
        stats.documents,
        stats.segments,
        stats.reused_segments,
        stats.stored_bytes as f64 / 1e6,
        stats.bytes as f64 / 1e6
    );
    Ok(())
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), VaultError> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments
        .next()
        .map_or_else(|| std::env::temp_dir().join("seal"), PathBuf::from);
    let mut number = |default| {
        arguments
            .next()
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let (megabytes, parts, workers) = (number(600), number(2), number(2));

    let per_part = (megabytes << 20) / parts;
    let data: Vec<_> = (0..parts)
        .map(|part| documents(part as u32, per_part))
        .collect();
    let total: u64 = data.iter().flatten().map(|(_, doc)| doc.len() as u64).sum();
    println!(
        "{} MB in memory before, RSS {} MiB",
        total / 1_000_000,
        resident_mib("VmRSS")
    );

    let store = Store::open(&StoreUrl::Folder(folder), StoreCredentials::default())?;
    let context = VaultContext {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        writer_id: "bench".to_owned(),
        tool_version: "bench".to_owned(),
        resources: Resources {
            sealing_workers: workers,
            ..Resources::default()
        },
    };
    let provider = PassphraseProvider::new("bench".into(), Argon2Cost::lowest());
    let vault = Vault::create(store, &provider, context).await?;

    let begun = Instant::now();
    let mut digest = vault.digest();
    data[0].iter().for_each(|(key, doc)| digest.add(key, doc));
    rate(
        "hash documents, one core",
        data[0].iter().map(|(_, doc)| doc.len() as u64).sum(),
        begun,
    );

    let data = Arc::new(data);
    let before = resident_mib("VmRSS");
    let begun = Instant::now();
    back_up(&vault, &data).await?;
    rate("full backup", total, begun);
    println!(
        "   peak RSS above the data: {} MiB",
        resident_mib("VmHWM").saturating_sub(before)
    );
    let begun = Instant::now();
    back_up(&vault, &data).await?;
    rate("unchanged second full", total, begun);

    let newest = vault
        .sets()
        .await?
        .pop()
        .map(|set| set.id)
        .unwrap_or_default();
    let begun = Instant::now();
    let manifest = vault.set(&newest).await?;
    let tasks: Vec<_> = vault
        .read_stream(&manifest, "history", "events")
        .await?
        .parts()
        .into_iter()
        .map(|mut part| {
            tokio::spawn(async move {
                let mut bytes = 0;
                while let Some(batch) = part.next_batch().await? {
                    bytes += batch
                        .iter()
                        .map(|record| record.doc.len() as u64)
                        .sum::<u64>();
                }
                Ok::<_, VaultError>(bytes)
            })
        })
        .collect();
    let mut read = 0;
    for task in tasks {
        read += task
            .await
            .map_err(|error| VaultError::Worker(error.to_string()))??;
    }
    rate("read back", read, begun);
    let begun = Instant::now();
    let request = CheckRequest {
        set: None,
        level: CheckLevel::L3,
        sample_percent: 100.0,
    };
    let report = vault.check(&request, &|_| {}, &Default::default()).await?;
    rate("check L3", total, begun);
    println!(
        "   {} problems; peak RSS {} MiB",
        report.problems.len(),
        resident_mib("VmHWM")
    );
    Ok(())
}
