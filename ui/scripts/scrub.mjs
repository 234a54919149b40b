/**
 * Scrubs through a game of twenty-five proposals, the most that a game can have, while Chromium traces, and tells the
 * longest task of the page's main thread. Every tab of the inspector that follows the position is gone through: once to
 * warm up, which is not judged, and five times judged. A pass goes event by event with the arrow key, each step awaited
 * on screen, and back by dragging along the strip, one move a frame. Every task counts, whatever caused it: the stroke,
 * drawing, an answer that comes in, garbage; each belongs to the step that it follows. The in-memory service works in a
 * thread of its own, as the engine is a process of its own: what it leaves behind is no garbage of the page's.
 * Three things must be below the bar. By the clock, as the trace shows it: of each step the longest task and of each pass
 * the longest of all, both in the median of the passes, since any task may wait once for a processor that others have. By
 * the processor's time: every task of every pass. What was the longest of all by the clock is told beside them.
 * Usage: node scripts/scrub.mjs [--tab NAME] [--first] [--steps], after `npm run build:mock`; tabs are event, events and
 * state. `--first` gives the page's process, as root, real-time precedence over all others, the browser's own too:
 * they draw without a graphics card and pass the trace on, which on two cores takes as much time as the page. `--steps`
 * lists the longest tasks, with how much of each was V8 collecting garbage. The in-memory service answers after 20 ms: a
 * stroke waits for what the one before fetched ahead, so its usual 60 ms would make up most of the time that a run takes.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './chromium.mjs';
import { serve } from './serve.mjs';

const BAR_MS = 16;
const PASSES = 5;
const GAME = '01KAHMF00003IBXQZ';
const PROPOSALS = 25;
const TABS = ['event', 'events', 'state'];
const argument = (name) =>
  process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined;
const only = argument('--tab');
const ANSWER_MS = 20;
const CATEGORIES = ['disabled-by-default-devtools.timeline', 'blink.user_timing', 'v8', '__metadata'];
const UI = join(dirname(fileURLToPath(import.meta.url)), '..');
const csp = JSON.parse(readFileSync(join(UI, '..', 'tauri.conf.json'), 'utf8')).app.security.csp;

/** In the page: marks where steps begin within the tasks that begin them, and tells when one is on screen. */
function instrument() {
  const mark = (event) => {
    const stroke = event.type === 'keydown' && event.key.startsWith('Arrow');
    const drag = event.type !== 'keydown' && event.buttons === 1;
    if (stroke || drag) performance.mark(`step ${stroke ? 'key' : 'drag'}`);
  };
  for (const type of ['keydown', 'pointerdown', 'pointermove']) addEventListener(type, mark, true);
  window.shown = (seq) =>
    new Promise((resolve) => {
      const screen = document.querySelector('[data-testid="game"]');
      const strip = screen.querySelector('[data-testid="game-timeline"]');
      const words = screen.querySelector('[data-testid="game-seq"]');
      // The strip moves at once, the words with the table and the inspector.
      const look = () => {
        const there = strip.getAttribute('aria-valuenow') === String(seq);
        if (!there || Number.parseInt(words.textContent.match(/\d+/)[0], 10) !== seq) return;
        watch.disconnect();
        resolve();
      };
      const changes = {
        attributeFilter: ['aria-valuenow'],
        characterData: true,
        childList: true,
        subtree: true,
      };
      const watch = new MutationObserver(look);
      watch.observe(screen, changes);
      look();
    });
}

const shown = (page, seq) => page.evaluate((at) => window.shown(at), seq);

/** Through the whole game: to the right by key, back by dragging. */
async function scrub(page, last) {
  for (let seq = 2; seq <= last; seq += 1) {
    await page.keyboard.press('ArrowRight');
    await shown(page, seq);
  }
  const strip = await page.getByTestId('game-timeline').boundingBox();
  const y = strip.y + strip.height / 2;
  const x = (seq) => strip.x + ((seq - 1) / (last - 1)) * strip.width;
  await page.mouse.move(x(last), y);
  await page.mouse.down();
  for (let seq = last - 1; seq >= 1; seq -= 1) await page.mouse.move(x(seq), y);
  await page.mouse.up();
  await shown(page, 1);
}

/** Runs under the tracer; gives the main thread's tasks, longest first, each with the step it fell into. */
async function tasksOf(browser, page, body) {
  await browser.startTracing(page, { categories: CATEGORIES });
  await body();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const steps = traceEvents
    .filter(({ name }) => name === 'step key' || name === 'step drag')
    .sort((one, other) => one.ts - other.ts);
  const { pid, tid } = steps[0];
  assert.ok(
    traceEvents.some(
      (event) =>
        event.name === 'thread_name' &&
        event.pid === pid &&
        event.tid === tid &&
        event.args.name === 'CrRendererMain',
    ),
    'the steps were not made on the main thread',
  );
  const own = traceEvents.filter((event) => event.ph === 'X' && event.pid === pid && event.tid === tid);
  const collections = own.filter(({ name }) => name === 'MinorGC' || name === 'MajorGC');
  const tasks = own
    .filter(({ name, ts, dur }) => name === 'RunTask' && ts + dur >= steps[0].ts)
    .map(({ ts, dur, tdur }) => {
      const step = steps.findLastIndex((start) => start.ts <= ts + dur);
      const garbageMs = collections
        .filter((one) => one.ts >= ts && one.ts < ts + dur)
        .reduce((sum, one) => sum + (one.tdur ?? 0) / 1000, 0);
      return { ms: dur / 1000, cpuMs: (tdur ?? 0) / 1000, garbageMs, step, way: steps[step].name.slice(5) };
    })
    .sort((one, other) => other.ms - one.ms);
  assert.ok(tasks.length >= steps.length, 'the trace holds fewer tasks than steps');
  return { tasks, steps };
}

