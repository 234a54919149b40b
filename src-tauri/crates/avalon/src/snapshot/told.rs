//! A state as far as a document's own fields tell it: for documents of somebody else's, which do not
//! hold the whole state.

use super::{Snapshot, SnapshotMission, SnapshotType};
use crate::event::{Card, QuestResult};
use crate::id::{PlayerId, Seat};
use crate::profile::RuleProfile;
use crate::role::Role;
use crate::state::{GameState, Overlay, Phase, Quest};

impl Snapshot {
    /// The event that it was cut after; none in somebody else's.
    #[must_use]
    pub fn at_seq(&self) -> Option<u64> {
        self.metadata.additional_info.get("at_seq")?.as_u64()
    }

    /// What the fields tell of the state: players, roles, quests with teams and results. Votes are
    /// not among it, for the fields do not tell which quest a vote was for; nor are cards, for they
    /// do not tell who played which. Sizes of teams are those of the number of players.
    #[must_use]
    pub fn told(&self) -> GameState {
        let seats: Vec<PlayerId> =
            self.players.iter().map(|player| player.player_id.clone()).collect();
        let dealt: Option<Vec<Role>> = self.players.iter().map(|player| player.role).collect();
        let roles = dealt.unwrap_or_default();
        let settled = roles.iter().all(|role| !role.is_lancelot());
        let results = &self.game_state.mission_results;
        let count = |wanted: QuestResult| {
            let found = results.iter().filter(|result| **result == wanted).count();
            u8::try_from(found).unwrap_or(u8::MAX)
        };
        GameState {
            game_id: self.game_id.clone(),
            room_id: self.room_id.clone(),
            phase: self.phase(&roles),
            quest: self.game_state.current_round,
            // Lancelots change sides, and the fields do not tell when.
            sides: roles.iter().filter(|_| settled).map(|role| role.side()).collect(),
            roles,
            leader: self.game_state.leader_index,
            vote_track: self.game_state.vote_track,
            successes: count(QuestResult::Success),
            failures: count(QuestResult::Fail),
            quests: self.quests(&seats),
            overlay: Overlay { connected: vec![true; seats.len()], ..Overlay::default() },
            seats,
            ..GameState::default()
        }
    }

    /// The phase that the type tells; else the least that the fields do.
    fn phase(&self, roles: &[Role]) -> Phase {
        match self.snapshot_type {
            SnapshotType::GameCreated => Phase::Lobby,
            SnapshotType::RolesAssigned => Phase::Dealt,
            SnapshotType::BeforeTeamAssignment => Phase::TeamBuilding,
            SnapshotType::TeamAssigned | SnapshotType::MissionExecuted => Phase::Quest,
            SnapshotType::MerlinGuessStarted => Phase::Assassination,
            SnapshotType::GameOver => Phase::Ended,
            _ if self.game_state.current_round > 0 => Phase::TeamBuilding,
            _ if roles.is_empty() => Phase::Lobby,
            _ => Phase::Dealt,
        }
    }

    fn quests(&self, seats: &[PlayerId]) -> Vec<Quest> {
        let rules = u8::try_from(seats.len()).ok().and_then(RuleProfile::standard);
        (1u8..=5)
            .map(|number| {
                let mission = self.missions.iter().find(|mission| mission.round == number);
                let team = mission.map_or_else(Vec::new, |mission| team(mission, seats));
                let result = self.game_state.mission_results.get(usize::from(number) - 1).copied();
                Quest {
                    team_size: rules
                        .as_ref()
                        .and_then(|rules| rules.team_size(number))
                        .unwrap_or(0),
                    fails_needed: rules.as_ref().map_or(1, |rules| rules.fails_needed(number)),
                    // Until a quest is resolved its cards are secret, their number too.
                    fails: result.and(mission).map(fails),
                    team,
                    result,
                    ..Quest::default()
                }
            })
            .collect()
    }
}

fn team(mission: &SnapshotMission, seats: &[PlayerId]) -> Vec<Seat> {
    (0u8..)
        .zip(seats)
        .filter(|(_, player)| mission.players.contains(player))
        .map(|(seat, _)| seat)
        .collect()
}

fn fails(mission: &SnapshotMission) -> u8 {
    let fails = mission.results.iter().filter(|card| **card == Card::Fail).count();
    u8::try_from(fails).unwrap_or(u8::MAX)
}
