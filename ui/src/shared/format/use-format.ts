import { useEffect, useMemo, useState } from 'react';
import { platform } from '../../platform';
import { usePreferences } from '../preferences';
import { createFormat, type Format } from './format';

/** The formats of the reader's language and time zone. */
export function useFormat(): Format {
  const { language, timeZone } = usePreferences();
  return useMemo(() => createFormat(language, timeZone), [language, timeZone]);
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
