//! What a game is set up with: seats, rules and the deal.

use crate::event::{LoyaltyCard, SeatRef};
use crate::id::PlayerId;
use crate::profile::RuleProfile;
use crate::role::{Role, Side};
use crate::rules;

/// Seats and rules.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table<'a> {
    pub(crate) seats: &'a [PlayerId],
    pub(crate) rules: &'a RuleProfile,
}

impl<'a> Table<'a> {
    /// Players, as seated.
    pub(crate) fn n(&self) -> u8 {
        u8::try_from(self.seats.len()).unwrap_or(u8::MAX)
    }

    pub(crate) fn seat(&self, player: &PlayerId) -> Option<u8> {
        let seat = self.seats.iter().position(|seated| seated == player)?;
        u8::try_from(seat).ok()
    }

    pub(crate) fn player(&self, seat: u8) -> Option<&'a PlayerId> {
        self.seats.get(usize::from(seat))
    }

    /// The seat named by number or by player id; none when there is no such seat.
    pub(crate) fn resolve(&self, named: &SeatRef) -> Option<u8> {
        match named {
            SeatRef::Seat(seat) => Some(*seat).filter(|seat| *seat < self.n()),
            SeatRef::Player(player) => self.seat(player),
        }
    }

    pub(crate) fn team_size(&self, quest: u8) -> Option<u8> {
        rules::team_size(self.n(), quest)
    }

    pub(crate) fn fails_needed(&self, quest: u8) -> u8 {
        rules::fails_needed(self.n(), quest, self.rules.two_fails_quest4_from)
    }
}

/// The deal, by seat.
#[derive(Debug, Clone)]
pub(crate) struct Deal<'a> {
    pub(crate) roles: Vec<Option<Role>>,
    /// Current sides; they change with the Lancelots.
    pub(crate) sides: Vec<Option<Side>>,
    pub(crate) first_leader: Option<u8>,
    pub(crate) loyalty_deck: Option<&'a [LoyaltyCard]>,
    /// Whether the deal told what players know.
    pub(crate) knowledge: bool,
}

impl Deal<'_> {
    pub(crate) fn role(&self, seat: u8) -> Option<Role> {
        self.roles.get(usize::from(seat)).copied().flatten()
    }

    pub(crate) fn side(&self, seat: u8) -> Option<Side> {
        self.sides.get(usize::from(seat)).copied().flatten()
    }

    pub(crate) fn holder(&self, role: Role) -> Option<u8> {
        let seat = self.roles.iter().position(|dealt| *dealt == Some(role))?;
        u8::try_from(seat).ok()
    }

    /// The two Lancelots change sides.
    pub(crate) fn switch_lancelots(&mut self) {
        for (role, side) in self.roles.iter().zip(&mut self.sides) {
            if role.is_some_and(Role::is_lancelot) {
                *side = side.map(Side::other);
            }
        }
    }
}
