//! The service's configuration.

use mongodb::bson::{Document, doc};

use crate::SimulatorError;
use crate::store::{Store, logical};

impl Store {
    /// Writes the configuration keys that are missing.
    pub(crate) async fn ensure_configuration(&self, now_ms: i64) -> Result<(), SimulatorError> {
        let config = self.collection::<Document>(logical::CONFIG);
        let values = [
            ("rating", doc! { "system": "elo", "start": 1200, "k": 32 }),
            ("timers", doc! { "proposeSeconds": 300, "voteSeconds": 120, "actSeconds": 300 }),
            ("rooms", doc! { "idleMinutes": 30, "maxMembers": 10 }),
            ("sessions", doc! { "keepSeconds": 600 }),
            ("notice", doc! { "text": "欢迎来到阿瓦隆", "enabled": true }),
        ];
        for (key, value) in values {
            let fields =
                doc! { "value": value, "version": 1, "updatedBy": "system", "updatedAt": now_ms };
            config
                .update_one(doc! { "_id": key }, doc! { "$setOnInsert": fields })
                .upsert(true)
                .await
                .map_err(SimulatorError::mongo("writing the configuration"))?;
        }
        Ok(())
    }
}
