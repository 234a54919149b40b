//! The structural difference of two documents: a tree of all their members.

use serde_json::Value;

use super::outcome::{DiffKind, DiffNode};

/// The members of two values. Lists are compared place by place: in the states of games a place
/// means a seat, a quest or an attempt.
pub(super) fn members(before: &Value, after: &Value) -> Vec<DiffNode> {
    nodes(Some(before), Some(after))
}

fn nodes(before: Option<&Value>, after: Option<&Value>) -> Vec<DiffNode> {
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let added = new.keys().filter(|name| !old.contains_key(*name));
            old.keys().chain(added).map(|name| node(name, old.get(name), new.get(name))).collect()
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => (0..old.len().max(new.len()))
            .map(|at| node(&at.to_string(), old.get(at), new.get(at)))
            .collect(),
        (Some(one), None) => of_one(one, |name, value| node(name, Some(value), None)),
        (None, Some(one)) => of_one(one, |name, value| node(name, None, Some(value))),
        _ => Vec::new(),
    }
}

fn of_one(value: &Value, node: impl Fn(&str, &Value) -> DiffNode) -> Vec<DiffNode> {
    match value {
        Value::Object(members) => members.iter().map(|(name, value)| node(name, value)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(at, value)| node(&at.to_string(), value)).collect()
        }
        _ => Vec::new(),
    }
}

fn node(name: &str, before: Option<&Value>, after: Option<&Value>) -> DiffNode {
    let members = nodes(before, after);
    let text = |value: Option<&Value>| {
        value.filter(|_| members.is_empty()).map(std::string::ToString::to_string)
    };
    DiffNode {
        name: name.to_owned(),
        kind: match (before, after) {
            (Some(old), Some(new)) if old == new => DiffKind::Same,
            (Some(_), None) => DiffKind::Removed,
            (None, Some(_)) => DiffKind::Added,
            _ => DiffKind::Changed,
        },
        before_type: before.map(|value| kind(value).to_owned()),
        after_type: after.map(|value| kind(value).to_owned()),
        before: text(before),
        after: text(after),
        members,
    }
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn find<'n>(nodes: &'n [DiffNode], path: &[&str]) -> &'n DiffNode {
        let found = nodes.iter().find(|node| node.name == path[0]).unwrap();
        if path.len() == 1 { found } else { find(&found.members, &path[1..]) }
    }

    #[test]
    fn every_member_is_there_with_how_it_differs() {
        let before =
            json!({ "a": 1, "list": [{ "x": 1 }, 2], "gone": { "deep": [true] }, "same": {} });
        let after = json!({ "a": "1", "list": [{ "x": 2 }, 2, 3], "same": {}, "new": null });
        let nodes = members(&before, &after);
        // The order of members is whatever the JSON library was built with.
        let mut names: Vec<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["a", "gone", "list", "new", "same"]);

        let a = find(&nodes, &["a"]);
        assert_eq!(
            (a.kind, a.before.as_deref(), a.after.as_deref()),
            (DiffKind::Changed, Some("1"), Some("\"1\""))
        );
        assert_eq!(
            (a.before_type.as_deref(), a.after_type.as_deref()),
            (Some("number"), Some("string"))
        );
        assert_eq!(find(&nodes, &["list", "0", "x"]).kind, DiffKind::Changed);
        assert_eq!(find(&nodes, &["list", "1"]).kind, DiffKind::Same);
        assert_eq!(find(&nodes, &["list", "2"]).kind, DiffKind::Added);
        assert_eq!(find(&nodes, &["gone"]).kind, DiffKind::Removed);
        assert_eq!(find(&nodes, &["gone", "deep", "0"]).before.as_deref(), Some("true"));
        assert_eq!(find(&nodes, &["same"]).before.as_deref(), Some("{}"));
        assert_eq!(find(&nodes, &["new"]).after_type.as_deref(), Some("null"));
    }

    #[test]
    fn a_value_that_turned_into_a_list_is_shown_whole() {
        let nodes = members(&json!({ "v": 5 }), &json!({ "v": [5] }));
        let v = find(&nodes, &["v"]);
        assert_eq!((v.before.as_deref(), v.after.as_deref()), (Some("5"), Some("[5]")));
        assert!(v.members.is_empty());
    }
}
