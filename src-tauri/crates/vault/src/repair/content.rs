//! Content-named objects: manifests, pages, segments.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::{Cure, RepairReport, Repaired};
use crate::VaultError;
use crate::check::Problem;
use crate::crypto::names::ContentName;
use crate::crypto::object::ObjectType;
use crate::ledger;
use crate::objects::{CONTENT, ObjectRef, name_of};
use crate::segment::on_worker;
use crate::vault::VaultInner;

/// Puts sound objects of one store in the place of damaged ones of another.
pub(super) struct Healer {
    sound: Arc<VaultInner>,
    vault: Arc<VaultInner>,
    dry_run: bool,
    /// A manifest's name does not follow from its content: ledgers tell which one it is.
    manifests: BTreeMap<[u8; 32], ObjectRef>,
    tried: BTreeSet<String>,
    /// Why an object was not healed.
    reasons: BTreeMap<String, &'static str>,
}

enum Healed {
    Yes,
    No(&'static str),
}

impl Healer {
    pub(super) async fn new(
        sound: &Arc<VaultInner>,
        vault: &Arc<VaultInner>,
        dry_run: bool,
    ) -> Result<Self, VaultError> {
        let listing = ledger::read(vault).await?;
        let manifests = listing.sets.iter().flat_map(|set| &set.manifests);
        let manifests = manifests.map(|(_, object)| (object.name.0, *object)).collect();
        Ok(Self {
            sound: sound.clone(),
            vault: vault.clone(),
            dry_run,
            manifests,
            tried: BTreeSet::new(),
            reasons: BTreeMap::new(),
        })
    }

    /// Heals what can be healed of `problems`, each object once, and tells how many.
    pub(super) async fn heal(
        &mut self,
        problems: &[Problem],
        report: &mut RepairReport,
        cancel: &CancellationToken,
    ) -> Result<usize, VaultError> {
        let mut open: Vec<(Problem, ObjectType, ContentName)> = Vec::new();
        for problem in problems {
            if let Some((object_type, name)) = content_of(&problem.object)
                && self.tried.insert(problem.object.clone())
            {
                open.push((problem.clone(), object_type, name));
            }
        }
        let at_once = self.vault.context.resources.sealing_workers + 1;
        let this = &*self;
        let cures = open.into_iter().map(|(problem, object_type, name)| async move {
            if cancel.is_cancelled() {
                return Err(VaultError::Cancelled);
            }
            let healed = this.one(&problem.object, object_type, name).await?;
            Ok((problem, healed))
        });
        let cures: Vec<(Problem, Healed)> =
            stream::iter(cures).buffer_unordered(at_once).try_collect().await?;
        let mut healed = 0;
        for (problem, cure) in cures {
            let Problem { object, kind, .. } = problem;
            match cure {
                Healed::Yes => {
                    healed += 1;
                    report.repaired.push(Repaired { object, kind, cure: Cure::Copied });
                }
                Healed::No(reason) => {
                    self.reasons.insert(object, reason);
                }
            }
        }
        Ok(healed)
    }

    /// Says of a problem why it is still there.
    pub(super) fn explain(&self, mut problem: Problem) -> Problem {
        if let Some(reason) = self.reasons.get(&problem.object) {
            problem.detail = format!("{}; {reason}", problem.detail);
        }
        problem
    }

    async fn one(
        &self,
        key: &str,
        object_type: ObjectType,
        name: ContentName,
    ) -> Result<Healed, VaultError> {
        let bytes = match self.sound.find(key).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(Healed::No("the other store does not hold it")),
            Err(error) => {
                Problem::from_error(error)?;
                return Ok(Healed::No("the other store cannot read it"));
            }
        };
        if !self.is_sound(object_type, name, &bytes).await? {
            return Ok(Healed::No("the other store's is damaged too"));
        }
        // Leaves may be many: of a rehearsal only what leads to others is kept in memory.
        let leaf = matches!(object_type, ObjectType::Segment | ObjectType::Delta);
        if !(self.dry_run && leaf) {
            self.vault.store.put(key, bytes).await?;
        }
        Ok(Healed::Yes)
    }

    async fn is_sound(
        &self,
        object_type: ObjectType,
        name: ContentName,
        bytes: &Bytes,
    ) -> Result<bool, VaultError> {
        let (vault, bytes) = (self.vault.clone(), bytes.clone());
        let recorded = self.manifests.get(&name.0).copied();
        on_worker(move || {
            let checked = match (object_type, recorded) {
                (ObjectType::Manifest, Some(object)) => {
                    vault.recognise(object_type, &object, &bytes)
                }
                _ => vault.recognise_content(object_type, &name, &bytes),
            };
            Ok(checked.is_ok())
        })
        .await
    }
}

fn content_of(key: &str) -> Option<(ObjectType, ContentName)> {
    CONTENT.iter().find_map(|(object_type, _)| Some((*object_type, name_of(*object_type, key)?)))
}
