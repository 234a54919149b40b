import i18next from 'i18next';

type Values = Record<string, unknown>;

/** The text of a key that is made at run time, or whose type was held against the texts where it is asked for. */
export function translated(key: string, values?: Values): string {
  return i18next.t(key as never, values as never) as unknown as string;
}

/** More texts than any screen shows; all are forgotten then. */
const MOST = 5_000;

/**
 * Makes a text once for each key and values and remembers it while the language stays. Each step through a game asks
 * for hundreds of texts, and the library puts each together anew: half of all garbage that a step made.
 */
export function remembered<Text>(make: (key: string, values?: Values) => Text) {
  const known = new Map<string, Text>();
  let language = '';
  return (key: string, values?: Values): Text => {
    if (language !== i18next.language || known.size >= MOST) {
      known.clear();
      language = i18next.language;
    }
    const name = nameOf(key, values);
    if (name === null) return make(key, values);
    const before = known.get(name);
    if (before !== undefined) return before;
    const text = make(key, values);
    known.set(name, text);
    return text;
  };
}

/** What the text depends on; null where a value is no plain one. */
function nameOf(key: string, values?: Values): string | null {
  let name = key;
  for (const field in values) {
    const value = values[field];
    if (typeof value !== 'string' && typeof value !== 'number') return null;
    name += `\0${field}\0${value}`;
  }
  return name;
}
