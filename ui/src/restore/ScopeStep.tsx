import { getRouteApi } from '@tanstack/react-router';
import { Button, Checkbox, Input, Radio } from 'antd';
import { useState } from 'react';
import { type BackupDetail, type DataClass, useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { ClassPicker } from '../shared/data-class';
import { CopyCommand } from '../shared/format/CopyCommand';
import { Moment } from '../shared/format/Moment';
import { ShortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { LinkButton } from '../shared/LinkButton';
import { Facts } from '../shared/layout/Facts';
import { Panel } from '../shared/layout/Panel';
import { ReadView } from '../shared/layout/ReadView';
import { VerificationTag } from '../shared/verdict/VerificationTag';
import { commandOf, useForgetPlans } from './request';
import styles from './restore.module.css';

const route = getRouteApi('/restore');

/** What to bring back, and where to. */
export function ScopeStep() {
  const { t } = useTranslation();
  const { backup = '' } = route.useSearch();
  const read = useRead('backup.show', { id: backup });
  return (
    <ReadView
      read={read}
      label={t('backup.loading')}
      action={
        <LinkButton to="/restore" look="primary">
          {t('restore.chooseOther')}
        </LinkButton>
      }
    >
      {(detail) => <ScopeForm detail={detail} />}
    </ReadView>
  );
}

function ScopeForm({ detail: { summary } }: { detail: BackupDetail }) {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [classes, setClasses] = useState<DataClass[]>(search.classes ?? summary.classes);
  const [elsewhere, setElsewhere] = useState(Boolean(search.database));
  const [database, setDatabase] = useState(search.database ?? `${summary.database}_restored`);
  const [whole, setWhole] = useState(search.whole ?? false);

  const all = classes.length === summary.classes.length;
  const chosen = {
    backup: summary.id,
    classes: all ? undefined : classes,
    database: elsewhere ? database.trim() : undefined,
    whole: whole || undefined,
  };
  const ready = classes.length > 0 && (!elsewhere || database.trim() !== '');
  const forgetPlans = useForgetPlans();
  const toPlan = () => {
    forgetPlans();
    void navigate({ search: (current) => ({ ...current, ...chosen, step: 'plan' }) });
  };

  return (
    <>
      <ChosenBackup detail={summary} />
      <div className={styles.columns}>
        <Panel title={t('restore.scope.classes')}>
          <ClassPicker from={summary.classes} value={classes} onChange={setClasses} />
        </Panel>
        <Panel title={t('restore.scope.target')}>
          <Radio.Group
            className={styles.targets}
            value={elsewhere}
            onChange={({ target }) => setElsewhere(target.value)}
            aria-label={t('restore.scope.target')}
            options={[
              {
                value: false,
                label: (
                  <span data-testid="restore-in-place">
                    {t('restore.scope.inPlace', { database: summary.database })}
                    <small>{t('restore.scope.inPlaceNote')}</small>
                  </span>
                ),
              },
              {
                value: true,
                label: (
                  <span data-testid="restore-elsewhere">
                    {t('restore.scope.elsewhere')}
                    <small>{t('restore.scope.elsewhereNote')}</small>
                  </span>
                ),
              },
            ]}
          />
          {elsewhere && (
            <Input
              className={styles.database}
              value={database}
              onChange={({ target }) => setDatabase(target.value)}
              aria-label={t('restore.scope.database')}
              data-testid="restore-database"
            />
          )}
          <Checkbox
            className={styles.whole}
            checked={whole}
            onChange={({ target }) => setWhole(target.checked)}
            data-testid="restore-whole"
          >
            {t('restore.scope.whole')}
            <small>{t('restore.scope.wholeNote')}</small>
          </Checkbox>
        </Panel>
      </div>
      <div className={styles.foot}>
        <LinkButton to="/restore">{t('restore.chooseOther')}</LinkButton>
        <CopyCommand
          command={commandOf({
            ...chosen,
            classes: chosen.classes ?? [],
            database: chosen.database ?? null,
            target: null,
            whole,
          })}
        />
        <Button type="primary" disabled={!ready} onClick={toPlan} data-testid="restore-plan">
          {t('restore.scope.next')}
        </Button>
      </div>
    </>
  );
}

function ChosenBackup({ detail }: { detail: BackupDetail['summary'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Panel title={t('restore.scope.backup')} extra={<ShortId id={detail.id} />}>
      <Facts
        facts={[
          { label: t('backup.facts.consistent'), value: format.absolute(detail.consistentAt) },
          { label: t('restore.scope.age'), value: <Moment at={detail.consistentAt} /> },
          {
            label: t('backups.column.verification'),
            value: <VerificationTag verification={detail.verification} />,
          },
          { label: t('backups.column.documents'), value: format.number(detail.documents) },
        ]}
      />
    </Panel>
  );
}
