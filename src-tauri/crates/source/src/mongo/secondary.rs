//! Reading from a secondary in the primary's place.
//!
//! A member is fit when its own `hello` says that it is a secondary in good order, neither hidden
//! nor delayed, and holds everything that a majority had committed at the scan's beginning. No
//! privilege is needed for that. A scan whose member fails goes on at the primary.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mongodb::bson::{Document, doc};
use mongodb::options::{SelectionCriteria, ServerAddress};

use super::connect::MongoSource;
use super::time::ClusterTime;
use crate::SourceError;

/// How long a secondary may take to answer who it is.
const ANSWER: Duration = Duration::from_secs(2);
/// How often a secondary that is close behind is asked again.
const LOOKS: u32 = 10;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// The member that a scan reads from, and those that have served it.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    member: Mutex<Option<ServerAddress>>,
    served: Mutex<BTreeSet<String>>,
}

impl Reading {
    /// The member to read from, unless it has failed.
    pub(crate) fn member(&self) -> Option<ServerAddress> {
        self.member.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Gives a member up that failed; false when it had been given up before.
    pub(crate) fn give_up(&self, failed: &ServerAddress) -> bool {
        let mut member = self.member.lock().unwrap_or_else(PoisonError::into_inner);
        member.take_if(|member| member == failed).is_some()
    }

    pub(crate) fn served(&self, by: Option<&ServerAddress>) {
        let name = by.map_or_else(|| "primary".to_owned(), ToString::to_string);
        self.served.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
    }
}

/// Selects exactly this member.
pub(crate) fn exactly(member: &ServerAddress) -> SelectionCriteria {
    let member = member.clone();
    SelectionCriteria::Predicate(Arc::new(move |server| *server.address() == member))
}

impl MongoSource {
    /// A secondary that may be scanned for a backup that begins at `cut`, as `host:port`: the one
    /// that is furthest; none where no member is fit.
    ///
    /// # Errors
    /// When the primary does not answer.
    pub async fn fit_secondary(&self, cut: ClusterTime) -> Result<Option<String>, SourceError> {
        let members = self.probe_members().await?;
        for look in 0..LOOKS {
            if look > 0 {
                tokio::time::sleep(BETWEEN_LOOKS).await;
            }
            let asked = members.iter().map(|member| self.applied(member));
            let applied = futures::future::join_all(asked).await;
            let fit = members.iter().zip(applied).filter_map(|(member, at)| Some((at?, member)));
            let Some((furthest, member)) = fit.max_by_key(|(at, _)| *at) else {
                return Ok(None);
            };
            if furthest >= cut {
                return Ok(Some(member.to_string()));
            }
        }
        Ok(None)
    }

    /// The same connection whose scans read from `member` (`host:port`) as long as that serves.
    /// Everything else goes on asking the primary.
    ///
    /// # Errors
    /// When it is no address.
    pub fn scanning(&self, member: &str) -> Result<Self, SourceError> {
        let address = ServerAddress::parse(member)
            .map_err(|error| SourceError::answer("choosing a member", member, error.to_string()))?;
        let reading = Reading { member: Mutex::new(Some(address)), served: Mutex::default() };
        Ok(self.reading_by(reading))
    }

    /// Who has served the scans of this connection: `primary`, or members as `host:port`.
    #[must_use]
    pub fn served_by(&self) -> Vec<String> {
        let served = self.reading.served.lock().unwrap_or_else(PoisonError::into_inner);
        served.iter().cloned().collect()
    }

    /// The members that clients may read from. Hidden ones are not among them.
    async fn probe_members(&self) -> Result<Vec<ServerAddress>, SourceError> {
        let hello = super::server::hello(self.client()).await?;
        let listed = ["hosts", "passives"].into_iter().filter_map(|key| hello.get_array(key).ok());
        let names = listed.flatten().filter_map(|name| name.as_str());
        Ok(names.filter_map(|name| ServerAddress::parse(name).ok()).collect())
    }

    /// Up to when a member holds what a majority has committed; none where it is not fit.
    async fn applied(&self, member: &ServerAddress) -> Option<ClusterTime> {
        let admin = self.client().database("admin");
        let asked = admin.run_command(doc! { "hello": 1 }).selection_criteria(exactly(member));
        let hello = tokio::time::timeout(ANSWER, asked).await.ok()?.ok()?;
        fit(&hello)
    }
}

fn fit(hello: &Document) -> Option<ClusterTime> {
    let is = |name| hello.get_bool(name).unwrap_or(false);
    let delayed = ["secondaryDelaySecs", "slaveDelay"].iter().any(|name| hello.contains_key(name));
    if !is("secondary") || is("hidden") || delayed {
        return None;
    }
    let last = hello.get_document("lastWrite").ok()?;
    let time = last.get_document("majorityOpTime").ok()?;
    Some(time.get_timestamp("ts").ok()?.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use mongodb::bson::Timestamp;

    #[test]
    fn a_member_that_is_hidden_delayed_recovering_or_the_primary_is_not_fit() {
        let at = Timestamp { time: 7, increment: 2 };
        let last = doc! { "majorityOpTime": { "ts": at } };
        let good = doc! { "secondary": true, "lastWrite": last };
        assert_eq!(fit(&good), Some(ClusterTime { time: 7, increment: 2 }));
        for (name, value) in [("hidden", true.into()), ("secondaryDelaySecs", 5_i64.into())] {
            let mut other = good.clone();
            other.insert::<_, mongodb::bson::Bson>(name, value);
            assert_eq!(fit(&other), None, "{name}");
        }
        // A member in rollback, recovery or start-up calls itself neither.
        let mut recovering = good.clone();
        recovering.insert("secondary", false);
        assert_eq!(fit(&recovering), None);
        assert_eq!(fit(&doc! { "secondary": true }), None);
    }

    #[test]
    fn a_member_is_given_up_once() {
        let reading = Reading::default();
        let member = ServerAddress::parse("h:1").unwrap();
        assert!(!reading.give_up(&member));
        *reading.member.lock().unwrap() = Some(member.clone());
        reading.served(reading.member().as_ref());
        assert!(reading.give_up(&member));
        assert!(!reading.give_up(&member));
        assert_eq!(reading.member(), None);
    }
}
