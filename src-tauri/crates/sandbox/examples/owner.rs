//! Owns a sandbox until it is killed: the crash tests kill it. Prints the sandbox folder.

use std::io::Write;

use sandbox::{Sandbox, SandboxOptions};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).map(Into::into);
    let sandbox = Sandbox::start(SandboxOptions { folder, ..SandboxOptions::default() }).await?;
    println!("{}", sandbox.folder().display());
    std::io::stdout().flush()?;
    std::future::pending::<()>().await;
    Ok(())
}
