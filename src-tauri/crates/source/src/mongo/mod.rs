//! MongoDB: reading by raw batches, consistent at one cluster time, and writing back byte for byte.

pub mod batch;
mod command;
pub mod connect;
pub mod drain;
pub mod feed;
pub mod images;
pub mod inspect;
pub mod load;
pub mod membership;
mod namespace;
pub mod oplog;
pub mod pace;
mod patience;
pub mod scan;
pub mod secondary;
pub mod server;
pub mod time;
pub mod window;
pub mod write;

pub use batch::{RawBatch, RecordRef};
pub use connect::{MongoSource, MongoTarget};
pub use feed::{FeedReader, Moment};
pub use images::{Image, ImageReader};
pub use inspect::{CollectionInfo, CollectionKind};
pub use load::ServerLoad;
pub use membership::{LiveGames, MembershipFilter};
pub use oplog::{DdlChange, DdlEvent};
pub use pace::Pace;
pub use scan::{OrderedReader, RangeReader, ResumePoint, ScanOptions, ScanRange};
pub use server::{OplogWindow, ServerInfo};
pub use time::ClusterTime;
pub use window::{CaptureWindow, ChangeFeed, WindowEnd};
pub use write::{IndexPass, InsertOutcome, WriteSafety};
