use rusqlite_migration::{M, Migrations};

const STEPS: &[M<'_>] = &[
    M::up(
        "CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        verb TEXT NOT NULL,
        state TEXT NOT NULL,
        subject TEXT NOT NULL,
        actor TEXT NOT NULL,
        owner TEXT NOT NULL,
        request TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        finished_at INTEGER,
        cancel_requested INTEGER NOT NULL DEFAULT 0,
        progress TEXT,
        error TEXT,
        outcome TEXT
    ) STRICT;
    CREATE INDEX jobs_by_state ON jobs (state);
    CREATE INDEX jobs_by_start ON jobs (started_at DESC);
    CREATE TABLE checkpoints (
        job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        value BLOB NOT NULL,
        PRIMARY KEY (job, name)
    ) STRICT;
    CREATE TABLE job_lines (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        at INTEGER NOT NULL,
        code TEXT NOT NULL,
        context TEXT NOT NULL
    ) STRICT;
    CREATE INDEX job_lines_by_job ON job_lines (job, number);
    CREATE TABLE audit (
        seq INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        actor TEXT NOT NULL,
        verb TEXT NOT NULL,
        subject TEXT NOT NULL,
        outcome TEXT NOT NULL,
        detail TEXT NOT NULL,
        prev_hash TEXT NOT NULL,
        hash TEXT NOT NULL
    ) STRICT;
    CREATE TABLE audit_head (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        seq INTEGER NOT NULL,
        hash TEXT NOT NULL
    ) STRICT;
    CREATE TABLE settings (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL,
        updated_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE verifications (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        backup TEXT NOT NULL,
        level TEXT,
        at INTEGER NOT NULL,
        ok INTEGER NOT NULL,
        problems INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX verifications_by_backup ON verifications (backup, at DESC);
    CREATE TABLE plans (
        id TEXT PRIMARY KEY,
        verb TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        plan TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        used_by TEXT
    ) STRICT;
    CREATE TABLE journals (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        body TEXT NOT NULL,
        updated_at INTEGER NOT NULL,
        closed_at INTEGER
    ) STRICT;",
    ),
    M::up("ALTER TABLE verifications ADD COLUMN detail TEXT NOT NULL DEFAULT '{}';"),
];

pub(crate) const MIGRATIONS: Migrations<'_> = Migrations::from_slice(STEPS);
