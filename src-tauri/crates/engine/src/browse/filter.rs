//! Which documents fit, and where among the keys they can lie.

use bytes::Bytes;
use memchr::memmem;
use source::mongo::CollectionKind;

use super::outcome::BrowseRequest;
use super::value::{Wanted, key_of, mentions};
use crate::backup::stream::StreamSource;
use crate::error::EngineError;

/// The field that documents lie in the order of.
const ID: &str = "_id";
/// Collections whose documents are one game's, by the profile's names.
const OF_GAMES: [&str; 2] = ["games", "game_history"];
/// Collections whose documents are one player's.
const OF_PLAYERS: [&str; 2] = ["users", "stats"];

/// A stretch of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: Bytes,
    /// The key itself, or whatever begins with it.
    exact: bool,
}

impl Span {
    fn all() -> Self {
        Self { from: Bytes::new(), exact: false }
    }

    pub(super) fn holds(&self, key: &[u8]) -> bool {
        if self.exact { key == self.from } else { key.starts_with(&self.from) }
    }
}

/// What a request leaves over of a collection.
#[derive(Debug)]
pub(super) struct Filter {
    game: Option<String>,
    player: Option<String>,
    fields: Vec<(String, Wanted)>,
    /// Redis keys are no documents with an `_id` of their own.
    keys: bool,
    /// Where among the keys documents that fit can lie, in order.
    pub(super) spans: Vec<Span>,
    /// Whether that is less than everywhere.
    pub(super) by_key: bool,
}

impl Filter {
    pub(super) fn new(
        request: &BrowseRequest,
        definition: Option<&StreamSource>,
    ) -> Result<Self, EngineError> {
        let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let (mut game, mut player) = (text(&request.game), text(&request.player));
        let mut fields = Vec::new();
        for filter in &request.filters {
            let wanted = match definition {
                Some(_) => Wanted::parse(&filter.value)?,
                None => wanted_key(&filter.field, &filter.value)?,
            };
            fields.push((filter.field.clone(), wanted));
        }
        // Whose document it is, its `_id` tells.
        if let Some(definition) = definition {
            for (names, owner) in [(OF_GAMES, &mut game), (OF_PLAYERS, &mut player)] {
                if names.contains(&definition.logical.as_str())
                    && let Some(id) = owner.take()
                {
                    let keys = vec![key_of(id.into())?];
                    fields.push((ID.to_owned(), Wanted { keys, prefix: None }));
                }
            }
        }
        // A capped collection lies in the order of its insertions.
        let in_order = definition.is_none_or(|found| found.kind != CollectionKind::Capped);
        let by_id = fields.iter().find(|(field, _)| in_order && field == ID);
        let spans = by_id.map_or_else(|| vec![Span::all()], |(_, wanted)| spans(wanted));
        let by_key = by_id.is_some();
        Ok(Self { game, player, fields, keys: definition.is_none(), spans, by_key })
    }

    pub(super) fn fits(&self, key: &[u8], document: &[u8]) -> Result<bool, EngineError> {
        if self.keys {
            return Ok(self.fits_key(key, document));
        }
        let malformed = |error: source::rawbson::MalformedBson| EngineError::Worker {
            detail: format!("a document of the backup is no BSON: {error}"),
        };
        for id in self.game.iter().chain(&self.player) {
            if !mentions(document, id).map_err(malformed)? {
                return Ok(false);
            }
        }
        for (field, wanted) in &self.fields {
            if !wanted.is_at(document, field).map_err(malformed)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Redis: a game is named by the key, a player by key or value.
    fn fits_key(&self, key: &[u8], value: &[u8]) -> bool {
        let found = |id: &String, bytes: &[u8]| memmem::find(bytes, id.as_bytes()).is_some();
        self.game.as_ref().is_none_or(|game| found(game, key))
            && self.player.as_ref().is_none_or(|player| found(player, key) || found(player, value))
            && self.fields.iter().all(|(_, wanted)| {
                let begins = wanted.prefix.as_ref().is_some_and(|prefix| key.starts_with(prefix));
                begins || wanted.keys.iter().any(|wanted| wanted == key)
            })
    }
}

/// Of Redis only the key can be asked for.
fn wanted_key(field: &str, value: &str) -> Result<Wanted, EngineError> {
    if field != ID {
        let reason = format!("Redis keys are found by `{ID}`, their name, not by `{field}`");
        return Err(EngineError::Invalid { field: "filters", reason });
    }
    Ok(match value.strip_suffix('*') {
        Some(begin) => Wanted { keys: Vec::new(), prefix: Some(begin.as_bytes().to_vec()) },
        None => Wanted { keys: vec![value.as_bytes().to_vec()], prefix: None },
    })
}

fn spans(wanted: &Wanted) -> Vec<Span> {
    let exact = wanted.keys.iter().map(|key| Span { from: key.clone().into(), exact: true });
    let prefix = wanted.prefix.iter().map(|key| Span { from: key.clone().into(), exact: false });
    exact.chain(prefix).collect()
}
