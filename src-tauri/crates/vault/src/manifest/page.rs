//! Pages of a segment index: content-named, so that a stream that did not change costs none, and
//! read one at a time, so that memory does not grow with the data.

use std::collections::VecDeque;
use std::sync::Arc;

use prost::Message;

use super::{PageRef, PartProgress, SegmentRef, message};
use crate::VaultError;
use crate::check::ProblemKind;
use crate::crypto::names::ContentName;
use crate::crypto::object::ObjectType;
use crate::objects::{ObjectRef, key_of};
use crate::proto;
use crate::prune::mark::Marked;
use crate::vault::VaultInner;

/// A page ends no earlier than here …
const LEAST: usize = 32;
/// … and no later than here.
const MOST: usize = 1024;

/// Gathers segment references into pages and stores them.
#[derive(Debug)]
pub(crate) struct PageWriter {
    vault: Arc<VaultInner>,
    marked: Arc<Marked>,
    segments: Vec<SegmentRef>,
    pages: Vec<PageRef>,
    stored_bytes: u64,
}

impl PageWriter {
    pub(crate) fn new(vault: Arc<VaultInner>, marked: Arc<Marked>) -> Self {
        Self { vault, marked, segments: Vec::new(), pages: Vec::new(), stored_bytes: 0 }
    }

    /// Goes on where another writer of the same part was.
    pub(crate) fn resume(&mut self, progress: &PartProgress) {
        self.segments.clone_from(&progress.segments);
        self.pages.clone_from(&progress.pages);
    }

    /// The pages so far, and the segments that are in none yet.
    pub(crate) fn written(&self) -> (&[PageRef], &[SegmentRef], u64) {
        (&self.pages, &self.segments, self.stored_bytes)
    }

    /// Adds a segment. A page ends where a segment's name says so, one in 256: then an insertion
    /// moves only the pages next to it.
    pub(crate) async fn push(&mut self, segment: SegmentRef) -> Result<(), VaultError> {
        let ends = segment.object.name.0[31] == 0 && self.segments.len() + 1 >= LEAST;
        self.segments.push(segment);
        if ends || self.segments.len() >= MOST {
            self.flush().await?;
        }
        Ok(())
    }

    /// The pages, and the bytes that they added to the store.
    pub(crate) async fn finish(mut self) -> Result<(Vec<PageRef>, u64), VaultError> {
        self.flush().await?;
        Ok((self.pages, self.stored_bytes))
    }

    async fn flush(&mut self) -> Result<(), VaultError> {
        let segments = std::mem::take(&mut self.segments);
        let (Some(first), Some(last)) = (segments.first(), segments.last()) else {
            return Ok(());
        };
        let plain = message::page_to_message(&segments).encode_to_vec();
        let name = self.vault.names.page(&plain);
        let (object, stored) = store_page(&self.vault, &self.marked, &plain, name).await?;
        self.stored_bytes += stored;
        self.pages.push(PageRef {
            object,
            first_key: first.first_key.clone(),
            last_key: last.last_key.clone(),
            segments: segments.len() as u64,
        });
        Ok(())
    }
}

/// Stores a page unless it is there; what is there must open, and no prune must have marked it.
async fn store_page(
    vault: &VaultInner,
    marked: &Marked,
    plain: &[u8],
    name: ContentName,
) -> Result<(ObjectRef, u64), VaultError> {
    let key = key_of(ObjectType::Page, &name);
    let found = vault.store.find(&key).await?;
    if let Some(bytes) = &found
        && !marked.takes(&name)
        && let Some(object) = adopted(vault, &key, name, plain, bytes)
    {
        marked.adopt_page();
        return Ok((object, 0));
    }
    let body = vault.seal(ObjectType::Page, &key, plain)?;
    if found.is_some() {
        vault.store.put(&key, body.clone()).await?;
    } else if !vault.store.put_if_absent(&key, body.clone()).await? {
        let bytes = vault.fetch(&key).await?;
        let unsound = || VaultError::damaged(&key, ProblemKind::Decode, "just written, not sound");
        return Ok((adopted(vault, &key, name, plain, &bytes).ok_or_else(unsound)?, 0));
    }
    Ok((ObjectRef::new(name, &body), body.len() as u64))
}

