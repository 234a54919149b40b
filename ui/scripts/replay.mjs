/**
 * Opens the files that the engine makes of games and differences as a browser would from a disk, drives
 * them by keyboard, lets axe judge them in both themes, and holds that nothing is asked of any network.
 * Usage: node scripts/replay.mjs
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { launch } from './chromium.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const FILES = join(ROOT, 'src-tauri', 'crates', 'engine', 'tests', 'goldens');
const OUTPUT = join(ROOT, 'target', 'screenshots', 'replay');
const USUAL = { width: 1280, height: 800 };
const LOOKS = [
  { colorScheme: 'dark', viewport: USUAL },
  { colorScheme: 'light', viewport: USUAL },
  { colorScheme: 'light', viewport: { width: 1920, height: 1080 } },
  { colorScheme: 'dark', viewport: { width: 420, height: 900 } },
];

mkdirSync(OUTPUT, { recursive: true });
const browser = await launch();
const problems = [];

/** Opens a file in a page whose errors and requests count as problems. */
async function open(file, options, body) {
  const context = await browser.newContext({ reducedMotion: 'reduce', bypassCSP: false, ...options });
  const page = await context.newPage();
  const address = pathToFileURL(join(FILES, file)).href;
  page.on('pageerror', (error) => problems.push(`${file}: script error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${file}: console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const own = request.url().split('#')[0] === address || request.url().startsWith('data:');
    if (!own) problems.push(`${file}: asked for ${request.url()}`);
  });
  try {
    await page.goto(address);
    await body(page);
  } finally {
    await context.close();
  }
}

async function picture(page, name) {
  await page.screenshot({ path: join(OUTPUT, `${name}.png`), fullPage: true });
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wider > 0) problems.push(`${name}: ${wider} px wider than the window`);
}

async function judge(page, name) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const { id, impact, nodes } of violations) {
    problems.push(`${name}: ${impact} ${id} at ${nodes[0].target.join(' ')} ${nodes[0].failureSummary}`);
  }
}

const seqOf = (page) => page.locator('#events a[aria-current]').getAttribute('data-seq').then(Number);

/** Steps, jumps and plays by keyboard, then with the pointer. */
async function drive(page) {
  const seqs = await page
    .locator('#events a')
    .evaluateAll((all) => all.map((one) => Number(one.dataset.seq)));
  const moments = await page
    .locator('#events a[data-moment]')
    .evaluateAll((all) => all.map((one) => Number(one.dataset.seq)));
  const expectAt = async (seq, after) => assert.equal(await seqOf(page), seq, after);
  const press = async (key, seq) => {
    await page.keyboard.press(key);
    await expectAt(seq, key);
  };
  await expectAt(seqs[0], 'begins at the beginning');
  await press('ArrowRight', seqs[1]);
  await press('ArrowLeft', seqs[0]);
  await press('ArrowLeft', seqs[0]);
  await press('ArrowDown', moments[1]);
  await press('ArrowDown', moments[2]);
  await press('ArrowUp', moments[1]);
  await press('End', seqs.at(-1));
  assert.equal(await page.locator('#table .winner').count(), 1, 'the end tells who won');
  assert.equal(await page.evaluate(() => location.hash), `#${seqs.at(-1)}`, 'the address follows');
  await press('Home', seqs[0]);
  assert.equal(await page.locator('#table .winner').count(), 0, 'the beginning does not');

  await page.clock.install();
  await page.keyboard.press(' ');
  await page.clock.runFor(3700);
  await expectAt(seqs[3], 'plays one event after another');
  await page.keyboard.press(' ');
  await page.clock.runFor(3700);
  await expectAt(seqs[3], 'and pauses');

  await page.locator('#at').focus();
  await press('ArrowRight', seqs[4]);
  await page.locator(`#events a[data-seq="${seqs[8]}"]`).click();
  await expectAt(seqs[8], 'a click on an event goes there');
  await page.locator('#gems button').nth(3).click();
  await expectAt(moments[3], 'a click on a moment goes there');
  await page.locator('#next').focus();
  await page.keyboard.press(' ');
  await expectAt(seqs[seqs.indexOf(moments[3]) + 1], 'a button presses itself');
}

const replays = readdirSync(FILES).filter((file) => /^avalon-game-.*\.html$/.test(file));
assert.ok(replays.length >= 3, 'the engine made no files');
for (const file of replays) {
  await open(file, {}, drive);
  for (const look of LOOKS) {
    await open(file, look, async (page) => {
      const name = `${file.replace('.html', '')}-${look.colorScheme}-${look.viewport.width}`;
      const seq = await page.locator('#events a').count();
      await page
        .locator('#events a')
        .nth(Math.floor(seq * 0.55))
        .click();
      await picture(page, name);
      await judge(page, name);
      await page.keyboard.press('End');
      await picture(page, `${name}-end`);
      await judge(page, `${name}-end`);
    });
  }
  await open(file, { javaScriptEnabled: false }, async (page) => {
    assert.equal(await page.locator('.result').isVisible(), true, 'who won is told without scripts');
    assert.equal(await page.locator('#table').isVisible(), false);
    await picture(page, `${file.replace('.html', '')}-plain`);
  });
}

const differences = readdirSync(FILES).filter((file) => /^avalon-diff-.*\.html$/.test(file));
assert.ok(differences.length >= 2, 'the engine made no differences');
for (const file of differences) {
  for (const look of LOOKS.slice(0, 2)) {
    await open(file, look, async (page) => {
      const name = `${file.replace('.html', '')}-${look.colorScheme}`;
      await picture(page, name);
      await judge(page, name);
    });
  }
}

await browser.close();
for (const problem of problems) console.error(problem);
console.log(`${replays.length} replays and ${differences.length} differences; ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
