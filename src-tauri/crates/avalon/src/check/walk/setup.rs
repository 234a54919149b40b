//! GameCreated and RolesAssigned.

use crate::event::{GameCreated, RoleAcknowledged, RolesAssigned};
use crate::invariant::{
    Repair, configuration,
    configuration::C_PROFILE,
    knowledge,
    leader::{self, L_FIRST},
    modules,
    roles::{self, R_IMMUTABLE},
    seats::{self, S_FROZEN},
};
use crate::sentence;

use super::{At, Deal, Phase, Table, Walk};

impl<'a> Walk<'a> {
    pub(super) fn game_created(&mut self, at: At<'a>, event: &'a GameCreated) {
        if let Some(table) = self.table {
            if event.seats != table.seats {
                self.out.report(
                    &S_FROZEN,
                    at.seq,
                    sentence!("a second GameCreated seats other players"),
                );
            }
            if event.profile.rules().is_none_or(|rules| **rules != *table.rules) {
                let detail = sentence!("a second GameCreated changes the profile");
                self.out.push(C_PROFILE.finding_with(Repair::Quarantine, at.seq, detail));
            }
            self.illegal(at);
            return;
        }
        configuration::judge_created(at.seq, event, &mut self.out);
        seats::judge_seats(at.seq, event, &mut self.out);
        if let Some(rules) = event.profile.rules() {
            self.table = Some(Table { seats: &event.seats, rules });
        }
    }

    pub(super) fn roles_assigned(&mut self, at: At<'a>, event: &'a RolesAssigned) {
        let Some(table) = self.table else { return };
        if let Some(deal) = &self.deal {
            let again: Vec<_> =
                table.seats.iter().map(|player| event.roles.get(player).copied()).collect();
            if again != deal.roles {
                self.out.report(
                    &R_IMMUTABLE,
                    at.seq,
                    sentence!("roles are dealt again, and differently"),
                );
            }
            if table.resolve(&event.first_leader) != deal.first_leader {
                self.out.report(
                    &L_FIRST,
                    at.seq,
                    sentence!("the first leader is named again, and another"),
                );
            }
            self.illegal(at);
            return;
        }
        for player in event.roles.keys() {
            self.known(at.seq, player, || sentence!("a dealt role's player"));
        }
        roles::judge_deal(at.seq, &table, event, &mut self.out);
        let deal = Deal {
            roles: table.seats.iter().map(|player| event.roles.get(player).copied()).collect(),
            sides: table
                .seats
                .iter()
                .map(|player| event.roles.get(player).map(|role| role.side()))
                .collect(),
            first_leader: table.resolve(&event.first_leader),
            loyalty_deck: event.loyalty_deck.as_deref(),
            knowledge: event.knowledge.is_some(),
        };
        if let Some(told) = &event.knowledge {
            knowledge::judge_knowledge(at.seq, &table, &deal, told, &mut self.out);
        }
        leader::judge_first(at.seq, &table, event, &mut self.out);
        modules::judge_set_up(at.seq, &table, event, &mut self.out);
        self.lady.start(&table, &deal, event.lady_holder.as_ref());
        self.deal = Some(deal);
        if self.phase == Phase::Created {
            self.phase = Phase::Dealt;
        } else {
            self.illegal(at);
        }
    }

    pub(super) fn role_acknowledged(&mut self, at: At<'a>, event: &'a RoleAcknowledged) {
        self.known(at.seq, &event.player_id, || sentence!("the player"));
        if self.phase != Phase::Dealt {
            self.illegal(at);
        }
    }
}
