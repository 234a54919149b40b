//! The steps of the story.

use std::time::Instant;

use api::Operation;
use api::engine::backup::outcome::{BackupDetail, BackupRequest, Level, Method};
use api::engine::compare::outcome::{CompareOutcome, CompareRequest};
use api::engine::overview::outcome::{Overview, ServiceStatus};
use api::engine::restore::outcome::{RestoreOutcome, RestorePlan, RestoreRequest};
use api::engine::verify::outcome::{VerifyOutcome, VerifyRequest};
use api::message::restore::RestoreApplyRequest;
use api::message::sandbox::{DamageKind, DamageLabel, DamageOutcome, DamageRequest};
use serde_json::json;

use super::proof;
use crate::command::{backup, check, compare, restore};
use crate::failure::Failure;
use crate::print::{Align, Style, Table, count, seconds};
use crate::session::Session;

/// Where the lines of a step stand.
const INDENT: &str = "     ";

/// What is damaged. A wrong statistic is left out: games that end meanwhile change statistics too,
/// and the proof at the end is to be exact.
const DAMAGE: [(DamageKind, u32); 3] =
    [(DamageKind::DeleteGames, 5), (DamageKind::MissingEvent, 3), (DamageKind::DamageField, 3)];

/// Tells it; a step that fails ends it.
pub async fn tell(session: &Session) -> Result<(), Failure> {
    let style = Style::of_stdout();
    println!(
        "{}\n",
        style.accent("avalon-vault: from games to damage and back, on private servers")
    );
    let begun = Instant::now();

    let step = Step::begin(1, "Start private servers and let games be played");
    session.job(Operation::SetupSandbox, json!({})).await?;
    print_service(session).await?;
    step.done();

    let step = Step::begin(2, "Take an encrypted backup while games go on");
    let request = BackupRequest { classes: Vec::new(), method: Method::Full, impact: None };
    let taken: BackupDetail = session.outcome(Operation::BackupCreate, request).await?;
    backup::print_detail(&taken, INDENT);
    step.done();

    let step = Step::begin(3, "Verify the backup: every object decrypted and decoded");
    let id = taken.summary.id.clone();
    let request = VerifyRequest { backup: id.clone(), level: Level::L3, sample_percent: 100.0 };
    let verified: VerifyOutcome = session.outcome(Operation::BackupVerify, request).await?;
    check::print_outcome(&verified, INDENT);
    proof::that(verified.ok, "the fresh backup is sound")?;
    step.done();

    let step = Step::begin(4, "Damage the live data");
    let labels = damage(session).await?;
    step.done();

    let step = Step::begin(5, "Compare the live data with the backup");
    let request = CompareRequest { backup: id.clone(), classes: Vec::new() };
    let found: CompareOutcome = session.outcome(Operation::CompareRun, request.clone()).await?;
    compare::print_outcome(&found, INDENT);
    proof::damage_found(&labels, &found)?;
    println!("{INDENT}{} every damaged collection is named", style.good("found"));
    step.done();

    let step = Step::begin(6, "Plan the restore: nothing is written yet");
    let request_restore = RestoreRequest {
        backup: id,
        classes: Vec::new(),
        database: None,
        target: None,
        whole: false,
    };
    let plan: RestorePlan = session.ask(Operation::RestorePlan, request_restore).await?;
    restore::print_plan(&plan, INDENT);
    step.done();

    let step = Step::begin(7, "Restore: staged, verified, switched");
    let apply =
        RestoreApplyRequest { plan_id: plan.id.clone(), confirm_name: plan.confirm_name.clone() };
    let restored: RestoreOutcome = session.outcome(Operation::RestoreApply, apply).await?;
    restore::print_outcome(&restored, INDENT);
    proof::that(restored.verified, "every digest read back is the manifest's")?;
    step.done();

    let step = Step::begin(8, "Compare again: what was damaged is back");
    let after: CompareOutcome = session.outcome(Operation::CompareRun, request).await?;
    compare::print_outcome(&after, INDENT);
    proof::damage_gone(&labels, &after)?;
    println!("{INDENT}{} nothing that was damaged is missing or different", style.good("proved"));
    step.done();

    let time = seconds(begun.elapsed().as_secs_f64());
    println!("{}", style.good(&format!("Everything is back, proved, in {time}.")));
    Ok(())
}

/// A step's heading and its time.
struct Step(Instant);

impl Step {
    fn begin(number: u32, title: &str) -> Self {
        let style = Style::of_stdout();
        println!("{} {}", style.accent(&format!("{number:>3} ")), style.strong(title));
        Self(Instant::now())
    }

    fn done(self) {
        let style = Style::of_stdout();
        let time = seconds(self.0.elapsed().as_secs_f64());
        println!("{INDENT}{} {}\n", style.good("✔"), style.faint(&time));
    }
}

async fn print_service(session: &Session) -> Result<(), Failure> {
    let service: ServiceStatus = session.ask(Operation::ServiceStatus, json!({})).await?;
    for (name, end) in
        [("MongoDB", &service.mongodb), ("Redis", &service.redis), ("Vault", &service.store)]
    {
        println!("{INDENT}{name:<8} {}  {}", end.address, Style::of_stdout().faint(&end.detail));
    }
    let overview: Overview = session.ask(Operation::OverviewGet, json!({})).await?;
    println!(
        "{INDENT}{} finished games, {} being played, {} players",
        count(overview.finished_games),
        count(overview.live_games),
        count(overview.players),
    );
    Ok(())
}

async fn damage(session: &Session) -> Result<Vec<DamageLabel>, Failure> {
    let mut labels = Vec::new();
    for (kind, count) in DAMAGE {
        let request = DamageRequest { kind, count };
        let outcome: DamageOutcome = session.ask(Operation::SandboxDamage, request).await?;
        labels.extend(outcome.labels);
    }
    let mut table = Table::new(&[
        ("collection", Align::Left),
        ("document", Align::Left),
        ("damage", Align::Left),
    ]);
    for label in &labels {
        table.row([label.collection.clone(), label.id.clone(), shortened(&label.detail)]);
    }
    print!("{}", table.text(Style::of_stdout(), INDENT));
    proof::that(!labels.is_empty(), "something was damaged")?;
    Ok(labels)
}

/// At most a line of a terminal beside the other columns.
fn shortened(detail: &str) -> String {
    const MOST: usize = 72;
    if detail.chars().count() <= MOST {
        return detail.to_owned();
    }
    detail.chars().take(MOST - 1).chain(['…']).collect()
}
