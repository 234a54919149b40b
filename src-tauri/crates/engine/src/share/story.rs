//! The events of a game as a list, and who sat at the table.

use avalon::view::StateView;
use serde_json::Value;

use super::people::People;
use crate::games::outcome::EventView;
use crate::page::escape;
use crate::wording::Words;

/// How a member of an event's payload is told.
#[derive(Clone, Copy)]
enum Shape {
    /// One seat.
    Seat,
    /// Several seats.
    Seats,
    /// A word that the game knows.
    Word,
    /// The reason of an end that the game knows.
    Reason,
    /// A number.
    Number,
}

/// The members that are told, in order, and whether their name is told too. What is not among them
/// is not in the file, free text in particular.
const MEMBERS: [(&str, Shape, bool); 22] = [
    ("playerId", Shape::Seat, false),
    ("player", Shape::Seat, false),
    ("holder", Shape::Seat, false),
    ("assassinId", Shape::Seat, false),
    ("leader", Shape::Seat, false),
    ("leaderSeat", Shape::Seat, true),
    ("firstLeader", Shape::Seat, true),
    ("ladyHolder", Shape::Seat, true),
    ("team", Shape::Seats, true),
    ("excaliburTo", Shape::Seat, true),
    ("target", Shape::Seat, true),
    ("targetId", Shape::Seat, true),
    ("vote", Shape::Word, false),
    ("card", Shape::Word, false),
    ("approvals", Shape::Number, true),
    ("result", Shape::Word, false),
    ("fails", Shape::Number, true),
    ("loyalty", Shape::Word, true),
    ("claim", Shape::Word, true),
    ("winner", Shape::Word, true),
    ("reason", Shape::Reason, false),
    ("toSeq", Shape::Number, true),
];

/// Events that say at which quest the game is.
const AT_QUEST: [&str; 3] = ["QuestStarted", "MissionResolved", "LoyaltyCardDrawn"];

/// The list's items as HTML.
pub(super) fn items(events: &[EventView], people: &People, words: Words) -> String {
    if events.is_empty() {
        return format!("<li>{}</li>", escape(&words.text("page.noEvents")));
    }
    let began = events.first().map_or(0, |event| event.at);
    events.iter().map(|event| item(event, people, words, began)).collect()
}

fn item(event: &EventView, people: &People, words: Words, began: i64) -> String {
    let seq = event.seq;
    let name = words.known("event", &event.kind).map_or_else(
        // What is not known has a name that anybody may have written.
        || words.text("page.otherEvent"),
        str::to_owned,
    );
    let moment = event.moment.as_deref();
    let mark = moment.map_or_else(String::new, |moment| format!(" data-moment=\"{moment}\""));
    let gem = moment.map_or_else(String::new, |moment| {
        let text = escape(&words.code("moment", moment));
        format!(" <em class=\"moment\">{moment} {text}</em>")
    });
    let detail = detail(event, people, words);
    format!(
        "<li><a href=\"#{seq}\" data-seq=\"{seq}\"{mark}><span class=\"n\">{seq}</span>\
         <span class=\"what\"><b>{}</b>{gem} <span class=\"detail\">{detail}</span></span>\
         <time>{}</time></a></li>\n",
        escape(&name),
        clock(event.at - began),
    )
}

/// What the event says, as HTML.
fn detail(event: &EventView, people: &People, words: Words) -> String {
    let member = |name: &str| event.payload.get(name).filter(|value| !value.is_null());
    let mut parts = Vec::new();
    if AT_QUEST.contains(&event.kind.as_str())
        && let Some(quest) = member("q").and_then(Value::as_u64)
    {
        parts.push(escape(&words.filled("table.quest", &[("quest", &quest.to_string())])));
    }
    for (name, shape, named) in MEMBERS {
        let Some(value) = member(name).and_then(|value| told(value, shape, people, words)) else {
            continue;
        };
        parts.push(if named {
            format!("{} {value}", escape(&words.code("field", name)))
        } else {
            value
        });
    }
    parts.join(" · ")
}

fn told(value: &Value, shape: Shape, people: &People, words: Words) -> Option<String> {
    match shape {
        Shape::Seat => people.told(value),
        Shape::Seats => {
            let seats = value.as_array()?.iter().filter_map(|seat| people.told(seat));
            Some(seats.collect::<Vec<_>>().join(&escape(&words.text("common.listSeparator"))))
        }
        Shape::Word => {
            let code = value.as_str()?;
            let word = escape(words.known("word", code)?);
            Some(match code {
                "success" | "good" => format!("<span class=\"good\">{word}</span>"),
                "fail" | "evil" => format!("<span class=\"evil\">{word}</span>"),
                _ => word,
            })
        }
        Shape::Reason => words.known("reason", value.as_str()?).map(escape),
        Shape::Number => value.as_u64().map(|number| number.to_string()),
    }
}

/// Time since the beginning, as `+1:02:03`.
fn clock(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("+{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("+{minutes}:{seconds:02}")
    }
}

/// Who sat where, and as what, at the end, as HTML.
pub(super) fn seats(end: &StateView, people: &People, words: Words) -> String {
    let role = |role: Option<avalon::role::Role>| {
        let role = role.map(|role| escape(&words.code("role", role.as_str())));
        role.map_or_else(String::new, |role| format!(" · {role}"))
    };
    let seat = |(seat, player): (usize, &avalon::view::PlayerView)| {
        format!("<li>{}{}</li>", people.label(seat), role(player.role))
    };
    end.players.iter().enumerate().map(seat).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_from_the_beginning() {
        assert_eq!(clock(0), "+0:00");
        assert_eq!(clock(61_900), "+1:01");
        assert_eq!(clock(3_723_000), "+1:02:03");
        assert_eq!(clock(-5), "+0:00");
    }
}
