import { useEffect, useRef } from 'react';
import type { LogLine } from '../../api';
import { useTranslation } from '../../i18n/use-translation';
import { describeLogLine } from '../describe';
import { useFormat, useNow } from '../format/use-format';
import styles from './job.module.css';

/** The last lines of a job's log, newest last and in view. */
export function JobLog({ lines }: { lines: LogLine[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const end = useRef<HTMLOListElement>(null);
  const count = lines.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line is what moves the view
  useEffect(() => {
    if (end.current) end.current.scrollTop = end.current.scrollHeight;
  }, [count]);
  if (count === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area has to be reachable by keyboard
    <ol className={styles.log} ref={end} aria-label={t('job.log')} data-testid="job-log" tabIndex={0}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
        <li key={index}>
          <time dateTime={new Date(line.at).toISOString()}>{format.time(line.at, now)}</time>
          <span>{describeLogLine(line)}</span>
        </li>
      ))}
    </ol>
  );
}
