//! Self-contained HTML files: one document, no network, nothing runs but what the engine wrote.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::error::EngineError;
use crate::wording::fill;

/// Colours of both themes, as the window has them.
const PALETTE: &str = include_str!("palette.css");

/// Every document up to its title, with `{{policy}}`, `{{style}}`, `{{lang}}` and `{{title}}`.
const HEAD: &str = include_str!("head.html");

/// What a document is made of.
pub(crate) struct Document<'p> {
    /// The HTML that follows the head and the title of the page, with `{{names}}`.
    pub(crate) template: &'p str,
    /// CSS that stands after the palette.
    pub(crate) style: &'p str,
    /// JavaScript for `{{script}}`; none where nothing runs.
    pub(crate) script: Option<&'p str>,
    /// Values of the names, as HTML.
    pub(crate) values: &'p [(&'p str, &'p str)],
}

impl Document<'_> {
    /// The document as HTML.
    pub(crate) fn html(&self) -> String {
        let style = unix(&format!("{PALETTE}{}", self.style));
        let script = self.script.map(unix);
        let policy = policy(&style, script.as_deref());
        let mut values = vec![
            ("policy", policy.as_str()),
            ("style", style.as_str()),
            ("script", script.as_deref().unwrap_or_default()),
        ];
        values.extend_from_slice(self.values);
        fill(&format!("{HEAD}{}", self.template), &values)
    }
}

/// Allows this style and this script by their hashes, and nothing else. The icon is part of the
/// document, as a data address.
fn policy(style: &str, script: Option<&str>) -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let script = script.map_or_else(|| "'none'".to_owned(), hash);
    format!(
        "default-src 'none'; style-src {}; script-src {script}; img-src data:; base-uri 'none'; \
         form-action 'none'",
        hash(style)
    )
}

/// Browsers read a line's end as `\n` before they hash, whatever the checkout made of it.
fn unix(text: &str) -> String {
    text.replace('\r', "")
}

/// Text for an HTML document, between tags or in an attribute in quotes. Control characters, which
/// HTML cannot carry, become the replacement character.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

/// JSON for a script element. What could end the element, begin a comment or a tag, or be read as
/// a line's end by a script is written as an escape; it is the same JSON.
pub(crate) fn json(value: &Value) -> Result<String, EngineError> {
    let text = serde_json::to_string(value)
        .map_err(|error| EngineError::Worker { detail: error.to_string() })?;
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            c => safe.push(c),
        }
    }
    Ok(safe)
}

/// A part of a file's name that every file system takes.
pub(crate) fn name_part(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    text.chars().map(plain).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_place() {
        assert_eq!(
            escape("<a href='x' b=\"y\">&\u{0}"),
            "&lt;a href=&#39;x&#39; b=&quot;y&quot;&gt;&amp;\u{fffd}"
        );
        let hostile = serde_json::json!({ "n": "</script><!-- \u{2028}\u{2029}&" });
        let safe = json(&hostile).unwrap();
        assert!(!safe.contains(['<', '>', '&', '\u{2028}', '\u{2029}']));
        assert_eq!(serde_json::from_str::<Value>(&safe).unwrap(), hostile);
        assert_eq!(name_part("../a b"), "___a_b");
    }

    #[test]
    fn the_policy_names_the_hash_of_what_stands_there() {
        let document = Document {
            template: "{{policy}}|{{style}}|{{script}}",
            style: "b{}\r\n",
            script: Some("run()\r\n"),
            values: &[],
        };
        let html = document.html();
        let [policy, style, script] = html.splitn(3, '|').collect::<Vec<_>>()[..] else { panic!() };
        assert!(!html.contains('\r'));
        for text in [style, script] {
            assert!(policy.contains(&STANDARD.encode(Sha256::digest(text))));
        }
    }
}
