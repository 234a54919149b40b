//! The ways to name a point in time.

use std::str::FromStr;

use source::mongo::ClusterTime;

use crate::error::EngineError;

/// A point in time as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// All that happened up to the end of a second, Unix time.
    Second(u32),
    /// All that happened up to and with one operation.
    Exactly(ClusterTime),
    /// Right after an event of a game.
    Event {
        /// The game's id.
        game: String,
        /// The event's number.
        seq: i64,
    },
}

/// Before the name of an event.
const EVENT: &str = "event:";

impl FromStr for At {
    type Err = EngineError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if let Some(event) = text.strip_prefix(EVENT) {
            let (game, seq) = event.rsplit_once(':').ok_or_else(|| invalid(text))?;
            let seq = seq.parse().map_err(|_| invalid(text))?;
            return Ok(Self::Event { game: game.to_owned(), seq });
        }
        if let Ok(time) = text.parse() {
            return Ok(Self::Exactly(time));
        }
        let time: jiff::Timestamp = text.parse().map_err(|_| invalid(text))?;
        u32::try_from(time.as_second()).map(Self::Second).map_err(|_| invalid(text))
    }
}

fn invalid(text: &str) -> EngineError {
    EngineError::Invalid {
        field: "at",
        reason: format!(
            "`{text}` is no point in time; write 2026-11-25T20:15:00+08:00, a cluster time as \
             SECONDS,ORDINAL, or event:GAME:SEQ"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_a_second_an_operation_or_an_event() {
        let of = |text: &str| text.parse::<At>();
        assert_eq!(of("2026-01-01T08:00:07.900+08:00").unwrap(), At::Second(1_767_225_607));
        assert_eq!(
            of("1767225607,3").unwrap(),
            At::Exactly(ClusterTime { time: 1_767_225_607, increment: 3 })
        );
        let event = At::Event { game: "g:1".into(), seq: 12 };
        assert_eq!(of(" event:g:1:12").unwrap(), event);
        for text in ["", "yesterday", "2026-01-01T08:00:07", "event:12", "event:g:x", "1,"] {
            assert!(matches!(of(text), Err(EngineError::Invalid { field: "at", .. })), "{text}");
        }
    }
}
