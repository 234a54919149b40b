//! The service's own state: jobs, audit and settings in an embedded database.
