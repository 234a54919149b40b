//! The use cases on real servers.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed step fails the test")]

mod backup;
mod browse;
mod compare;
mod consistency;
mod diff;
mod diff_export;
mod event_log;
mod export;
mod jobs;
mod listen;
mod listen_cluster;
mod live;
mod open;
mod overview;
mod restore;
mod restore_documents;
mod restore_pre_image;
mod share;
mod show;
mod snapshot;
mod snapshot_games;
mod snapshot_list;
mod snapshot_verify;
mod support;
mod switch_crash;
mod verify;
mod verify_rules;
mod what_if;
