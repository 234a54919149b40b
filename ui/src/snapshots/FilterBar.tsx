import { SearchOutlined } from '@ant-design/icons';
import { Button, Input, type InputRef, Select } from 'antd';
import { type Ref, useEffect, useRef, useState } from 'react';
import type { SnapshotType } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useKeys } from '../shared/keys';
import type { SnapshotsSearch } from '../shell/search';
import { queryOf, RANGES, type Range } from './filters';
import { KindTag } from './KindTag';
import { KINDS } from './kinds';
import styles from './snapshots.module.css';
import { TimeInput } from './TimeInput';

interface FilterBarProps {
  search: SnapshotsSearch;
  onChange: (search: SnapshotsSearch) => void;
}

const IDS = ['game', 'room', 'player'] as const;

/** By text, game, room, player, time and type; a text is asked for once it is confirmed. */
export function FilterBar({ search, onChange }: FilterBarProps) {
  const { t } = useTranslation();
  const field = useRef<InputRef>(null);
  useKeys('snapshots.keys.title', [
    { key: '/', label: t('snapshots.keys.search'), run: () => field.current?.focus() },
  ]);
  const change = (patch: SnapshotsSearch) => onChange({ ...search, ...patch });
  return (
    <div className={styles.filters} role="search" aria-label={t('snapshots.filter.title')}>
      <div className={styles.filterRow}>
        <TextFilter
          input={field}
          className={styles.text}
          label={t('snapshots.filter.text')}
          value={search.text}
          onChange={(text) => change({ text })}
          testId="snapshots-text"
        />
        {IDS.map((name) => (
          <TextFilter
            key={name}
            className={styles.id}
            label={t(`snapshots.filter.${name}`)}
            value={search[name]}
            onChange={(value) => change({ [name]: value })}
            testId={`snapshots-${name}`}
          />
        ))}
        <TimeRange search={search} onChange={change} />
      </div>
      <div className={styles.filterRow}>
        <Kinds chosen={search.kinds ?? []} onChange={(kinds) => change({ kinds })} />
        {queryOf(search) !== '' && (
          <Button size="small" type="link" onClick={() => onChange({})} data-testid="snapshots-clear-all">
            {t('snapshots.filter.clear')}
          </Button>
        )}
      </div>
    </div>
  );
}

interface TextFilterProps {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  className: string | undefined;
  testId: string;
  input?: Ref<InputRef>;
}

function TextFilter({ label, value, onChange, className, testId, input }: TextFilterProps) {
  const [typed, setTyped] = useState(value ?? '');
  useEffect(() => setTyped(value ?? ''), [value]);
  const confirm = (text: string) => {
    const wanted = text.trim() || undefined;
    if (wanted !== value) onChange(wanted);
  };
  return (
    <Input
      ref={input}
      className={className}
      allowClear
      prefix={input ? <SearchOutlined aria-hidden /> : undefined}
      placeholder={label}
      aria-label={label}
      value={typed}
      spellCheck={false}
      onChange={({ target }) => setTyped(target.value)}
      onClear={() => confirm('')}
      onPressEnter={() => confirm(typed)}
      onBlur={() => confirm(typed)}
      data-testid={testId}
    />
  );
}

/** Values of the select beside the ranges. */
const ANY = 'any';
const NAMED = 'named';

function TimeRange({ search: { range, from, to }, onChange }: FilterBarProps) {
  const { t } = useTranslation();
  const [named, setNamed] = useState(false);
  useEffect(() => setNamed(from !== undefined || to !== undefined), [from, to]);
  const choose = (value: string) => {
    setNamed(value === NAMED);
    if (value === NAMED) return;
    onChange({ range: value === ANY ? undefined : (value as Range), from: undefined, to: undefined });
  };
  return (
    <>
      <Select
        className={styles.range}
        value={named ? NAMED : (range ?? ANY)}
        onChange={choose}
        aria-label={t('snapshots.filter.time')}
        data-testid="snapshots-range"
        options={[
          { value: ANY, label: t('snapshots.range.any') },
          ...Object.keys(RANGES).map((value) => ({ value, label: t(`snapshots.range.${value as Range}`) })),
          { value: NAMED, label: t('snapshots.range.named') },
        ]}
      />
      {named && (
        <>
          <TimeInput
            label={t('snapshots.filter.from')}
            at={from}
            onChange={(at) => onChange({ range: undefined, from: at })}
          />
          <TimeInput
            label={t('snapshots.filter.to')}
            at={to}
            onChange={(at) => onChange({ range: undefined, to: at })}
          />
        </>
      )}
    </>
  );
}

interface KindsProps {
  chosen: SnapshotType[];
  onChange: (kinds: SnapshotType[] | undefined) => void;
}

function Kinds({ chosen, onChange }: KindsProps) {
  const { t } = useTranslation();
  const toggle = (kind: SnapshotType, on: boolean) => {
    const kinds = KINDS.filter((known) => (known === kind ? on : chosen.includes(known)));
    onChange(kinds.length > 0 ? kinds : undefined);
  };
  return (
    <fieldset className={styles.kinds} aria-label={t('snapshots.filter.kinds')}>
      {KINDS.map((kind) => (
        <Chip key={kind} kind={kind} on={chosen.includes(kind)} onToggle={(on) => toggle(kind, on)} />
      ))}
    </fieldset>
  );
}

interface ChipProps {
  kind: SnapshotType;
  on: boolean;
  onToggle: (on: boolean) => void;
}

function Chip({ kind, on, onToggle }: ChipProps) {
  return (
    <button
      type="button"
      className={styles.chip}
      aria-pressed={on}
      onClick={() => onToggle(!on)}
      data-testid={`snapshots-kind-${kind}`}
    >
      <KindTag kind={kind} />
    </button>
  );
}
