//! Files of commands. Those that are written are whole or not there, and never over another one
//! unasked.

use std::io::Write as _;
use std::path::Path;

use tempfile::NamedTempFile;

use crate::failure::{Failure, could_not};

/// The name of standard input where a file is read.
pub const STDIN: &str = "-";

/// Writes a text to a file that its owner alone may read. Without `force` nothing may be there.
pub fn write(path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            let what = format!("{} is there already", path.display());
            return could_not(&what, "add --force to put the new file in its place");
        }
        could_not(&format!("{} cannot be written", path.display()), error)
    };
    // Beside its place, so that it is put there in one step; it has no other name if that fails.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    let placed = if force { file.persist(path) } else { file.persist_noclobber(path) };
    placed.map(drop).map_err(|error| failed(error.error))
}
