//! Secrets that a person gives to one command: by file, environment or prompt, never as an argument.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use api::ApiError;
use zeroize::Zeroizing;

use crate::failure::{Failure, could_not};

/// The file with the new passphrase.
const FILE: &str = "AVAULT_NEW_PASSPHRASE_FILE";
/// The new passphrase itself.
const TEXT: &str = "AVAULT_NEW_PASSPHRASE";

/// A new passphrase: from the file named, else the environment, else asked for twice.
pub fn new_passphrase(file: Option<&Path>) -> Result<Zeroizing<String>, Failure> {
    let named = std::env::var_os(FILE).map(PathBuf::from);
    if let Some(path) = file.or(named.as_deref()) {
        let text = std::fs::read_to_string(path)
            .map_err(|error| could_not(&format!("{} cannot be read", path.display()), error))?;
        let text = Zeroizing::new(text);
        return Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()));
    }
    if let Ok(text) = std::env::var(TEXT) {
        return Ok(Zeroizing::new(text));
    }
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        return Err(ApiError::permanent("no_passphrase", "nothing says what the new passphrase is")
            .hint("Name a file with --new-passphrase-file or AVAULT_NEW_PASSPHRASE_FILE, or run this in a terminal to be asked.")
            .into());
    }
    let first = ask("New passphrase: ")?;
    if *first != *ask("The same again: ")? {
        return Err(ApiError::permanent("no_passphrase", "the two passphrases differ").into());
    }
    Ok(first)
}

fn ask(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    let terminal = console::Term::stderr();
    let line = terminal.write_str(prompt).and_then(|()| terminal.read_secure_line());
    line.map(Zeroizing::new).map_err(|error| could_not("the passphrase cannot be read", error))
}
