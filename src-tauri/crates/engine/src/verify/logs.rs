//! The games of a set beside their logs: what every game in the catalogue must have in the backup.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use avalon::sentence;
use avalon::sentence::Sentence;
use mongodb::bson::RawDocument;
use mongodb::bson::raw::RawBsonRef;
use source::profile::Profile;
use vault::{SetManifest, Vault};

use super::invariants::Findings;
use super::parts::{self, SetPart};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::{EVENTS, HISTORY, LIVE, game_field};
use crate::job::Unit;
use crate::jobs::{JobHandle, Phase};

/// Games looked at in one pass over the events, some 50 MB of them; more take more passes, so that
/// memory is bounded.
const GAMES_AT_ONCE: u64 = 400_000;
/// Events that a game has at least on average; games without a place in the catalogue count too.
const EVENTS_A_GAME: u64 = 20;
/// The profile's names of the catalogue, and the field that tells the last event of a game.
const CATALOGUE: [(&str, &str); 2] = [(LIVE, "seq"), (HISTORY, "lastSeq")];
const ROLLED_BACK: &str = "GameRolledBack";

/// What the logs of a set show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Logs {
    /// Games of the catalogue without a log in the backup.
    pub(super) incomplete: Findings,
    /// Games whose log is no prefix.
    pub(super) holes: Findings,
    /// Roll-backs that do not say who, why, or where to.
    pub(super) rollbacks: Findings,
}

/// Reads the catalogue and the logs of a set; none when it does not hold both.
pub(super) async fn read(
    engine: &Engine,
    manifest: &SetManifest,
    job: &JobHandle,
) -> Result<Option<Logs>, EngineError> {
    let vault = engine.vault()?;
    let Some(parts) = parts::of_games(manifest)? else { return Ok(None) };
    let events = |part: &&SetPart<'_>| part.logical == EVENTS;
    let catalogue = |part: &&SetPart<'_>| CATALOGUE.iter().any(|(name, _)| *name == part.logical);
    let count = |wanted: &dyn Fn(&&SetPart<'_>) -> bool| -> u64 {
        parts.iter().filter(wanted).map(|part| part.documents).sum()
    };
    let games = count(&catalogue).max(count(&events) / EVENTS_A_GAME);
    let passes = games / GAMES_AT_ONCE + 1;
    job.phase(Phase {
        code: "logs",
        unit: Unit::Documents,
        total: Some((count(&catalogue) + count(&events)) * passes),
    });
    let profile = match engine.connections().source {
        Some(source) => source.profile().clone(),
        None => Profile::default(),
    };
    let field = game_field(&profile).to_owned();
    let mut found = Logs::default();
    for pass in 0..passes {
        let mut reading =
            Reading { bucket: (pass, passes), field: &field, games: HashMap::new(), found };
        for part in parts.iter().filter(catalogue).chain(parts.iter().filter(events)) {
            reading.part(&vault, manifest, part, job).await?;
        }
        found = reading.finish();
    }
    Ok(Some(found))
}

/// What is known of a game's log: enough to tell whether it is whole, whatever its length.
#[derive(Debug, Clone, Default)]
struct Log {
    /// The last event by the catalogue; none for a game that is in no catalogue of the set.
    catalogued: Option<u64>,
    events: u64,
    last: u64,
    /// Exclusive or of a mix of each `seq`: repeats and holes that make up for each other show.
    mixed: u64,
}

impl Log {
    fn add(&mut self, seq: u64) {
        self.events += 1;
        self.last = self.last.max(seq);
        self.mixed ^= mix(seq);
    }

    /// Whether it holds each event from the first to the last once.
    fn is_whole(&self) -> bool {
        self.events == self.last && (1..=self.last).fold(0, |all, seq| all ^ mix(seq)) == self.mixed
    }
}

/// `SplitMix64`'s finaliser.
const fn mix(seq: u64) -> u64 {
    let mut z = seq.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

struct Reading<'r> {
    /// Which of how many shares of the games.
    bucket: (u64, u64),
    /// The field of an event that names its game.
    field: &'r str,
    games: HashMap<String, Log>,
    found: Logs,
}

