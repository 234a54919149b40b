import { Input } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from '../i18n/use-translation';
import { rfc3339 } from '../points/rfc3339';
import { usePreferences } from '../shared/preferences';
import styles from './snapshots.module.css';

interface TimeInputProps {
  label: string;
  /** Unix time in milliseconds. */
  at: number | undefined;
  onChange: (at: number | undefined) => void;
}

/** A moment as RFC 3339 in the reader's zone; taken once it can be read. */
export function TimeInput({ label, at, onChange }: TimeInputProps) {
  const { t } = useTranslation();
  const { timeZone } = usePreferences();
  const [typed, setTyped] = useState('');
  useEffect(() => setTyped(at === undefined ? '' : rfc3339(at, timeZone)), [at, timeZone]);
  const read = typed.trim() === '' ? undefined : Date.parse(typed);
  const unreadable = Number.isNaN(read);
  const confirm = () => {
    if (!unreadable && read !== at) onChange(read);
  };
  return (
    <Input
      className={styles.time}
      prefix={<span className={styles.faint}>{label}</span>}
      aria-label={label}
      placeholder={t('snapshots.filter.timeForm')}
      status={unreadable ? 'error' : undefined}
      aria-invalid={unreadable}
      value={typed}
      spellCheck={false}
      onChange={({ target }) => setTyped(target.value)}
      onPressEnter={confirm}
      onBlur={confirm}
    />
  );
}
