//! The committed Rust of `proto/snapshot.proto` is what the generator makes of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod generated;

#[test]
fn committed_code_matches_the_proto_file() {
    let root = env!("CARGO_MANIFEST_DIR");
    let mut config = prost_build::Config::new();
    generated::assert_committed(
        root,
        "snapshot.proto",
        "src/snapshot/protobuf",
        "avault.snapshot.document.v1.rs",
        &mut config,
    );
}
