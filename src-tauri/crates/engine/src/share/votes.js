// Draws the record of votes.
/** Every proposal so far: who led, who was on the team, who voted how. */
function drawVotes({ quests, players }) {
  const proposals = quests.flatMap((quest, index) =>
    quest.proposals.map((proposal, place) => ({ ...proposal, quest: index + 1, first: place === 0 })),
  );
  if (proposals.length === 0) {
    byId('votes').replaceChildren(
      element('tbody', {}, element('tr', {}, element('td', {}, text('page.noVotes')))),
    );
    return;
  }
  const cells = (tag, make) =>
    proposals.map((proposal) => element(tag, { class: proposal.first && 'first' }, ...make(proposal)));
  const groups = quests.map(({ proposals: { length } }, index) => ({ length, quest: index + 1 }));
  byId('votes').replaceChildren(
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('td'),
        ...groups
          .filter(({ length }) => length > 0)
          .map(({ length, quest }) =>
            element(
              'th',
              { scope: 'colgroup', colspan: length, class: 'first' },
              text('table.quest', { quest }),
            ),
          ),
      ),
    ),
    element(
      'tbody',
      {},
      ...players.map((_, seat) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, seatName(seat)),
          ...cells('td', (proposal) => [voteCell(proposal, seat)]),
        ),
      ),
    ),
    element(
      'tfoot',
      {},
      element('tr', {}, element('td'), ...cells('td', (proposal) => [outcomeOf(proposal)])),
    ),
  );
}

function seatName(seat) {
  const name = element('bdi');
  name.textContent = names[seat] ?? '';
  return element('span', {}, text('table.seat', { seat: seat + 1 }), ' ', name);
}

function voteCell({ leader, team, votes, voted, forced }, seat) {
  const vote = votes[seat];
  const spoken = list([
    vote ? text(`table.vote.${vote}`) : voted[seat] ? text('table.voted') : forced && text('page.forced'),
    leader === seat && text('table.leader'),
    team.includes(seat) && text('table.onTeam'),
  ]);
  const icon = (d, name) => shape('svg', { viewBox: '-6 -6 12 12', 'aria-hidden': 'true' }, path(d, name));
  const lead = shape(
    'svg',
    { viewBox: '-9 -9 18 16', class: 'lead', 'aria-hidden': 'true' },
    path(CROWN, 'crown'),
  );
  return element(
    'span',
    { class: team.includes(seat) ? 'cell member' : 'cell' },
    vote === 'approve' && icon(TICK, 'ink'),
    vote === 'reject' && icon(CROSS, 'ink soft'),
    !vote && voted[seat] && icon('M-3 0 h6', 'ink soft'),
    leader === seat && lead,
    element('span', { class: 'hidden' }, spoken),
  );
}

function outcomeOf({ approvals, result, votes }) {
  if (result === null) return '';
  const spoken = text(`code.word.${result}`);
  return element(
    'span',
    { title: spoken },
    `${approvals}:${votes.length - approvals}`,
    element('span', { class: 'hidden' }, spoken),
  );
}
