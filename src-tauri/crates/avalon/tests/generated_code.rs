//! The committed Rust of `proto/snapshot.proto` is what the generator makes of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

/// Set to have the committed file rewritten.
const UPDATE: &str = "UPDATE_GENERATED";

#[test]
fn committed_code_matches_the_proto_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let descriptors =
        protox::compile([root.join("proto/snapshot.proto")], [root.join("proto")]).unwrap();
    let out = tempfile::tempdir().unwrap();
    prost_build::Config::new().format(false).out_dir(out.path()).compile_fds(descriptors).unwrap();
    let generated =
        std::fs::read_to_string(out.path().join("avault.snapshot.document.v1.rs")).unwrap();
    let committed = root.join("src/snapshot/protobuf/avault.snapshot.document.v1.rs");
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&committed, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(committed).unwrap_or_default();
    assert_eq!(committed, generated, "run this test once with {UPDATE}=1");
}
