//! The console's command line.

use std::ffi::OsString;
use std::path::PathBuf;

const HELP: &str = "Desktop console that keeps the data of an Avalon game service safe

Usage: avalon-vault [OPTIONS]

Options:
      --home DIR      Folder of the console's own state [env: AVAULT_HOME]
      --config FILE   Configuration file [env: AVAULT_CONFIG]
      --sandbox       Start connected to private servers with sample games
  -h, --help          Print help
  -V, --version       Print version";

/// What the console is started with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arguments {
    /// Folder of the console's own state; absent means the user's data folder.
    pub home: Option<PathBuf>,
    /// Configuration file.
    pub config: Option<PathBuf>,
    /// Start connected to the sandbox.
    pub sandbox: bool,
}

/// What a command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Parsed {
    /// To run.
    Run(Arguments),
    /// To print something and end.
    Print(String),
}

impl Arguments {
    /// Reads the arguments that follow the program's name.
    ///
    /// # Errors
    /// A sentence that says which argument cannot be used.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Parsed, String> {
        let mut parsed = Self::default();
        let mut rest = arguments.into_iter();
        while let Some(argument) = rest.next() {
            let mut value = |name: &str| {
                rest.next().map(PathBuf::from).ok_or_else(|| format!("{name} needs a value"))
            };
            match argument.to_string_lossy().as_ref() {
                "--home" => parsed.home = Some(value("--home")?),
                "--config" => parsed.config = Some(value("--config")?),
                "--sandbox" => parsed.sandbox = true,
                "-h" | "--help" => return Ok(Parsed::Print(HELP.to_owned())),
                "-V" | "--version" => {
                    return Ok(Parsed::Print(format!(
                        "avalon-vault {}",
                        env!("CARGO_PKG_VERSION")
                    )));
                }
                other => return Err(format!("unexpected argument '{other}'")),
            }
        }
        Ok(Parsed::Run(parsed))
    }
}
