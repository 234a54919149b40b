//! Walks a stream's documents from a place on, a batch in memory.

use std::vec::IntoIter;

use vault::{Record, StreamReader};

use super::Stream;
use super::place::Place;
use crate::error::EngineError;

pub(super) struct Walk {
    reader: StreamReader,
    batch: IntoIter<Record>,
    /// Where the walk is: the place of the next document, if its key is the same.
    at: Place,
    /// Documents of the first key that are passed over.
    pass: u32,
}

impl Walk {
    pub(super) async fn from(stream: &Stream, place: Place) -> Result<Self, EngineError> {
        let (class, name) = (stream.class.name(), &stream.name);
        let reader =
            stream.vault.read_stream_from(&stream.manifest, class, name, &place.key).await?;
        let pass = place.before;
        Ok(Self { reader, batch: Vec::new().into_iter(), at: Place::at(place.key), pass })
    }

    /// The next document and its place; none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<(Place, Record)>, EngineError> {
        loop {
            let Some(record) = self.batch.next() else {
                match self.reader.next_batch().await? {
                    Some(batch) => self.batch = batch.into_iter(),
                    None => return Ok(None),
                }
                continue;
            };
            if record.key != self.at.key {
                (self.at, self.pass) = (Place::at(record.key.clone()), 0);
            }
            let place = self.at.clone();
            self.at = place.next();
            if place.before >= self.pass {
                return Ok(Some((place, record)));
            }
        }
    }
}
