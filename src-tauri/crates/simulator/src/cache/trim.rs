//! Trimming of the stream of all events.

use redis::AsyncCommands;
use redis::streams::{StreamInfoGroupsReply, StreamPendingReply};

use super::Cache;
use crate::SimulatorError;

/// Entries kept for consumers that have no group yet.
const KEEP: usize = 20_000;

impl Cache {
    /// Trims the stream of all events below every group's acknowledged id; without groups, to a
    /// bounded length. What the stream holds is in MongoDB already: events are published after
    /// their transaction.
    pub(crate) async fn trim(&self) -> Result<(), SimulatorError> {
        let failed = || SimulatorError::redis("trimming the event stream");
        let stream = self.profile.redis.streams.events.clone();
        let mut connection = self.connection();
        let exists: bool = connection.exists(&stream).await.map_err(failed())?;
        if !exists {
            return Ok(());
        }
        let groups: StreamInfoGroupsReply =
            connection.xinfo_groups(&stream).await.map_err(failed())?;
        let mut below: Option<String> = None;
        for group in groups.groups {
            let id = self.acknowledged(&stream, &group.name, &group.last_delivered_id).await?;
            below = Some(below.map_or(id.clone(), |least| earlier(least, id)));
        }
        let mut command = redis::cmd("XTRIM");
        command.arg(&stream);
        match below {
            Some(id) => command.arg("MINID").arg("~").arg(id),
            None => command.arg("MAXLEN").arg("~").arg(KEEP),
        };
        let _: usize = command.query_async(&mut connection).await.map_err(failed())?;
        Ok(())
    }

    /// The id below which a group has acknowledged everything.
    async fn acknowledged(
        &self,
        stream: &str,
        group: &str,
        last_delivered: &str,
    ) -> Result<String, SimulatorError> {
        let pending: StreamPendingReply = self
            .connection()
            .xpending(stream, group)
            .await
            .map_err(SimulatorError::redis("trimming the event stream"))?;
        Ok(match pending {
            StreamPendingReply::Data(data) => data.start_id,
            _ => last_delivered.to_owned(),
        })
    }
}

/// The smaller of two stream ids.
fn earlier(one: String, other: String) -> String {
    let parts = |id: &str| -> (u64, u64) {
        let (ms, n) = id.split_once('-').unwrap_or((id, "0"));
        (ms.parse().unwrap_or(0), n.parse().unwrap_or(0))
    };
    if parts(&other) < parts(&one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::earlier;

    #[test]
    fn ids_compare_as_numbers() {
        assert_eq!(earlier("100-2".into(), "99-10".into()), "99-10");
        assert_eq!(earlier("100-2".into(), "100-10".into()), "100-2");
    }
}
