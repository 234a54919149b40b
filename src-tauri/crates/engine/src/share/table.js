// Draws the table after an event.
function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}
function shape(tag, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}
function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== false));
  return made;
}
const path = (d, name) => shape('path', { d, class: name });
const at = (x, y, ...children) => shape('g', { transform: `translate(${x} ${y})` }, ...children);
const label = (y, name, words) => shape('text', { y, class: name }, words);

const CROWN = 'M-8 -4 l3 9 h10 l3 -9 -5 4 -3 -7 -3 7z';
const TICK = 'M-4.5 0.5 l3 3.5 6 -7.5';
const CROSS = 'M-4 -4 l8 8 M4 -4 l-8 8';

const CENTRE = { x: 360, y: 246 };
const AROUND = { x: 292, y: 198 };
const RADIUS = 27;
const NAME_LETTERS = 24;

function drawTable(frame) {
  const seats = seatsOf(frame);
  byId('table').replaceChildren(
    shape('ellipse', { cx: CENTRE.x, cy: CENTRE.y, rx: 212, ry: 122, class: 'wood' }),
    shape('ellipse', { cx: CENTRE.x, cy: CENTRE.y, rx: 198, ry: 109, class: 'rim' }),
    at(CENTRE.x, CENTRE.y, ...board(frame)),
    ...seats.map((seat) => drawSeat(seat, seats.length)),
  );
}

/** What each seat shows: who leads, goes, has voted and played in the quest at hand. */
function seatsOf(frame) {
  const quest = frame.quests[frame.quest - 1];
  const proposal = quest?.proposals.at(-1);
  return frame.players.map((player, seat) => ({
    ...player,
    seat,
    name: names[seat],
    leader: frame.leader === seat,
    onTeam: proposal?.team.includes(seat) ?? false,
    voted: proposal?.voted[seat] ?? false,
    vote: proposal?.votes[seat] ?? null,
    played: quest?.played.includes(seat) ?? false,
    card: quest?.cards.find((card) => card.seat === seat)?.card ?? null,
    lady: frame.lady === seat,
    excalibur: quest?.excalibur?.holder === seat,
    shot: frame.assassination?.target === seat,
  }));
}

function drawSeat(seat, of) {
  const angle = -Math.PI / 2 + (seat.seat * 2 * Math.PI) / of;
  const ring = ['ring', seat.onTeam && 'on-team', !seat.connected && 'away', seat.shot && 'shot'];
  const above = [
    seat.shot && text('page.shot'),
    seat.bot && text('page.bot'),
    !seat.connected && text('table.away'),
  ];
  return shape(
    'g',
    {
      transform: `translate(${CENTRE.x + AROUND.x * Math.cos(angle)} ${CENTRE.y + AROUND.y * Math.sin(angle)})`,
      role: 'img',
      'aria-label': seatWords(seat),
      'data-seat': seat.seat,
    },
    shape('circle', { r: RADIUS, class: ring.filter(Boolean).join(' ') }),
    label(5, seat.seat === you ? 'number you' : 'number', seat.seat + 1),
    label(RADIUS + 15, 'player', shortened(seat.name ?? text('table.seat', { seat: seat.seat + 1 }))),
    label(RADIUS + 31, `role ${seat.side ?? ''}`, roleOf(seat)),
    above.some(Boolean) && label(-RADIUS - 7, 'player', list(above)),
    ...tokens(seat),
  );
}

/** A name that leaves its neighbours their place; the whole of it is in the record of votes. */
function shortened(name) {
  const letters = [...name];
  return letters.length > NAME_LETTERS ? `${letters.slice(0, NAME_LETTERS - 1).join('')}…` : name;
}

function tokens(seat) {
  return [
    seat.leader && at(-RADIUS + 3, -RADIUS + 1, path(CROWN, 'crown')),
    seat.voted && at(RADIUS, -RADIUS + 8, ...voteCard(seat.vote)),
    seat.played && at(RADIUS + 4, RADIUS - 8, ...questCard(seat.card)),
    seat.lady &&
      at(
        -RADIUS - 2,
        RADIUS - 12,
        shape('circle', { r: 9, class: 'plain' }),
        path('M-5 -1 q2.5 -3 5 0 t5 0 M-5 3 q2.5 -3 5 0 t5 0', 'ink soft'),
      ),
    seat.excalibur &&
      at(
        -RADIUS - 6,
        0,
        shape('circle', { r: 9, class: 'plain' }),
        path('M0 -6 V4 M-3 2 H3 M0 4 V6', 'ink gold'),
      ),
  ].filter(Boolean);
}

