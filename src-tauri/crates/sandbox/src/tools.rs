//! Finds the server programs.

use std::path::{Path, PathBuf};

use crate::SandboxError;

/// The path of a server program: `$AVAULT_TOOLS`, then `PATH`, then `.tools/bin` in the current
/// folder, the folder of the running program or any parent of these.
///
/// # Errors
/// [`SandboxError::ToolNotFound`] says where it was looked for and how to install it.
pub fn find(name: &str) -> Result<PathBuf, SandboxError> {
    let searched = tool_folders();
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    std::env::var_os("AVAULT_TOOLS")
        .map(PathBuf::from)
        .into_iter()
        .chain(std::env::split_paths(&on_path))
        .chain(searched.iter().cloned())
        .map(|folder| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
        .find(|path| is_executable(path))
        .ok_or_else(|| SandboxError::ToolNotFound {
            name: name.into(),
            searched,
            install: install_hint(name),
        })
}

fn tool_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    folders.extend(std::env::var_os("AVAULT_TOOLS").map(PathBuf::from));
    let starts = [
        std::env::current_dir().ok(),
        std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from),
        std::env::current_exe().ok(),
    ];
    for start in starts.into_iter().flatten() {
        let nearest = start.ancestors().map(|dir| dir.join(".tools/bin")).find(|dir| dir.is_dir());
        if let Some(folder) = nearest
            && !folders.contains(&folder)
        {
            folders.push(folder);
        }
    }
    if folders.is_empty() {
        folders.push(PathBuf::from(".tools/bin"));
    }
    folders
}

fn install_hint(name: &str) -> String {
    match name {
        "mongod" => "Run `scripts/setup` (fills .tools/bin), or install MongoDB 6 or newer, or set AVAULT_TOOLS to the folder that holds it".into(),
        "redis-server" => "Install it with `apt-get install redis-server`, or set AVAULT_TOOLS to the folder that holds it".into(),
        other => format!("Install `{other}`, or set AVAULT_TOOLS to the folder that holds it"),
    }
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}
