//! What the web view needs before it starts.

/// Turns off a renderer of WebKitGTK that leaves the window blank on many graphics drivers.
///
/// The variable must be set before any thread of GTK reads it, and changing the own environment is
/// not sound once threads run: the process replaces itself with one that has the variable. Under a
/// driver of window tests the renderer stays, because screenshots hang without it.
///
/// # Errors
/// When the process cannot replace itself.
#[cfg(target_os = "linux")]
pub fn prepare() -> std::io::Result<()> {
    use std::os::unix::process::CommandExt;

    const RENDERER: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    let decided = std::env::var_os(RENDERER).is_some();
    if decided || std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some() {
        return Ok(());
    }
    let error = std::process::Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .env(RENDERER, "1")
        .exec();
    Err(error)
}

/// Nothing: only WebKitGTK needs help.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn prepare() -> std::io::Result<()> {
    Ok(())
}
