//! Version 0: a document as the specification's own example leads one to write it, before this
//! program gave its form a version. The example shows text for every value, so numbers, times and
//! truth are text there as well as what they are; names of values are in any case, and key moments
//! may be called as the specification calls them.
//!
//! Votes and results in the specification's words, and times by RFC 3339, are read in every version.

use serde_json::Value;

/// To version 1.
pub(super) fn document(mut value: Value) -> Value {
    at(&mut value, "timestamp", number);
    at(&mut value, "snapshot_type", snapshot_type);
    if let Some(state) = value.get_mut("game_state") {
        for name in ["current_round", "leader_index", "vote_track", "quest_track"] {
            at(state, name, number);
        }
        each(state, "mission_results", outcome);
    }
    each(&mut value, "players", |player| {
        at(player, "role", role);
        at(player, "is_on_mission", truth);
    });
    each(&mut value, "votes", |vote| {
        at(vote, "round", number);
        at(vote, "vote", lower);
    });
    each(&mut value, "missions", |mission| {
        at(mission, "round", number);
        each(mission, "results", outcome);
    });
    value
}

fn at(value: &mut Value, name: &str, change: fn(&str) -> Option<Value>) {
    if let Some(member) = value.get_mut(name)
        && let Some(changed) = member.as_str().and_then(change)
    {
        *member = changed;
    }
}

fn each(value: &mut Value, name: &str, change: impl Fn(&mut Value)) {
    value.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten().for_each(change);
}

fn outcome(value: &mut Value) {
    if let Some(lower) = value.as_str().and_then(lower) {
        *value = lower;
    }
}

fn lower(text: &str) -> Option<Value> {
    Some(text.trim().to_lowercase().into())
}

fn number(text: &str) -> Option<Value> {
    text.trim().parse::<i64>().ok().map(Value::from)
}

fn truth(text: &str) -> Option<Value> {
    match text.trim().to_lowercase().as_str() {
        "是" | "true" => Some(true.into()),
        "否" | "false" => Some(false.into()),
        _ => None,
    }
}

fn role(text: &str) -> Option<Value> {
    match text.trim() {
        // Before the roles are dealt there is none.
        "" => Some(Value::Null),
        name => Some(words(name).to_uppercase().into()),
    }
}

/// The key moments as §3.2.1 names them.
fn snapshot_type(text: &str) -> Option<Value> {
    let text = text.trim();
    let name = match text.strip_suffix('时').unwrap_or(text) {
        "游戏创建" => "game_created",
        "角色分配完成" => "roles_assigned",
        "每轮任务分配前" => "before_team_assignment",
        "任务分配完成" => "team_assigned",
        "任务执行完成" => "mission_executed",
        "梅林猜测环节开始" => "merlin_guess_started",
        "游戏结束" => "game_over",
        name => return Some(words(name).into()),
    };
    Some(name.into())
}

/// `mission_executed` of `MISSION_EXECUTED`, `missionExecuted`, `Mission Executed` and the like.
fn words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut small = false;
    for letter in name.chars() {
        if matches!(letter, ' ' | '-' | '_') {
            words.push('_');
            small = false;
            continue;
        }
        if small && letter.is_uppercase() {
            words.push('_');
        }
        small = letter.is_lowercase();
        words.extend(letter.to_lowercase());
    }
    words
}
