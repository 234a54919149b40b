import { describe, expect, it } from 'vitest';
import { rfc3339 } from './rfc3339';

describe('rfc3339', () => {
  it('names the same moment in every zone', () => {
    const at = Date.UTC(2026, 10, 25, 15, 4, 9);
    expect(rfc3339(at, 'Asia/Shanghai')).toBe('2026-11-25T23:04:09+08:00');
    expect(rfc3339(at, 'UTC')).toBe('2026-11-25T15:04:09+00:00');
    for (const zone of ['America/St_Johns', 'Asia/Kathmandu', 'Asia/Shanghai', 'UTC']) {
      expect(Date.parse(rfc3339(at, zone))).toBe(at);
    }
  });
});
