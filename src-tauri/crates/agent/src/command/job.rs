//! `avault job`: list and show jobs.

use api::Operation;
use api::engine::job::JobView;
use serde_json::json;

use super::print_json;
use crate::arguments::{Global, Job};
use crate::failure::Failure;
use crate::print::{Align, Style, Table, moment};
use crate::session::{Session, options};

pub async fn run(global: &Global, job: Job) -> Result<(), Failure> {
    let session = Session::connected(options(global)).await?;
    match job {
        Job::List => {
            let jobs: Vec<JobView> = session.ask(Operation::JobList, json!({})).await?;
            if global.json {
                return jobs.iter().try_for_each(print_json);
            }
            print_table(&jobs);
        }
        Job::Show { id } => {
            let job: JobView = session.ask(Operation::JobShow, json!({"id": id})).await?;
            if global.json {
                return print_json(&job);
            }
            print_table(std::slice::from_ref(&job));
            for line in &job.log {
                println!("{}  {}  {}", moment(line.at), line.code, context(&line.context));
            }
        }
    }
    Ok(())
}

fn print_table(jobs: &[JobView]) {
    let mut table = Table::new(&[
        ("job", Align::Left),
        ("verb", Align::Left),
        ("subject", Align::Left),
        ("state", Align::Left),
        ("started", Align::Left),
        ("error", Align::Left),
    ]);
    for job in jobs {
        table.row([
            job.id.clone(),
            name(&job.verb),
            job.subject.clone(),
            name(&job.state),
            moment(job.started_at),
            job.error.as_ref().map(|error| error.message.clone()).unwrap_or_default(),
        ]);
    }
    print!("{}", table.text(Style::of_stdout(), ""));
}

/// The stable name that the contract gives a value.
fn name(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

fn context(values: &std::collections::BTreeMap<String, String>) -> String {
    let pairs: Vec<String> = values.iter().map(|(key, value)| format!("{key}={value}")).collect();
    pairs.join(" ")
}
