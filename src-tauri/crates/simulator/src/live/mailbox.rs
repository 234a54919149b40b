//! Events that tools ask a game to append.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use avalon::event::Draft;
use tokio::sync::oneshot;

/// A request and where its outcome goes: the seq, or why it was refused.
pub(crate) struct Request {
    pub(crate) draft: Draft,
    pub(crate) answer: oneshot::Sender<Result<u64, String>>,
}

/// Requests waiting, by game. A game has a box while this instance plays it.
#[derive(Default)]
pub(crate) struct Mailbox {
    boxes: Mutex<BTreeMap<String, Vec<Request>>>,
}

impl Mailbox {
    pub(crate) fn open(&self, game: &str) {
        self.lock().entry(game.to_owned()).or_default();
    }

    /// Closes the box; requests in it are dropped, which tells whoever waits.
    pub(crate) fn close(&self, game: &str) {
        self.lock().remove(game);
    }

    pub(crate) fn has(&self, game: &str) -> bool {
        self.lock().contains_key(game)
    }

    /// Games this instance plays.
    pub(crate) fn games(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }

    /// Puts a request in; none when this instance does not play the game.
    pub(crate) fn ask(
        &self,
        game: &str,
        draft: Draft,
    ) -> Option<oneshot::Receiver<Result<u64, String>>> {
        let (answer, outcome) = oneshot::channel();
        self.lock().get_mut(game)?.push(Request { draft, answer });
        Some(outcome)
    }

    pub(crate) fn take(&self, game: &str) -> Option<Request> {
        let mut boxes = self.lock();
        let requests = boxes.get_mut(game)?;
        (!requests.is_empty()).then(|| requests.remove(0))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Vec<Request>>> {
        self.boxes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
