//! `avault sandbox up|down|status`: the private servers.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use api::engine::sandbox as servers;
use api::engine::sandbox::ServerKind;
use api::{ApiError, Operation};
use serde_json::{Value, json};

use super::print_json;
use crate::arguments::{Global, Sandbox};
use crate::failure::{Failure, could_not};
use crate::print::{Align, Style, Table};
use crate::session::{Session, options};

/// How often the servers are looked at while they run in the foreground.
const LOOK: Duration = Duration::from_secs(1);

pub async fn run(global: &Global, sandbox: Sandbox) -> Result<(), Failure> {
    match sandbox {
        Sandbox::Up { games, detach: false } => up(global, games).await,
        Sandbox::Up { games, detach: true } => detach(global, games).await,
        Sandbox::Down => down(global).await,
        Sandbox::Status => status(global),
    }
}

async fn up(global: &Global, games: u64) -> Result<(), Failure> {
    let mut options = options(global);
    options.scale.finished_games = games;
    let session = Session::open(options).await?;
    session.job(Operation::SetupSandbox, json!({})).await?;
    status(global)?;
    if !global.json {
        let style = Style::of_stderr();
        eprintln!("{}", style.faint("Games go on being played until you press Ctrl-C."));
    }
    until_stopped(&session).await;
    session.close().await;
    Ok(())
}

/// Waits for an interrupt, or until somebody stopped the servers.
async fn until_stopped(session: &Session) {
    let folder = session.service.home().sandbox();
    let gone = async {
        let mut interval = tokio::time::interval(LOOK);
        loop {
            interval.tick().await;
            let up = servers::Sandbox::attach(&folder).is_ok_and(|attached| attached.is_up());
            if !up {
                return;
            }
        }
    };
    tokio::select! {
        () = gone => {}
        () = interrupted() => {}
    }
}

#[cfg(unix)]
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    // Without the handler the signal ends the process at once, which the servers survive safely.
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        },
        Err(error) => {
            tracing::warn!(%error, "SIGTERM is not handled");
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn interrupted() {
    let _ = tokio::signal::ctrl_c().await;
}

/// Starts this program again in the background and waits for its first line.
async fn detach(global: &Global, games: u64) -> Result<(), Failure> {
    let home = options(global).home;
    std::fs::create_dir_all(&home)
        .map_err(|error| could_not("the home folder is unusable", error))?;
    let log_path = home.join("sandbox.log");
    let log = std::fs::File::create(&log_path)
        .map_err(|error| could_not("the sandbox's log cannot be written", error))?;
    let program = std::env::current_exe()
        .map_err(|error| could_not("this program cannot be found", error))?;
    let mut command = Command::new(program);
    command.arg("--home").arg(&home).args(["--json", "sandbox", "up", "--games"]);
    command.arg(games.to_string()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
    in_background(&mut command);
    let mut child =
        command.spawn().map_err(|error| could_not("the sandbox cannot be started", error))?;
    let output = child.stdout.take();
    let first = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        output.map_or(Ok(0), |output| BufReader::new(output).read_line(&mut line)).map(|_| line)
    })
    .await
    .map_err(|error| could_not("the sandbox's answer is lost", error))?
    .map_err(|error| could_not("the sandbox's answer is unreadable", error))?;
    if first.trim().is_empty() {
        return Err(ApiError::permanent("sandbox_failed", "the sandbox did not start")
            .hint(format!("{} says why.", log_path.display()))
            .into());
    }
    status(global)
}

/// Apart from the terminal's own group, so that its interrupts do not reach the sandbox.
#[cfg(unix)]
fn in_background(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn in_background(_command: &mut Command) {}

async fn down(global: &Global) -> Result<(), Failure> {
    let folder = options(global).home.join("sandbox");
    let stopped = match servers::Sandbox::attach(&folder) {
        Ok(attached) => {
            attached.stop().await.map_err(ApiError::from)?;
            true
        }
        Err(servers::SandboxError::NotASandbox(_)) => false,
        Err(error) => return Err(ApiError::from(error).into()),
    };
    if global.json {
        return print_json(&json!({"stopped": stopped}));
    }
    println!(
        "{}",
        if stopped { "The private servers are stopped." } else { "No sandbox was started here." }
    );
    Ok(())
}

fn status(global: &Global) -> Result<(), Failure> {
    let folder = options(global).home.join("sandbox");
    let attached = match servers::Sandbox::attach(&folder) {
        Ok(attached) => Some(attached),
        Err(servers::SandboxError::NotASandbox(_)) => None,
        Err(error) => return Err(ApiError::from(error).into()),
    };
    let Some(attached) = attached else {
        if global.json {
            return print_json(&json!({"up": false}));
        }
        println!("No sandbox was started here; `avault sandbox up` starts one.");
        return Ok(());
    };
    if global.json {
        return print_json(&summary(&attached));
    }
    let style = Style::of_stdout();
    let verdict = if attached.is_up() { style.good("up") } else { style.attention("down") };
    println!("{verdict}  {}", style.faint(&attached.folder().display().to_string()));
    println!("MongoDB  {}\nRedis    {}", attached.mongodb_uri(), attached.redis_url());
    let mut table =
        Table::new(&[("server", Align::Left), ("port", Align::Right), ("process", Align::Right)]);
    for member in attached.status() {
        let kind = match member.kind {
            ServerKind::Mongod => "mongod",
            ServerKind::Redis => "redis-server",
        };
        let process = member.pid.map_or("not running".to_owned(), |pid| pid.to_string());
        table.row([kind.to_owned(), member.port.to_string(), process]);
    }
    print!("{}", table.text(style, ""));
    Ok(())
}

fn summary(attached: &servers::Attached) -> Value {
    json!({
        "up": attached.is_up(),
        "mongodb": attached.mongodb_uri(),
        "redis": attached.redis_url(),
        "folder": attached.folder(),
        "servers": attached.status(),
    })
}
