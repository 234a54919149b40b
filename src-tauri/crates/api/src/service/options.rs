//! What a face starts the service with.

use std::path::PathBuf;

/// What a service is started with.
#[derive(Debug, Clone)]
pub struct ServiceOptions {
    /// Folder of the console's own state.
    pub home: PathBuf,
    /// Configuration file.
    pub config: Option<PathBuf>,
    /// Store that overrides the configuration's.
    pub store: Option<String>,
    /// Profile that overrides the configuration's.
    pub profile: Option<PathBuf>,
    /// A further server that a restore may write to: a connection string without credentials.
    pub target: Option<String>,
    /// Who acts, as it is written into jobs and the audit chain.
    pub actor: String,
    /// Connect after the start without being asked.
    pub connect_in_background: bool,
    /// Start the sandbox, whatever was connected last.
    pub sandbox: bool,
    /// Start the sandbox again when it was what was connected last.
    pub resume_sandbox: bool,
    /// Chinese unless the user's locale says otherwise.
    pub chinese: bool,
    /// IANA name of the user's time zone.
    pub time_zone: String,
    /// How much the sandbox's games are.
    pub scale: SimulationScale,
}

/// How much is played in the sandbox.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SimulationScale {
    /// Seed of everything that is played.
    pub seed: u64,
    /// Games that are over when the sandbox opens for the first time.
    pub finished_games: u64,
    /// Tables at which games go on being played.
    pub live_tables: usize,
    /// Events a second over all tables.
    pub events_per_second: f64,
}

impl Default for SimulationScale {
    fn default() -> Self {
        Self { seed: 2026, finished_games: 400, live_tables: 6, events_per_second: 8.0 }
    }
}

impl ServiceOptions {
    /// Defaults from the user's environment.
    ///
    /// `variables` looks up an environment variable: `AVAULT_HOME`, `AVAULT_CONFIG`, the user's
    /// folders, name, locale and time zone.
    #[must_use]
    pub fn from_environment(variables: impl Fn(&str) -> Option<String>) -> Self {
        let user = variables("USER").or_else(|| variables("USERNAME"));
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| variables(name));
        Self {
            home: home_folder(&variables),
            config: variables("AVAULT_CONFIG").map(PathBuf::from),
            store: None,
            profile: None,
            target: None,
            actor: user.unwrap_or_else(|| "local".to_owned()),
            connect_in_background: false,
            sandbox: false,
            resume_sandbox: false,
            chinese: locale.is_some_and(|locale| locale.starts_with("zh")),
            time_zone: variables("TZ")
                .filter(|zone| zone.contains('/'))
                .or_else(system_time_zone)
                .unwrap_or_else(|| "UTC".to_owned()),
            scale: SimulationScale::default(),
        }
    }
}

fn home_folder(variables: &impl Fn(&str) -> Option<String>) -> PathBuf {
    let named = variables("AVAULT_HOME").map(PathBuf::from);
    let data = ["XDG_DATA_HOME", "APPDATA"].iter().find_map(|name| variables(name));
    let data = data.map(|folder| PathBuf::from(folder).join("avalon-vault"));
    let below_user = || {
        let user = ["HOME", "USERPROFILE"].iter().find_map(|name| variables(name));
        user.map(|folder| PathBuf::from(folder).join(".local/share/avalon-vault"))
    };
    named.or(data).or_else(below_user).unwrap_or_else(|| PathBuf::from(".avalon-vault"))
}

/// On Unix `/etc/localtime` is a link into the zone database.
fn system_time_zone() -> Option<String> {
    let target = std::fs::read_link("/etc/localtime").ok()?;
    let target = target.to_string_lossy().into_owned();
    target.split_once("zoneinfo/").map(|(_, zone)| zone.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_decides() {
        let options = ServiceOptions::from_environment(|name| match name {
            "AVAULT_HOME" => Some("/h".to_owned()),
            "LANG" => Some("zh_CN.UTF-8".to_owned()),
            "TZ" => Some("Asia/Shanghai".to_owned()),
            "USER" => Some("morgan".to_owned()),
            _ => None,
        });
        assert_eq!(options.home, PathBuf::from("/h"));
        assert!(options.chinese);
        assert_eq!(options.time_zone, "Asia/Shanghai");
        assert_eq!(options.actor, "morgan");
    }
}
