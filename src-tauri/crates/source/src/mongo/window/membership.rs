//! Games that ended or came back inside the window: all of their events change class.

use bytes::Bytes;

use super::CaptureWindow;
use crate::SourceError;
use crate::mongo::command::ReadTime;
use crate::mongo::membership::{LiveGames, MembershipFilter};
use crate::mongo::scan::one_of;
use crate::mongo::time::ClusterTime;
use crate::profile::Part;

/// Games whose events are looked up by one query.
const GAMES_PER_QUERY: usize = 500;

impl CaptureWindow {
    /// Call right after [`Self::open`] when only one part of the events collection is read;
    /// returns the filter for its scan. Images then take the filter of
    /// [`Self::filter_at_end`].
    ///
    /// # Errors
    /// When the profile has no membership rule or the server does not answer.
    pub async fn split_events(&mut self, part: Part) -> Result<MembershipFilter, SourceError> {
        let live = self.source.live_games(Some(self.opened_at)).await?;
        self.live_at_start = Some(live.clone());
        self.filter(part, live)
    }

    /// Like [`Self::split_events`] for a reopened window, with the games unfinished at T0 as they
    /// were kept then ([`LiveGames::documents`]): the snapshot at T0 may be gone.
    ///
    /// # Errors
    /// When the profile has no membership rule.
    pub fn resume_split(
        &mut self,
        part: Part,
        live: LiveGames,
    ) -> Result<MembershipFilter, SourceError> {
        self.live_at_start = Some(live.clone());
        self.filter(part, live)
    }

    /// The filter for the images of the events collection, from the games unfinished at T1.
    ///
    /// # Errors
    /// When the profile has no membership rule.
    pub fn filter_at_end(
        &self,
        part: Part,
        live: &LiveGames,
    ) -> Result<MembershipFilter, SourceError> {
        self.filter(part, live.clone())
    }

    fn filter(&self, part: Part, live: LiveGames) -> Result<MembershipFilter, SourceError> {
        let (_, _, field) = self.names()?;
        Ok(MembershipFilter { field, part, live })
    }

    fn names(&self) -> Result<(String, String, String), SourceError> {
        let names = self.source.profile().membership_names();
        names.map(|(live, events, field)| (live.into(), events.into(), field.into())).ok_or_else(
            || SourceError::Unsupported {
                what: "telling unfinished games apart".into(),
                reason: "the profile has no [membership]".into(),
            },
        )
    }

    /// Marks the events of games that are unfinished at only one end of the window as touched.
    pub(super) async fn settle_membership(
        &mut self,
        time: ClusterTime,
    ) -> Result<Option<LiveGames>, SourceError> {
        let Some(at_start) = &self.live_at_start else {
            return Ok(None);
        };
        let (_, events, field) = self.names()?;
        let at_end = self.source.live_games(Some(time)).await?;
        let flipped = at_start.flipped(&at_end);
        for chunk in flipped.chunks(GAMES_PER_QUERY) {
            self.touch_events(&events, &field, chunk, time).await?;
        }
        Ok(Some(at_end))
    }

    async fn touch_events(
        &mut self,
        events: &str,
        field: &str,
        games: &[Bytes],
        time: ClusterTime,
    ) -> Result<(), SourceError> {
        let malformed = |error| SourceError::malformed(events, error);
        let filter = one_of(field, games.iter().map(Bytes::as_ref)).map_err(malformed)?;
        let watched = super::watched(&mut self.collections, events);
        let at = ReadTime::Exactly(time);
        let mut grown = 0;
        self.source
            .each_id(events, &filter, at, |key, document| {
                let copy = || Bytes::copy_from_slice(document);
                grown += watched.touched.add(key.to_vec(), copy);
                if grown > super::MEMORY_BUDGET {
                    watched.touched.spill()?;
                    grown = 0;
                }
                Ok(())
            })
            .await
    }
}
