/**
 * Plays the main story, then draws every scene in both languages, both themes and two sizes from the mock build, and lets axe
 * judge each. Usage: node scripts/screenshots.mjs [--only NAME[,NAME]] [--quick]
 * `--quick` draws Chinese in dark and English in light, in the smaller size only.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { launch } from './chromium.mjs';
import { scenes } from './scenes.mjs';
import { serve } from './serve.mjs';
import { playStory } from './story.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const UI = join(HERE, '..');
const OUTPUT = join(UI, '..', 'target', 'screenshots', 'ui');
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
const LANGUAGES = ['zh-CN', 'en'];
const THEMES = ['dark', 'light'];

const argument = (name) => {
  const place = process.argv.indexOf(name);
  return place > 0 ? process.argv[place + 1] : undefined;
};
const only = argument('--only')?.split(',');
const quick = process.argv.includes('--quick');

/** The policy that the shell sets, so that what it forbids is missing here too. */
function shellPolicy() {
  const config = JSON.parse(readFileSync(join(UI, '..', 'tauri.conf.json'), 'utf8'));
  return config.app.security.csp;
}

function* variants() {
  for (const size of quick ? SIZES.slice(0, 1) : SIZES) {
    for (const language of LANGUAGES) {
      for (const theme of quick ? [THEMES[LANGUAGES.indexOf(language)]] : THEMES) {
        yield { size, language, theme };
      }
    }
  }
}

async function draw(page, origin, scene, { size, language, theme }, problems) {
  await page.setViewportSize(size);
  const query = [scene.query, 'tick=30', `lang=${language}`, `theme=${theme}`].filter(Boolean).join('&');
  // A change of the fragment alone would not start the window anew.
  await page.goto('about:blank');
  await page.goto(`${origin}/index.html#${scene.path}#${query}`);
  if (scene.act) {
    // What is still loading moves what is below it, away from under a click.
    await page.waitForFunction(
      () => document.querySelector('main') && !document.querySelector('[data-testid="loading"]'),
    );
    await scene.act(page);
  }
  await page.getByTestId(scene.ready).first().waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        (motion) =>
          motion.playState !== 'running' || motion.effect.getTiming().iterations === Number.POSITIVE_INFINITY,
      ),
  );
  // Popovers are placed a frame after they are shown.
  await page.waitForTimeout(150);
  const name = `${scene.name}-${language}-${theme}-${size.width}`;
  await page.screenshot({ path: join(OUTPUT, `${name}.png`) });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (overflow > 0) problems.push(`${name}: ${overflow} px wider than the window`);
  if (size.width === SIZES[0].width) await judge(page, name, problems);
}

/** Rules that matter do not depend on the size; one size is judged. */
async function judge(page, name, problems) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const { id, impact, nodes } of violations) {
    if (impact !== 'serious' && impact !== 'critical') continue;
    for (const { target, failureSummary } of nodes.slice(0, 3)) {
      problems.push(
        `${name}: ${impact} ${id} at ${target.join(' ')}\n    ${failureSummary.split('\n').slice(1).join(' ').trim()}`,
      );
    }
  }
}

mkdirSync(OUTPUT, { recursive: true });
const server = await serve(join(UI, 'dist-mock'), shellPolicy());
/** Tells each problem once, when it shows. */
const problems = {
  told: new Set(),
  push(problem) {
    if (!this.told.has(problem)) console.error(problem);
    this.told.add(problem);
  },
};
/** Failures in a row from which on the build, not a scene, is at fault. */
const GIVE_UP = 4;
/** Long, because other builds may share the machine. */
const PATIENCE_MS = 30_000;
let pictures = 0;
let failures = 0;
let browser = await launch();

/** A page with a memory of its own, whose errors count as problems. */
async function withPage(body) {
  if (!browser.isConnected()) browser = await launch();
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('pageerror', (error) => problems.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  try {
    await body(page);
  } finally {
    await context.close().catch(() => {});
  }
}

async function drawScene(scene) {
  for (const variant of variants()) {
    try {
      await withPage((page) => draw(page, server.origin, scene, variant, problems));
      pictures += 1;
      failures = 0;
    } catch (error) {
      failures += 1;
      problems.push(`${scene.name} ${variant.language} ${variant.theme}: ${error.message.split('\n')[0]}`);
      if (failures >= GIVE_UP) throw new Error(`gave up after ${GIVE_UP} failures in a row`);
    }
  }
}

try {
  if (!only) {
    const home = `${server.origin}/index.html#/#scenario=first-run&lang=en&tick=30`;
    await withPage((page) => playStory(page, home));
    console.log('the story ended in proof');
  }
  for (const scene of scenes) {
    if (!only || only.includes(scene.name)) await drawScene(scene);
  }
} finally {
  await browser.close();
  server.close();
}
console.log(`${pictures} pictures in ${OUTPUT}; ${problems.told.size} problems`);
process.exitCode = problems.told.size > 0 ? 1 : 0;
