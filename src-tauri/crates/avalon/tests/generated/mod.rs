//! The Rust that is committed of a file of Protocol Buffers, held against what the generator makes.

use std::path::Path;

/// Set to have the committed file rewritten.
const UPDATE: &str = "UPDATE_GENERATED";

/// Generates `proto/{proto}` of the crate at `root` as `config` has it and compares `folder/{rust}`.
pub fn assert_committed(
    root: &str,
    proto: &str,
    folder: &str,
    rust: &str,
    config: &mut prost_build::Config,
) {
    let root = Path::new(root);
    let descriptors =
        protox::compile([root.join("proto").join(proto)], [root.join("proto")]).unwrap();
    let out = tempfile::tempdir().unwrap();
    config.format(false).out_dir(out.path()).compile_fds(descriptors).unwrap();
    let generated = std::fs::read_to_string(out.path().join(rust)).unwrap();
    let committed = root.join(folder).join(rust);
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&committed, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(committed).unwrap_or_default();
    assert_eq!(committed, generated, "run this test once with {UPDATE}=1");
}
