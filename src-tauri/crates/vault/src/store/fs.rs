//! A folder as a store: temp file, fsync, rename, fsync of the folder.
//!
//! opendal's `fs` service is not used here: it does not sync the folder after the rename, so an
//! acknowledged object could vanish with the power.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};

use crate::buffers::Buffer;

use super::{Backend, ObjectInfo, StoreError};

/// Name of the folder for files not yet complete; never listed.
const TEMPORARY: &str = "tmp";

/// Threads that look at files at the same time.
const THREADS: usize = 4;
/// Files that one of them looks at in turn.
const TOGETHER: usize = 1024;

/// Memory that is taken at once for a part of a file.
const MOST_AT_ONCE: u64 = 16 << 20;

static SEQUENCE: AtomicU64 = AtomicU64::new(0);

/// A store in a local folder.
#[derive(Debug, Clone)]
pub struct FsBackend {
    root: PathBuf,
}

impl FsBackend {
    /// Opens the folder `root`, making it when absent.
    ///
    /// # Errors
    /// When it cannot be made or is a file.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let shown = root.display().to_string();
        let temporary = root.join(TEMPORARY);
        fs::create_dir_all(&temporary).map_err(|error| StoreError::io("open", &shown, &error))?;
        Ok(Self { root: root.to_owned() })
    }

    fn path(&self, operation: &'static str, key: &str) -> Result<PathBuf, StoreError> {
        let sound = !key.is_empty()
            && key.split('/').all(|part| {
                !part.is_empty()
                    && !part.starts_with('.')
                    && part
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            });
        if sound {
            return Ok(self.root.join(key));
        }
        Err(StoreError::Failed {
            operation,
            key: key.to_owned(),
            detail: "not a key of a vault's object".to_owned(),
        })
    }

    fn write_temporary(&self, body: &[u8]) -> io::Result<PathBuf> {
        // The name needs no secret: the folder is ours, and creation is exclusive.
        let path = loop {
            let number = SEQUENCE.fetch_add(1, Ordering::Relaxed);
            let name = format!("{}-{number}", std::process::id());
            let path = self.root.join(TEMPORARY).join(name);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(mut file) => {
                    let written = file.write_all(body).and_then(|()| file.sync_data());
                    if let Err(error) = written {
                        remove_quietly(&path);
                        return Err(error);
                    }
                    break path;
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        };
        Ok(path)
    }

    fn make_parent(&self, target: &Path) -> io::Result<PathBuf> {
        let parent = target.parent().unwrap_or(&self.root).to_owned();
        if !parent.is_dir() {
            fs::create_dir_all(&parent)?;
            // The new folder's own entry must survive too.
            let mut folder = parent.as_path();
            while let Some(above) = folder.parent() {
                sync_folder(above)?;
                if above == self.root {
                    break;
                }
                folder = above;
            }
        }
        Ok(parent)
    }

    fn put_now(&self, target: &Path, body: &[u8]) -> io::Result<()> {
        let parent = self.make_parent(target)?;
        let temporary = self.write_temporary(body)?;
        if let Err(error) = fs::rename(&temporary, target) {
            remove_quietly(&temporary);
            return Err(error);
        }
        sync_folder(&parent)
    }

    fn put_if_absent_now(&self, target: &Path, body: &[u8]) -> io::Result<bool> {
        let parent = self.make_parent(target)?;
        let temporary = self.write_temporary(body)?;
        // A link, unlike a rename, never replaces.
        let linked = fs::hard_link(&temporary, target);
        let created = match linked {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
            // Some file systems have no links: the rename below is then not exclusive, which the
            // probe tells and writers re-check.
            Err(_) if !target.exists() => {
                fs::rename(&temporary, target)?;
                sync_folder(&parent)?;
                return Ok(true);
            }
            Err(_) => false,
        };
        remove_quietly(&temporary);
        if created {
            sync_folder(&parent)?;
        }
        Ok(created)
    }
}

#[async_trait]
impl Backend for FsBackend {
    fn location(&self) -> String {
        self.root.display().to_string()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        let (this, target) = (self.clone(), self.path("put", key)?);
        blocking("put", key, move || this.put_now(&target, &body)).await
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        let (this, target) = (self.clone(), self.path("put", key)?);
        blocking("put", key, move || this.put_if_absent_now(&target, &body)).await
    }

