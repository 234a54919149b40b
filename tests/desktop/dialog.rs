//! The system's own dialogs, which are windows beside the page: moved by keys, as a person would.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use tokio::process::Command;

/// How long a dialog may take to open or to close.
const PATIENCE: Duration = Duration::from_secs(60);

/// The windows on the display at one time.
pub struct Windows(BTreeSet<String>);

impl Windows {
    /// Those that are shown now.
    pub async fn shown() -> Self {
        let found = xdotool(&["search", "--onlyvisible", "--name", "."]).await;
        Self(found.split_whitespace().map(str::to_owned).collect())
    }

    /// Waits for one more, and returns its id.
    pub async fn another(&self) -> String {
        until("a dialog of the system opens", |now| now.0.difference(&self.0).next().cloned()).await
    }

    /// Waits until a window is no longer shown.
    pub async fn gone(dialog: &str) {
        until("the dialog closes", |now| (!now.0.contains(dialog)).then_some(())).await;
    }
}

/// Looks at the windows again and again until they are as wanted.
async fn until<T>(wanted: &str, found: impl Fn(&Windows) -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = found(&Windows::shown().await) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.expect(wanted)
}

/// Names a file in the dialog that one opened and says yes.
pub async fn save_as(dialog: &str, path: &Path) {
    let path = path.to_str().expect("a path that is text");
    xdotool(&["windowfocus", "--sync", dialog]).await;
    xdotool(&["key", "ctrl+a"]).await;
    xdotool(&["type", "--delay", "5", path]).await;
    xdotool(&["key", "Return"]).await;
    Windows::gone(dialog).await;
}

/// Leaves the dialog as it is.
pub async fn dismiss(dialog: &str) {
    xdotool(&["windowfocus", "--sync", dialog]).await;
    xdotool(&["key", "Escape"]).await;
    Windows::gone(dialog).await;
}

/// What it prints; nothing found is no failure.
async fn xdotool(arguments: &[&str]) -> String {
    let output = Command::new("xdotool").args(arguments).output().await;
    let output = output.expect("xdotool is installed: run through `make test`");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
