//! What each verb makes of a damaged vault. A verb ends right, or names what is damaged; whatever
//! else happens is [`Outcome::Wrong`].

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use vault::{
    CheckLevel, Copied, Cure, LogRecord, Problem, RepairRequest, ReplicateRequest, SetSummary,
    StoreError, Vault, VaultError,
};

use crate::shelf::{Shelf, Shelved};
use crate::story::{LOG, Story, open_as, record};
use crate::support::*;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// As if nothing were damaged.
    Right,
    /// An error or a finding names what is damaged; what is not told of is right.
    Told,
    /// What was damaged is sound afterwards, or of no consequence any more.
    Healed,
    /// A set counts on bytes of the recorded size that nobody reads before the next check; that
    /// check and each restore of it tell.
    Latent,
    /// A prune that deletes less than it could.
    Later,
    /// The newest chunk of a log is gone, of which nothing else tells yet: the log ends before it and
    /// says so; who reads further is told.
    Shorter,
    /// A repair that tells of something as lost for good: an entry that no other store has.
    Blank,
    Wrong(String),
}

impl Outcome {
    pub fn word(&self) -> String {
        match self {
            Self::Right => "right".to_owned(),
            Self::Told => "told".to_owned(),
            Self::Healed => "healed".to_owned(),
            Self::Latent => "latent".to_owned(),
            Self::Later => "later".to_owned(),
            Self::Shorter => "shorter".to_owned(),
            Self::Blank => "blank".to_owned(),
            Self::Wrong(_) => "WRONG".to_owned(),
        }
    }
}

/// One damaged vault.
pub struct Case {
    pub story: Arc<Story>,
    pub damaged: Shelved,
    /// What is damaged: one object, or two that lie in each other's place.
    pub keys: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    List,
    Check,
    Restore,
    /// A full that reuses what has the recorded size.
    Full,
    /// A full after damage was found.
    Distrustful,
    Increment,
    Prune,
    Replicate,
    Repair,
}

pub const VERBS: [Verb; 9] = [
    Verb::List,
    Verb::Check,
    Verb::Restore,
    Verb::Full,
    Verb::Distrustful,
    Verb::Increment,
    Verb::Prune,
    Verb::Replicate,
    Verb::Repair,
];

type Ended = Result<Outcome, String>;

impl Case {
    pub async fn run(&self, verb: Verb) -> Outcome {
        let shelf = Shelf::new(self.story.now_ms, self.damaged.clone());
        let vault = match open_as(&shelf, "a", 500).await {
            Ok(vault) => vault,
            // A repair needs no keyring of the damaged store.
            Err(_) if verb == Verb::Repair => return settled(self.repair(&shelf).await),
            Err(error) => return settled(self.error(&error)),
        };
        settled(match verb {
            Verb::List => self.list(&vault).await,
            Verb::Check => self.check(&vault).await,
            Verb::Restore => self.restore(&vault).await,
            Verb::Full => self.full(&shelf, &vault, false).await,
            Verb::Distrustful => self.full(&shelf, &vault, true).await,
            Verb::Increment => self.increment(&shelf, &vault).await,
            Verb::Prune => self.prune(&shelf, &vault).await,
            Verb::Replicate => self.replicate(&vault).await,
            Verb::Repair => self.repair(&shelf).await,
        })
    }

    /// An error is right when it names what is damaged and says what to do.
    fn error(&self, error: &VaultError) -> Ended {
        let object = match error {
            VaultError::Damaged { object, .. }
            | VaultError::UnknownFormat { object, .. }
            | VaultError::PruneRefused { object, .. } => object.as_str(),
            VaultError::Store(StoreError::NotFound { key }) => key,
            VaultError::NotAVault { .. } => "keyring",
            other => return Err(format!("not told as damage: {other}")),
        };
        self.named([object]).map_err(|named| format!("{named}: {error}"))
    }

