//! The policy: per data class how it is backed up, how often, and how long that is kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use source::profile::DataClass;
use ts_rs::TS;

use crate::error::EngineError;

/// How a class is taken when it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TierMethod {
    /// Everything; what is in the store already is reused.
    Full,
    /// What changed since the set before.
    Incremental,
    /// What changed since the last full.
    Differential,
    /// Each event as it happens.
    EventLog,
}

/// How often a class is due. Hours, days and weeks are those of UTC; a week begins on Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    /// With each event.
    Event,
    /// Once an hour.
    Hour,
    /// Once a day.
    Day,
    /// Once a week.
    Week,
    /// Whenever it changes.
    Change,
}

/// How long a set is kept: days, or `"forever"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum Keep {
    /// So many days after it was taken.
    Days(u32),
    /// For ever.
    Forever(Forever),
}

impl Keep {
    /// For ever.
    pub const FOREVER: Self = Self::Forever(Forever::Forever);
}

/// The word for what never expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Forever {
    /// `"forever"`.
    Forever,
}

/// The policy of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ClassPolicy {
    /// How it is taken.
    pub method: TierMethod,
    /// How often.
    pub every: Frequency,
    /// How often a chain begins anew with a synthetic full; for increments and differentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub full_every: Option<Frequency>,
    /// How long it is kept.
    pub keep: Keep,
}

/// The policy of all classes, spelled alike in the configuration and in the contract. What is absent
/// is the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Players' accounts.
    pub accounts: ClassPolicy,
    /// Rooms and their events.
    pub rooms: ClassPolicy,
    /// Games being played.
    pub active: ClassPolicy,
    /// Finished games.
    pub history: ClassPolicy,
    /// Counters and ratings.
    pub statistics: ClassPolicy,
    /// The service's configuration.
    pub configuration: ClassPolicy,
    /// Days that what a restore replaced is kept.
    pub pre_image_days: u32,
    /// Bytes that the store shall not exceed; absent: no limit. Only told, never enforced by
    /// removing anything early.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub quota_bytes: Option<u64>,
}

const fn class(method: TierMethod, every: Frequency, keep: Keep) -> ClassPolicy {
    ClassPolicy { method, every, full_every: None, keep }
}

impl Default for Policy {
    fn default() -> Self {
        use Frequency::{Change, Day, Event, Hour, Week};
        use TierMethod::{EventLog, Full, Incremental};
        Self {
            accounts: class(Full, Day, Keep::Days(90)),
            rooms: ClassPolicy {
                full_every: Some(Day),
                ..class(Incremental, Hour, Keep::Days(30))
            },
            active: class(EventLog, Event, Keep::Days(7)),
            history: class(Full, Day, Keep::Days(90)),
            statistics: class(Full, Week, Keep::Days(180)),
            configuration: class(Full, Change, Keep::FOREVER),
            pre_image_days: 7,
            quota_bytes: None,
        }
    }
}

impl Policy {
    /// The policy of a class.
    #[must_use]
    pub fn of(&self, class: DataClass) -> &ClassPolicy {
        match class {
            DataClass::Accounts => &self.accounts,
            DataClass::Rooms => &self.rooms,
            DataClass::Active => &self.active,
            DataClass::History => &self.history,
            DataClass::Statistics => &self.statistics,
            DataClass::Configuration => &self.configuration,
        }
    }

    /// Class by class.
    #[must_use]
    pub fn classes(&self) -> BTreeMap<DataClass, ClassPolicy> {
        DataClass::ALL.into_iter().map(|class| (class, *self.of(class))).collect()
    }

    /// Refuses a policy that cannot be carried out.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] with the class at fault.
    pub fn validate(&self) -> Result<(), EngineError> {
        for (class, policy) in self.classes() {
            policy.fault().map_or(Ok(()), |reason| {
                let reason = format!("{}: {reason}", class.name());
                Err(EngineError::Invalid { field: "policy", reason })
            })?;
        }
        if self.pre_image_days == 0 {
            let reason = "pre-images are kept for a day at least".to_owned();
            return Err(EngineError::Invalid { field: "pre_image_days", reason });
        }
        Ok(())
    }
}

impl ClassPolicy {
    fn fault(&self) -> Option<&'static str> {
        use Frequency::{Change, Day, Event, Hour, Week};
        use TierMethod::{Differential, EventLog, Full, Incremental};
        let chained = matches!(self.method, Incremental | Differential);
        match (self.method, self.every, self.full_every) {
            _ if self.keep == Keep::Days(0) => Some("what is kept 0 days need not be taken"),
            (EventLog, Event, None) | (Full, Hour | Day | Week | Change, None) => None,
            (EventLog, ..) => Some("an event log is taken with each `event`"),
            (_, Event, _) => Some("only an event log is taken with each `event`"),
            (Full, _, Some(_)) => Some("`full_every` is for increments and differentials"),
            (_, Change, _) => Some("what is taken on `change` is taken in full"),
            (_, every, Some(full)) if full > every && matches!(full, Day | Week) => None,
            _ if chained => {
                Some("`full_every` must be `day` or `week`, and less often than `every`")
            }
            _ => Some("method and frequency do not go together"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_specification() {
        let policy = Policy::default();
        policy.validate().unwrap();
        let text = serde_json::to_string(&policy).unwrap();
        assert_eq!(
            text,
            "{\"accounts\":{\"method\":\"full\",\"every\":\"day\",\"keep\":90},\
             \"rooms\":{\"method\":\"incremental\",\"every\":\"hour\",\"full_every\":\"day\",\"keep\":30},\
             \"active\":{\"method\":\"event_log\",\"every\":\"event\",\"keep\":7},\
             \"history\":{\"method\":\"full\",\"every\":\"day\",\"keep\":90},\
             \"statistics\":{\"method\":\"full\",\"every\":\"week\",\"keep\":180},\
             \"configuration\":{\"method\":\"full\",\"every\":\"change\",\"keep\":\"forever\"},\
             \"pre_image_days\":7}"
        );
        assert_eq!(serde_json::from_str::<Policy>(&text).unwrap(), policy);
    }

    #[test]
    fn what_cannot_be_carried_out_is_refused() {
        let refused = |class: ClassPolicy| {
            let policy = Policy { accounts: class, ..Policy::default() };
            policy.validate().unwrap_err().to_string()
        };
        use Frequency::{Change, Day, Event, Hour};
        use TierMethod::{EventLog, Full, Incremental};
        for (method, every, full_every) in [
            (Full, Event, None),
            (Full, Day, Some(Day)),
            (EventLog, Hour, None),
            (Incremental, Change, Some(Day)),
            (Incremental, Hour, None),
            (Incremental, Day, Some(Day)),
            (Incremental, Day, Some(Hour)),
            (Incremental, Hour, Some(Change)),
        ] {
            let keep = Keep::Days(3);
            let said = refused(ClassPolicy { method, every, full_every, keep });
            assert!(said.contains("accounts"), "{method:?} {every:?}: {said}");
        }
        let said = refused(class(Full, Day, Keep::Days(0)));
        assert!(said.contains("0 days"), "{said}");
    }
}
