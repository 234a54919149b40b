//! Prints what was measured beside its bar.

/// One line of the report.
pub struct Row {
    /// What was measured.
    pub what: String,
    /// The figure, with its unit.
    pub figure: String,
    /// The bar that it is held against, empty where there is none.
    pub bar: String,
    /// Whether it reaches the bar; none where there is no bar.
    pub reached: Option<bool>,
}

impl Row {
    /// A figure without a bar.
    pub fn plain(what: impl Into<String>, figure: impl Into<String>) -> Self {
        Self { what: what.into(), figure: figure.into(), bar: String::new(), reached: None }
    }

    /// A figure that must be at least so much.
    pub fn at_least(what: impl Into<String>, value: f64, bar: f64, unit: &str) -> Self {
        Self {
            what: what.into(),
            figure: format!("{value:.1} {unit}"),
            bar: format!("≥ {bar} {unit}"),
            reached: Some(value >= bar),
        }
    }

    /// A figure that must stay below so much.
    pub fn below(what: impl Into<String>, value: f64, bar: f64, unit: &str) -> Self {
        Self {
            what: what.into(),
            figure: format!("{value:.1} {unit}"),
            bar: format!("< {bar} {unit}"),
            reached: Some(value < bar),
        }
    }
}

/// Prints the rows as a Markdown table.
pub fn print(rows: &[Row]) {
    println!("| what | measured | bar | |");
    println!("|---|---|---|---|");
    for row in rows {
        let verdict = match row.reached {
            Some(true) => "reached",
            Some(false) => "**missed**",
            None => "",
        };
        println!("| {} | {} | {} | {} |", row.what, row.figure, row.bar, verdict);
    }
}
