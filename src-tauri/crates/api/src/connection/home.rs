//! The console's home folder.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::ApiError;

/// The folder in which a console keeps what is its own: the control store, the sandbox, key files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    folder: PathBuf,
}

impl Home {
    /// Makes the folder, readable by its owner only; one that exists keeps its rights.
    ///
    /// # Errors
    /// `home_unusable` when it cannot be made.
    pub fn open(folder: &Path) -> Result<Self, ApiError> {
        let unusable = |error: io::Error| {
            ApiError::permanent(
                "home_unusable",
                format!("the home folder {} cannot be used: {error}", folder.display()),
            )
            .hint("Choose another folder with --home, or make this one writable.")
            .with("path", folder.display().to_string())
        };
        let folder = std::path::absolute(folder).map_err(unusable)?;
        private_folder(&folder).map_err(unusable)?;
        Ok(Self { folder })
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The control store's file.
    #[must_use]
    pub fn control(&self) -> PathBuf {
        self.folder.join("control.db")
    }

    /// The sandbox's folder.
    #[must_use]
    pub fn sandbox(&self) -> PathBuf {
        self.folder.join("sandbox")
    }

    /// The sandbox's vault.
    #[must_use]
    pub fn sandbox_vault(&self) -> PathBuf {
        self.folder.join("sandbox-vault")
    }

    /// The file with the generated passphrase of the sandbox's vault.
    #[must_use]
    pub fn sandbox_key(&self) -> PathBuf {
        self.folder.join("sandbox-vault.key")
    }

    /// The file with the secrets of the connection that was entered in the window.
    #[must_use]
    pub(super) fn secrets(&self) -> PathBuf {
        self.folder.join("connection.key")
    }

    /// Writes a file that only its owner may read, in one step.
    ///
    /// # Errors
    /// `key_file_unwritable` when the file cannot be written.
    pub fn write_secret(&self, path: &Path, bytes: &[u8]) -> Result<(), ApiError> {
        let next = path.with_extension("new");
        let write = || -> io::Result<()> {
            if next.exists() {
                fs::remove_file(&next)?;
            }
            let mut file = private_file(&next)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&next, path)?;
            settle(&self.folder)
        };
        write().map_err(|error| {
            ApiError::permanent(
                "key_file_unwritable",
                format!("the key file {} cannot be written: {error}", path.display()),
            )
            .hint("Make room on the disk, or make the home folder writable.")
            .with("path", path.display().to_string())
        })
    }

    /// Reads a secret file; `None` when there is none.
    ///
    /// # Errors
    /// `key_file_unreadable` when there is one that cannot be read.
    pub fn read_secret(&self, path: &Path) -> Result<Option<String>, ApiError> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unreadable_secret(path, &error)),
        }
    }

    /// Removes a secret file; none is fine.
    ///
    /// # Errors
    /// `key_file_unwritable` when it stays.
    pub fn forget_secret(&self, path: &Path) -> Result<(), ApiError> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(ApiError::permanent(
                "key_file_unwritable",
                format!("the key file {} cannot be removed: {error}", path.display()),
            )
            .hint("Remove it by hand.")
            .with("path", path.display().to_string())),
            _ => Ok(()),
        }
    }
}

/// A key file that exists and cannot be read.
pub(super) fn unreadable_secret(path: &Path, error: &io::Error) -> ApiError {
    ApiError::permanent(
        "key_file_unreadable",
        format!("the key file {} cannot be read: {error}", path.display()),
    )
    .hint("Check that it exists and that you may read it.")
    .with("path", path.display().to_string())
}

#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Elsewhere the folder lies in the user's profile, whose access list is private already.
#[cfg(not(unix))]
fn private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

#[cfg(unix)]
fn private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Makes a rename inside the folder survive a loss of power: the only copy of a passphrase may
/// hang on it.
#[cfg(unix)]
fn settle(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere folders cannot be opened; the file system orders the rename itself.
#[cfg(not(unix))]
fn settle(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn secrets_are_for_their_owner_only() {
        let scratch = tempfile::tempdir().unwrap();
        let home = Home::open(&scratch.path().join("home")).unwrap();
        let path = home.sandbox_key();
        assert_eq!(home.read_secret(&path).unwrap(), None);
        home.write_secret(&path, b"one").unwrap();
        home.write_secret(&path, b"two").unwrap();
        assert_eq!(home.read_secret(&path).unwrap().as_deref(), Some("two"));
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(home.folder().metadata().unwrap().permissions().mode() & 0o777, 0o700);
        home.forget_secret(&path).unwrap();
        home.forget_secret(&path).unwrap();
        assert!(!path.exists());
    }
}