impl Reading<'_> {
    async fn part(
        &mut self,
        vault: &Vault,
        manifest: &SetManifest,
        part: &SetPart<'_>,
        job: &JobHandle,
    ) -> Result<(), EngineError> {
        job.detail(part.name);
        let mut reader = vault.read_stream(manifest, part.class, part.name).await?;
        let last = CATALOGUE.iter().find(|(name, _)| *name == part.logical).map(|(_, last)| *last);
        while let Some(batch) = reader.next_batch().await? {
            job.check()?;
            for record in &batch {
                // What is no document of a game is for the checks of documents to tell.
                let Ok(document) = RawDocument::from_bytes(&record.doc) else { continue };
                match last {
                    Some(last) => self.catalogued(document, last),
                    None => self.event(document),
                }
            }
            job.advance(batch.len() as u64);
        }
        Ok(())
    }

    fn log(&mut self, game: &str) -> Option<&mut Log> {
        let mut hasher = DefaultHasher::new();
        game.hash(&mut hasher);
        let (mine, of) = self.bucket;
        if hasher.finish() % of != mine {
            return None;
        }
        if !self.games.contains_key(game) {
            self.games.insert(game.to_owned(), Log::default());
        }
        self.games.get_mut(game)
    }

    fn catalogued(&mut self, document: &RawDocument, last: &str) {
        let Ok(game) = document.get_str("_id") else { return };
        let last = number(document, last).unwrap_or(0);
        if let Some(log) = self.log(game) {
            log.catalogued = Some(last.max(log.catalogued.unwrap_or(0)));
        }
    }

    fn event(&mut self, document: &RawDocument) {
        let Ok(game) = document.get_str(self.field) else { return };
        let seq = number(document, "seq").unwrap_or(0);
        let Some(log) = self.log(game) else { return };
        log.add(seq);
        if document.get_str("type").ok() == Some(ROLLED_BACK)
            && let Some(fault) = rollback_fault(document, seq)
        {
            let detail = sentence!(
                "game {game}: the roll-back at seq {seq} {finding}",
                game,
                seq,
                finding = fault
            );
            self.found.rollbacks.add(|| detail);
        }
    }

    fn finish(mut self) -> Logs {
        let mut games: Vec<_> = self.games.into_iter().collect();
        games.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (game, log) in games {
            match log.catalogued {
                Some(_) if log.events == 0 => {
                    self.found.incomplete.add(|| sentence!("game {game} has no events", game));
                }
                _ if !log.is_whole() => self.found.holes.add(|| {
                    let Log { events, last, .. } = log;
                    sentence!(
                        "game {game}: {events} events up to seq {seq}",
                        game,
                        events,
                        seq = last
                    )
                }),
                Some(known) if log.last < known => self.found.holes.add(|| {
                    sentence!(
                        "game {game}: its log ends at seq {seq}, its state is at {seq_stored}",
                        game,
                        seq = log.last,
                        seq_stored = known
                    )
                }),
                _ => {}
            }
        }
        self.found
    }
}

/// What a roll-back fails to say.
fn rollback_fault(event: &RawDocument, seq: u64) -> Option<Sentence> {
    let payload = event.get_document("payload").ok();
    let text = |field: &str| {
        let text = payload.and_then(|payload| payload.get_str(field).ok());
        text.is_some_and(|text| !text.trim().is_empty())
    };
    let by_actor = event.get_str("actor").is_ok_and(|actor| !actor.trim().is_empty());
    let target = payload.and_then(|payload| number(payload, "toSeq"));
    if !text("by") && !by_actor {
        return Some(sentence!("does not say who"));
    }
    if !text("why") {
        return Some(sentence!("does not say why"));
    }
    match target {
        Some(to) if (1..seq).contains(&to) => None,
        None if text("snapshotId") => None,
        _ => Some(sentence!("names no earlier event of the log")),
    }
}

