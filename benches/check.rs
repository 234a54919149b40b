//! Checks of a vault in a folder: how many objects a second are looked at, how much is read.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, ensure};
use vault::store::MemoryBackend;
use vault::testing::end_segment;
use vault::{
    Argon2Cost, CheckLevel, CheckReport, CheckRequest, PassphraseProvider, Resources, SetCommit,
    SetInfo, Store, StoreCredentials, StoreUrl, StreamInfo, StreamKind, SystemClock, SystemEntropy,
    Vault, VaultContext,
};

/// What was measured.
pub struct Rates {
    /// Looked at: keyring, ledgers, manifests and pages read, segments there with their sizes.
    pub objects_per_second: f64,
    /// MB of documents a second whose segments' bytes were held against their hashes.
    pub bytes_only: f64,
    /// MB of documents a second that were opened and hashed anew.
    pub all_content: f64,
}

/// Makes a vault of many small objects and one of `megabytes` in large ones, and checks both. Files
/// were written just before: what is measured is the check, not the disk.
pub async fn measure(folder: &Path, objects: usize, megabytes: usize) -> Result<Rates> {
    let (many, large) = (folder.join("many"), folder.join("large"));
    many_objects(&many, objects).await?;
    let vault = open(&many).await?;
    let (report, took) = checked(&vault, CheckLevel::L1).await?;
    ensure!(report.objects as usize >= objects, "only {} objects", report.objects);
    let objects_per_second = report.objects as f64 / took;

    let vault = Vault::create(store(&large)?, &provider(), context()).await?;
    let bytes = write(&vault, megabytes << 20, usize::MAX).await?;
    let (_, took) = checked(&vault, CheckLevel::L2).await?;
    let bytes_only = bytes as f64 / 1e6 / took;
    let (_, took) = checked(&vault, CheckLevel::L3).await?;
    Ok(Rates { objects_per_second, bytes_only, all_content: bytes as f64 / 1e6 / took })
}

async fn checked(vault: &Vault, level: CheckLevel) -> Result<(CheckReport, f64)> {
    let request = CheckRequest { set: None, level, sample_percent: 100.0 };
    let begun = Instant::now();
    let report = vault.check(&request, &|_| {}, &Default::default()).await?;
    let took = begun.elapsed().as_secs_f64();
    ensure!(report.ok(), "{:?}", report.problems.first());
    Ok((report, took))
}

/// Opens and makes vaults of the benches that are measured by themselves.
pub fn provider() -> PassphraseProvider {
    PassphraseProvider::new("bench".into(), Argon2Cost::lowest())
}

/// Of a writer in a folder of its own.
pub fn context() -> VaultContext {
    VaultContext {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        writer_id: "bench".to_owned(),
        tool_version: "bench".to_owned(),
        resources: Resources::default(),
    }
}

fn store(folder: &Path) -> Result<Store> {
    Ok(Store::open(&StoreUrl::Folder(folder.to_owned()), StoreCredentials::default())?)
}

/// Opens the vault in a folder.
pub async fn open(folder: &Path) -> Result<Vault> {
    Ok(Vault::open(store(folder)?, &provider(), context()).await?)
}

/// Segments of a few documents each. They are made in memory and laid into the folder as files, since a
/// folder store would sync each of them.
async fn many_objects(folder: &Path, objects: usize) -> Result<()> {
    let memory = Arc::new(MemoryBackend::default());
    let store = Store::with_backend(memory.clone());
    let vault = Vault::create(store, &provider(), context()).await?;
    write(&vault, objects * 4 * 300, 4).await?;
    lay(folder, &memory)
}

/// Lays what is in memory into a folder as files.
pub fn lay(folder: &Path, memory: &MemoryBackend) -> Result<()> {
    for (key, body) in memory.snapshot() {
        let path = folder.join(key);
        std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
        std::fs::write(path, body)?;
    }
    Ok(())
}

/// Writes at least so many bytes of event-like documents, and ends a segment after so many of them
/// where it does not end by itself; the bytes written.
async fn write(vault: &Vault, bytes: usize, documents: usize) -> Result<u64> {
    let classes = vec!["history".to_owned()];
    let set = vault.begin_set(SetInfo { classes, ..SetInfo::default() }).await?;
    let info = StreamInfo {
        class: "history".to_owned(),
        name: "events".to_owned(),
        kind: StreamKind::Collection,
        metadata: Vec::new(),
    };
    let stream = set.stream(info).await?;
    let mut part = stream.part(0);
    let (mut written, mut number) = (0, 0_u64);
    while written < bytes {
        let doc = document(number);
        part.push(&number.to_be_bytes(), &doc).await?;
        (written, number) = (written + doc.len(), number + 1);
        if number.is_multiple_of(documents as u64) {
            end_segment(&mut part).await?;
        }
    }
    part.finish().await?;
    stream.finish().await?;
    Ok(set.commit(SetCommit::default()).await?.bytes)
}

/// Some 300 bytes, of which hashes make a good part, as in events of games.
fn document(number: u64) -> Vec<u8> {
    let mixed = |turn: u64| number.wrapping_add(turn).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!(
        "\x10seq\0{:04x}\x02gameId\0game-{:08x}\x02type\0VoteCast\0\x03payload\0\x02player\0player-{:06}\0\x02vote\0approve\0\x10attempt\0{}\x12ts\0{:013}\x02prevHash\0{:016x}{:016x}{:016x}{:016x}\x02hash\0{:016x}{:016x}{:016x}{:016x}",
        number % 400,
        (number / 60).wrapping_mul(40_503),
        mixed(0) % 100_000,
        number % 5,
        1_790_000_000_000_u64 + number * 37,
        mixed(1),
        mixed(2),
        mixed(3),
        mixed(4),
        mixed(5),
        mixed(6),
        mixed(7),
        mixed(8),
    )
    .into_bytes()
}
