//! Generates the shell's context from `tauri.conf.json` and the capabilities.

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    let attributes =
        tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*");
    if let Err(error) = tauri_build::try_build(attributes) {
        eprintln!("tauri.conf.json or src-tauri/capabilities is not usable: {error:#}");
        std::process::exit(1);
    }
}
