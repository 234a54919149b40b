//! The process that backs up beside the live workload: this program again, told what to do line by
//! line, so that what is measured is a backup's cost and not that of starting one.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use engine::backup::outcome::{BackupRequest, Method};
use engine::control::Control;
use engine::impact::Impact;
use engine::job::JobView;
use engine::vault::{
    Argon2Cost, PassphraseProvider, Store, StoreCredentials, StoreUrl, SystemClock, SystemEntropy,
    Vault,
};
use engine::{Connections, Engine, EngineContext, backup};
use source::mongo::MongoSource;
use source::profile::Profile;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::context::vault_context;

/// The process from outside.
pub struct Worker {
    child: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Worker {
    /// Starts it; it waits for orders.
    pub fn start(mongodb: &str, folder: &Path, impact: &str) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--backs-up-in")
            .arg(folder.join("impact"))
            .args(["--mongodb", mongodb, "--how", impact])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let orders = child.stdin.take().context("no standard input")?;
        let answers = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        Ok(Self { child, orders, answers })
    }

    /// Begins to back up; returns when reading has begun.
    pub async fn begin(&mut self) -> Result<()> {
        self.order("begin").await.map(drop)
    }

    /// Bytes of BSON read since it began.
    pub async fn bytes(&mut self) -> Result<u64> {
        Ok(self.order("bytes").await?.parse()?)
    }

    /// Stops backing up.
    pub async fn end(&mut self) -> Result<()> {
        self.order("end").await.map(drop)
    }

    /// Waits for the end of the process.
    pub async fn finish(mut self) -> Result<()> {
        drop(self.orders);
        let ended = self.child.wait().await?;
        ensure!(ended.success(), "the process that backs up ended with {ended}");
        Ok(())
    }

    async fn order(&mut self, word: &str) -> Result<String> {
        self.orders.write_all(format!("{word}\n").as_bytes()).await?;
        self.answers.next_line().await?.context("the process that backs up has ended")
    }
}

/// The process from inside: follows orders until there are no more.
pub async fn follow(folder: PathBuf, mongodb: &str, impact: Impact) -> Result<()> {
    let source = MongoSource::connect(mongodb, &Profile::default()).await?;
    let mut orders = orders();
    let mut at_work: Option<Course> = None;
    while let Some(order) = orders.recv().await {
        let answer = match (order.as_str(), &mut at_work) {
            ("begin", place) => {
                *place = Some(Course::begin(&folder, &source, impact).await?);
                "begun".to_owned()
            }
            ("bytes", Some(course)) => course.bytes().await?.to_string(),
            ("end", place) => {
                if let Some(course) = place.take() {
                    course.end().await?;
                }
                std::fs::remove_dir_all(&folder)?;
                "ended".to_owned()
            }
            (other, _) => bail!("`{other}` is no order"),
        };
        println!("{answer}");
    }
    Ok(())
}

/// The lines of standard input, until it is closed.
fn orders() -> UnboundedReceiver<String> {
    let (sender, orders) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    orders
}

/// One backup after the other into a store of its own, so that all is read and stored.
struct Course {
    engine: Engine,
    impact: Impact,
    job: String,
    /// Bytes of the backups before the one at work.
    earlier: u64,
}

impl Course {
    async fn begin(folder: &Path, source: &MongoSource, impact: Impact) -> Result<Self> {
        let engine = open(folder, Some(source.clone())).await?;
        let job = start(&engine, impact).await?;
        while read_by(&engine.jobs().get(&job).await?).is_none_or(|read| read == 0) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(Self { engine, impact, job, earlier: 0 })
    }

    async fn bytes(&mut self) -> Result<u64> {
        let job = self.engine.jobs().get(&self.job).await?;
        let read = read_by(&job).unwrap_or(0);
        if job.finished_at.is_some() {
            ensure!(job.error.is_none(), "the backup failed: {:?}", job.error);
            self.earlier += job.outcome.as_ref().and_then(whole).unwrap_or(read);
            self.job = start(&self.engine, self.impact).await?;
            return Ok(self.earlier);
        }
        Ok(self.earlier + read)
    }

    async fn end(self) -> Result<()> {
        self.engine.jobs().shut_down().await;
        Ok(())
    }
}

async fn start(engine: &Engine, impact: Impact) -> Result<String> {
    let request = BackupRequest { classes: Vec::new(), method: Method::Full, impact: Some(impact) };
    Ok(backup::start(engine, request).await?)
}

/// Bytes that a job has read; none before and after its scan.
fn read_by(job: &JobView) -> Option<u64> {
    let progress = job.progress.as_ref().filter(|progress| progress.phase == "scan")?;
    Some(progress.done)
}

fn whole(outcome: &serde_json::Value) -> Option<u64> {
    outcome["summary"]["bytes"].as_u64()
}

/// An engine on a new store below `folder`.
pub async fn open(folder: &Path, source: Option<MongoSource>) -> Result<Engine> {
    std::fs::create_dir_all(folder)?;
    let url = StoreUrl::Folder(std::path::absolute(folder.join("store"))?);
    let store = Store::open(&url, StoreCredentials::default())?;
    let passphrase = "a passphrase of the benchmark".to_owned();
    let provider = PassphraseProvider::new(passphrase.into(), Argon2Cost::lowest());
    let vault = Vault::create(store, &provider, vault_context()).await?;
    let context =
        EngineContext::new(Arc::new(SystemClock), Arc::new(SystemEntropy), "bench", "bench");
    let control = Control::open(&folder.join("control.db"), context.now_ms())?;
    let connections = Connections { source, vault: Some(vault), ..Connections::default() };
    Ok(Engine::new(context, connections, Arc::new(control)))
}
