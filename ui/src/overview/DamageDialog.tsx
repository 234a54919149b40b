import { Alert, Button, InputNumber, Modal, Radio } from 'antd';
import { useState } from 'react';
import { type DamageKind, type DamageOutcome, useRead, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { describeFailure } from '../shared/describe';
import { ShortId } from '../shared/format/ShortId';
import { LinkButton } from '../shared/LinkButton';
import styles from './overview.module.css';

const KINDS: DamageKind[] = [
  'delete_games',
  'damage_field',
  'wrong_statistic',
  'missing_event',
  'dangling_reference',
];
const MOST = 1000;

/** Damages the sandbox's data on purpose, tells what was damaged, and leads on. */
export function DamageDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<DamageKind>('delete_games');
  const [count, setCount] = useState(20);
  const damage = useRun('sandbox.damage');
  return (
    <Modal
      open
      onCancel={onClose}
      title={t('damage.title')}
      width={620}
      footer={
        damage.data ? (
          <AfterDamage onClose={onClose} />
        ) : (
          <>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button
              type="primary"
              danger
              loading={damage.isPending}
              onClick={() => damage.mutate({ kind, count })}
              data-testid="damage-confirm"
            >
              {t('damage.confirm', { count })}
            </Button>
          </>
        )
      }
    >
      {damage.data ? (
        <Damaged outcome={damage.data} />
      ) : (
        <div className={styles.damage}>
          <p>{t('damage.about')}</p>
          <Radio.Group
            value={kind}
            onChange={({ target }) => setKind(target.value)}
            className={styles.kinds}
            aria-label={t('damage.kindLegend')}
            options={KINDS.map((value) => ({
              value,
              label: (
                <span data-testid={`damage-${value}`}>
                  {t(`damage.kind.${value}`)}{' '}
                  <span className={styles.target}>{t(`damage.kindHint.${value}`)}</span>
                </span>
              ),
            }))}
          />
          {/* biome-ignore lint/a11y/noLabelWithoutControl: the field is the component below */}
          <label className={styles.count}>
            <span>{t('damage.count')}</span>
            <InputNumber min={1} max={MOST} value={count} onChange={(value) => setCount(value ?? 1)} />
          </label>
          {damage.error && <Alert type="error" showIcon title={describeFailure(damage.error).message} />}
        </div>
      )}
    </Modal>
  );
}

function Damaged({ outcome: { labels } }: { outcome: DamageOutcome }) {
  const { t } = useTranslation();
  return (
    <div className={styles.damage} data-testid="damage-done">
      <Alert type="warning" showIcon title={t('damage.done', { count: labels.length })} />
      <ul className={styles.labels}>
        {labels.map(({ collection, id, kind, detail }) => (
          <li key={`${collection} ${id} ${detail}`}>
            <code>{collection}</code> <ShortId id={id} />
            <span title={detail}>{t(`damage.kind.${kind}`)}</span>
          </li>
        ))}
      </ul>
      <p>{t('damage.next')}</p>
    </div>
  );
}

function AfterDamage({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const latest = useRead('backup.list', {}).data?.[0];
  return (
    <>
      <Button onClick={onClose}>{t('common.close')}</Button>
      {latest && (
        <>
          <LinkButton to="/backups/$backupId" params={{ backupId: latest.id }} data-testid="damage-compare">
            {t('damage.compare')}
          </LinkButton>
          <LinkButton
            to="/restore"
            search={{ backup: latest.id, step: 'scope' }}
            look="primary"
            data-testid="damage-restore"
          >
            {t('damage.restore')}
          </LinkButton>
        </>
      )}
    </>
  );
}
