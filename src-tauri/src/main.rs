//! Starts the desktop console.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

use avalon_vault::arguments::{Arguments, Parsed};

fn main() -> ExitCode {
    let started = std::time::Instant::now();
    let arguments = match Arguments::parse(std::env::args_os().skip(1)) {
        Ok(Parsed::Run(arguments)) => arguments,
        Ok(Parsed::Print(text)) => {
            println!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("avalon-vault: {message}\nTry `avalon-vault --help`.");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = avalon_vault::webview::prepare() {
        eprintln!("avalon-vault: {error}");
        return ExitCode::from(2);
    }
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("AVAULT_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        .with_writer(std::io::stderr)
        .init();
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        tracing::warn!("a TLS provider was installed before the console's own");
    }
    match avalon_vault::run(arguments, started) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("avalon-vault: {error:#}");
            ExitCode::from(2)
        }
    }
}
