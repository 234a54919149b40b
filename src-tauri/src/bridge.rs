//! The window's way to the contract: one command, one event channel, and the system's dialogs.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use api::service::Service;
use api::{ApiError, ApiEvent, Caller, Operation, Tag};
use serde_json::Value;
use tauri::{AppHandle, Emitter, State};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{SetOnce, broadcast};

/// The event channel that the window listens on.
const CHANNEL: &str = "avault";

/// The service once it is open; the window draws before that and its calls wait here.
pub struct Bridge {
    service: SetOnce<Result<Arc<Service>, ApiError>>,
    started: Instant,
    answered: AtomicBool,
}

impl Bridge {
    /// A bridge of a process that began at `started`.
    #[must_use]
    pub fn new(started: Instant) -> Self {
        Self { service: SetOnce::new(), started, answered: AtomicBool::new(false) }
    }

    /// Lets waiting calls go on; later calls change nothing.
    pub fn open(&self, service: Result<Arc<Service>, ApiError>) {
        if self.service.set(service).is_err() {
            tracing::warn!("the service was opened twice");
        }
    }

    /// The service, once it is open.
    ///
    /// # Errors
    /// Why it could not be opened.
    pub async fn service(&self) -> Result<Arc<Service>, ApiError> {
        self.service.wait().await.clone()
    }

    /// The service, if it is open already.
    pub fn opened(&self) -> Option<Arc<Service>> {
        self.service.get().and_then(|service| service.as_ref().ok()).cloned()
    }

    fn tell_ready(&self) {
        if !self.answered.swap(true, Ordering::Relaxed) {
            let milliseconds = self.started.elapsed().as_millis();
            tracing::info!(milliseconds, "ready");
        }
    }
}

/// Runs one operation of the contract for the person at the window.
#[tauri::command]
pub async fn call(
    bridge: State<'_, Bridge>,
    operation: String,
    request: Value,
) -> Result<Value, ApiError> {
    let service = bridge.service().await?;
    let operation = Operation::named(&operation).ok_or_else(|| {
        ApiError::permanent("unknown_operation", format!("there is no operation {operation}"))
    })?;
    let caller: Caller = service.local_owner();
    let answer = service.call(&caller, operation, request).await;
    bridge.tell_ready();
    answer
}

/// Lets the person choose a folder; `None` when the dialog was dismissed.
#[tauri::command]
pub async fn choose_folder() -> Option<String> {
    let folder = rfd::AsyncFileDialog::new().pick_folder().await?;
    Some(folder.path().display().to_string())
}

/// Shows a folder, or the folder of a file, in the system's file manager.
///
/// # Errors
/// A sentence that says what could not be opened.
#[tauri::command]
pub async fn open_folder(path: String) -> Result<(), String> {
    let path = PathBuf::from(path);
    let folder = if path.is_dir() { Some(path.as_path()) } else { path.parent() };
    let folder = folder.filter(|folder| folder.is_dir());
    let folder = folder.ok_or_else(|| format!("{} is no folder", path.display()))?;
    open::that_detached(folder)
        .map_err(|error| format!("{} cannot be shown: {error}", folder.display()))
}

/// Lets the person keep a text as a file that nobody else may read; `false` when the dialog was
/// dismissed.
///
/// # Errors
/// A sentence that says what could not be written.
#[tauri::command]
pub async fn save_text(name: String, text: String) -> Result<bool, String> {
    let Some(file) = rfd::AsyncFileDialog::new().set_file_name(name).save_file().await else {
        return Ok(false);
    };
    let path = file.path().to_owned();
    let written = tauri::async_runtime::spawn_blocking(move || write_private(&path, &text)).await;
    written.map_err(|error| error.to_string())?.map(|()| true)
}

fn write_private(path: &Path, text: &str) -> Result<(), String> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

/// Passes events of the service on to the window until the service is gone.
pub async fn forward(app: AppHandle, mut events: broadcast::Receiver<ApiEvent>) {
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            // What was missed may have changed anything.
            Err(RecvError::Lagged(_)) => ApiEvent::Invalidate { tags: Tag::ALL.to_vec() },
            Err(RecvError::Closed) => return,
        };
        if let Err(error) = app.emit(CHANNEL, event) {
            tracing::warn!(%error, "an event did not reach the window");
        }
    }
}
