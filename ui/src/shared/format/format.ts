import type { Language } from '../../api';

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Numbers, sizes and times as one reader wants them; times in Unix milliseconds, durations in seconds. */
export interface Format {
  number(value: number): string;
  percent(fraction: number): string;
  bytes(value: number): string;
  /** Per second, in the unit given. */
  rate(value: number, bytes: boolean): string;
  duration(seconds: number): string;
  /** Short when near: only the time today, else with the date. */
  time(at: number, now: number): string;
  /** Hour and minute. */
  clock(at: number): string;
  /** Everything, with the zone. */
  absolute(at: number): string;
  relative(at: number, now: number): string;
}

/** Builds the formats of a language and an IANA time zone. */
export function createFormat(language: Language, timeZone: string): Format {
  const zone = knownZone(timeZone);
  const number = new Intl.NumberFormat(language);
  const compact = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  const clock = new Intl.DateTimeFormat(language, { timeZone: zone, timeStyle: 'medium', hourCycle: 'h23' });
  const dayAndClock = new Intl.DateTimeFormat(language, {
    timeZone: zone,
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const hourAndMinute = new Intl.DateTimeFormat(language, {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  // The same in every language, and never day and month exchanged.
  const full = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  const zones = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'short' });
  const zoneName = (at: number) =>
    zones.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });

  const bytes = (value: number) => {
    let size = value;
    let unit = 0;
    while (size >= 1024 && unit < BINARY.length - 1) {
      size /= 1024;
      unit += 1;
    }
    const digits = unit > 0 && size < 10 ? 1 : 0;
    return `${size.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${BINARY[unit]}`;
  };

  return {
    number: (value) => number.format(value),
    percent: (fraction) => percent.format(fraction),
    bytes,
    rate: (value, inBytes) => `${inBytes ? bytes(value) : compact.format(Math.round(value))}/s`,
    duration: (seconds) => formatDuration(seconds, language),
    time: (at, now) => (day.format(at) === day.format(now) ? clock : dayAndClock).format(at),
    clock: (at) => hourAndMinute.format(at),
    absolute: (at) => `${full.format(at)} ${zoneName(at)}`,
    relative: (at, now) => {
      // A clock a little ahead of this one must not speak of the future.
      const [value, unit] = relativeParts(Math.min(0, at - now) / 1000);
      return relative.format(value, unit);
    },
  };
}

/** A zone the browser does not know must not take the whole window down. */
function knownZone(timeZone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function relativeParts(seconds: number): [number, Intl.RelativeTimeFormatUnit] {
  const distance = Math.abs(seconds);
  if (distance < MINUTE) return [Math.round(seconds), 'second'];
  if (distance < HOUR) return [Math.round(seconds / MINUTE), 'minute'];
  if (distance < DAY) return [Math.round(seconds / HOUR), 'hour'];
  return [Math.round(seconds / DAY), 'day'];
}

function formatDuration(seconds: number, language: Language): string {
  const unit = (value: number, name: string) =>
    value.toLocaleString(language, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: name === 'second' && seconds < 10 ? 1 : 0,
    });
  if (seconds < 0.05) return unit(0, 'second');
  if (seconds < MINUTE) return unit(seconds, 'second');
  const whole = Math.round(seconds);
  const [large, rest] = largestUnits(whole);
  return rest[0] > 0 ? `${unit(...large)} ${unit(...rest)}` : unit(...large);
}

type Amount = [value: number, unit: string];

function largestUnits(seconds: number): [Amount, Amount] {
  const days = Math.floor(seconds / DAY);
  const hours = Math.floor((seconds % DAY) / HOUR);
  const minutes = Math.floor((seconds % HOUR) / MINUTE);
  if (days > 0)
    return [
      [days, 'day'],
      [hours, 'hour'],
    ];
  if (hours > 0)
    return [
      [hours, 'hour'],
      [minutes, 'minute'],
    ];
  return [
    [minutes, 'minute'],
    [seconds % MINUTE, 'second'],
  ];
}
