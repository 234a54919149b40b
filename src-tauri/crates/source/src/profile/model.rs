//! The profile file's form.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::DataClass;
use super::validate::{ProfileError, validate};

/// The default profile's text, as documented in `docs/profile.md`.
pub const DEFAULT_PROFILE: &str = include_str!("default.toml");

/// Which collections and Redis keys make up each data class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The profile's name.
    pub name: String,
    /// The MongoDB database it covers.
    pub database: String,
    /// Logical name → name in the database.
    pub collections: BTreeMap<String, String>,
    /// How events of unfinished games are told from those of finished ones.
    pub membership: Option<Membership>,
    /// Members of each class by logical name.
    pub classes: BTreeMap<DataClass, Vec<ClassMember>>,
    /// Redis keys; absent when the service has no Redis.
    #[serde(default)]
    pub redis: RedisProfile,
    /// Where the service publishes its events on RabbitMQ, when it does.
    #[serde(default)]
    pub rabbitmq: RabbitProfile,
}

/// The exchange of all events of all games, and which of its messages are those.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RabbitProfile {
    /// Name of the exchange.
    pub exchange: String,
    /// Binding key; `#` for every message of a topic exchange.
    pub routing_key: String,
}

impl Default for RabbitProfile {
    fn default() -> Self {
        Self { exchange: "avalon.events".to_owned(), routing_key: "#".to_owned() }
    }
}

/// An event belongs to an unfinished game exactly when `game_field` names an `_id` in `live`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// Logical name of the collection that holds unfinished games only.
    pub live: String,
    /// Logical name of the collection that holds the events of all games.
    pub events: String,
    /// Top-level field of an event that holds its game's `_id`.
    pub game_field: String,
}

/// A collection, or a part of one, as a member of a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ClassMember {
    /// The whole collection, by logical name.
    Whole(String),
    /// A part of the events collection.
    Part(PartialMember),
}

/// A part of the events collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartialMember {
    /// Logical name.
    pub collection: String,
    /// Which part.
    pub part: Part,
}

/// Which documents of a collection are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// All documents.
    Whole,
    /// Events of games that are being played.
    Unfinished,
    /// Events of games that ended.
    Finished,
}

impl ClassMember {
    /// The collection's logical name.
    #[must_use]
    pub fn logical(&self) -> &str {
        match self {
            Self::Whole(name) => name,
            Self::Part(part) => &part.collection,
        }
    }

    /// Which of its documents belong to the class.
    #[must_use]
    pub fn part(&self) -> Part {
        match self {
            Self::Whole(_) => Part::Whole,
            Self::Part(part) => part.part,
        }
    }
}

/// One physical collection to read for a set of classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionSelection {
    /// Logical name.
    pub logical: String,
    /// Name in the database.
    pub collection: String,
    /// The class the stream is filed under.
    pub class: DataClass,
    /// Every chosen class that owns some of its documents, `class` among them, in order.
    pub classes: Vec<DataClass>,
    /// Which documents are read.
    pub part: Part,
}

/// Redis key templates and streams. `<id>` in a template stands for any id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RedisProfile {
    /// Logical name → template.
    pub keys: BTreeMap<String, String>,
    /// Templates of each class by logical name.
    pub classes: BTreeMap<DataClass, Vec<String>>,
    /// Templates (logical names) of keys that are never backed up or restored.
    pub transient: Vec<String>,
    /// The service's streams.
    pub streams: RedisStreams,
}

/// Names of the streams a game service and its tools share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedisStreams {
    /// All events of all games.
    pub events: String,
    /// Commands to game servers.
    pub control: String,
    /// Their acknowledgements.
    pub acknowledgements: String,
    /// Messages for players.
    pub notices: String,
}

impl Default for RedisStreams {
    fn default() -> Self {
        Self {
            events: "avalon:events".into(),
            control: "avalon:control".into(),
            acknowledgements: "avalon:control:acks".into(),
            notices: "avalon:notices".into(),
        }
    }
}

impl Default for Profile {
    fn default() -> Self {
        // The built-in text is parsed by a test, so the fallback is never taken.
        Self::parse(DEFAULT_PROFILE).unwrap_or_else(|_| Self::empty())
    }
}

impl Profile {
    fn empty() -> Self {
        Self {
            name: String::new(),
            database: String::new(),
            collections: BTreeMap::new(),
            membership: None,
            classes: BTreeMap::new(),
            redis: RedisProfile::default(),
            rabbitmq: RabbitProfile::default(),
        }
    }

