//! The desktop shell: the window and one typed bridge to the contract.

pub mod arguments;
mod bridge;
pub mod webview;

use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use api::service::{Service, ServiceOptions};
use tauri::{AppHandle, Manager, RunEvent};

use crate::arguments::Arguments;
use crate::bridge::Bridge;

/// Shows the window and runs until it is closed. `started` is when the process began.
///
/// # Errors
/// When the window cannot be made.
pub fn run(arguments: Arguments, started: Instant) -> anyhow::Result<()> {
    let app = tauri::Builder::default()
        .manage(Bridge::new(started))
        .invoke_handler(tauri::generate_handler![
            bridge::call,
            bridge::choose_folder,
            bridge::open_folder,
            bridge::save_text,
        ])
        .setup(move |app| {
            tauri::async_runtime::spawn(open(app.handle().clone(), arguments));
            Ok(())
        })
        .build(tauri::generate_context!())
        .context("the window cannot be opened")?;
    app.run(|app, event| {
        if let RunEvent::Exit = event
            && let Some(service) = app.state::<Bridge>().opened()
        {
            tauri::async_runtime::block_on(service.shut_down());
        }
    });
    Ok(())
}

/// Opens the service beside the window, so that the window is there first.
async fn open(app: AppHandle, arguments: Arguments) {
    let bridge = app.state::<Bridge>();
    match Service::start(options(&arguments)).await {
        Ok(service) => {
            let service = Arc::new(service);
            let events = service.events();
            bridge.open(Ok(service));
            bridge::forward(app.clone(), events).await;
        }
        Err(error) => {
            tracing::error!(%error, "the service did not open");
            bridge.open(Err(error));
        }
    }
}

fn options(arguments: &Arguments) -> ServiceOptions {
    let mut options = ServiceOptions::from_environment(|name| std::env::var(name).ok());
    if let Some(home) = &arguments.home {
        options.home.clone_from(home);
    }
    if let Some(config) = &arguments.config {
        options.config = Some(config.clone());
    }
    options.sandbox = arguments.sandbox;
    options.resume_sandbox = true;
    options.connect_in_background = true;
    options
}
