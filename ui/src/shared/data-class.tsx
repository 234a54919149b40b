import { Checkbox } from 'antd';
import type { DataClass } from '../api';
import { useTranslation } from '../i18n/use-translation';

/** The six classes in the order they are shown. */
export const DATA_CLASSES: DataClass[] = [
  'accounts',
  'rooms',
  'active',
  'history',
  'statistics',
  'configuration',
];

/** A class's name. */
export function ClassName({ of }: { of: DataClass }) {
  const { t } = useTranslation();
  return <>{t(`dataClass.${of}`)}</>;
}

interface ClassPickerProps {
  from: DataClass[];
  value: DataClass[];
  onChange: (classes: DataClass[]) => void;
}

/** Chooses classes; each says what it holds. */
export function ClassPicker({ from, value, onChange }: ClassPickerProps) {
  const { t } = useTranslation();
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0, display: 'grid', gap: 8 }}>
      <legend style={{ padding: 0, marginBottom: 8, color: 'var(--av-text-secondary)' }}>
        {t('dataClass.legend')}
      </legend>
      {from.map((name) => (
        <Checkbox
          key={name}
          checked={value.includes(name)}
          data-testid={`class-${name}`}
          onChange={({ target }) =>
            onChange(from.filter((other) => (other === name ? target.checked : value.includes(other))))
          }
        >
          {t(`dataClass.${name}`)}
          <span style={{ color: 'var(--av-text-tertiary)' }}> · {t(`dataClass.holds.${name}`)}</span>
        </Checkbox>
      ))}
    </fieldset>
  );
}
