//! Measures how fast the vault takes documents and gives them back, by the wall and by the
//! processor's time, and how much memory that takes.
//!
//! `cargo run --release -p vault --example seal_throughput -- FOLDER [MEGABYTES] [PARTS] [WORKERS]`

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use vault::{
    Argon2Cost, CheckLevel, CheckRequest, PassphraseProvider, Resources, SetCommit, SetInfo,
    SetManifest, Store, StoreCredentials, StoreUrl, StreamInfo, StreamKind, SystemClock,
    SystemEntropy, Vault, VaultContext, VaultError,
};

/// Documents made once; each round alters some bytes of each.
const TEMPLATE_BYTES: usize = 24 << 20;

/// Event-like documents of about 280 bytes.
fn template() -> Vec<Vec<u8>> {
    let (mut all, mut sum, mut n) = (Vec::new(), 0, 0_u32);
    while sum < TEMPLATE_BYTES {
        let mixed = n.wrapping_mul(2_654_435_761);
        let wide = u128::from(mixed).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let doc = format!(
            "{:016}\x10seq\0{:04x}\x02gameId\0game-{:08x}\x02type\0VoteCast\0\x03payload\0\x02player\0player-{:06}\0\x02vote\0{}\0\x10attempt\0{}\x12ts\0{:013}\x02prevHash\0{wide:032x}{:032x}\x02hash\0{:032x}{:032x}",
            0,
            n % 400,
            (n / 60).wrapping_mul(40_503),
            mixed % 100_000,
            if mixed.is_multiple_of(3) { "approve" } else { "reject" },
            n % 5,
            1_790_000_000_000_u64 + u64::from(n) * 37,
            wide.rotate_left(31),
            wide.rotate_left(62),
            wide.rotate_left(93),
        )
        .into_bytes();
        sum += doc.len();
        all.push(doc);
        n += 1;
    }
    all
}

/// Kernel's view of this process: a field of `/proc/self/status` in MiB.
fn memory_mib(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// Processor seconds of all threads so far.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks: f64 =
        after.split_whitespace().skip(11).take(2).filter_map(|text| text.parse::<f64>().ok()).sum();
    ticks / 100.0
}

struct Lap {
    wall: Instant,
    processor: f64,
}

impl Lap {
    fn begin() -> Self {
        Self { wall: Instant::now(), processor: processor_seconds() }
    }

    fn tell(&self, what: &str, bytes: u64) {
        let (wall, processor) =
            (self.wall.elapsed().as_secs_f64(), processor_seconds() - self.processor);
        let megabytes = bytes as f64 / 1e6;
        println!(
            "{what:<22} {:>6.0} MB/s wall ({wall:.2} s)  {:>6.0} MB/s a core ({processor:.2} s)  peak RSS {} MiB",
            megabytes / wall,
            megabytes / processor.max(0.01),
            memory_mib("VmHWM"),
        );
    }
}

async fn back_up(
    vault: &Vault,
    template: &Arc<Vec<Vec<u8>>>,
    bytes: usize,
    parts: usize,
) -> Result<SetManifest, VaultError> {
    let classes = vec!["history".to_owned()];
    let set = vault.begin_set(SetInfo { classes, ..SetInfo::default() }).await?;
    let stream = set
        .stream(StreamInfo {
            class: "history".to_owned(),
            name: "events".to_owned(),
            kind: StreamKind::Collection,
            metadata: Vec::new(),
        })
        .await?;
    let tasks: Vec<_> = (0..parts)
        .map(|number| {
            let (mut part, template) = (stream.part(number as u32), template.clone());
            tokio::spawn(async move {
                let (mut pushed, mut n, mut scratch) = (0, (number as u64) << 32, Vec::new());
                while pushed < bytes / parts {
                    for doc in template.iter() {
                        scratch.clear();
                        scratch.extend_from_slice(doc);
                        scratch[..8].copy_from_slice(&n.to_le_bytes());
                        part.push(&n.to_be_bytes(), &scratch).await?;
                        n += 1;
                    }
                    pushed += TEMPLATE_BYTES;
                }
                part.finish().await
            })
        })
        .collect();
    for task in tasks {
        task.await.map_err(|error| VaultError::Worker(error.to_string()))??;
    }
    let stats = stream.finish().await?;
    let summary = set.commit(SetCommit::default()).await?;
    println!(
        "   {} documents, {} segments ({} reused), {:.0} MB stored of {:.0} MB",
        stats.documents,
        stats.segments,
        stats.reused_segments,
        stats.stored_bytes as f64 / 1e6,
        stats.bytes as f64 / 1e6
    );
    vault.set(&summary.id).await
}

async fn read_back(vault: &Vault, manifest: &SetManifest) -> Result<(), VaultError> {
    let parts = vault.read_stream(manifest, "history", "events").await?.parts();
    let tasks: Vec<_> = parts
        .into_iter()
        .map(|mut part| {
            tokio::spawn(async move {
                while part.next_batch().await?.is_some() {}
                Ok::<_, VaultError>(())
            })
        })
        .collect();
    for task in tasks {
        task.await.map_err(|error| VaultError::Worker(error.to_string()))??;
    }
    Ok(())
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), VaultError> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().map_or_else(|| std::env::temp_dir().join("seal"), PathBuf::from);
    let mut number =
        |default| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (megabytes, parts, workers) = (number(600), number(2), number(2));

    let store = Store::open(&StoreUrl::Folder(folder), StoreCredentials::default())?;
    let context = VaultContext {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        writer_id: "bench".to_owned(),
        tool_version: "bench".to_owned(),
        resources: Resources { sealing_workers: workers, ..Resources::default() },
    };
    let provider = PassphraseProvider::new("bench".into(), Argon2Cost::lowest());
    let vault = Vault::create(store, &provider, context).await?;

    let template = Arc::new(template());
    println!("RSS before {} MiB", memory_mib("VmRSS"));
    let lap = Lap::begin();
    let mut digest = vault.digest();
    template.iter().for_each(|doc| digest.add(&doc[..8], doc));
    lap.tell("document hashes alone", TEMPLATE_BYTES as u64);

    let bytes = megabytes << 20;
    let lap = Lap::begin();
    let manifest = back_up(&vault, &template, bytes, parts).await?;
    let total = manifest.summary.bytes;
    lap.tell("full backup", total);
    let lap = Lap::begin();
    back_up(&vault, &template, bytes, parts).await?;
    lap.tell("unchanged second full", total);
    let lap = Lap::begin();
    read_back(&vault, &manifest).await?;
    lap.tell("read back", total);
    let lap = Lap::begin();
    let request = CheckRequest { set: None, level: CheckLevel::L3, sample_percent: 100.0 };
    let report = vault.check(&request, &|_| {}, &Default::default()).await?;
    lap.tell("check L3", total);
    println!("   {} problems", report.problems.len());
    Ok(())
}
