//! The Redis keys beside a dump. They are written only when asked for, and only where none of them
//! exists: a dump never writes over what a game service is working with.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use dump::file::{DumpFile, Position};
use source::redis_source::{RedisRecord, RedisSource, RedisValue, WriteMode};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinHandle;

use crate::error::EngineError;
use crate::export::outcome::DumpFormat;
use crate::job::Unit;
use crate::jobs::{JobHandle, Phase};
use crate::redis_lines;

/// Keys that wait between reading and writing.
const AHEAD: usize = 16;
/// A value of Redis has up to 512 MiB, a third more in base64.
const LONGEST_LINE: u64 = 768 << 20;

/// The keys beside a dump, and the Redis they go to.
#[derive(Debug)]
pub(super) struct Keys {
    redis: RedisSource,
    path: PathBuf,
    /// Keys written so far, for taking them back.
    written: Vec<Vec<u8>>,
}

impl Keys {
    /// Finds the file of a dump's keys.
    pub(super) fn of(
        redis: Option<RedisSource>,
        dump: &Path,
        format: DumpFormat,
    ) -> Result<Self, EngineError> {
        let redis = redis.ok_or(EngineError::NotConnected { what: "redis" })?;
        let candidates = [true, false].map(|gzip| redis_lines::beside(dump, format, gzip));
        match candidates.into_iter().find(|path| path.is_file()) {
            Some(path) => Ok(Self { redis, path, written: Vec::new() }),
            None => Err(EngineError::DumpRefused {
                path: dump.display().to_string(),
                reason: "there are no Redis keys beside it".to_owned(),
            }),
        }
    }

    /// Refuses when a key exists, or when a line is none.
    pub(super) async fn ensure_absent(&self, job: &JobHandle) -> Result<(), EngineError> {
        let (mut records, reading) = self.records();
        while let Some(record) = records.recv().await {
            job.check()?;
            if self.redis.read_key(&record.key).await?.is_some() {
                let found = String::from_utf8_lossy(&record.key).into_owned();
                return Err(EngineError::NotEmpty { place: "Redis".to_owned(), found });
            }
        }
        reading.await?
    }

    /// Writes all keys; returns how many.
    pub(super) async fn write(&mut self, job: &JobHandle) -> Result<u64, EngineError> {
        job.phase(Phase { code: "redis_write", unit: Unit::Documents, total: None });
        let (mut records, reading) = self.records();
        while let Some(record) = records.recv().await {
            job.check()?;
            let mode = match record.value {
                RedisValue::Opaque(_) => WriteMode::Dump,
                _ => WriteMode::Decoded,
            };
            self.redis.write_key(&record, mode).await?;
            self.written.push(record.key);
            job.advance(1);
        }
        reading.await??;
        Ok(self.written.len() as u64)
    }

    /// Deletes the keys written.
    pub(super) async fn take_back(&self) -> Result<(), EngineError> {
        self.redis.delete_keys(&self.written).await?;
        Ok(())
    }

    /// Reads the file on a thread of its own.
    fn records(&self) -> (Receiver<RedisRecord>, JoinHandle<Result<(), EngineError>>) {
        let (records, arriving) = mpsc::channel(AHEAD);
        let path = self.path.clone();
        (arriving, tokio::task::spawn_blocking(move || read(&path, &records)))
    }
}

fn read(path: &Path, records: &Sender<RedisRecord>) -> Result<(), EngineError> {
    let refused = |number: u64, reason: String| EngineError::DumpRefused {
        path: path.display().to_string(),
        reason: format!("line {number}: {reason}"),
    };
    let mut file = BufReader::new(DumpFile::open(path, false, &Position::default())?);
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let read = (&mut file).take(LONGEST_LINE).read_until(b'\n', &mut line);
        match read.map_err(|error| refused(number, error.to_string()))? {
            0 => break,
            _ if line.last() != Some(&b'\n') => {
                return Err(refused(number, "it has no end".to_owned()));
            }
            _ => line.truncate(line.len() - 1),
        }
        let record =
            redis_lines::decode(&line).map_err(|error| refused(number, error.to_string()))?;
        if records.blocking_send(record).is_err() {
            // Nobody takes it any more: the job gave up and knows why.
            break;
        }
    }
    Ok(())
}
