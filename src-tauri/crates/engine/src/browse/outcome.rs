//! What is asked of a backup's documents, and what they show.

use serde::{Deserialize, Serialize};
use source::profile::DataClass;
use ts_rs::TS;

/// What a set keeps under one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Documents of a collection.
    Documents,
    /// A view: a definition without documents of its own.
    View,
    /// Keys of Redis.
    Keys,
}

/// A collection of a set, or its Redis keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BrowseCollection {
    /// The class it is filed under.
    pub class: DataClass,
    /// The collection's name; `$redis` for Redis keys.
    pub name: String,
    /// What it holds.
    pub content: Content,
    /// Documents or keys.
    pub documents: u64,
    /// Their bytes before compression.
    pub bytes: u64,
}

/// A field and the value that it must have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FieldFilter {
    /// Name, dotted for what lies inside documents and arrays; `_id` is looked up by key.
    pub field: String,
    /// Extended JSON, or plain text. Text without quotes also means the number or the object id that
    /// it spells; a `*` at its end means any text that begins so.
    pub value: String,
}

/// A request for a page of a collection's documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BrowseRequest {
    /// A set's id, or `latest`.
    pub backup: String,
    /// The class that the collection is filed under.
    pub class: DataClass,
    /// The collection's name; `$redis` for Redis keys.
    pub collection: String,
    /// Only what names this game.
    pub game: Option<String>,
    /// Only what names this player.
    pub player: Option<String>,
    /// Only documents with all these values.
    pub filters: Vec<FieldFilter>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Most documents of the page, 1 to 200.
    pub limit: u32,
    /// Whether each row carries its document in full.
    pub full: bool,
}

/// One field of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FieldPreview {
    /// The field's name.
    pub name: String,
    /// Its type, by MongoDB's own name for it: `string`, `long`, `objectId` …
    pub kind: String,
    /// The value, cut where it is long.
    pub text: String,
}

/// A document in a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DocumentRow {
    /// Names the document within its collection of this set.
    pub key: String,
    /// Its `_id` as canonical Extended JSON; a Redis key as text.
    pub id: String,
    /// Bytes of BSON.
    pub bytes: u64,
    /// Its first fields but `_id`, in their order.
    pub fields: Vec<FieldPreview>,
    /// Canonical Extended JSON, where it was asked for and can be written.
    pub json: Option<String>,
}

/// A page of documents in the order of their keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BrowsePage {
    /// The documents that fit, none when nothing fitting was met so far.
    pub documents: Vec<DocumentRow>,
    /// Where to go on; none at the end.
    pub cursor: Option<String>,
    /// Documents looked at for this page.
    pub scanned: u64,
    /// Their bytes.
    pub scanned_bytes: u64,
    /// Documents that the collection holds in this set.
    pub total: u64,
    /// Whether the filter was looked up by key, so that only what lies near it was read.
    pub by_key: bool,
}

/// A request for one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DocumentRequest {
    /// A set's id, or `latest`.
    pub backup: String,
    /// The class that the collection is filed under.
    pub class: DataClass,
    /// The collection's name; `$redis` for Redis keys.
    pub collection: String,
    /// The row's key.
    pub key: String,
}

/// A value with its type and what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TreeNode {
    /// The field's name, or its place in an array.
    pub name: String,
    /// Its type, by MongoDB's own name for it; JSON's for parts of Redis values.
    pub kind: String,
    /// The value; for documents and arrays how many they hold.
    pub text: String,
    /// What a document or an array holds.
    pub children: Vec<TreeNode>,
}

/// One document in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DocumentView {
    /// The row's key.
    pub key: String,
    /// Its `_id` as canonical Extended JSON; a Redis key as text.
    pub id: String,
    /// Bytes of BSON.
    pub bytes: u64,
    /// Canonical Extended JSON, for a Redis key the line that an export writes; none where a text in
    /// it is not UTF-8.
    pub json: Option<String>,
    /// Its fields.
    pub tree: Vec<TreeNode>,
    /// Whether the tree leaves out what is beyond its limit of nodes.
    pub cut: bool,
    /// The game that it is about, where the collection tells.
    pub game: Option<String>,
}
