/** Members of payloads that name a seat, by its place or its player. */
export const SEAT_FIELDS = new Set([
  'leader',
  'leaderSeat',
  'nextLeader',
  'firstLeader',
  'ladyHolder',
  'playerId',
  'holder',
  'target',
  'assassinId',
  'targetId',
  'excaliburTo',
]);

/** Members of payloads that name several. */
export const SEAT_LISTS = new Set(['team', 'seats', 'candidates']);
