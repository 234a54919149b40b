//! What each viewer may see of a state, an event and a log.
//!
//! Every view is built from an allow-list: it names what is shown, so what nobody thought of stays
//! hidden. Unknown members, hashes (which commit to secrets that can be guessed and tried) and
//! events for the server alone are shown to `God` only.

mod event;
mod state;

use crate::event::{Envelope, Event};
use crate::id::PlayerId;
use crate::state::GameState;

pub use event::{EventView, view_event};
pub use state::{
    AssassinationView, ExcaliburView, LadyUseView, LadyView, LoyaltyView, PlayerView, ProposalView,
    QuestView, StateView, view_state,
};

/// Through whose eyes a game is seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Viewer {
    /// Sees everything.
    God,
    /// Somebody who does not play.
    Audience,
    /// A player; one who does not sit at the table sees what the audience sees.
    Seat(PlayerId),
}

impl Viewer {
    /// Reads `god`, `audience` or a player id.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "god" => Self::God,
            "audience" => Self::Audience,
            player => Self::Seat(player.into()),
        }
    }

    /// Whether the viewer is this player, or sees everything.
    fn sees_as(&self, player: &PlayerId) -> bool {
        match self {
            Self::God => true,
            Self::Audience => false,
            Self::Seat(viewer) => viewer == player,
        }
    }
}

/// The events of a game's log that the viewer may see, in order.
#[must_use]
pub fn view_log<'a>(
    log: impl IntoIterator<Item = &'a Envelope>,
    viewer: &Viewer,
) -> Vec<EventView> {
    let mut table = GameState::default();
    let mut views = Vec::new();
    for envelope in log {
        if matches!(envelope.event, Event::GameCreated(_)) {
            // A log that breaks rules is shown too; a creation that can't be taken leaves the
            // table empty, and an empty table shows less.
            let _ = table.apply_leniently(envelope, &mut Vec::new());
        }
        views.extend(view_event(&table, envelope, viewer));
    }
    views
}
