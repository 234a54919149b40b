import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en';
import { zhCN } from './zh-CN';
import { findings } from './zh-CN/findings';

type Tree = { [key: string]: string | Tree };

/** Keys with their texts; plural forms count as one key, because languages differ in them. */
function flatten(tree: Tree, path = ''): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(tree)) {
    const key = path ? `${path}.${name}` : name;
    if (typeof value === 'string') texts.set(key.replace(/_(one|other)$/, ''), value);
    else for (const [inner, text] of flatten(value, key)) texts.set(inner, text);
  }
  return texts;
}

function placeholders(text: string): string[] {
  return (text.match(/\{\{\w+\}\}|<\/?\w+\/?>/g) ?? []).sort();
}

const chinese = flatten(zhCN);
const english = flatten(en);

describe('the two languages', () => {
  it('have the same keys', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
  });

  it('have no empty text', () => {
    for (const [key, text] of [...chinese, ...english]) expect(text.trim(), key).not.toBe('');
  });

  it('use the same values in each text', () => {
    for (const [key, text] of chinese) {
      expect(placeholders(english.get(key) ?? ''), key).toEqual(placeholders(text));
    }
  });

  it('are not mixed', () => {
    const own = ['shell.language'];
    for (const [key, text] of english) {
      if (!own.includes(key)) expect(text, key).not.toMatch(/[\u4e00-\u9fff]/);
    }
  });

  it('say what every rule of the catalogue says', () => {
    const catalogue = readFileSync(join(import.meta.dirname, '../../../docs/invariants.md'), 'utf8');
    const ids = [...catalogue.matchAll(/^\| `([A-Z]+-[A-Z0-9-]+)` \|/gm)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(130);
    const told = (texts: Map<string, string>) =>
      [...texts.keys()]
        .filter((key) => key.startsWith('code.invariant.'))
        .map((key) => key.slice('code.invariant.'.length));
    for (const texts of [chinese, english]) expect(told(texts).sort()).toEqual([...ids].sort());
  });
});

/** The forms of the sentences that the engine tells, from its sources, but for those of its tests. */
function formsTold(): string[] {
  const crates = join(import.meta.dirname, '../../../src-tauri/crates');
  const sources = readdirSync(crates, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /^[a-z]+\/src\/.*\.rs$/.test(path),
  );
  return sources.flatMap((path) => {
    const [code = ''] = readFileSync(join(crates, path), 'utf8').split('#[cfg(test)]');
    return [...code.matchAll(/\bsentence!\(\s*"((?:[^"\\]|\\.)*)"/g)].map(([, form]) =>
      JSON.parse(`"${form}"`),
    );
  });
}

function places(form: string): string[] {
  return (form.match(/\{\w+\}/g) ?? []).sort();
}

describe('what the engine tells in sentences', () => {
  const forms = [...new Set(formsTold())].sort();

  it('has a Chinese text for every form, and none for others', () => {
    expect(forms.length).toBeGreaterThan(400);
    expect(Object.keys(findings).sort()).toEqual(forms);
  });

  it('keeps the values of each form', () => {
    for (const [form, text] of Object.entries(findings)) expect(places(text), form).toEqual(places(form));
  });

  it('is in Chinese', () => {
    const valuesAlone = /^[{}\w：；]+$/;
    for (const text of Object.values(findings)) {
      if (!valuesAlone.test(text)) expect(text).toMatch(/[\u4e00-\u9fff]/);
    }
  });
});
