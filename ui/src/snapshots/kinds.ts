import type { SnapshotType } from '../api';

/** All types in the order of a game, those of no moment last; with the key moment that each is of. */
export const MOMENTS: Record<SnapshotType, string | null> = {
  game_created: 'K1',
  roles_assigned: 'K2',
  before_team_assignment: 'K3',
  team_assigned: 'K4',
  mission_executed: 'K5',
  merlin_guess_started: 'K6',
  game_over: 'K7',
  interval: null,
  manual: null,
  player: null,
  pre_image: null,
};

export const KINDS = Object.keys(MOMENTS) as SnapshotType[];
