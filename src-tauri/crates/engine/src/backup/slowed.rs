//! How a backup spares the service while it reads.

use std::sync::Arc;

use source::mongo::{ClusterTime, MongoSource, ScanOptions};

use crate::error::EngineError;
use crate::impact::Throttle;
use crate::jobs::JobHandle;

/// How a capture spares the service that it reads from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slowed {
    /// Holds its reading back.
    pub(crate) throttle: Option<Arc<Throttle>>,
    /// Whether it scans a secondary where one is fit.
    pub(crate) secondary: bool,
}

impl Slowed {
    /// Sets how a range is read.
    pub(super) fn options(&self, options: &mut ScanOptions) {
        if let Some(throttle) = &self.throttle {
            options.batch_bytes = Some(throttle.slice());
            options.pace = Some(throttle.pace());
        }
    }

    /// So many bytes were read outside a scan; returns when more may be.
    pub(super) async fn read(&self, bytes: u64) {
        if let Some(throttle) = &self.throttle {
            throttle.pace().read(bytes).await;
        }
    }

    /// The connection to scan with: to a secondary that holds everything up to T0, where that is
    /// wanted and there is one.
    pub(super) async fn scanned(
        &self,
        source: &MongoSource,
        opened_at: ClusterTime,
        job: &JobHandle,
    ) -> Result<MongoSource, EngineError> {
        if !self.secondary {
            return Ok(source.clone());
        }
        let Some(member) = source.fit_secondary(opened_at).await? else {
            return Ok(source.clone());
        };
        job.line("backup.reads_secondary", &[("member", member.clone())]).await?;
        Ok(source.scanning(&member)?)
    }
}
