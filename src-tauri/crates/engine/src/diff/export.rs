//! A difference as a file: JSON, Markdown or HTML.

use avalon::diff::Weight;

use super::outcome::{DiffExport, DiffExportRequest, DiffFormat, DiffKind, DiffNode, DiffView};
use super::told::{self, ToldFact, ToldValue};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::page::{Document, escape, name_part};
use crate::wording::Words;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

/// Compares two moments, and writes down what differs.
///
/// # Errors
/// When what is to be read is not connected, or holds no such game.
pub async fn export(
    engine: &Engine,
    request: &DiffExportRequest,
) -> Result<DiffExport, EngineError> {
    let view = super::diff(engine, &request.diff).await?;
    write(&view, request.format, Words::of(request.language))
}

/// Writes a difference down.
///
/// # Errors
/// When it cannot be written as JSON, which only a fault of the program can cause.
pub fn write(view: &DiffView, format: DiffFormat, words: Words) -> Result<DiffExport, EngineError> {
    let (text, ending) = match format {
        DiffFormat::Json => {
            let text = serde_json::to_string_pretty(view)
                .map_err(|error| EngineError::Worker { detail: error.to_string() })?;
            (text + "\n", "json")
        }
        DiffFormat::Markdown => (markdown(view, words), "md"),
        DiffFormat::Html => (html(view, words), "html"),
    };
    let moment = |id: &str, seq: u64| format!("{}-{seq}", name_part(id));
    let before = moment(&view.before.row.id, view.before.seq);
    let after = moment(&view.after.row.id, view.after.seq);
    let after = if view.same_game { view.after.seq.to_string() } else { after };
    Ok(DiffExport { file_name: format!("avalon-diff-{before}-{after}.{ending}"), text })
}

fn title(view: &DiffView, words: Words) -> String {
    let (game, other) = (&view.before.row.id, &view.after.row.id);
    if view.same_game {
        words.filled("page.diffTitle", &[("game", game)])
    } else {
        words.filled("page.diffTitleTwo", &[("game", game), ("other", other)])
    }
}

/// Why a fact matters beyond the course of the game.
fn weight(weight: Weight, words: Words) -> Option<String> {
    match weight {
        Weight::Outcome => Some(words.text("diff.weight.outcome")),
        Weight::Statistic => Some(words.text("diff.weight.statistic")),
        Weight::Course | Weight::Cosmetic => None,
    }
}

/// A member of the structure that differs: its path, and its values as JSON.
struct Leaf<'v> {
    path: String,
    before: Option<&'v str>,
    after: Option<&'v str>,
}

/// The members that differ and have no members of their own that tell more.
fn leaves<'v>(nodes: &'v [DiffNode], path: &str, found: &mut Vec<Leaf<'v>>) {
    for node in nodes.iter().filter(|node| node.kind != DiffKind::Same) {
        let dot = if path.is_empty() { "" } else { "." };
        let path = format!("{path}{dot}{}", node.name);
        if node.members.is_empty() {
            let (before, after) = (node.before.as_deref(), node.after.as_deref());
            found.push(Leaf { path, before, after });
        } else {
            leaves(&node.members, &path, found);
        }
    }
}

fn differing(view: &DiffView) -> Vec<Leaf<'_>> {
    let mut found = Vec::new();
    leaves(&view.structure, "", &mut found);
    found
}

fn markdown(view: &DiffView, words: Words) -> String {
    let side =
        |name: &str, of| format!("- {}: {}\n", words.text(name), plain(&told::moment(of, words)));
    let mut text = format!("# {}\n\n", plain(&title(view, words)));
    text.push_str(&side("diff.before", &view.before));
    text.push_str(&side("diff.after", &view.after));
    text.push_str(&format!("- {}\n\n", plain(&told::lens(view, words))));
    text.push_str(&format!(
        "**{}**\n\n## {}\n\n",
        told::outcome(view, words),
        words.text("page.facts")
    ));
    let head = |names: [&str; 4]| {
        let names: Vec<String> = names.iter().map(|name| words.text(name)).collect();
        format!("| {} |\n|{}\n", names.join(" | "), "---|".repeat(names.len()))
    };
    if view.facts.is_empty() {
        text.push_str(&format!("{}\n", words.text("diff.nothing")));
    } else {
        text.push_str(&head([
            "diff.column.about",
            "diff.column.what",
            "diff.before",
            "diff.after",
        ]));
        for fact in told::facts(view, words) {
            markdown_fact(&fact, words, &mut text);
        }
    }
    text.push_str(&format!("\n## {}\n\n", words.text("page.structure")));
    let leaves = differing(view);
    if leaves.is_empty() {
        text.push_str(&format!("{}\n", words.text("diff.sameStructure")));
        return text;
    }
    let names = ["page.member", "diff.before", "diff.after"].map(|name| words.text(name));
    text.push_str(&format!("| {} |\n|---|---|---|\n", names.join(" | ")));
    for Leaf { path, before, after } in leaves {
        let value = |value: Option<&str>| value.map_or_else(String::new, quoted);
        text.push_str(&format!("| {} | {} | {} |\n", quoted(&path), value(before), value(after)));
    }
    text
}