    async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        let target = self.path("get", key)?;
        blocking("get", key, move || read_whole(&target)).await
    }

    async fn get_ranges(&self, key: &str, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, StoreError> {
        let (target, ranges) = (self.path("get", key)?, ranges.to_vec());
        let parts = blocking("get", key, move || read_parts(&target, &ranges)).await?;
        parts.ok_or_else(|| StoreError::shorter(key))
    }

    async fn holds(&self, key: &str, body: &Bytes) -> Result<bool, StoreError> {
        let (target, body) = (self.path("get", key)?, body.clone());
        blocking("get", key, move || same_bytes(&target, &body)).await
    }

    async fn stat(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        let target = self.path("stat", key)?;
        blocking("stat", key, move || look_at(&target)).await
    }

    /// Looking at a file takes less than handing the work over: a thread looks at many in turn.
    async fn stat_all(
        &self,
        keys: Vec<String>,
        at_once: usize,
    ) -> Result<Vec<Option<ObjectInfo>>, StoreError> {
        let piece = keys.len().div_ceil(at_once.clamp(1, THREADS)).clamp(1, TOGETHER);
        let targets = keys.into_iter().map(|key| Ok((self.path("stat", &key)?, key)));
        let targets: Vec<_> = targets.collect::<Result<_, StoreError>>()?;
        let pieces: Vec<Vec<_>> = targets.chunks(piece).map(<[_]>::to_vec).collect();
        let looks = stream::iter(pieces).map(|piece| async move {
            let looked = tokio::task::spawn_blocking(move || {
                let look = |(target, key): (PathBuf, String)| {
                    look_at(&target).map_err(|error| StoreError::io("stat", &key, &error))
                };
                piece.into_iter().map(look).collect::<Result<Vec<_>, _>>()
            });
            looked.await.map_err(|error| stopped("stat", "", &error))?
        });
        let found: Vec<_> = looks.buffered(THREADS).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let (root, prefix_owned) = (self.root.clone(), prefix.to_owned());
        blocking("list", prefix, move || {
            let mut keys = Vec::new();
            walk(&root, "", &mut keys)?;
            keys.retain(|key| key.starts_with(&prefix_owned));
            keys.sort();
            Ok(keys)
        })
        .await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        let target = self.path("delete", key)?;
        blocking("delete", key, move || match fs::remove_file(target) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
        .await
    }
}

async fn blocking<T: Send + 'static>(
    operation: &'static str,
    key: &str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(|error| StoreError::io(operation, key, &error)),
        Err(error) => Err(stopped(operation, key, &error)),
    }
}

fn stopped(operation: &'static str, key: &str, error: &tokio::task::JoinError) -> StoreError {
    let (key, detail) = (key.to_owned(), format!("the worker stopped: {error}"));
    StoreError::Failed { operation, key, detail }
}

/// A file that is an object; none for a folder.
fn look_at(target: &Path) -> io::Result<Option<ObjectInfo>> {
    match fs::metadata(target) {
        Ok(data) if data.is_file() => Ok(Some(ObjectInfo {
            size: data.len(),
            modified_ms: data
                .modified()
                .ok()
                .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
                .and_then(|since| i64::try_from(since.as_millis()).ok()),
        })),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// One byte more than is read: reading finds the end there without asking for more memory.
fn room(bytes: u64) -> Buffer {
    Buffer::with_capacity(usize::try_from(bytes.min(MOST_AT_ONCE)).unwrap_or(0) + 1)
}

fn read_whole(path: &Path) -> io::Result<Bytes> {
    let mut file = fs::File::open(path)?;
    let mut buffer = room(file.metadata()?.len());
    file.read_to_end(buffer.memory())?;
    Ok(buffer.into_bytes())
}

/// None where the file ends before one of the parts does.
fn read_parts(path: &Path, ranges: &[Range<u64>]) -> io::Result<Option<Vec<Bytes>>> {
    let mut file = fs::File::open(path)?;
    let mut parts = Vec::with_capacity(ranges.len());
    for range in ranges {
        let length = range.end.saturating_sub(range.start);
        file.seek(io::SeekFrom::Start(range.start))?;
        let mut part = room(length);
        let read = Read::by_ref(&mut file).take(length).read_to_end(part.memory())?;
        if read as u64 != length {
            return Ok(None);
        }
        parts.push(part.into_bytes());
    }
    Ok(Some(parts))
}

/// Compares a file piece by piece, without taking memory for all of it.
fn same_bytes(path: &Path, mut body: &[u8]) -> io::Result<bool> {
    let mut file = fs::File::open(path)?;
    let mut piece = vec![0; 128 << 10];
    loop {
        let length = file.read(&mut piece)?;
        let (Some(found), Some((expected, rest))) =
            (piece.get(..length), body.split_at_checked(length))
        else {
            return Ok(false);
        };
        if found != expected {
            return Ok(false);
        }
        if length == 0 {
            return Ok(rest.is_empty());
        }
        body = rest;
    }
}

fn walk(folder: &Path, prefix: &str, keys: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if prefix.is_empty() && name == TEMPORARY {
            continue;
        }
        let key = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &key, keys)?;
        } else {
            keys.push(key);
        }
    }
    Ok(())
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

// Folders cannot be synced here; the file system journals renames itself.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// A temporary file left behind costs space only; the error that led here matters more.
fn remove_quietly(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::debug!(path = %path.display(), %error, "a temporary file stays behind");
    }
}
