//! How busy the server is, and how long it takes to answer.

use std::time::Duration;

use mongodb::bson::{Bson, Document, doc};

use super::connect::MongoSource;
use crate::SourceError;

/// How long a server may take to answer a probe before that counts as its latency.
const LONGEST: Duration = Duration::from_secs(2);

/// What the server counts of its own load. Totals are since its start.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ServerLoad {
    /// Writes, and how long they took in all, in microseconds.
    pub writes: (u64, u64),
    /// Operations of every kind, our own reads included.
    pub operations: u64,
    /// Operations that wait for a lock at the moment.
    pub queued: u64,
    /// The part of read or write tickets that is free, the smaller; 1 where the server tells none.
    pub free_tickets: f64,
    /// The part of the cache that is dirty.
    pub dirty: f64,
}

impl MongoSource {
    /// Looks one `_id` up that is not there: the least that the service's own reads cost. Measured
    /// by the caller. Asks the primary, whichever member is scanned.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn touch(&self) -> Result<(), SourceError> {
        const DOING: &str = "measuring the server's latency";
        let collection = self.profile().collections.values().next().map_or("users", String::as_str);
        let command = doc! {
            "find": collection,
            "filter": { "_id": "__avault_probe" },
            "limit": 1,
            "singleBatch": true,
            "maxTimeMS": i64::try_from(LONGEST.as_millis()).unwrap_or(i64::MAX),
        };
        let reply = self.database().run_command(command).await;
        reply
            .map(drop)
            .map_err(|error| SourceError::mongo(DOING, self.namespace(collection), error))
    }

    /// What the primary counts of its load.
    ///
    /// # Errors
    /// [`SourceError::MissingPrivilege`] where the user may not see it, or when the server does not
    /// answer.
    pub async fn load(&self) -> Result<ServerLoad, SourceError> {
        const LEFT_OUT: [&str; 12] = [
            "repl",
            "metrics",
            "locks",
            "tcmalloc",
            "network",
            "security",
            "transportSecurity",
            "sharding",
            "transactions",
            "logicalSessionRecordCache",
            "flowControl",
            "mirroredReads",
        ];
        let mut command = doc! { "serverStatus": 1 };
        for section in LEFT_OUT {
            command.insert(section, 0);
        }
        let admin = self.client().database("admin");
        let status = admin.run_command(command).await.map_err(|error| {
            SourceError::mongo("reading the server's load", "the server", error)
        })?;
        Ok(read(&status))
    }
}

fn read(status: &Document) -> ServerLoad {
    let latency = |kind: &str, field: &str| number(status, &["opLatencies", kind, field]);
    let kinds = ["reads", "writes", "commands", "transactions"];
    let operations: f64 = kinds.iter().map(|kind| latency(kind, "ops")).sum();
    let tickets = |kind: &str| {
        let of = |field| number(status, &["wiredTiger", "concurrentTransactions", kind, field]);
        let total = of("totalTickets");
        if total > 0.0 { of("available") / total } else { 1.0 }
    };
    let cache = |field| number(status, &["wiredTiger", "cache", field]);
    let size = cache("maximum bytes configured");
    let dirty = cache("tracked dirty bytes in the cache");
    ServerLoad {
        writes: (whole(latency("writes", "ops")), whole(latency("writes", "latency"))),
        operations: whole(operations),
        queued: whole(number(status, &["globalLock", "currentQueue", "total"])),
        free_tickets: tickets("read").min(tickets("write")),
        dirty: if size > 0.0 { dirty / size } else { 0.0 },
    }
}

fn number(document: &Document, path: &[&str]) -> f64 {
    let Some((last, above)) = path.split_last() else { return 0.0 };
    let mut at = document;
    for name in above {
        let Ok(inner) = at.get_document(name) else { return 0.0 };
        at = inner;
    }
    match at.get(last) {
        Some(Bson::Int32(value)) => f64::from(*value),
        Some(Bson::Int64(value)) => *value as f64,
        Some(Bson::Double(value)) => *value,
        _ => 0.0,
    }
}

fn whole(value: f64) -> u64 {
    value.max(0.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_and_what_is_missing_is_no_load() {
        let tickets = doc! { "available": 32, "totalTickets": 128 };
        let status = doc! {
            "opLatencies": {
                "reads": { "ops": 5_i64, "latency": 50_i64 },
                "writes": { "ops": 2_i64, "latency": 900_i64 },
            },
            "globalLock": { "currentQueue": { "total": 3 } },
            "wiredTiger": {
                "concurrentTransactions": { "read": { "available": 128, "totalTickets": 128 }, "write": tickets },
                "cache": { "maximum bytes configured": 1000.0, "tracked dirty bytes in the cache": 150 },
            },
        };
        let expected = ServerLoad {
            writes: (2, 900),
            operations: 7,
            queued: 3,
            free_tickets: 0.25,
            dirty: 0.15,
        };
        assert_eq!(read(&status), expected);
        assert_eq!(read(&doc! {}), ServerLoad { free_tickets: 1.0, ..ServerLoad::default() });
    }
}
