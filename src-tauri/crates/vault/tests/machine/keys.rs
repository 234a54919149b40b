//! Changes of keys, and who opens the vault after them.

use vault::{KeyChange, VaultError};

use crate::acts::{By, Keys, Who};
use crate::support::passphrase;
use crate::world::World;

/// Ways to open the vault at most: each costs every opening a little.
const MOST: usize = 4;

impl World {
    pub async fn change_keys(&mut self, by: By, change: Keys, at_hand: u8) {
        // Some of the passphrases are typed, at least one.
        let all = self.all_keys();
        let mut typed: Vec<_> = all
            .iter()
            .enumerate()
            .filter(|(number, _)| at_hand >> (number % 8) & 1 == 1)
            .map(|(_, text)| text.clone())
            .collect();
        if typed.is_empty() {
            typed = all;
        }
        let session = match by.who {
            Who::Held => self.session(by).await,
            _ => self.fresh(by, typed, 0).await,
        };
        self.words += 1;
        let word = format!("word {}", self.words);
        let (mut after, mut epochs) = (self.model.keys.clone(), self.model.epochs);
        let labels: Vec<_> = after.keys().cloned().collect();
        let label = |which: u8| labels[usize::from(which) % labels.len()].clone();
        // A process that has not followed yet does not know who else opens the vault.
        if let Err(error) = session.vault.follow_keys().await {
            return self.may_fail(&session, &error);
        }
        let id = |label: &str| {
            let keys = session.vault.keys().keys;
            keys.into_iter().find(|key| key.label == label).unwrap().id
        };
        let what = match change {
            Keys::Add => "a key was added",
            Keys::Remove(_) => "a key was removed",
            Keys::Replace(_) => "a passphrase was changed",
            Keys::Rotate => "a data key was added",
        };
        let (change, alone) = match change {
            Keys::Add if labels.len() >= MOST => return,
            Keys::Add => {
                let new = format!("key {}", self.words);
                after.insert(new.clone(), word.clone());
                (KeyChange::Add { provider: passphrase(&word), label: new }, false)
            }
            Keys::Remove(which) => {
                let label = label(which);
                after.remove(&label);
                (KeyChange::Remove { id: id(&label) }, after.is_empty())
            }
            Keys::Replace(which) => {
                let label = label(which);
                after.insert(label.clone(), word.clone());
                (KeyChange::Replace { id: id(&label), provider: passphrase(&word) }, false)
            }
            Keys::Rotate => {
                epochs += 1;
                (KeyChange::Rotate, false)
            }
        };
        match session.vault.change_keys(change).await {
            Ok(_) => {
                assert!(!alone, "the last key was removed");
                self.seen.insert(what);
                self.take_over(after, epochs);
            }
            Err(VaultError::LastKey) if alone => {}
            // A claim of a process that died is respected for a minute.
            Err(VaultError::KeysBusy { .. }) => self.clock.advance(61_000),
            Err(error) => {
                self.may_fail(&session, &error);
                let other = self.happened(&after, epochs).await;
                if other {
                    self.take_over(after, epochs);
                }
                self.seen.insert(match other {
                    true => "a change of keys died and is done",
                    false => "a change of keys died and is not done",
                });
            }
        }
        for text in self.model.revoked.clone() {
            let opened = self.open(self.stores[0].clone(), "a", &[text]).await;
            assert!(matches!(opened, Err(VaultError::WrongKey)), "{opened:?}");
        }
        for text in self.all_keys() {
            self.open(self.stores[0].clone(), "a", &[text]).await.unwrap();
        }
    }

    /// Whether the change of a process that died is done: it is, or it is not, and nothing between.
    async fn happened(
        &mut self,
        after: &std::collections::BTreeMap<String, String>,
        epochs: usize,
    ) -> bool {
        let both: Vec<_> = self.all_keys().into_iter().chain(after.values().cloned()).collect();
        let vault = self.open(self.stores[0].clone(), "a", &both).await.unwrap();
        let labels: Vec<_> = vault.keys().keys.into_iter().map(|key| key.label).collect();
        let same_labels =
            labels.len() == after.len() && labels.iter().all(|l| after.contains_key(l));
        let opens_new = match after.values().find(|text| !self.all_keys().contains(text)) {
            Some(new) => {
                self.open(self.stores[0].clone(), "a", std::slice::from_ref(new)).await.is_ok()
            }
            None => true,
        };
        same_labels && opens_new && vault.keys().epochs.len() == epochs
    }

    fn take_over(&mut self, after: std::collections::BTreeMap<String, String>, epochs: usize) {
        let before = std::mem::replace(&mut self.model.keys, after);
        let gone = before.into_values().filter(|text| !self.model.keys.values().any(|k| k == text));
        self.model.revoked.extend(gone.collect::<Vec<_>>());
        self.model.epochs = epochs;
    }
}
