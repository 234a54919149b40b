use vault::Record;

use super::Stream;
use super::filter::{Filter, Span};
use super::outcome::{BrowsePage, BrowseRequest, DocumentRow};
use super::place::Place;
use super::preview;
use super::walk::Walk;
use crate::engine::Engine;
use crate::error::EngineError;

/// Most documents of a page.
pub const MOST: u32 = 200;
/// Documents that a page looks at before it hands back what it has.
const SCANNED: u64 = 50_000;
/// Bytes that a page looks at.
const SCANNED_BYTES: u64 = 64 << 20;
/// Bytes of documents that a page of full documents carries; one larger stands alone.
const FULL_BYTES: u64 = 4 << 20;

/// A page of a collection's documents in the order of their keys. Memory holds a segment of each
/// layer, whatever the collection's size.
///
/// # Errors
/// When the vault is not connected, there is no such backup or collection, the request is invalid, or
/// an object is damaged.
pub async fn page(engine: &Engine, request: &BrowseRequest) -> Result<BrowsePage, EngineError> {
    if request.limit == 0 || request.limit > MOST {
        let reason = format!("{} is not between 1 and {MOST}", request.limit);
        return Err(EngineError::Invalid { field: "limit", reason });
    }
    let from = request.cursor.as_ref().map(|text| Place::decode("cursor", text)).transpose()?;
    let stream = Stream::find(engine, &request.backup, request.class, &request.collection).await?;
    let filter = Filter::new(request, stream.definition()?.as_ref())?;
    let page = BrowsePage {
        documents: Vec::new(),
        cursor: None,
        scanned: 0,
        scanned_bytes: 0,
        total: stream.documents(),
        by_key: filter.by_key,
    };
    Gathering { stream: &stream, filter: &filter, request, page, carried: 0 }.gather(from).await
}

struct Gathering<'g> {
    stream: &'g Stream,
    filter: &'g Filter,
    request: &'g BrowseRequest,
    page: BrowsePage,
    /// Bytes of full documents.
    carried: u64,
}

impl Gathering<'_> {
    async fn gather(mut self, from: Option<Place>) -> Result<BrowsePage, EngineError> {
        for span in &self.filter.spans {
            let begin = match &from {
                Some(from) if from.key >= span.from && span.holds(&from.key) => from.clone(),
                // The pages before were through with it.
                Some(from) if from.key > span.from => continue,
                _ => Place::at(span.from.clone()),
            };
            if self.within(span, begin).await? {
                break;
            }
        }
        Ok(self.page)
    }

    /// Looks through a stretch of keys; true when the page is full.
    async fn within(&mut self, span: &Span, begin: Place) -> Result<bool, EngineError> {
        let mut walk = Walk::from(self.stream, begin).await?;
        while let Some((place, record)) = walk.next().await? {
            if !span.holds(&record.key) {
                return Ok(false);
            }
            if self.is_full() {
                self.page.cursor = Some(place.encode());
                return Ok(true);
            }
            self.look_at(&place, &record)?;
        }
        Ok(false)
    }

    fn is_full(&self) -> bool {
        self.page.documents.len() >= self.request.limit as usize
            || self.page.scanned >= SCANNED
            || self.page.scanned_bytes >= SCANNED_BYTES
            || self.carried >= FULL_BYTES
    }

    fn look_at(&mut self, place: &Place, record: &Record) -> Result<(), EngineError> {
        let bytes = record.doc.len() as u64;
        self.page.scanned += 1;
        self.page.scanned_bytes += bytes;
        if !self.filter.fits(&record.key, &record.doc)? {
            return Ok(());
        }
        let shown = preview::shown(self.stream, record)?;
        let json = if self.request.full { shown.json(record)? } else { None };
        self.carried += if self.request.full { bytes } else { 0 };
        let (id, fields) = (shown.id, shown.fields);
        let key = place.encode();
        self.page.documents.push(DocumentRow { key, id, bytes, fields, json });
        Ok(())
    }
}
