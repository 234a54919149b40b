//! Shared set-up of the acceptance tests.
