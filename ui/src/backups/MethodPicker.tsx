import { Radio } from 'antd';
import type { Method } from '../api';
import { useTranslation } from '../i18n/use-translation';
import styles from './backups.module.css';

const METHODS: Method[] = ['full', 'incremental', 'differential', 'synthetic'];

/** Chooses how a backup is taken; each method says what it costs. */
export function MethodPicker({ value, onChange }: { value: Method; onChange: (method: Method) => void }) {
  const { t } = useTranslation();
  return (
    <fieldset className={styles.methods}>
      <legend>{t('backups.create.method')}</legend>
      <Radio.Group
        className={styles.methodList}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        options={METHODS.map((method) => ({
          value: method,
          label: (
            <span data-testid={`method-${method}`}>
              {t(`backups.method.${method}`)}
              <span className={styles.hint}> · {t(`backups.methodHint.${method}`)}</span>
            </span>
          ),
        }))}
      />
    </fieldset>
  );
}