    fn named<'n>(&self, objects: impl IntoIterator<Item = &'n str>) -> Ended {
        let objects: Vec<_> = objects.into_iter().collect();
        match objects.iter().any(|object| self.keys.iter().any(|key| key == object)) {
            true => Ok(Outcome::Told),
            false => Err(format!("it names {objects:?}")),
        }
    }

    fn problems(&self, problems: &[Problem]) -> Ended {
        if problems.is_empty() {
            return Ok(Outcome::Right);
        }
        self.named(problems.iter().map(|problem| problem.object.as_str()))
    }

    async fn list(&self, vault: &Vault) -> Ended {
        let catalog = match vault.catalog().await {
            Ok(catalog) => catalog,
            Err(error) => return self.error(&error),
        };
        let told = self.problems(&catalog.problems)?;
        if !catalog.unknown.is_empty() {
            return Err(format!("unknown {:?}", catalog.unknown));
        }
        // Whatever is told, what is listed was committed so.
        let story = &self.story;
        let known = |set: &SetSummary| {
            story.sets.iter().any(|(known, _)| known == set) || story.removed.contains(set)
        };
        if let Some(set) = catalog.sets.iter().find(|set| !known(set)) {
            return Err(format!("it lists {set:?}"));
        }
        if told == Outcome::Right {
            let listed: Vec<_> = catalog.sets.iter().collect();
            let expected: Vec<_> = story.sets.iter().map(|(set, _)| set).collect();
            let pinned: Vec<_> = catalog.pins.keys().collect();
            if listed != expected || pinned != [&expected[0].id] {
                return Err(format!("it lists {listed:?}, pins {pinned:?}"));
            }
            return self.list_log(vault).await;
        }
        Ok(told)
    }

    async fn list_log(&self, vault: &Vault) -> Ended {
        let logs = vault.logs().await.map_err(|error| error.to_string())?;
        let [view] = &logs[..] else { return Err(format!("it lists {logs:?}")) };
        match &view.problem {
            Some(problem) if view.to <= LOG.1 => self.named([problem.object.as_str()]),
            // What lies between the beginning and the end is for checks to look at.
            None if (view.from, view.to) == LOG => Ok(Outcome::Right),
            None if self.newest_is_gone() && view.to == LOG.1 - 10 => Ok(Outcome::Shorter),
            _ => Err(format!("it lists {view:?}")),
        }
    }

    fn newest_is_gone(&self) -> bool {
        let newest = format!("log/{}/{:010}", self.story.log, (LOG.1 - 100) / 10);
        self.keys == [newest.as_str()] && !self.damaged.contains_key(&newest)
    }

    async fn check(&self, vault: &Vault) -> Ended {
        self.problems(&check(vault, CheckLevel::L3).await.problems)
    }

    async fn restore(&self, vault: &Vault) -> Ended {
        let mut ended = Outcome::Right;
        for (set, documents) in &self.story.sets {
            match read_all(vault, &set.id).await {
                Ok(found) if found == *documents => {}
                Ok(_) => return Err(format!("{} reads other data", set.id)),
                Err(error) => ended = self.error(&error)?,
            }
        }
        let expected: Vec<_> = (LOG.0..LOG.1)
            .step_by(10)
            .flat_map(|from| [record(from + 3), record(from + 7)])
            .collect();
        match read_log(vault, &self.story.log).await {
            Ok(records) if records == expected => {}
            Ok(_) => return Err("the log reads other records".to_owned()),
            Err(error) => ended = self.error(&error)?,
        }
        Ok(ended)
    }

    /// The newest full once more.
    async fn full(&self, shelf: &Arc<Shelf>, vault: &Vault, distrust: bool) -> Ended {
        let documents = documents(10..60);
        let backed_up = async {
            let info = vault::SetInfo { distrust, ..set_info() };
            let set = vault.begin_set(info).await?;
            let mut stream = set.stream(stream_info("games")).await?;
            for (key, doc) in &documents {
                stream.push(key, doc).await?;
            }
            stream.finish().await?;
            set.commit(set_commit()).await
        };
        self.committed(shelf, backed_up.await, &documents).await
    }

    async fn increment(&self, shelf: &Arc<Shelf>, vault: &Vault) -> Ended {
        let (base, documents) = &self.story.sets[3];
        let changes: Changes =
            [(55_u32.to_be_bytes().to_vec(), Some(document(55, 9)))].into_iter().collect();
        let done = back_up_over(vault, &base.id, &changes).await.map(|(set, _)| set);
        self.committed(shelf, done, &merged(documents, &changes)).await
    }

    async fn committed(
        &self,
        shelf: &Arc<Shelf>,
        done: Result<SetSummary, VaultError>,
        documents: &Documents,
    ) -> Ended {
        self.nothing_lost(shelf)?;
        let set = match done {
            Ok(set) => set,
            Err(error) => return self.error(&error),
        };
        let vault = open_as(shelf, "a", 600).await.map_err(|error| error.to_string())?;
        let report = check(&vault, CheckLevel::L3).await;
        let told = self.problems(&report.problems)?;
        match read_all(&vault, &set.id).await {
            Ok(found) if found != *documents => Err("the new set reads other data".to_owned()),
            Ok(_) => {
                let before = Shelf::new(self.story.now_ms, self.damaged.clone());
                let before = open_as(&before, "a", 700).await.map_err(|e| e.to_string())?;
                let was_told = !check(&before, CheckLevel::L3).await.ok();
                Ok(if was_told && told == Outcome::Right {
                    Outcome::Healed
                } else {
                    Outcome::Right
                })
            }
            Err(error) => self.error(&error).map(|_| Outcome::Latent),
        }
    }

    /// A writer takes nothing away.
    fn nothing_lost(&self, shelf: &Shelf) -> Result<(), String> {
        let objects = shelf.objects();
        match self.damaged.keys().find(|key| !objects.contains_key(*key)) {
            Some(key) => Err(format!("{key} is gone")),
            None => Ok(()),
        }
    }

    async fn prune(&self, shelf: &Arc<Shelf>, vault: &Vault) -> Ended {
        let mut refused = None;
        // The second one meets what the first has marked.
        for _ in 0..2 {
            match prune(vault).await {
                Ok(_) => {}
                Err(error) => refused = Some(self.error(&error)?),
            }
            shelf.clock.advance(25 * HOUR_MS);
            let objects = shelf.objects();
            let gone = self.damaged.keys().filter(|key| !objects.contains_key(*key));
            let needed = gone
                .filter(|key| !key.starts_with("prune/") && !self.story.garbage.contains(*key))
                .collect::<Vec<_>>();
            if !needed.is_empty() {
                return Err(format!("{needed:?} were deleted"));
            }
            let kept = self.story.garbage.iter().any(|key| objects.contains_key(key));
            match refused.take() {
                Some(told) => return Ok(told),
                None if !kept => return Ok(Outcome::Right),
                None => {}
            }
        }
        Ok(Outcome::Later)
    }

    async fn replicate(&self, vault: &Vault) -> Ended {
        let elsewhere = Shelf::new(self.story.now_ms, Shelved::new());
        let replica = match vault.make_replica(elsewhere.store()).await {
            Ok(replica) => replica,
            Err(error) => return self.error(&error),
        };
        let sets = self.story.sets.iter().map(|(set, _)| set.id.clone()).collect();
        let request = ReplicateRequest { sets, fencing_token: 0 };
        let done = vault.replicate(&replica, &request, &|_| {}, &CancellationToken::new()).await;
        let mut ended = Outcome::Right;
        match done {
            Ok(report) => {
                for set in report.sets {
                    match set.result {
                        Copied::Done => {}
                        Copied::Failed(problem) => ended = self.named([problem.object.as_str()])?,
                        other => return Err(format!("{other:?}")),
                    }
                }
            }
            Err(error) => ended = self.error(&error)?,
        }
        // Nothing that is damaged was copied.
        let report = check(&replica, CheckLevel::L3).await;
        if !report.ok() {
            return Err(format!("the replica is damaged: {:?}", report.problems));
        }
        for set in replica.sets().await.map_err(|error| error.to_string())? {
            let known = self.story.sets.iter().find(|(known, _)| known.id == set.id);
            let documents = known.map(|(_, documents)| documents);
            if read_all(&replica, &set.id).await.ok().as_ref() != documents {
                return Err(format!("{} was copied with other data", set.id));
            }
        }
        Ok(ended)
    }

    async fn repair(&self, shelf: &Arc<Shelf>) -> Ended {
        let elsewhere = Shelf::new(self.story.now_ms, self.story.replica.clone());
        let sound = open_as(&elsewhere, "a", 800).await.map_err(|error| error.to_string())?;
        let request = RepairRequest { level: CheckLevel::L3, dry_run: false };
        let never = CancellationToken::new();
        let report = match sound.repair(shelf.store(), &request, &|_| {}, &never).await {
            Ok(report) => report,
            Err(VaultError::OtherVault { .. }) if self.keys == ["keyring"] => {
                return Ok(Outcome::Told);
            }
            Err(error) => return self.error(&error),
        };
        let vault = open_as(shelf, "a", 900).await.map_err(|error| error.to_string())?;
        for (set, documents) in &self.story.sets {
            match read_all(&vault, &set.id).await {
                Ok(found) if found == *documents => {}
                Ok(_) => return Err(format!("{} reads other data", set.id)),
                Err(error) => return Err(format!("after the repair: {error}")),
            }
        }
        // What an entry told of that is lost for good is told, and what it leads to may be told too.
        let blank = report.repaired.iter().any(|one| one.cure == Cure::Blank);
        if !report.ok() && !blank {
            return self.problems(&report.left);
        }
        let after = check(&vault, CheckLevel::L3).await.problems;
        let told = |one: &&Problem| report.left.iter().all(|left| left.object != one.object);
        if let Some(untold) = after.iter().find(told) {
            return Err(format!("left untold: {untold:?}"));
        }
        let lost = self.restore(&vault).await;
        match (report.repaired.is_empty(), blank, lost) {
            (true, _, Ok(Outcome::Right)) => Ok(Outcome::Right),
            (true, _, Ok(Outcome::Told)) if self.newest_is_gone() => Ok(Outcome::Shorter),
            (false, true, _) => Ok(Outcome::Blank),
            (false, false, Ok(Outcome::Right)) => Ok(Outcome::Healed),
            (.., lost) => Err(format!("repaired {:?}, then {lost:?}", report.repaired)),
        }
    }
}

async fn read_log(vault: &Vault, log: &str) -> Result<Vec<LogRecord>, VaultError> {
    let mut reader = vault.read_log(log, LOG.0, LOG.1).await?;
    let mut records = Vec::new();
    while let Some(batch) = reader.next_batch().await? {
        records.extend(batch);
    }
    Ok(records)
}

fn settled(ended: Ended) -> Outcome {
    ended.unwrap_or_else(Outcome::Wrong)
}
