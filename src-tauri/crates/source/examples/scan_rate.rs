//! Prints how fast a database is read: plain raw drain, and `_id` ranges with sort keys.
//!
//! `cargo run --release -p source --example scan_rate -- URI DATABASE [READERS]`

use std::time::Instant;

use futures::{StreamExt, TryStreamExt};
use source::SourceError;
use source::mongo::{CollectionInfo, MongoSource, ScanOptions, ScanRange};
use source::profile::Profile;

#[tokio::main]
async fn main() -> Result<(), SourceError> {
    let mut arguments = std::env::args().skip(1);
    let (Some(uri), Some(database)) = (arguments.next(), arguments.next()) else {
        println!("scan_rate URI DATABASE [READERS]");
        return Ok(());
    };
    let readers = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(2);
    let source = MongoSource::connect(&uri, &Profile::default()).await?.on_database(&database);
    let collections = source.inspect().await?;
    for _ in 0..3 {
        let start = Instant::now();
        let drained = source.drain(&collections, readers).await?;
        report("drain", drained.documents, drained.bytes, start);
        let start = Instant::now();
        let (documents, bytes) = scan(&source, &collections, readers).await?;
        report("scan", documents, bytes, start);
    }
    Ok(())
}

async fn scan(
    source: &MongoSource,
    collections: &[CollectionInfo],
    readers: usize,
) -> Result<(u64, u64), SourceError> {
    let mut ranges: Vec<(CollectionInfo, ScanRange)> = Vec::new();
    for info in collections {
        let planned = source.plan_ranges(info, readers).await?;
        ranges.extend(planned.into_iter().map(|range| (info.clone(), range)));
    }
    let tasks = ranges.into_iter().map(|(info, range)| {
        let source = source.clone();
        async move {
            let mut reader = source.read_range(&info, &range, ScanOptions::default());
            let (mut documents, mut bytes) = (0, 0);
            while let Some(batch) = reader.next_batch().await? {
                documents += batch.len() as u64;
                bytes += batch.document_bytes();
            }
            Ok::<_, SourceError>((documents, bytes))
        }
    });
    futures::stream::iter(tasks)
        .buffer_unordered(readers)
        .try_fold((0, 0), |sum, one| async move { Ok((sum.0 + one.0, sum.1 + one.1)) })
        .await
}

fn report(what: &str, documents: u64, bytes: u64, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    println!("{what}: {documents} documents, {:.0} MB/s", bytes as f64 / 1e6 / seconds);
}
