//! Job changes and stale caches, told to every face.

use std::sync::Arc;

use engine::job::{JobView, Verb};
use tokio::sync::broadcast::error::RecvError;

use super::Shared;
use crate::contract::Tag;
use crate::event::ApiEvent;

/// Passes on what the engine tells of its jobs until the service closes.
pub(super) fn follow_jobs(shared: &Arc<Shared>) {
    let mut jobs = shared.engine.jobs().subscribe();
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        loop {
            let event = tokio::select! {
                event = jobs.recv() => event,
                () = shared.closing.cancelled() => return,
            };
            match event {
                Ok(job) => tell(&shared, job),
                Err(RecvError::Lagged(_)) => {
                    shared.tell(ApiEvent::Invalidate { tags: Tag::ALL.to_vec() });
                }
                Err(RecvError::Closed) => return,
            }
        }
    });
}

fn tell(shared: &Shared, job: JobView) {
    let stale = if job.finished_at.is_some() { made_stale(job.verb) } else { &[] };
    shared.tell(ApiEvent::Job { job: Box::new(job) });
    if !stale.is_empty() {
        shared.tell(ApiEvent::Invalidate { tags: stale.to_vec() });
    }
}

/// What a job of this kind makes stale when it ends, however it ends.
fn made_stale(verb: Verb) -> &'static [Tag] {
    match verb {
        Verb::Backup
        | Verb::Verify
        | Verb::Check
        | Verb::Retention
        | Verb::Prune
        | Verb::Replicate
        | Verb::StoreRepair => &[Tag::Overview, Tag::Backups, Tag::Jobs, Tag::Audit],
        Verb::Restore => {
            &[Tag::Overview, Tag::Backups, Tag::Data, Tag::Games, Tag::Jobs, Tag::Audit]
        }
        Verb::Follow | Verb::Prepare => &[Tag::Overview, Tag::Backups, Tag::Jobs, Tag::Audit],
        Verb::Listen | Verb::SnapshotVerify => &[Tag::Games, Tag::Jobs, Tag::Audit],
        Verb::Schedule => &[Tag::Policy, Tag::Jobs, Tag::Audit],
        Verb::Compare | Verb::Export | Verb::Import => &[Tag::Jobs, Tag::Audit],
        Verb::Sandbox => &Tag::ALL,
    }
}
