//! The archive: one stream for the collections of a dump.
//!
//! ```text
//! archive   = 6d e2 99 81, header, {collection}, ff ff ff ff, {block}
//! header    = {concurrent_collections: int32, version: "0.1", server_version, tool_version}
//! collection = {db, collection, metadata: Extended JSON, size: int32, type}
//! block     = {db, collection, EOF: false, CRC: 0}, {document}, ff ff ff ff
//!           | {db, collection, EOF: true, CRC: int64}, ff ff ff ff
//! ```
//!
//! Blocks of different collections may alternate. The last one of a collection carries the
//! checksum of all its documents' bytes: CRC-64 with the polynomial of ECMA-182, reflected, as Go's
//! standard library computes it (the catalogue's CRC-64/XZ).

mod header;
mod reader;
mod writer;

pub use header::{ArchiveCollection, ArchiveHeader};
pub use reader::{ArchiveEntry, ArchiveReader};
pub use writer::ArchiveWriter;

use crc_fast::{CrcAlgorithm, Digest};

/// What an archive begins with.
pub const MAGIC: [u8; 4] = 0x8199_e26d_u32.to_le_bytes();

/// The only version of the format there has been.
const VERSION: &str = "0.1";

/// What the names of the collections begin with that hold the buckets of time series.
const BUCKETS: &str = "system.buckets.";

fn checksum() -> Digest {
    Digest::new(CrcAlgorithm::Crc64Xz)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_catalogue() {
        let mut digest = checksum();
        digest.update(b"1234");
        digest.update(b"56789");
        assert_eq!(digest.finalize(), 0x995d_c9bb_df19_39fa);
    }
}
