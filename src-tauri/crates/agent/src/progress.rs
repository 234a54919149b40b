//! A job's progress on standard error.

use std::time::Duration;

use api::ApiEvent;
use api::engine::job::{JobView, Progress, Throttling, Unit};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;

use crate::print::bytes;

/// A line that shows the job at work; nothing where standard error is no terminal.
pub struct Bar {
    bar: ProgressBar,
    follower: JoinHandle<()>,
}

impl Bar {
    /// Shows the jobs that `events` tell of from now on.
    pub fn begin(events: Receiver<ApiEvent>) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(spinner());
        bar.enable_steady_tick(Duration::from_millis(120));
        let follower = tokio::spawn(follow(bar.clone(), events));
        Self { bar, follower }
    }

    /// Takes the line away.
    pub async fn end(self) {
        self.follower.abort();
        // Aborted on purpose: the only news it can bring.
        let _ = self.follower.await;
        self.bar.finish_and_clear();
    }
}

async fn follow(bar: ProgressBar, mut events: Receiver<ApiEvent>) {
    loop {
        match events.recv().await {
            Ok(ApiEvent::Job { job }) => show(&bar, &job),
            Ok(ApiEvent::Invalidate { .. }) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

fn show(bar: &ProgressBar, job: &JobView) {
    let Some(progress) = &job.progress else {
        return;
    };
    match progress.total {
        Some(total) => {
            bar.set_style(style(progress.unit));
            bar.set_length(total);
        }
        None => bar.set_style(spinner()),
    }
    bar.set_position(progress.done);
    bar.set_message(message(progress));
    bar.set_prefix(progress.throttling.as_ref().map_or_else(String::new, slowed));
}

fn message(progress: &Progress) -> String {
    match &progress.detail {
        Some(detail) => format!("{} {detail}", progress.phase),
        None => progress.phase.clone(),
    }
}

/// That the job is held back, and by what.
fn slowed(throttling: &Throttling) -> String {
    let rate = bytes(throttling.bytes_per_second);
    match (throttling.latency_ms, throttling.goal_ms) {
        (Some(latency), Some(goal)) => {
            format!(
                "slowed down for the service: {rate}/s, latency {latency:.1} ms of {goal:.1} ms"
            )
        }
        _ => format!("slowed down for the service: {rate}/s"),
    }
}

fn spinner() -> ProgressStyle {
    template("{spinner:.yellow} {msg}")
}

fn style(unit: Unit) -> ProgressStyle {
    template(match unit {
        Unit::Bytes => "{spinner:.yellow} {msg:28!} {bar:24.yellow} {bytes}/{total_bytes} {prefix}",
        Unit::Documents
        | Unit::Objects
        | Unit::Operations
        | Unit::Snapshots
        | Unit::Games
        | Unit::Steps => "{spinner:.yellow} {msg:28!} {bar:24.yellow} {human_pos}/{human_len}",
    })
}

/// The templates are constants that a test parses.
fn template(text: &str) -> ProgressStyle {
    ProgressStyle::with_template(text)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━━╌")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_parse() {
        let text = "{spinner:.yellow} {msg:28!} {bar:24.yellow} {bytes}/{total_bytes} {prefix}";
        assert!(ProgressStyle::with_template(text).is_ok());
    }

    #[test]
    fn what_holds_a_job_back_is_said() {
        let gentle =
            Throttling { bytes_per_second: 34_000_000, latency_ms: Some(1.24), goal_ms: Some(1.1) };
        let text = slowed(&gentle);
        assert!(text.contains("/s, latency 1.2 ms of 1.1 ms"), "{text}");
        let fixed = Throttling { latency_ms: None, goal_ms: None, ..gentle };
        assert!(slowed(&fixed).ends_with("/s"));
    }
}
