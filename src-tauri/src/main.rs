//! Starts the desktop console.

fn main() {}
