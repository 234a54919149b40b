// The game that stands in the document: nothing is loaded and nothing is sent.
const replay = JSON.parse(document.getElementById('replay').textContent);
const { words, names, you } = replay;
const byId = (id) => document.getElementById(id);
const events = [...document.querySelectorAll('#events a')];

/** The text at a path with its values put in; a count chooses the plural form. */
function text(path, values = {}) {
  const plural = `${path}_${values.count === 1 ? 'one' : 'other'}`;
  const template = words[plural] ?? words[path] ?? path;
  return template.replace(/\{\{(\w+)\}\}/g, (whole, name) => values[name] ?? whole);
}
const list = (parts) => parts.filter(Boolean).join(words['common.listSeparator']);

/** Applies one step of the story to the state before it. */
function apply(value, delta) {
  if ('=' in delta) return delta['='];
  if (delta.o) {
    const next = { ...value };
    for (const name of delta.x ?? []) delete next[name];
    for (const [name, change] of Object.entries(delta.o)) next[name] = apply(next[name], change);
    return next;
  }
  const next = value.slice(0, delta.t ?? value.length);
  for (const [at, change] of Object.entries(delta.a)) next[at] = apply(next[at], change);
  return next.concat(delta['+'] ?? []);
}
const frames = [];
for (const delta of replay.frames) {
  frames.push(delta === null ? frames.at(-1) : apply(frames.at(-1), delta));
}
