//! What damage of the ledgers hides: whatever is not listed may be what a damaged entry told of, and
//! ledgers that do not open may be sound and the keyring the wrong one.

use super::Listing;
use super::sequence::Sequence;
use super::slots::ReadSequence;
use crate::VaultError;
use crate::check::{Problem, ProblemKind};
use crate::crypto::object::{Header, epoch_of};
use crate::key::keyring::KEYRING;
use crate::vault::VaultInner;

impl Listing {
    /// Why a set is not listed: there is none, unless a damaged entry may have told of it.
    pub(crate) fn no_such_set(&self, id: &str) -> VaultError {
        let no_such = VaultError::NoSuchSet { set: id.to_owned() };
        match self.removed.iter().any(|(_, set)| set.summary.id == id) {
            true => no_such,
            false => self.damaged_or(no_such),
        }
    }

    /// Why a log is not listed.
    pub(crate) fn no_such_log(&self, id: &str) -> VaultError {
        self.damaged_or(VaultError::NoSuchLog { log: id.to_owned() })
    }

    fn damaged_or(&self, otherwise: VaultError) -> VaultError {
        self.problems.first().map_or(otherwise, Problem::to_error)
    }

    /// Refuses to go on with a keyring that does not open what lies here: what is sealed with it
    /// would be of another vault, or lost with the next repair.
    pub(crate) fn ensure_keyring_fits(&self) -> Result<(), VaultError> {
        let unfit =
            |problem: &&Problem| problem.object == KEYRING && problem.kind == ProblemKind::Decrypt;
        self.problems.iter().find(unfit).map_or(Ok(()), |problem| Err(problem.to_error()))
    }

    /// As [`Listing::ensure_keyring_fits`], and refuses one that is older than the ledgers too.
    pub(crate) fn ensure_keyring_is_newest(&self) -> Result<(), VaultError> {
        let of_keyring = self.problems.iter().find(|problem| problem.object == KEYRING);
        of_keyring.map_or(Ok(()), |problem| Err(problem.to_error()))
    }
}

/// Whether it is the keyring that is wrong, where objects that are whole do not open: one of them is
/// sealed under a data key that it does not have, or it opens nothing at all.
pub(super) async fn unfit_keyring(
    vault: &VaultInner,
    problems: &[Problem],
    some_opened: bool,
) -> Result<Option<Problem>, VaultError> {
    let sealed = problems.iter().filter(|problem| problem.kind == ProblemKind::Decrypt);
    let sealed: Vec<&str> = sealed.map(|problem| problem.object.as_str()).collect();
    if sealed.is_empty() {
        return Ok(None);
    }
    let tell = |detail: &str| Ok(Some(Problem::new(KEYRING, ProblemKind::Decrypt, detail)));
    for object in sealed {
        if is_younger(vault, object).await? {
            return tell(
                "it has not the data key that ledgers here are sealed under: it is an older one, or another vault's, put in the place of the right one",
            );
        }
    }
    if some_opened || matches!(Sequence::registry().read_head(vault).await, Ok(Some(_))) {
        return Ok(None);
    }
    tell(
        "it opens no ledger that lies here: it is another vault's, put in the place of the right one",
    )
}

async fn is_younger(vault: &VaultInner, key: &str) -> Result<bool, VaultError> {
    let Some(bytes) = vault.store.find(key).await? else { return Ok(false) };
    let whole = Header::verify(key, &bytes).is_ok();
    Ok(whole && epoch_of(&bytes) > vault.keyring().newest_epoch())
}

/// What keeps a writer from registering in a damaged registry.
pub(super) async fn unusable_registry(
    vault: &VaultInner,
    read: &ReadSequence,
) -> Result<Option<VaultError>, VaultError> {
    let unfit = unfit_keyring(vault, &read.problems, !read.entries.is_empty()).await?;
    Ok(unfit.as_ref().or(read.problems.first()).map(Problem::to_error))
}
