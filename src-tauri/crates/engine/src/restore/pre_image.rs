//! The pause of the game service, the set kept of what a restore will replace, and what is staged
//! beside it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::apply::Application;
use super::documents::Differing;
use super::stage::Staged;
use crate::backup::{self, Capture, CaptureHook, Origin};
use crate::error::EngineError;
use crate::jobs::JobHandle;
use crate::tasks::proceed;

impl Application<'_> {
    pub(super) async fn replaces_something(&self) -> Result<bool, EngineError> {
        let live = self.destination.reader.inspect().await?;
        Ok(live.iter().any(|info| {
            self.scope.items.iter().any(|item| item.collection() == info.name)
                || self.scope.absent.iter().any(|(_, name)| *name == info.name)
        }))
    }

    /// Keeps the pre-image and, as soon as the service is paused, stages beside it what differs: all
    /// that both read is the live data, and neither changes them.
    pub(super) async fn keep_and_stage(
        &self,
        differing: Option<Differing>,
    ) -> Result<(String, Vec<Staged>), EngineError> {
        let stop = self.job.cancel().child_token();
        let (say_paused, paused) = oneshot::channel();
        let keep = async {
            let kept = self.keep_pre_image(say_paused).await;
            if kept.is_err() {
                stop.cancel();
            }
            kept
        };
        let stage = async {
            match paused.await {
                Ok(()) => self.stage_alone(differing, &self.job.beside(), &stop).await,
                // The pre-image tells why there was no pause.
                Err(_) => Err(EngineError::Cancelled),
            }
        };
        // Each to its end: a command under way would go on behind the back of who cleans up.
        let (kept, staged) = tokio::join!(keep, stage);
        Ok((kept?, staged?))
    }

    /// Stages what differs of collections of which documents alone are written.
    pub(super) async fn stage_alone(
        &self,
        differing: Option<Differing>,
        job: &JobHandle,
        stop: &CancellationToken,
    ) -> Result<Vec<Staged>, EngineError> {
        self.engine.context().crash.pass("paused")?;
        proceed(stop)?;
        let Some(differing) = differing else { return Ok(Vec::new()) };
        differing.stage(self.engine, &self.destination, &self.plan.id, job, stop).await
    }

    /// Takes a set of what will be replaced. The service is paused just before the set's time is
    /// chosen, so that the set is the very last state and the pause is short; then `say_paused`.
    async fn keep_pre_image(&self, say_paused: oneshot::Sender<()>) -> Result<String, EngineError> {
        let (service, paused_at) = (self.service.clone(), Arc::clone(&self.paused_at));
        let context = self.engine.context().clone();
        let before_close: CaptureHook = Box::pin(async move {
            service.pause().await?;
            paused_at.store(context.now_ms(), Ordering::Relaxed);
            // Nobody listens where nothing is staged any more.
            let _heard = say_paused.send(());
            Ok(())
        });
        let redis = self.engine.connections().redis.filter(|_| self.destination.in_place);
        let (reader, classes) = (self.destination.reader.clone(), self.scope.classes.clone());
        let mut pre_image = Capture::full(reader, redis, classes, Origin::PreImage);
        if self.destination.in_place {
            // What is live is mostly what the newest backup holds: its oplog tells the rest.
            pre_image.stand_on_newest(self.engine).await?;
        }
        let summary = backup::capture(
            self.engine,
            Capture { before_close: Some(before_close), ..pre_image },
            self.job,
        )
        .await?;
        self.job.line("restore.pre_image", &[("backup", summary.id.clone())]).await?;
        Ok(summary.id)
    }

    pub(super) async fn pause(&self) -> Result<(), EngineError> {
        self.service.pause().await?;
        self.paused_at.store(self.engine.context().now_ms(), Ordering::Relaxed);
        Ok(())
    }
}
