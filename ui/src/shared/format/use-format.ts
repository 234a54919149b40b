import { useEffect, useState } from 'react';
import type { Language } from '../../api';
import { platform } from '../../platform';
import { usePreferences } from '../preferences';
import { createFormat, type Format } from './format';

/** The formats made last: many places ask for the same, and the formatters in them are slow to make. */
let latest: { language: Language; timeZone: string; format: Format } | undefined;

/** The formats of the reader's language and time zone. */
export function useFormat(): Format {
  const { language, timeZone } = usePreferences();
  if (latest?.language !== language || latest.timeZone !== timeZone) {
    latest = { language, timeZone, format: createFormat(language, timeZone) };
  }
  return latest.format;
}

/** The present as Unix time in milliseconds, renewed every `every` milliseconds. */
export function useNow(every = 10_000): number {
  const [now, setNow] = useState(() => platform().now());
  useEffect(() => {
    const timer = setInterval(() => setNow(platform().now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
