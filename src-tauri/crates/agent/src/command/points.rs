//! What `avault backup follow` and `avault backup points` print.

use api::engine::follow::outcome::FollowOutcome;
use api::engine::points::outcome::{GapCure, PointGap, PointGapReason, Points};

use crate::print::{Style, bytes, count, moment};

/// Prints the ranges and the gaps, oldest first.
pub fn print(points: &Points) {
    let style = Style::of_stdout();
    if points.ranges.is_empty() {
        println!("no point in time can be restored yet; follow with `avault backup follow`");
    }
    for (number, range) in points.ranges.iter().enumerate() {
        let (from, to) = (moment(range.from_ms), moment(range.to_ms));
        println!("{}  {from} – {to}", style.good("restorable"));
        if let Some(gap) = points.gaps.get(number) {
            print_gap(gap);
        }
    }
    match &points.followed_by {
        Some(job) => println!("followed by job {job}"),
        None => println!("nobody follows at the moment"),
    }
}

fn print_gap(gap: &PointGap) {
    let style = Style::of_stdout();
    let until = gap.to_ms.map_or_else(|| "now".to_owned(), moment);
    let cure = cure(gap.cure).map(|cure| format!("; {cure}")).unwrap_or_default();
    println!(
        "{}         {} – {until}: {}{cure}",
        style.bad("gap"),
        moment(gap.from_ms),
        reason(gap.reason)
    );
    for change in &gap.changes {
        println!("            {change}");
    }
}

fn reason(reason: PointGapReason) -> &'static str {
    match reason {
        PointGapReason::NotFollowed => "nobody followed",
        PointGapReason::OplogOverrun => "the oplog was overrun before somebody followed again",
        PointGapReason::NoBase => "no backup lies inside the log",
        PointGapReason::Damaged => "the log is damaged",
        PointGapReason::Replaced => "collections were replaced from elsewhere, as by a restore",
        PointGapReason::Definitions => "definitions were being changed",
        PointGapReason::Unknown => "a later version wrote what lies there",
    }
}

fn cure(cure: GapCure) -> Option<&'static str> {
    match cure {
        GapCure::Follow => Some("follow with `avault backup follow`"),
        GapCure::Backup => Some("take a backup"),
        GapCure::None => None,
    }
}

/// Prints what a follower wrote.
pub fn print_followed(outcome: &FollowOutcome) {
    println!(
        "followed up to {}: {} operations in {} chunks, {}",
        outcome.to,
        count(outcome.operations),
        count(outcome.chunks),
        bytes(outcome.stored_bytes),
    );
}
