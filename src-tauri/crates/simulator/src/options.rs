//! How the simulator plays.

use avalon::profile::RuleProfile;

use crate::SimulatorError;

/// Which optional rules are played.
#[derive(Debug, Clone, Default)]
pub enum Modules {
    /// The mix of common Chinese tables: the Lady of the Lake at large tables, the others seldom.
    #[default]
    CommonBoards,
    /// The common boards without any module.
    None,
    /// Every module and rule switch, often.
    All,
    /// One board for every table.
    Fixed(Box<RuleProfile>),
}

/// How the simulator plays.
#[derive(Debug, Clone)]
pub struct SimulatorOptions {
    /// Seed of every decision: the same seed gives the same games, at any hour.
    pub seed: u64,
    /// Fewest and most players of a table, within 5 to 10.
    pub players: (u8, u8),
    /// Events a second over all live tables.
    pub rate: f64,
    /// Live games to play before stopping; `None`: until cancelled.
    pub games: Option<u64>,
    /// Tables that play at the same time.
    pub live_tables: usize,
    /// Optional rules.
    pub modules: Modules,
}

impl Default for SimulatorOptions {
    fn default() -> Self {
        SimulatorOptions {
            seed: 1,
            players: (5, 10),
            rate: 20.0,
            games: None,
            live_tables: 4,
            modules: Modules::CommonBoards,
        }
    }
}

impl SimulatorOptions {
    pub(crate) fn validate(&self) -> Result<(), SimulatorError> {
        let (least, most) = self.players;
        if least < 5 || most > 10 || least > most {
            return Err(SimulatorError::Unavailable(format!(
                "{least} to {most} players were asked for; a table has 5 to 10"
            )));
        }
        if !(self.rate.is_finite() && self.rate > 0.0) {
            return Err(SimulatorError::Unavailable(format!(
                "a rate of {} events a second was asked for; it must be above zero",
                self.rate
            )));
        }
        Ok(())
    }
}
