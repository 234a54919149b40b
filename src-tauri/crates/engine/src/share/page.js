// Steps, key moments, play.
let current = 0;
let timer = null;
let speed = 1;
const SPEEDS = [1, 2, 4];
const STEP_MS = 1200;
const moments = events.flatMap((event, index) => (event.dataset.moment ? [index] : []));

function go(index) {
  current = Math.max(0, Math.min(frames.length - 1, index));
  const event = events[current];
  drawTable(frames[current]);
  drawVotes(frames[current]);
  for (const [place, link] of events.entries()) {
    link.tabIndex = place === current ? 0 : -1;
    if (place === current) link.setAttribute('aria-current', 'step');
    else link.removeAttribute('aria-current');
  }
  byId('now').replaceChildren(...event.querySelector('.what').cloneNode(true).childNodes);
  const place = text('table.position', { seq: event.dataset.seq, last: events.at(-1).dataset.seq });
  byId('position').textContent = place;
  byId('at').value = current;
  byId('at').setAttribute('aria-valuetext', `${place} ${event.querySelector('b').textContent}`);
  for (const gem of byId('gems').children) gem.classList.toggle('past', Number(gem.dataset.at) <= current);
  show(event);
  remember(event.dataset.seq);
}

/** Keeps the event at hand within the list, and the page where it is. */
function show(event) {
  const list = byId('events');
  const top = event.offsetTop;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + event.offsetHeight > list.scrollTop + list.clientHeight) {
    list.scrollTop = top + event.offsetHeight - list.clientHeight;
  }
}

function remember(seq) {
  try {
    history.replaceState(null, '', `#${seq}`);
  } catch {
    // A viewer that shows the file without an address of its own has nothing to remember it in.
  }
}

function step(by) {
  pause();
  go(current + by);
}
function stepMoment(by) {
  pause();
  const next =
    by > 0 ? moments.find((place) => place > current) : moments.findLast((place) => place < current);
  go(next ?? (by > 0 ? frames.length - 1 : 0));
}
function pause() {
  clearInterval(timer);
  timer = null;
  byId('play').setAttribute('aria-pressed', 'false');
}
function play() {
  if (timer !== null) {
    pause();
    return;
  }
  if (current === frames.length - 1) go(0);
  byId('play').setAttribute('aria-pressed', 'true');
  timer = setInterval(() => {
    go(current + 1);
    if (current === frames.length - 1) pause();
  }, STEP_MS / speed);
}
function faster() {
  speed = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length];
  byId('speed').textContent = `×${speed}`;
  byId('speed').setAttribute('aria-label', `${text('table.speed')} ×${speed}`);
  if (timer !== null) {
    pause();
    play();
  }
}

const KEYS = {
  ArrowLeft: () => step(-1),
  ArrowRight: () => step(1),
  ArrowUp: () => stepMoment(-1),
  ArrowDown: () => stepMoment(1),
  Home: () => step(-frames.length),
  End: () => step(frames.length),
  ' ': play,
};

function listen() {
  document.addEventListener('keydown', (press) => {
    const run = KEYS[press.key];
    if (!run || press.ctrlKey || press.metaKey || press.altKey) return;
    // A button presses itself.
    if (press.key === ' ' && press.target.closest('button')) return;
    press.preventDefault();
    run();
  });
  byId('at').addEventListener('input', () => step(Number(byId('at').value) - current));
  byId('events').addEventListener('click', (click) => {
    const event = click.target.closest('a');
    if (!event) return;
    click.preventDefault();
    step(events.indexOf(event) - current);
  });
  byId('previous').addEventListener('click', () => step(-1));
  byId('next').addEventListener('click', () => step(1));
  byId('previous-moment').addEventListener('click', () => stepMoment(-1));
  byId('next-moment').addEventListener('click', () => stepMoment(1));
  byId('play').addEventListener('click', play);
  byId('speed').addEventListener('click', faster);
}

function placeGems() {
  byId('at').max = frames.length - 1;
  for (const place of moments) {
    const gem = element('button', {
      type: 'button',
      tabindex: -1,
      'data-at': place,
      title: events[place].dataset.moment,
    });
    gem.append(shape('svg', { viewBox: '0 0 12 16' }, shape('path', { d: 'M6 0l6 8-6 8-6-8z' })));
    gem.style.left = `${(place / Math.max(1, frames.length - 1)) * 100}%`;
    gem.addEventListener('click', () => step(place - current));
    byId('gems').append(gem);
  }
}

for (const moment of document.querySelectorAll('time[datetime]')) {
  moment.textContent = new Date(moment.dateTime).toLocaleString(document.documentElement.lang);
}
if (frames.length > 0) {
  placeGems();
  listen();
  const asked = events.findIndex((event) => `#${event.dataset.seq}` === location.hash);
  go(Math.max(asked, 0));
}
