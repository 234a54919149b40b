//! `playerRoles` and the two teams.

use serde_json::Value;

use super::super::malformed;
use super::fields::Fields;
use super::missing;
use crate::invariant::Finding;
use crate::role::{Role, Side};
use crate::sentence;

/// A role by the source's name.
pub(super) fn of(name: &str) -> Result<Role, Finding> {
    Ok(match name {
        "Merlin" => Role::Merlin,
        "Percival" => Role::Percival,
        "Resistance" => Role::Servant,
        "Assassin" => Role::Assassin,
        "Morgana" => Role::Morgana,
        "Mordred" => Role::Mordred,
        "Oberon" => Role::Oberon,
        "Spy" => Role::Minion,
        other => {
            let detail =
                sentence!("the role `{text}` is outside the rules of this product", text = other);
            return Err(malformed(detail));
        }
    })
}

/// A side by the source's name.
pub(super) fn side(name: &str) -> Result<Side, Finding> {
    match name {
        "Resistance" => Ok(Side::Good),
        "Spy" => Ok(Side::Evil),
        other => Err(malformed(sentence!("`{text}` is no side of this source", text = other))),
    }
}

/// Name and role of each player in `order`.
pub(super) fn dealt(fields: &Fields<'_>, order: &[&str]) -> Result<Vec<(String, Role)>, Finding> {
    let told = fields.get("playerRoles").ok_or_else(|| missing("playerRoles"))?;
    let told =
        told.as_object().ok_or_else(|| malformed(sentence!("`playerRoles` is no object")))?;
    if told.len() != order.len() {
        return Err(malformed(sentence!(
            "`playerRoles`: {count} players have roles, {players} are seated",
            count = told.len(),
            players = order.len()
        )));
    }
    let seats = order
        .iter()
        .enumerate()
        .map(|(place, name)| {
            let member = |member| told.get(*name)?.get(member).and_then(Value::as_str);
            let told_role = member("role").ok_or_else(|| {
                malformed(sentence!(
                    "`playerRoles` tells no role of player {number} of the order",
                    number = place
                ))
            })?;
            let role = of(told_role)?;
            match member("alliance") {
                Some(alliance) if side(alliance)? == role.side() => Ok(((*name).to_owned(), role)),
                _ => Err(malformed(sentence!(
                    "`{text}` stands without its own side",
                    text = told_role
                ))),
            }
        })
        .collect::<Result<Vec<_>, Finding>>()?;
    for (member, side) in [("resistanceTeam", Side::Good), ("spyTeam", Side::Evil)] {
        let mut team = fields.texts(member)?;
        let mut due: Vec<&str> = seats
            .iter()
            .filter(|(_, role)| role.side() == side)
            .map(|(name, _)| name.as_str())
            .collect();
        team.sort_unstable();
        due.sort_unstable();
        if !team.is_empty() && team != due {
            return Err(malformed(sentence!(
                "`{name}` is not the {side} side of `playerRoles`",
                name = member,
                side
            )));
        }
    }
    Ok(seats)
}
