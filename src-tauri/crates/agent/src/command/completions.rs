//! `avault completions`.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::failure::Failure;

pub fn run(shell: Shell) -> Result<(), Failure> {
    let mut command = Arguments::command();
    clap_complete::generate(shell, &mut command, "avault", &mut std::io::stdout());
    Ok(())
}
