//! Where a restore writes.

use secrecy::ExposeSecret;
use source::mongo::{MongoSource, MongoTarget, WriteSafety};

use super::outcome::RestoreRequest;
use crate::engine::Engine;
use crate::error::EngineError;

/// A database to write to, with a reader on it.
#[derive(Debug, Clone)]
pub(super) struct Destination {
    pub(super) reader: MongoSource,
    pub(super) writer: MongoTarget,
    /// True when it is the database that the game service uses.
    pub(super) in_place: bool,
}

impl Destination {
    /// Finds the destination that a request means; `origin` is the database the backup came from.
    pub(super) async fn resolve(
        engine: &Engine,
        request: &RestoreRequest,
        origin: &str,
    ) -> Result<Self, EngineError> {
        let own = engine.source()?;
        let database = request.database.as_deref().unwrap_or(origin);
        check_name(database)?;
        let (server, foreign) = match &request.target {
            None => (own.clone(), false),
            Some(name) => {
                let targets = engine.connections().targets;
                let uri = targets
                    .get(name)
                    .ok_or_else(|| EngineError::UnknownTarget { name: name.clone() })?;
                let server = MongoSource::connect(uri.expose_secret(), own.profile()).await?;
                // The same server under another name is still the service's own.
                let foreign = !same_server(&server, &own);
                (server, foreign)
            }
        };
        let in_place = !foreign && database == own.database_name();
        let reader = server.on_database(database);
        let writer = reader.target(database);
        Ok(Self { reader, writer, in_place })
    }

    /// The same, with writes that do not wait for a majority: what is staged is read back behind a
    /// barrier, and the journal is written after it.
    pub(super) fn for_staging(&self) -> Self {
        Self { writer: self.writer.with_safety(WriteSafety::Primary), ..self.clone() }
    }

    /// The database's name.
    pub(super) fn database(&self) -> &str {
        self.reader.database_name()
    }

    /// The server's name for people, without credentials.
    pub(super) fn server(&self) -> String {
        let info = self.reader.server_info();
        info.primary.clone().unwrap_or_else(|| info.replica_set.clone())
    }
}

fn same_server(one: &MongoSource, other: &MongoSource) -> bool {
    let (one, other) = (one.server_info(), other.server_info());
    one.replica_set == other.replica_set
        && one.members.iter().any(|member| other.members.contains(member))
}

/// Refuses names that MongoDB refuses or keeps for itself.
pub(crate) fn check_name(database: &str) -> Result<(), EngineError> {
    const FORBIDDEN: [char; 9] = ['/', '\\', '.', ' ', '"', '$', '*', '<', '>'];
    let reserved = ["admin", "local", "config"].contains(&database);
    if database.is_empty()
        || database.len() > 63
        || reserved
        || database.contains(FORBIDDEN)
        || database.contains([':', '|', '?', '\0'])
    {
        return Err(EngineError::Invalid {
            field: "database",
            reason: format!("{database:?} is not a database that can be restored into"),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_server_itself_are_refused() {
        assert!(check_name("avalon").is_ok());
        for name in ["", "admin", "local", "config", "a.b", "a b", "$x"] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
    }
}
