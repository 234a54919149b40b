import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { palettes } from './tokens';

const CSS = readFileSync(
  join(import.meta.dirname, '../../../src-tauri/crates/engine/src/page/palette.css'),
  'utf8',
);

/** The custom properties of each `:root`, in order. */
const roots = [...CSS.matchAll(/:root \{([^}]*)\}/g)].map(
  ([, body]) =>
    new Map([...(body ?? '').matchAll(/--([\w-]+): ([^;]+);/g)].map(([, name, value]) => [name, value])),
);

it('files of the engine have the colours of the window', () => {
  expect(roots).toHaveLength(2);
  for (const [mode, colours] of [
    ['light', roots[0]],
    ['dark', roots[1]],
  ] as const) {
    expect(colours?.size).toBeGreaterThan(10);
    for (const [name, value] of Object.entries(palettes[mode])) {
      const property = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      if (colours?.has(property)) expect(colours.get(property), `${mode} ${name}`).toBe(value);
      else expect(['raised', 'text', 'gold', 'good', 'evil'], `${name} is missing`).not.toContain(name);
    }
  }
});