/// What is in the store already, when it is this page.
fn adopted(
    vault: &VaultInner,
    key: &str,
    name: ContentName,
    plain: &[u8],
    bytes: &[u8],
) -> Option<ObjectRef> {
    let found = vault.unseal(ObjectType::Page, key, bytes).ok()?;
    (found == plain).then(|| ObjectRef::new(name, bytes))
}

/// Walks the segments of some pages in order, one page in memory.
#[derive(Debug)]
pub(crate) struct PageReader {
    vault: Arc<VaultInner>,
    pages: VecDeque<PageRef>,
    segments: VecDeque<SegmentRef>,
}

impl PageReader {
    pub(crate) fn new(vault: Arc<VaultInner>, pages: impl IntoIterator<Item = PageRef>) -> Self {
        Self { vault, pages: pages.into_iter().collect(), segments: VecDeque::new() }
    }

    /// The next segment without taking it.
    pub(crate) async fn peek(&mut self) -> Result<Option<&SegmentRef>, VaultError> {
        while self.segments.is_empty() {
            let Some(page) = self.pages.pop_front() else {
                return Ok(None);
            };
            self.segments = read_page(&self.vault, &page).await?.into();
        }
        Ok(self.segments.front())
    }

    pub(crate) async fn next(&mut self) -> Result<Option<SegmentRef>, VaultError> {
        self.peek().await?;
        Ok(self.segments.pop_front())
    }

    /// Takes the next segment that may hold `key`. What ends below is passed over, and a segment that
    /// begins above the key is left for a later one.
    pub(crate) async fn next_holding(
        &mut self,
        key: &[u8],
    ) -> Result<Option<SegmentRef>, VaultError> {
        self.skip_below(key).await?;
        match self.peek().await? {
            Some(segment) if segment.first_key.as_ref() <= key => self.next().await,
            _ => Ok(None),
        }
    }

    /// Passes over whatever ends below `key`, without reading pages that do so wholly.
    pub(crate) async fn skip_below(&mut self, key: &[u8]) -> Result<(), VaultError> {
        loop {
            if self.segments.is_empty() {
                while self.pages.front().is_some_and(|page| page.last_key.as_ref() < key) {
                    self.pages.pop_front();
                }
            }
            match self.peek().await? {
                Some(segment) if segment.last_key.as_ref() < key => {
                    self.segments.pop_front();
                }
                _ => return Ok(()),
            }
        }
    }
}

/// Reads one page and holds it against its reference.
pub(crate) async fn read_page(
    vault: &VaultInner,
    page: &PageRef,
) -> Result<Vec<SegmentRef>, VaultError> {
    let plain = vault.fetch_recorded(ObjectType::Page, &page.object).await?;
    let key = key_of(ObjectType::Page, &page.object.name);
    let decoded = proto::Page::decode(plain.as_slice()).ok().and_then(message::page_from_message);
    let undecodable = || VaultError::damaged(&key, ProblemKind::Decode, "not a page");
    let segments = decoded.ok_or_else(undecodable)?;
    let ordered = segments.windows(2).all(|pair| match pair {
        [a, b] => a.last_key <= b.first_key,
        _ => true,
    });
    let bounds = segments.first().map(|first| &first.first_key) == Some(&page.first_key)
        && segments.last().map(|last| &last.last_key) == Some(&page.last_key);
    if !ordered || !bounds || segments.len() as u64 != page.segments {
        let detail = "its segments are not those that its manifest tells of, in order";
        return Err(VaultError::damaged(&key, ProblemKind::Manifest, detail));
    }
    Ok(segments)
}
