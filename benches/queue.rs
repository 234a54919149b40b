//! PF-003: fifty backups asked for at once, in one process.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use engine::backup;
use engine::backup::outcome::{BackupRequest, Method};
use engine::job::{JobState, JobView};
use source::mongo::MongoSource;
use source::profile::{DataClass, Profile};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::impact::worker;
use crate::report::Row;

const MANY: usize = 50;

/// Asks for all at once and follows them to their ends.
pub async fn measure(mongodb: &str, folder: &Path) -> Result<Vec<Row>> {
    let source = MongoSource::connect(mongodb, &Profile::default()).await?;
    let engine = worker::open(&folder.join("queue"), Some(source)).await?;
    let following = tokio::spawn(follow(engine.jobs().subscribe()));
    let begun = Instant::now();
    // A small class: what is measured is the queue, not the reading.
    let request = || BackupRequest {
        classes: vec![DataClass::Configuration],
        method: Method::Full,
        impact: None,
    };
    let asked = (0..MANY).map(|_| async {
        let asked = Instant::now();
        backup::start(&engine, request()).await.map(|job| (job, asked.elapsed()))
    });
    let (mut jobs, mut longest) = (Vec::new(), Duration::ZERO);
    for started in futures::future::join_all(asked).await {
        let (job, took) = started?;
        jobs.push(job);
        longest = longest.max(took);
    }
    let mut succeeded = 0;
    for job in &jobs {
        succeeded += usize::from(engine.jobs().wait(job).await?.state == JobState::Done);
    }
    let took = begun.elapsed();
    engine.jobs().shut_down().await;
    drop(engine);
    let gap = following.await?;
    Ok(vec![
        Row::below(
            "50 backups at once, longest until one is accepted",
            longest.as_secs_f64(),
            1.0,
            "s",
        ),
        Row::below(
            "the same, longest from a free place to the next backup",
            gap.as_secs_f64(),
            1.0,
            "s",
        ),
        Row::at_least("the same, succeeded", succeeded as f64, MANY as f64, "of 50"),
        Row::plain("the same, all done, two at a time", format!("{:.1} s", took.as_secs_f64())),
    ])
}

/// The longest time between the end of a job and the beginning of the next that waited for it.
async fn follow(mut events: Receiver<JobView>) -> Duration {
    let (mut longest, mut freed) = (Duration::ZERO, None::<Instant>);
    let (mut waiting, mut running) = (BTreeSet::new(), BTreeSet::new());
    loop {
        let job = match events.recv().await {
            Ok(job) => job,
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return longest,
        };
        match job.state {
            JobState::Queued => {
                waiting.insert(job.id);
            }
            JobState::Running => {
                waiting.remove(&job.id);
                if running.insert(job.id)
                    && let Some(freed) = freed.take()
                {
                    longest = longest.max(freed.elapsed());
                }
            }
            _ => {
                running.remove(&job.id);
                freed = (!waiting.is_empty()).then(Instant::now);
            }
        }
    }
}
