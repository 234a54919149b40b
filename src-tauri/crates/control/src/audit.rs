//! The audit chain: each entry's hash covers its content and the hash before it, and the head is
//! kept apart, so that altering, deleting, reordering or cutting off entries is found.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::error::ControlError;
use crate::store::{Control, json_column};

const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const DOMAIN: &[u8] = b"avault audit v1";

/// An act to record.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAuditEntry<'a> {
    /// Unix time in milliseconds.
    pub at: i64,
    /// Who acted.
    pub actor: &'a str,
    /// What was done, for example `restore.apply`.
    pub verb: &'a str,
    /// On what.
    pub subject: &'a str,
    /// How it ended: `started`, `done`, `failed`, `refused`, …
    pub outcome: &'a str,
    /// More, as JSON. No secrets.
    pub detail: &'a Value,
}

/// An act as recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// Contiguous from 1.
    pub seq: u64,
    /// Unix time in milliseconds.
    pub at: i64,
    /// Who acted.
    pub actor: String,
    /// What was done.
    pub verb: String,
    /// On what.
    pub subject: String,
    /// How it ended.
    pub outcome: String,
    /// More, as JSON.
    pub detail: Value,
    /// The hash before, hex.
    pub prev_hash: String,
    /// SHA-256 over the content and `prev_hash`, hex.
    pub hash: String,
}

/// Where the chain is not what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFault {
    /// The entry at which it shows.
    pub seq: u64,
    /// What was found, in English.
    pub detail: String,
}

impl Control {
    /// Appends an act to the chain and returns its entry.
    ///
    /// # Errors
    /// When the store fails.
    pub fn append_audit(&self, entry: &NewAuditEntry<'_>) -> Result<AuditEntry, ControlError> {
        self.write("append to the audit chain", |tx| {
            let (last, prev_hash) = head(tx)?.unwrap_or((0, GENESIS.to_owned()));
            let detail = entry.detail.to_string();
            let seq = last + 1;
            let hash = hash(seq, entry, &detail, &prev_hash);
            tx.execute(
                "INSERT INTO audit
                   (seq, at, actor, verb, subject, outcome, detail, prev_hash, hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    seq,
                    entry.at,
                    entry.actor,
                    entry.verb,
                    entry.subject,
                    entry.outcome,
                    detail,
                    prev_hash,
                    hash
                ],
            )?;
            tx.execute(
                "INSERT INTO audit_head (one, seq, hash) VALUES (1, ?1, ?2)
                 ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
                params![seq, hash],
            )?;
            Ok(AuditEntry {
                seq: seq.unsigned_abs(),
                at: entry.at,
                actor: entry.actor.to_owned(),
                verb: entry.verb.to_owned(),
                subject: entry.subject.to_owned(),
                outcome: entry.outcome.to_owned(),
                detail: entry.detail.clone(),
                prev_hash,
                hash,
            })
        })
    }

    /// The newest `limit` acts, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn audit(&self, limit: u32) -> Result<Vec<AuditEntry>, ControlError> {
        self.read("read the audit chain", |connection| {
            connection
                .prepare(
                    "SELECT seq, at, actor, verb, subject, outcome, detail, prev_hash, hash
                     FROM audit ORDER BY seq DESC LIMIT ?1",
                )?
                .query_map(params![limit], record)?
                .collect()
        })
    }

    /// Walks the whole chain; returns the first fault, none when it is sound.
    ///
    /// # Errors
    /// When the store fails.
    pub fn verify_audit(&self) -> Result<Option<AuditFault>, ControlError> {
        self.read("verify the audit chain", |connection| {
            let transaction = connection.unchecked_transaction()?;
            let mut statement = transaction.prepare(
                "SELECT seq, at, actor, verb, subject, outcome, detail, prev_hash, hash
                 FROM audit ORDER BY seq",
            )?;
            let mut rows = statement.query([])?;
            let (mut last, mut prev) = (0_i64, GENESIS.to_owned());
            while let Some(row) = rows.next()? {
                let text: String = row.get(6)?;
                let seq: i64 = row.get(0)?;
                if seq != last + 1 {
                    return Ok(Some(fault(seq, format!("entry {} is missing", last + 1))));
                }
                let entry = match record(row) {
                    Ok(entry) => entry,
                    Err(error) => return Ok(Some(fault(seq, format!("unreadable: {error}")))),
                };
                if entry.prev_hash != prev {
                    return Ok(Some(fault(seq, "does not follow the entry before it".into())));
                }
                if hash(seq, &entry.as_new(), &text, &prev) != entry.hash {
                    return Ok(Some(fault(seq, "its content was altered".into())));
                }
                (last, prev) = (seq, entry.hash);
            }
            let head = head(&transaction)?.unwrap_or((0, GENESIS.to_owned()));
            if head != (last, prev) {
                return Ok(Some(fault(head.0, "entries at the end are missing".into())));
            }
            Ok(None)
        })
    }
}

impl AuditEntry {
    fn as_new(&self) -> NewAuditEntry<'_> {
        NewAuditEntry {
            at: self.at,
            actor: &self.actor,
            verb: &self.verb,
            subject: &self.subject,
            outcome: &self.outcome,
            detail: &self.detail,
        }
    }
}

fn head(tx: &Transaction<'_>) -> Result<Option<(i64, String)>, rusqlite::Error> {
    tx.query_row("SELECT seq, hash FROM audit_head WHERE one = 1", [], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
    .optional()
}

/// SHA-256 over the domain and each field with its length before it, so that no two entries
/// share an encoding.
fn hash(seq: i64, entry: &NewAuditEntry<'_>, detail: &str, prev_hash: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(DOMAIN);
    hasher.update(seq.to_be_bytes());
    hasher.update(entry.at.to_be_bytes());
    let fields = [entry.actor, entry.verb, entry.subject, entry.outcome, detail, prev_hash];
    for field in fields {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field.as_bytes());
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn fault(seq: i64, detail: String) -> AuditFault {
    AuditFault { seq: seq.unsigned_abs(), detail }
}

fn record(row: &Row<'_>) -> Result<AuditEntry, rusqlite::Error> {
    Ok(AuditEntry {
        seq: row.get::<_, i64>(0)?.unsigned_abs(),
        at: row.get(1)?,
        actor: row.get(2)?,
        verb: row.get(3)?,
        subject: row.get(4)?,
        outcome: row.get(5)?,
        detail: json_column(row, 6)?,
        prev_hash: row.get(7)?,
        hash: row.get(8)?,
    })
}
