//! Staged documents over the live collection, while the service is paused.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use source::mongo::window::{CaptureWindow, ChangeFeed};
use source::mongo::{MongoSource, MongoTarget};
use tokio_util::sync::CancellationToken;

use super::destination::Destination;
use super::packed::Unpacker;
use crate::context::CrashPoints;
use crate::error::EngineError;
use crate::tasks::Together;

/// Documents in one command.
const TOGETHER: usize = 1_000;
/// Commands under way: the server has one to go on with when it ends another.
const AT_ONCE: usize = 3;

/// Removes what must not be there and writes staged documents over the live collection, then holds
/// the collection against both. Can be done again from any place.
///
/// No write waits for a majority: what is read back does, and until it is found right all that is
/// staged stays.
pub(super) async fn write(
    destination: &Destination,
    crash: &CrashPoints,
    staged: &str,
    removed: &str,
    collection: &str,
) -> Result<(), EngineError> {
    let (reader, writer) = (&destination.reader, &destination.writer);
    let live = Live { writer: destination.for_staging().writer, collection };
    remove(reader, &live, removed).await?;
    crash.pass("documents removed")?;
    put(reader, &live, staged, removed).await?;
    crash.pass("documents written")?;
    writer.barrier().await?;
    verify(reader, staged, removed, collection).await?;
    writer.drop_collection(removed).await?;
    crash.pass("documents dropping")?;
    Ok(writer.drop_collection(staged).await?)
}

/// The live collection.
struct Live<'a> {
    writer: MongoTarget,
    collection: &'a str,
}

async fn remove(reader: &MongoSource, live: &Live<'_>, removed: &str) -> Result<(), EngineError> {
    let mut removals = Unpacker::of(reader, removed).await?;
    let mut tasks = Together::new(CancellationToken::new());
    let begun = async {
        while let Some(documents) = removals.next().await? {
            if !live.begin(&mut tasks, Kind::Delete, &documents).await {
                break;
            }
        }
        Ok(())
    }
    .await;
    tasks.join().await?;
    begun
}

/// Writes staged documents: what was removed is inserted, which costs the server least, the others
/// are replaced where they are.
async fn put(
    reader: &MongoSource,
    live: &Live<'_>,
    staged: &str,
    removed: &str,
) -> Result<(), EngineError> {
    let mut puts = Unpacker::of(reader, staged).await?;
    let mut gone = Gone::of(reader, removed).await?;
    let mut tasks = Together::new(CancellationToken::new());
    let begun = async {
        while let Some(documents) = puts.next().await? {
            let (mut inserts, mut replacements) = (Vec::new(), Vec::new());
            for document in documents {
                match gone.holds(&puts.key_of(&document)?).await? {
                    true => inserts.push(document),
                    false => replacements.push(document),
                }
            }
            if !live.begin(&mut tasks, Kind::Insert, &inserts).await
                || !live.begin(&mut tasks, Kind::Replace, &replacements).await
            {
                break;
            }
        }
        Ok(())
    }
    .await;
    tasks.join().await?;
    begun
}

#[derive(Clone, Copy)]
enum Kind {
    Delete,
    Insert,
    Replace,
}

impl Live<'_> {
    /// Begins commands over these documents as others end; false after one that failed, when none
    /// is begun any more.
    async fn begin(&self, tasks: &mut Together<()>, kind: Kind, documents: &[Bytes]) -> bool {
        for some in documents.chunks(TOGETHER) {
            if !tasks.room(AT_ONCE).await {
                return false;
            }
            let (writer, collection) = (self.writer.clone(), self.collection.to_owned());
            let some = some.to_vec();
            tasks.spawn(async move {
                match kind {
                    Kind::Delete => writer.delete_raw(&collection, &some).await.map(drop)?,
                    Kind::Insert => writer.insert_raw(&collection, &some).await.map(drop)?,
                    Kind::Replace => writer.replace_raw(&collection, &some).await.map(drop)?,
                }
                Ok(())
            });
        }
        true
    }
}

/// The keys of what was removed, passed through once beside staged documents.
struct Gone {
    removals: Unpacker,
    /// Those from the key asked for last on, some MiB of them.
    keys: BTreeSet<Vec<u8>>,
}

impl Gone {
    async fn of(reader: &MongoSource, name: &str) -> Result<Self, EngineError> {
        Ok(Self { removals: Unpacker::of(reader, name).await?, keys: BTreeSet::new() })
    }

    /// Whether a key is among them. Keys must rise.
    async fn holds(&mut self, key: &[u8]) -> Result<bool, EngineError> {
        while self.keys.last().is_none_or(|last| last.as_slice() < key) {
            let Some(next) = self.removals.next().await? else { break };
            self.keys =
                next.iter().map(|one| self.removals.key_of(one)).collect::<Result<_, _>>()?;
        }
        Ok(self.keys.contains(key))
    }
}

/// Reads every document that was written or removed as a majority has it.
async fn verify(
    reader: &MongoSource,
    staged: &str,
    removed: &str,
    collection: &str,
) -> Result<(), EngineError> {
    let mut window = CaptureWindow::open(reader, ChangeFeed::Oplog).await?;
    for name in [staged, removed] {
        let mut documents = Unpacker::of(reader, name).await?;
        while let Some(documents) = documents.next().await? {
            for document in documents {
                window.mark(collection, &document)?;
            }
        }
    }
    // What others write meanwhile is not looked for: the service is paused.
    let Some(info) = reader.inspect_collection(collection).await? else {
        return Err(differs(collection, 1));
    };
    let mut images = window.images(&info, window.opened_at(), None)?;
    let mut expected = Unpacker::of(reader, staged).await?;
    let (mut waiting, mut wrong) = (BTreeMap::new(), 0_u64);
    while let Some(batch) = images.next_batch().await? {
        for image in batch {
            let (key, live) = image.into_parts();
            while waiting.last_key_value().is_none_or(|(last, _)| *last < key) {
                let Some(next) = expected.next().await? else { break };
                for document in next {
                    waiting.insert(expected.key_of(&document)?, document);
                }
            }
            wrong += u64::from(waiting.remove(&key) != live);
        }
    }
    if wrong == 0 { Ok(()) } else { Err(differs(collection, wrong)) }
}

fn differs(collection: &str, documents: u64) -> EngineError {
    EngineError::DocumentsDiffer { collection: collection.to_owned(), documents }
}
