import type { JsonValue } from '../api';

/** The members of a JSON object. */
export type JsonMembers = { [name in string]: JsonValue };

/** Whether a value is a JSON object: neither a list nor null. */
export function isJsonObject(value: unknown): value is JsonMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
