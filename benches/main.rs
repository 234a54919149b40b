//! Benchmarks against peers and limits, in one run.

fn main() {}