fn number(document: &RawDocument, field: &str) -> Option<u64> {
    match document.get(field).ok()?? {
        RawBsonRef::Int32(number) => u64::try_from(number).ok(),
        RawBsonRef::Int64(number) => u64::try_from(number).ok(),
        RawBsonRef::Double(number) if number.fract() == 0.0 && (0.0..9e15).contains(&number) => {
            Some(number as u64)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use mongodb::bson::{Document, doc};

    use super::*;

    fn reading() -> Reading<'static> {
        Reading { bucket: (0, 1), field: "gameId", games: HashMap::new(), found: Logs::default() }
    }

    fn raw(document: &Document) -> mongodb::bson::RawDocumentBuf {
        mongodb::bson::RawDocumentBuf::try_from(document).unwrap()
    }

    fn event(seq: i64) -> Document {
        doc! { "_id": seq, "gameId": "G", "seq": seq, "type": "X", "actor": "system" }
    }

    fn judged(last: Option<i64>, events: &[Document]) -> (u64, u64, u64) {
        let mut reading = reading();
        if let Some(last) = last {
            reading.catalogued(&raw(&doc! { "_id": "G", "lastSeq": last }), "lastSeq");
        }
        events.iter().for_each(|one| reading.event(&raw(one)));
        let Logs { incomplete, holes, rollbacks } = reading.finish();
        (incomplete.count, holes.count, rollbacks.count)
    }

    #[test]
    fn b_complete_wants_the_log_of_every_game() {
        assert_eq!(judged(Some(2), &[event(1), event(2)]), (0, 0, 0));
        assert_eq!(judged(Some(2), &[]), (1, 0, 0));
        assert_eq!(judged(None, &[]), (0, 0, 0));
    }

    #[test]
    fn b_consistent_cut_wants_a_prefix() {
        let of = |last, seqs: &[i64]| {
            judged(Some(last), &seqs.iter().copied().map(event).collect::<Vec<_>>()).1
        };
        assert_eq!(of(3, &[3, 1, 2]), 0);
        assert_eq!(of(3, &[1, 3]), 1, "a hole");
        assert_eq!(of(3, &[2, 3]), 1, "no beginning");
        assert_eq!(of(3, &[1, 2]), 1, "the state is ahead of the log");
        assert_eq!(of(4, &[1, 2, 2, 4]), 1, "a repeat that makes up for a hole");
        assert_eq!(judged(None, &[event(2)]).1, 1, "a log without a place in the catalogue too");
    }

    #[test]
    fn b_rollback_chain_wants_who_why_and_where_to() {
        let back = |actor: &str, payload: Document| {
            let last = doc! { "_id": 3, "gameId": "G", "seq": 3_i64, "type": ROLLED_BACK,
            "actor": actor, "payload": payload };
            judged(Some(3), &[event(1), event(2), last]).2
        };
        assert_eq!(back("admin", doc! { "toSeq": 1_i64, "why": "a wrong vote" }), 0);
        assert_eq!(back("", doc! { "toSeq": 1, "by": "merlin", "why": "a wrong vote" }), 0);
        assert_eq!(back("admin", doc! { "snapshotId": "S", "why": "a wrong vote" }), 0);
        assert_eq!(back("", doc! { "toSeq": 1, "why": "a wrong vote" }), 1);
        assert_eq!(back("admin", doc! { "toSeq": 1 }), 1);
        assert_eq!(back("admin", doc! { "toSeq": 3, "why": "a wrong vote" }), 1);
        assert_eq!(back("admin", doc! { "why": "a wrong vote" }), 1);
    }

    #[test]
    fn shares_of_the_games_add_up() {
        let mut games = 0;
        for share in 0..3 {
            let mut reading = Reading { bucket: (share, 3), ..reading() };
            for game in 0..90 {
                reading.event(&raw(&doc! { "gameId": format!("G{game}"), "seq": 1_i64 }));
            }
            games += reading.games.len();
        }
        assert_eq!(games, 90);
    }
}
