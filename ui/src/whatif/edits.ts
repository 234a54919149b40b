import type { Edit, EventView, JsonValue } from '../api';
import { isJsonObject, type JsonMembers } from '../shared/json';

/** The number in the log of an event, or of the one that it stands for; none where the log has none. */
export function logSeqOf({ seq, origin }: EventView): number | null {
  return origin ? origin.of : seq;
}

/** The edits with one more; an earlier one of the same event goes. */
export function withEdit(edits: Edit[], edit: Edit): Edit[] {
  return [...edits.filter(({ seq }) => seq !== edit.seq), edit].sort((one, other) => one.seq - other.seq);
}

/** The edits without the one of an event; none at all where no other is left. */
export function withoutEdit(edits: Edit[], seq: number): Edit[] | undefined {
  const left = edits.filter((edit) => edit.seq !== seq);
  return left.length > 0 ? left : undefined;
}

/** The members of a payload; none of what is no object. */
export function membersOf(payload: JsonValue): JsonMembers {
  return isJsonObject(payload) ? payload : {};
}

/** The merge patch (RFC 7396) that makes one payload another: an edit names only what it changes. */
export function patchBetween(payload: JsonValue, wanted: JsonValue): JsonMembers {
  const [old, now] = [membersOf(payload), membersOf(wanted)];
  const patch: JsonMembers = {};
  for (const name of Object.keys({ ...old, ...now })) {
    if (JSON.stringify(old[name]) !== JSON.stringify(now[name])) patch[name] = now[name] ?? null;
  }
  return patch;
}
