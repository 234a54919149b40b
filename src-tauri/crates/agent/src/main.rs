//! The headless agent and command line of avalon-vault, `avault`.
//!
//! Every command is a face of the contract in `api`: it asks one operation or a few, prints what
//! they answer, and ends with 0 (done), 1 (ran, found problems), 2 (could not run) or 3 (refused).

// First, because its macros stand in for the standard ones in the modules below.
#[macro_use]
mod print;

mod arguments;
mod command;
mod failure;
mod file;
mod progress;
mod secret;
mod session;

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::arguments::Arguments;

/// A check of games takes and gives back millions of small blocks from several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Threads at most that compute, read and write files: each keeps memory of its own.
const BLOCKING: usize = 16;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("avault: {error:#}");
            ExitCode::from(failure::COULD_NOT_RUN)
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::try_from_env("AVAULT_LOG").unwrap_or_else(|_| EnvFilter::new("error")),
        )
        .with_writer(std::io::stderr)
        .init();
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        tracing::warn!("a TLS provider was installed before the agent's own");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING)
        .build()
        .context("the runtime cannot be started")?;
    let code = match runtime.block_on(Box::pin(command::run(arguments))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            ExitCode::from(failure.exit_code())
        }
    };
    // Whatever still reads the terminal must not hold the process back.
    runtime.shutdown_background();
    if let Some(error) = print::lost() {
        eprintln!("avault: the output could not be written: {error}");
        return Ok(ExitCode::from(failure::COULD_NOT_RUN));
    }
    Ok(code)
}