    /// Reads a profile from TOML and validates it.
    ///
    /// # Errors
    /// When the text is not a profile, or names do not fit together; the message says where.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let profile: Self =
            toml::from_str(text).map_err(|error| ProfileError::Syntax(error.to_string()))?;
        validate(&profile)?;
        Ok(profile)
    }

    /// Reads a profile file.
    ///
    /// # Errors
    /// When the file cannot be read, and as [`Self::parse`].
    pub fn load(path: &Path) -> Result<Self, ProfileError> {
        let text = std::fs::read_to_string(path).map_err(|error| ProfileError::Unreadable {
            path: path.to_path_buf(),
            error: error.to_string(),
        })?;
        Self::parse(&text)
    }

    /// The profile as TOML that [`Self::parse`] reads back equal.
    ///
    /// # Errors
    /// Never for a profile that was parsed.
    pub fn to_toml(&self) -> Result<String, ProfileError> {
        toml::to_string_pretty(self).map_err(|error| ProfileError::Syntax(error.to_string()))
    }

    /// The name in the database of a logical collection.
    #[must_use]
    pub fn collection(&self, logical: &str) -> Option<&str> {
        self.collections.get(logical).map(String::as_str)
    }

    /// The logical name of a collection of the database.
    #[must_use]
    pub fn logical_of(&self, collection: &str) -> Option<&str> {
        self.collections.iter().find(|(_, name)| *name == collection).map(|(key, _)| key.as_str())
    }

    /// The members of a class.
    #[must_use]
    pub fn members(&self, class: DataClass) -> &[ClassMember] {
        self.classes.get(&class).map_or(&[], Vec::as_slice)
    }

    /// Every physical collection that the classes need, each once.
    ///
    /// The events collection is read whole when both of its parts are asked for, and then filed
    /// under the class of the finished part (docs/adr/0003).
    #[must_use]
    pub fn selection(&self, classes: &[DataClass]) -> Vec<CollectionSelection> {
        let mut chosen: Vec<CollectionSelection> = Vec::new();
        for class in DataClass::ALL.into_iter().filter(|class| classes.contains(class)) {
            for member in self.members(class) {
                self.add_member(&mut chosen, class, member);
            }
        }
        chosen
    }

    fn add_member(
        &self,
        chosen: &mut Vec<CollectionSelection>,
        class: DataClass,
        member: &ClassMember,
    ) {
        let Some(collection) = self.collection(member.logical()) else {
            return;
        };
        if let Some(known) = chosen.iter_mut().find(|known| known.logical == member.logical()) {
            known.classes.push(class);
            if known.part != member.part() {
                known.part = Part::Whole;
            }
            if member.part() == Part::Finished {
                known.class = class;
            }
            return;
        }
        chosen.push(CollectionSelection {
            logical: member.logical().to_owned(),
            collection: collection.to_owned(),
            class,
            classes: vec![class],
            part: member.part(),
        });
    }

    /// Physical names of the collections that tell unfinished games apart: (live, events, field).
    #[must_use]
    pub fn membership_names(&self) -> Option<(&str, &str, &str)> {
        let membership = self.membership.as_ref()?;
        Some((
            self.collection(&membership.live)?,
            self.collection(&membership.events)?,
            membership.game_field.as_str(),
        ))
    }

    /// The Redis key for an id by a template's logical name, for example `game_state`.
    #[must_use]
    pub fn redis_key(&self, logical: &str, id: &str) -> Option<String> {
        self.redis.keys.get(logical).map(|template| template.replace("<id>", id))
    }

    /// The `SCAN` pattern that matches a template (by logical name) with any id.
    #[must_use]
    pub fn redis_pattern(&self, logical: &str) -> Option<String> {
        self.redis.keys.get(logical).map(|template| pattern_of(template))
    }

    /// `SCAN` patterns of the keys of a class.
    #[must_use]
    pub fn redis_patterns(&self, class: DataClass) -> Vec<String> {
        let names = self.redis.classes.get(&class).map_or(&[][..], Vec::as_slice);
        self.patterns(names)
    }

    /// `SCAN` patterns of the keys that are never backed up or restored.
    #[must_use]
    pub fn transient_patterns(&self) -> Vec<String> {
        self.patterns(&self.redis.transient)
    }

    fn patterns(&self, names: &[String]) -> Vec<String> {
        names.iter().filter_map(|name| self.redis.keys.get(name)).map(|t| pattern_of(t)).collect()
    }
}

/// A `SCAN` pattern that matches a template with any id.
fn pattern_of(template: &str) -> String {
    let parts: Vec<String> = template.split("<id>").map(escape_glob).collect();
    parts.join("*")
}

fn escape_glob(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