fn markdown_fact(fact: &ToldFact, words: Words, text: &mut String) {
    let value = |value: &Option<ToldValue>| {
        value.as_ref().map_or("–".to_owned(), |told| plain(&told.text))
    };
    for (at, line) in fact.lines.iter().enumerate() {
        let about = match (at, weight(fact.weight, words)) {
            (0, Some(weight)) => format!("{} ({weight})", plain(&fact.about)),
            (0, None) => plain(&fact.about),
            _ => String::new(),
        };
        let (before, after) = (value(&line.before), value(&line.after));
        text.push_str(&format!("| {about} | {} | {before} | {after} |\n", plain(&line.label)));
    }
}

/// Text that Markdown takes for text: what could begin markup stands behind a backslash, a line's
/// end is a space.
fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_control() => safe.push(' '),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '~'
            | '&' => {
                safe.push('\\');
                safe.push(c);
            }
            c => safe.push(c),
        }
    }
    safe
}

/// Text as code within a table: a fence longer than any run of backticks in it, and no bar, which
/// would end the cell.
fn quoted(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let text = text.replace('|', "\\|");
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn html(view: &DiffView, words: Words) -> String {
    let text = |path: &str| escape(&words.text(path));
    let title = escape(&title(view, words));
    let facts: String =
        told::facts(view, words).iter().map(|fact| html_fact(fact, words)).collect();
    let nothing = |path: &str| format!("<tr><td colspan=\"4\">{}</td></tr>", text(path));
    let facts = if facts.is_empty() { nothing("diff.nothing") } else { facts };
    let row = |Leaf { path, before, after }: Leaf<'_>| {
        let value = |value: Option<&str>| {
            value.map_or_else(String::new, |value| format!("<code>{}</code>", escape(value)))
        };
        format!(
            "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td>{}</td></tr>\n",
            escape(&path),
            value(before),
            value(after)
        )
    };
    let structure: String = differing(view).into_iter().map(row).collect();
    let structure = if structure.is_empty() { nothing("diff.sameStructure") } else { structure };
    let changes = if view.outcome.any() { "changes" } else { "keeps" };
    let values = [
        ("lang", words.language().tag().to_owned()),
        ("title", title),
        ("lens", escape(&told::lens(view, words))),
        ("before", text("diff.before")),
        ("after", text("diff.after")),
        ("from", escape(&told::moment(&view.before, words))),
        ("to", escape(&told::moment(&view.after, words))),
        ("changes", changes.to_owned()),
        ("outcome", escape(&told::outcome(view, words))),
        ("factsTitle", text("page.facts")),
        ("about", text("diff.column.about")),
        ("what", text("diff.column.what")),
        ("facts", facts),
        ("structureTitle", text("page.structure")),
        ("member", text("page.member")),
        ("structure", structure),
        ("madeBy", text("page.madeBy")),
    ];
    let values: Vec<(&str, &str)> =
        values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Document { template: PAGE, style: STYLE, script: None, values: &values }.html()
}

fn html_fact(fact: &ToldFact, words: Words) -> String {
    let absent = format!("<span class=\"hidden\">{}</span>–", escape(&words.text("diff.absent")));
    let value = |value: &Option<ToldValue>| {
        let Some(told) = value else { return absent.clone() };
        let text = escape(&told.text);
        match told.code.as_deref() {
            Some("success" | "good") => format!("<span class=\"good\">{text}</span>"),
            Some("fail" | "evil") => format!("<span class=\"evil\">{text}</span>"),
            _ => format!("<bdi>{text}</bdi>"),
        }
    };
    let weight = weight(fact.weight, words)
        .map_or_else(String::new, |weight| format!("<small>{}</small>", escape(&weight)));
    let about = format!(
        "<th scope=\"rowgroup\" rowspan=\"{}\"><bdi>{}</bdi>{weight}</th>",
        fact.lines.len(),
        escape(&fact.about)
    );
    let rows = fact.lines.iter().enumerate().map(|(at, line)| {
        format!(
            "<tr>{}<th scope=\"row\"><bdi>{}</bdi></th><td>{}</td><td>{}</td></tr>\n",
            if at == 0 { about.as_str() } else { "" },
            escape(&line.label),
            value(&line.before),
            value(&line.after)
        )
    });
    format!("<tbody>{}</tbody>\n", rows.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_takes_text_for_text() {
        assert_eq!(plain("a|b\n<i>*c*"), "a\\|b \\<i\\>\\*c\\*");
        assert_eq!(quoted("plain"), "`plain`");
        assert_eq!(quoted("`a`|"), "`` `a`\\| ``");
    }
}
