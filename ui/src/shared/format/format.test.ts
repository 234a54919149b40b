import { describe, expect, it } from 'vitest';
import { createFormat } from './format';

const english = createFormat('en', 'Asia/Shanghai');
const chinese = createFormat('zh-CN', 'Asia/Shanghai');
const MOMENT = Date.UTC(2026, 10, 22, 6, 32, 7);

describe('createFormat', () => {
  it('writes sizes in binary units', () => {
    expect(english.bytes(0)).toBe('0 B');
    expect(english.bytes(1023)).toBe('1,023 B');
    expect(english.bytes(1024)).toBe('1.0 KiB');
    expect(english.bytes(108 * 1024 * 1024)).toBe('108 MiB');
  });

  it('writes moments in the chosen zone, year first', () => {
    expect(english.absolute(MOMENT)).toBe('2026-11-22 14:32:07 GMT+8');
    expect(createFormat('en', 'UTC').absolute(MOMENT)).toBe('2026-11-22 06:32:07 UTC');
  });

  it('leaves the date out today only', () => {
    expect(english.time(MOMENT, MOMENT + 1000)).toBe('14:32:07');
    expect(english.time(MOMENT, MOMENT + 86_400_000)).toContain('Nov 22');
  });

  it('writes durations in their two largest units', () => {
    expect(english.duration(7.4)).toBe('7.4 sec');
    expect(english.duration(108)).toBe('1 min 48 sec');
    expect(english.duration(3 * 3600)).toBe('3 hr');
    expect(chinese.duration(108)).toBe('1分钟 48秒');
  });

  it('never speaks of the future', () => {
    expect(english.relative(MOMENT + 5000, MOMENT)).toBe('now');
    expect(english.relative(MOMENT - 120_000, MOMENT)).toBe('2 min. ago');
  });

  it('falls back to the local zone when the name is unknown', () => {
    expect(() => createFormat('en', 'Nowhere/Nothing').absolute(MOMENT)).not.toThrow();
  });
});
