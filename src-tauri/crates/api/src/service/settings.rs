//! Settings of the console, kept in the control store.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Shared;
use crate::error::ApiError;
use crate::message::settings::{Language, SettingsRequest, SettingsView, Theme};

const LANGUAGE: &str = "language";
const THEME: &str = "theme";
const TIME_ZONE: &str = "time_zone";
const SNAPSHOT_VIEWS: &str = "snapshot_views";

pub(super) async fn get(shared: &Shared) -> Result<SettingsView, ApiError> {
    let shown = shared.state.shown();
    let by_locale = if shared.options.chinese { Language::Chinese } else { Language::English };
    Ok(SettingsView {
        language: read(shared, LANGUAGE).await?.unwrap_or(by_locale),
        theme: read(shared, THEME).await?.unwrap_or(Theme::System),
        time_zone: match read(shared, TIME_ZONE).await? {
            Some(zone) => zone,
            None => shared.options.time_zone.clone(),
        },
        snapshot_views: read(shared, SNAPSHOT_VIEWS).await?.unwrap_or_default(),
        connection: shown.connection,
        store: shown.store,
    })
}

pub(super) async fn set(
    shared: &Shared,
    request: SettingsRequest,
) -> Result<SettingsView, ApiError> {
    if let Some(language) = request.language {
        write(shared, LANGUAGE, json!(language)).await?;
    }
    if let Some(theme) = request.theme {
        write(shared, THEME, json!(theme)).await?;
    }
    if let Some(zone) = request.time_zone {
        write(shared, TIME_ZONE, json!(zone)).await?;
    }
    if let Some(views) = request.snapshot_views {
        write(shared, SNAPSHOT_VIEWS, json!(views)).await?;
    }
    get(shared).await
}

/// A kept value; one that an older version wrote differently counts as absent.
pub(super) async fn read<T: DeserializeOwned>(
    shared: &Shared,
    key: &'static str,
) -> Result<Option<T>, ApiError> {
    let stored = shared.engine.control(move |control| control.setting(key)).await?;
    Ok(stored.and_then(|value| serde_json::from_value(value).ok()))
}

/// Keeps a value; null forgets it.
pub(super) async fn write(
    shared: &Shared,
    key: &'static str,
    value: Value,
) -> Result<(), ApiError> {
    let now = shared.engine.context().now_ms();
    shared.engine.control(move |control| control.set_setting(key, &value, now)).await?;
    Ok(())
}
