import type { Side } from '../../api/generated/types';

/** A seven-player game, played once and told from here. */
export const PLAYERS = ['p-00417', 'p-01188', 'p-00052', 'p-02301', 'p-00934', 'p-01560', 'p-00276'];

/** Nicknames; the last seat's account has none. */
export const NICKS = ['青衫', '夜航船', '霜降', '北辰', '听雨', '白驹'];

export const ROLES: { role: string; side: Side }[] = [
  { role: 'MERLIN', side: 'good' },
  { role: 'PERCIVAL', side: 'good' },
  { role: 'SERVANT', side: 'good' },
  { role: 'SERVANT', side: 'good' },
  { role: 'MORGANA', side: 'evil' },
  { role: 'ASSASSIN', side: 'evil' },
  { role: 'OBERON', side: 'evil' },
];

export const TEAM_SIZES = [2, 3, 3, 4, 4];
export const FAILS_NEEDED = [1, 1, 1, 2, 1];

interface Proposal {
  leader: number;
  team: number[];
  approvals: number[];
}

export interface Quest {
  proposals: Proposal[];
  /** Seats that played Fail. */
  fails: number[];
}

export const QUESTS: Quest[] = [
  { proposals: [{ leader: 0, team: [0, 1], approvals: [0, 1, 2, 4, 6] }], fails: [] },
  {
    proposals: [
      { leader: 1, team: [1, 2, 4], approvals: [1, 4, 5] },
      { leader: 2, team: [2, 3, 4], approvals: [2, 3, 4, 6] },
    ],
    fails: [4],
  },
  { proposals: [{ leader: 3, team: [0, 1, 3], approvals: [0, 1, 2, 3, 5] }], fails: [] },
  {
    proposals: [
      { leader: 4, team: [4, 0, 1, 5], approvals: [4, 5, 6] },
      { leader: 5, team: [5, 1, 2, 6], approvals: [5, 6] },
      { leader: 6, team: [0, 1, 2, 3], approvals: [0, 1, 2, 3] },
    ],
    fails: [],
  },
];

/** Seats that went, by quest, in the game of as many proposals as there can be. */
const LONG_TEAMS = [
  [4, 5],
  [5, 6, 0],
  [6, 0, 1],
  [0, 1, 2, 3],
  [1, 2, 3, 0],
];
const LONG_FAILS = [[], [5], [6], [], []];

/** Five quests of five proposals each: four are rejected by turns, and the fifth, the last chance, is approved. */
export const LONG_QUESTS: Quest[] = LONG_TEAMS.map((team, index) => ({
  proposals: [0, 1, 2, 3, 4].map((place) => {
    const leader = (index * 5 + place) % PLAYERS.length;
    if (place === 4) return { leader, team, approvals: [...new Set([...team, 0, 1, 2, 3])] };
    const around = PLAYERS.map((_, seat) => (leader + seat) % PLAYERS.length);
    return { leader, team: around.slice(0, team.length), approvals: around.slice(0, 1 + (place % 3)) };
  }),
  fails: LONG_FAILS[index] ?? [],
}));

export const ASSASSIN = 5;
export const TARGET = 2;

/** What the table chose to play by. */
export const RULES = {
  profile: 'avalon-base-1',
  n: PLAYERS.length,
  roles: ROLES.map(({ role }) => role),
  hammer: 'reject_loses',
  twoFailsQuest4From: 7,
  lady: { on: true, afterQuests: [2, 3, 4] },
  excalibur: { on: false, assign: 'with_proposal' },
  lancelot: { variant: 0, blank: 0, switch: 0, firstQuest: 1 },
  assassin: { actor: 'role', when: 'after_third_success', targets: 'not_known_evil' },
  reproposeBeforeVote: false,
  anonymousVotes: false,
};
