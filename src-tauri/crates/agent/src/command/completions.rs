//! `avault completions`.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::failure::Failure;

pub fn run(shell: Shell) -> Result<(), Failure> {
    let mut command = Arguments::command();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "avault", &mut script);
    print!("{}", String::from_utf8_lossy(&script));
    Ok(())
}
