//! What requests declared in `engine` say of themselves.

use engine::backup::outcome::BackupRequest;
use engine::bisect::outcome::BisectRequest;
use engine::browse::outcome::{BrowseRequest, DocumentRequest};
use engine::compare::outcome::CompareRequest;
use engine::diff::outcome::{DiffExportRequest, DiffRequest};
use engine::export::outcome::ExportRequest;
use engine::games::outcome::{AlternativesRequest, GameListRequest, GameShowRequest};
use engine::impact::Impact;
use engine::import::outcome::ImportRequest;
use engine::open::outcome::OpenRequest;
use engine::points::outcome::PrepareRequest;
use engine::restore::outcome::RestoreRequest;
use engine::share::outcome::ShareRequest;
use engine::snapshot::outcome::{
    SnapshotCreateRequest, SnapshotListRequest, SnapshotShowRequest, SnapshotVerifyRequest,
};
use engine::verify::outcome::VerifyRequest;

use super::not_empty;
use crate::contract::Request;
use crate::error::ApiError;

impl Request for BackupRequest {
    fn validate(&self) -> Result<(), ApiError> {
        match self.impact {
            Some(Impact::Fixed { max_read: 0 }) => {
                Err(ApiError::invalid("impact", "a rate must be above 0"))
            }
            _ => Ok(()),
        }
    }
}

impl Request for BrowseRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("backup", &self.backup)?;
        not_empty("collection", &self.collection)?;
        if self.filters.iter().any(|filter| filter.field.trim().is_empty()) {
            return Err(ApiError::invalid("filters", "each must name a field"));
        }
        if (1..=200).contains(&self.limit) {
            Ok(())
        } else {
            Err(ApiError::invalid("limit", "must be 1 to 200"))
        }
    }
}

impl Request for DocumentRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("backup", &self.backup)?;
        not_empty("collection", &self.collection)?;
        not_empty("key", &self.key)
    }
}

impl Request for VerifyRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("backup", &self.backup)?;
        if self.sample_percent > 0.0 && self.sample_percent <= 100.0 {
            Ok(())
        } else {
            Err(ApiError::invalid("samplePercent", "must be above 0 and up to 100"))
        }
    }

    fn subject(&self) -> String {
        self.backup.clone()
    }
}

impl Request for RestoreRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("backup", &self.backup)?;
        match &self.database {
            Some(database) => not_empty("database", database),
            None => Ok(()),
        }
    }

    fn subject(&self) -> String {
        self.backup.clone()
    }
}

impl Request for PrepareRequest {
    fn subject(&self) -> String {
        self.at.clone()
    }
}

impl Request for ExportRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("backup", &self.backup)?;
        not_empty("path", &self.path)
    }

    fn subject(&self) -> String {
        self.backup.clone()
    }
}

impl Request for ImportRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("path", &self.path)?;
        for (field, value) in [("from", &self.from), ("database", &self.database)] {
            if let Some(value) = value {
                not_empty(field, value)?;
            }
        }
        Ok(())
    }

    fn subject(&self) -> String {
        self.path.clone()
    }
}

impl Request for CompareRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("backup", &self.backup)
    }

    fn subject(&self) -> String {
        self.backup.clone()
    }
}

impl Request for GameListRequest {
    fn validate(&self) -> Result<(), ApiError> {
        if (1..=200).contains(&self.limit) {
            Ok(())
        } else {
            Err(ApiError::invalid("limit", "must be 1 to 200"))
        }
    }
}

impl Request for BisectRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("game", &self.game)?;
        not_empty("viewer", &self.viewer)
    }

    fn subject(&self) -> String {
        self.game.clone()
    }
}

impl Request for SnapshotVerifyRequest {
    fn validate(&self) -> Result<(), ApiError> {
        self.game.as_ref().map_or(Ok(()), |game| not_empty("game", game))
    }

    fn subject(&self) -> String {
        self.game.clone().unwrap_or_default()
    }
}

impl Request for SnapshotCreateRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("game", &self.game)
    }

    fn subject(&self) -> String {
        self.game.clone()
    }
}

impl Request for SnapshotListRequest {
    fn validate(&self) -> Result<(), ApiError> {
        if (1..=200).contains(&self.limit) {
            Ok(())
        } else {
            Err(ApiError::invalid("limit", "must be 1 to 200"))
        }
    }
}

impl Request for SnapshotShowRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("id", &self.id)
    }

    fn subject(&self) -> String {
        self.id.clone()
    }
}

impl Request for DiffRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("before.game", &self.before.game)?;
        not_empty("after.game", &self.after.game)?;
        not_empty("viewer", &self.viewer)
    }

    fn subject(&self) -> String {
        self.before.game.clone()
    }
}

impl Request for DiffExportRequest {
    fn validate(&self) -> Result<(), ApiError> {
        self.diff.validate()
    }

    fn subject(&self) -> String {
        self.diff.subject()
    }
}

impl Request for ShareRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("id", &self.id)?;
        not_empty("viewer", &self.viewer)
    }

    fn subject(&self) -> String {
        self.id.clone()
    }
}

impl Request for AlternativesRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("id", &self.id)
    }

    fn subject(&self) -> String {
        self.id.clone()
    }
}

impl Request for OpenRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("name", &self.name)?;
        not_empty("text", &self.text)
    }

    fn subject(&self) -> String {
        self.name.clone()
    }
}

impl Request for GameShowRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("id", &self.id)?;
        not_empty("viewer", &self.viewer)
    }

    fn subject(&self) -> String {
        self.id.clone()
    }
}
