//! A live workload: reads by id, updates and inserts at fixed times, whether or not those before
//! have come back. A latency counts from the time at which the operation was due, so that waiting
//! for a slow one hides nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use mongodb::bson::{Document, doc};
use mongodb::{Client, Collection};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::DATABASE;

/// Operations a second.
pub const OPERATIONS: u64 = 500;
/// Players that it reads and changes.
const PLAYERS: u64 = 20_000;
/// Of twenty operations so many are reads, and so many of the rest updates.
const READS: u64 = 12;
const UPDATES: u64 = 5;

/// The workload's players.
#[derive(Clone)]
pub struct Live {
    users: Collection<Document>,
    inserted: Arc<AtomicU64>,
}

/// What a window saw.
pub struct Window {
    /// Milliseconds from the time at which each operation was due, sorted.
    latencies: Vec<f64>,
    /// Operations that were answered before the window ended.
    answered: usize,
    took: Duration,
}

impl Window {
    /// The latency that 99 of 100 operations keep to.
    pub fn p99_ms(&self) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get(last * 99 / 100).copied().unwrap_or(f64::INFINITY)
    }

    /// Operations answered a second.
    pub fn per_second(&self) -> f64 {
        self.answered as f64 / self.took.as_secs_f64()
    }
}

impl Live {
    /// Puts the players in.
    pub async fn fill(mongodb: &str) -> Result<Self> {
        let client = Client::with_uri_str(mongodb).await?;
        let users = client.database(DATABASE).collection::<Document>("users");
        users.delete_many(doc! { "_id": { "$regex": "^live-" } }).await?;
        for from in (0..PLAYERS).step_by(2_000) {
            users.insert_many((from..from + 2_000).map(|at| player(&format!("live-{at}")))).await?;
        }
        Ok(Self { users, inserted: Arc::default() })
    }

    /// Operates for so long and waits for the answers.
    pub async fn window(&self, length: Duration) -> Result<Window> {
        let many = (length.as_secs_f64() * OPERATIONS as f64) as u64;
        let (sender, mut answers) = mpsc::unbounded_channel();
        let (this, runtime) = (self.clone(), Handle::current());
        let begun = Instant::now();
        // A thread of its own: its pauses are exact to a fraction of those of the runtime.
        let pacer = std::thread::spawn(move || {
            for number in 0..many {
                let due = begun + Duration::from_secs_f64(number as f64 / OPERATIONS as f64);
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let (this, sender) = (this.clone(), sender.clone());
                runtime.spawn(async move {
                    let result = this.operate(number).await;
                    // The window was given up: nobody counts any more.
                    let _ = sender.send(result.map(|()| (due.elapsed(), Instant::now())));
                });
            }
        });
        let (mut latencies, mut answered) = (Vec::with_capacity(many as usize), 0);
        while let Some(answer) = answers.recv().await {
            let (latency, at) = answer?;
            latencies.push(latency.as_secs_f64() * 1_000.0);
            answered += usize::from(at <= begun + length);
        }
        pacer.join().ok().context("the pacing thread ended badly")?;
        latencies.sort_unstable_by(f64::total_cmp);
        Ok(Window { latencies, answered, took: length })
    }

    async fn operate(&self, number: u64) -> Result<()> {
        let chosen = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        let id = format!("live-{}", chosen % PLAYERS);
        match number % 20 {
            kind if kind < READS => {
                self.users.find_one(doc! { "_id": id }).await?.context("a player is missing")?;
            }
            kind if kind < READS + UPDATES => {
                let change = doc! { "$inc": { "games": 1 } };
                self.users.update_one(doc! { "_id": id }, change).await?;
            }
            _ => {
                let next = self.inserted.fetch_add(1, Ordering::Relaxed);
                self.users.insert_one(player(&format!("live-new-{next}"))).await?;
            }
        }
        Ok(())
    }
}

fn player(id: &str) -> Document {
    doc! { "_id": id, "nick": id, "games": 0, "note": "x".repeat(300) }
}
