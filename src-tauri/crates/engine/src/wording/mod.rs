//! The words of the game in both languages: `en.json` and `zh-CN.json`. Files made by the engine,
//! the command line and the window tell the game in these words, and nowhere else are they written.

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

const ENGLISH: &str = include_str!("en.json");
const CHINESE: &str = include_str!("zh-CN.json");

/// Words that only files of the engine use.
const OF_FILES: &str = "page";

/// A language that texts are told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum Language {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Chinese, Self::English];

    /// Its tag, as HTML and the contract write it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }
}

/// The words of one language.
#[derive(Clone, Copy)]
pub struct Words {
    language: Language,
    tree: &'static Value,
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({})", self.language.tag())
    }
}

impl Words {
    /// The words of a language.
    #[must_use]
    pub fn of(language: Language) -> Self {
        // A file that is no JSON holds no words; a test reads both.
        static TREES: LazyLock<[Value; 2]> = LazyLock::new(|| {
            [CHINESE, ENGLISH].map(|text| serde_json::from_str(text).unwrap_or_default())
        });
        let [chinese, english] = &*TREES;
        let tree = match language {
            Language::Chinese => chinese,
            Language::English => english,
        };
        Self { language, tree }
    }

    /// The language.
    #[must_use]
    pub const fn language(self) -> Language {
        self.language
    }

    /// The text at a path such as `table.leader`; the path itself where there is none.
    #[must_use]
    pub fn text(self, path: &str) -> String {
        self.find(path).unwrap_or(path).to_owned()
    }

    /// The text at a path with values for its `{{names}}`. A `count` chooses the plural form.
    #[must_use]
    pub fn filled(self, path: &str, values: &[(&str, &str)]) -> String {
        let count = values.iter().find(|(name, _)| *name == "count").map(|(_, value)| *value);
        let form = count.map(|count| if count == "1" { "one" } else { "other" });
        let plural = form.and_then(|form| self.find(&format!("{path}_{form}")));
        let text = plural.or_else(|| self.find(path)).unwrap_or(path);
        fill(text, values)
    }

    /// The text of a stable code; the code itself where this version has no text for it.
    #[must_use]
    pub fn code(self, group: &str, code: &str) -> String {
        self.known(group, code).unwrap_or(code).to_owned()
    }

    /// The text of a stable code; none where this version does not know it.
    #[must_use]
    pub fn known(self, group: &str, code: &str) -> Option<&'static str> {
        self.tree.get("code")?.get(group)?.get(code)?.as_str()
    }

    /// A whole group of texts, such as `code.role`.
    #[must_use]
    pub fn group(self, path: &str) -> &'static Value {
        path.split('.').try_fold(self.tree, |tree, name| tree.get(name)).unwrap_or(&Value::Null)
    }

    fn find(self, path: &str) -> Option<&'static str> {
        self.group(path).as_str()
    }
}

/// Puts values in the places of `{{names}}`, in one pass: what a value holds is never looked at.
/// A name without a value stays.
#[must_use]
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        text.push_str(before);
        let value = after.split_once("}}").and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((*value, after))
        });
        match value {
            Some((value, after)) => {
                text.push_str(value);
                rest = after;
            }
            None => {
                text.push_str("{{");
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

/// The words that the window shows too, by the tag of their language.
#[must_use]
pub fn of_window() -> Value {
    let language = |language: Language| {
        let mut tree = Words::of(language).tree.clone();
        if let Value::Object(groups) = &mut tree {
            groups.remove(OF_FILES);
        }
        (language.tag().to_owned(), tree)
    };
    Value::Object(Language::ALL.map(language).into_iter().collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The paths of all texts with the names that each takes; plural forms count as one.
    fn texts(tree: &Value, path: &str, found: &mut BTreeMap<String, Vec<String>>) {
        match tree {
            Value::Object(members) => members.iter().for_each(|(name, member)| {
                let name = name.trim_end_matches("_one").trim_end_matches("_other");
                texts(member, &format!("{path}.{name}"), found);
            }),
            Value::String(text) => {
                assert!(!text.trim().is_empty(), "{path} is empty");
                let names = text.split("{{").skip(1);
                let names = names.map(|rest| rest.split("}}").next().unwrap().to_owned());
                found.insert(path.to_owned(), names.collect());
            }
            other => panic!("{path} is no text: {other}"),
        }
    }

    #[test]
    fn both_languages_have_the_same_texts() {
        let [chinese, english] = Language::ALL.map(|language| {
            let mut found = BTreeMap::new();
            texts(Words::of(language).tree, "", &mut found);
            for names in found.values_mut() {
                names.sort();
            }
            found
        });
        assert!(english.len() > 200);
        assert_eq!(chinese, english);
    }

    #[test]
    fn values_are_put_in_once_and_not_looked_at() {
        let words = Words::of(Language::English);
        assert_eq!(words.filled("table.seat", &[("seat", "{{seat}}")]), "Seat {{seat}}");
        assert_eq!(words.filled("table.fails", &[("count", "1")]), "1 fail");
        assert_eq!(words.filled("table.fails", &[("count", "2")]), "2 fails");
        assert_eq!(
            Words::of(Language::Chinese).filled("table.fails", &[("count", "1")]),
            "1 张失败"
        );
        assert_eq!(fill("{{a}} {{b}} {{", &[("a", "{{b}}")]), "{{b}} {{b}} {{");
        assert_eq!(words.text("no.such"), "no.such");
        assert_eq!(words.code("role", "MERLIN"), "Merlin");
        assert_eq!(words.code("role", "JESTER"), "JESTER");
    }
}