function voteCard(vote) {
  const card = { x: -9, y: -12, width: 18, height: 24, rx: 3 };
  if (vote === 'approve') return [shape('rect', { ...card, class: 'plain' }), path(TICK, 'ink')];
  if (vote === 'reject') return [shape('rect', { ...card, class: 'filled' }), path(CROSS, 'ink light')];
  return [shape('rect', { ...card, class: 'facedown' })];
}

function questCard(card) {
  const tone = card === 'success' ? 'card-good' : card === 'fail' ? 'card-evil' : 'facedown';
  return [
    path('M-9 -10 h18 v8 q0 9 -9 13 q-9 -4 -9 -13z', tone),
    card === 'success' && path('M-4 -1 l3 3.5 5.5 -7', 'ink light'),
    card === 'fail' && path('M-3.5 -5 l7 7 M3.5 -5 l-7 7', 'ink light'),
  ].filter(Boolean);
}

function roleOf({ role, mark }) {
  if (role) return text(`code.role.${role}`);
  return mark ? text(`code.word.${mark}`) : '';
}

/** What a seat shows, for those who do not see it. */
function seatWords(seat) {
  return list([
    text('table.seat', { seat: seat.seat + 1 }),
    seat.name,
    roleOf(seat),
    seat.leader && text('table.leader'),
    seat.onTeam && text('table.onTeam'),
    seat.voted && text(seat.vote ? `table.vote.${seat.vote}` : 'table.voted'),
    seat.played && text(seat.card ? `table.card.${seat.card}` : 'table.played'),
    seat.lady && text('table.lady'),
    seat.excalibur && text('table.excalibur'),
    seat.shot && text('page.shot'),
    seat.bot && text('page.bot'),
    !seat.connected && text('table.away'),
  ]);
}

/** The middle of the table: phase, five quests, vote track, and the winner once there is one. */
function board({ phase, quest, attempt, voteTrack, winner, reason, quests, paused }) {
  const place = quest > 0 && text('table.questAttempt', { quest, attempt });
  const where = [place, text(`code.gamePhase.${phase}`), paused && text('page.paused')];
  const ending = winner && [text(`table.wins.${winner}`), reason && text(`code.reason.${reason}`)];
  return [
    label(-66, 'phase', where.filter(Boolean).join(' · ')),
    ...quests.map((token, index) =>
      at(
        (index - (quests.length - 1) / 2) * 62,
        -18,
        drawQuest(token, index + 1, !winner && index + 1 === quest),
      ),
    ),
    ...(winner
      ? [label(64, `winner ${winner}`, ending.filter(Boolean).join(' · '))]
      : [
          ...[1, 2, 3, 4, 5].map((step) =>
            shape('rect', {
              x: (step - 3) * 30 - 11,
              y: 46,
              width: 22,
              height: 6,
              rx: 3,
              class: step <= voteTrack ? 'track-on' : 'track-off',
            }),
          ),
          label(76, 'small', text('table.voteTrack', { track: voteTrack })),
        ]),
  ];
}

function drawQuest({ teamSize, failsNeeded, result, fails }, quest, current) {
  const tone = result ?? (current ? 'current' : '');
  const colour = result === 'success' ? 'good' : result === 'fail' ? 'evil' : '';
  const spoken = list([
    text('table.quest', { quest }),
    text('table.teamSize', { count: teamSize }),
    failsNeeded > 1 && text('table.failsNeeded', { count: failsNeeded }),
    result && text(`table.result.${result}`),
    fails !== null && text('table.fails', { count: fails }),
  ]);
  return shape(
    'g',
    { role: 'img', 'aria-label': spoken },
    result === 'fail'
      ? shape('rect', { x: -19, y: -19, width: 38, height: 38, rx: 7, class: `quest ${tone}` })
      : shape('circle', { r: 21, class: `quest ${tone}` }),
    label(6, `size ${colour}`, teamSize),
    failsNeeded > 1 &&
      at(18, -18, shape('circle', { r: 9, class: 'plain' }), label(4, 'small', `${failsNeeded}×`)),
    fails !== null && label(40, 'small', text('table.fails', { count: fails })),
  );
}