/** The longest task of each step by the clock, in milliseconds. */
const perStep = ({ tasks, steps }) =>
  steps.map((_, step) => tasks.find((task) => task.step === step)?.ms ?? 0);

/** The longest task of a pass, by the clock and by the processor's time alone. */
function longest({ tasks }) {
  const most = (measure) => Math.max(...tasks.map((task) => task[measure]));
  return { ms: most('ms'), cpuMs: most('cpuMs') };
}

function tell(label, trace) {
  const { ms, cpuMs } = longest(trace);
  const sorted = perStep(trace).sort((one, other) => one - other);
  const quantile = (share) => sorted[Math.floor((sorted.length - 1) * share)].toFixed(1);
  console.log(
    `${label}: longest task ${ms.toFixed(1)} ms, ${cpuMs.toFixed(1)} of the processor; ${sorted.length} steps, their longest tasks: median ${quantile(0.5)}, p99 ${quantile(0.99)} ms`,
  );
  if (!process.argv.includes('--steps')) return;
  for (const { ms, cpuMs, garbageMs, step, way } of trace.tasks.slice(0, 8)) {
    const shares = `${cpuMs.toFixed(1)} of the processor, ${garbageMs.toFixed(1)} of them garbage`;
    console.log(`  ${ms.toFixed(1)} ms (${shares}) in step ${step} by ${way}`);
  }
}

/**
 * Gives pages precedence, all their threads: the first one waits for those that collect garbage. A nice value is not
 * enough, since whoever is at work stays so for some milliseconds.
 */
async function putFirst(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  for (const { type, id } of processInfo) {
    if (type !== 'renderer') continue;
    for (const thread of readdirSync(`/proc/${id}/task`)) {
      execFileSync('chrt', ['--fifo', '--pid', '1', thread]);
    }
  }
  await session.detach();
}

async function judgeTab(browser, origin, tab) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.addInitScript(instrument);
  await page.goto(`${origin}/index.html#/games/${GAME}?seq=1&tab=${tab}#apart&delay=${ANSWER_MS}`);
  const strip = page.getByTestId('game-timeline');
  await strip.waitFor();
  if (process.argv.includes('--first')) await putFirst(browser);
  const last = Number(await strip.getAttribute('aria-valuemax'));
  assert.ok(last > PROPOSALS * 9, `${last} events are too few for ${PROPOSALS} proposals`);
  await scrub(page, last);
  const passes = [];
  for (let pass = 1; pass <= PASSES; pass += 1) {
    const trace = await tasksOf(browser, page, () => scrub(page, last));
    tell(`${tab}, pass ${pass}`, trace);
    passes.push({ ...longest(trace), steps: perStep(trace) });
  }
  await context.close();
  return judge(passes);
}

function judge(passes) {
  const [{ steps }] = passes;
  assert.ok(
    passes.every((pass) => pass.steps.length === steps.length),
    'the passes have not as many steps',
  );
  const middle = (took) => took.sort((one, other) => one - other)[PASSES >> 1];
  const middles = steps.map((_, step) => middle(passes.map((pass) => pass.steps[step])));
  const longest = passes.map((pass) => pass.ms);
  return {
    stepMs: Math.max(...middles),
    passMs: middle([...longest]),
    cpuMs: Math.max(...passes.map((pass) => pass.cpuMs)),
    ms: Math.max(...longest),
  };
}

const server = await serve(join(UI, 'dist-mock'), csp);
const browser = await launch();
try {
  for (const tab of only ? [only] : TABS) {
    const { stepMs, passMs, cpuMs, ms } = await judgeTab(browser, server.origin, tab);
    const kept = Math.max(stepMs, passMs, cpuMs) <= BAR_MS;
    console.log(
      `${tab}: the slowest step ${stepMs.toFixed(1)} ms in the median of ${PASSES} passes, the longest task of a pass ${passMs.toFixed(1)} ms in theirs, no task above ${cpuMs.toFixed(1)} ms of the processor's time; bar ${BAR_MS} ms ${kept ? 'kept' : 'BROKEN'}; the longest of all ${ms.toFixed(1)} ms`,
    );
    if (!kept) process.exitCode = 1;
  }
} finally {
  await browser.close();
  server.close();
}
