//! The committed TypeScript is what the contract generates.

use std::path::Path;

/// Compares, or rewrites when `AVAULT_BLESS=1`.
#[test]
fn typescript_is_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/api/generated");
    let bless = std::env::var_os("AVAULT_BLESS").is_some();
    for (name, text) in api::typescript::files() {
        let path = folder.join(name);
        if bless {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == text,
            "{} is not what the contract generates; run the test with AVAULT_BLESS=1",
            path.display()
        );
    }
}
