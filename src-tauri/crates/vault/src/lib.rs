//! The backup store: segments, manifests, ledgers, keys and checks, knowing no database.
