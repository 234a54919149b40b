//! The headless agent and command line of avalon-vault.

fn main() {}
