//! The folder: a folder for each database, in it `<collection>.bson` with documents one after the
//! other and `<collection>.metadata.json` with the definition; `.gz` behind both when compressed.

mod name;
mod reader;
mod writer;

pub use reader::{Folder, FolderCollection};
pub use writer::{CollectionFile, FolderWriter};

const DATA: &str = ".bson";
const DEFINITION: &str = ".metadata.json";
const COMPRESSED: &str = ".gz";
