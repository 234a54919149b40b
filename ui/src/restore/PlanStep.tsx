import { getRouteApi } from '@tanstack/react-router';
import { Alert, Button } from 'antd';
import type { RestorePlan } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { describeWarning } from '../shared/describe';
import { CopyCommand } from '../shared/format/CopyCommand';
import { ShortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { LinkButton } from '../shared/LinkButton';
import { Facts } from '../shared/layout/Facts';
import { Panel } from '../shared/layout/Panel';
import { ReadView } from '../shared/layout/ReadView';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import { ChangesTable } from './ChangesTable';
import { commandOf, useRestorePlan, useRestoreRequest } from './request';
import styles from './restore.module.css';

const route = getRouteApi('/restore');

/** What would change; nothing has been written. */
export function PlanStep() {
  const { t } = useTranslation();
  const read = useRestorePlan();
  const search = route.useSearch();
  return (
    <ReadView
      read={read}
      label={t('restore.plan.loading')}
      action={
        <LinkButton to="/restore" search={{ ...search, step: 'scope' }} look="primary">
          {t('restore.back')}
        </LinkButton>
      }
    >
      {(plan) => <PlanContent plan={plan} />}
    </ReadView>
  );
}

function PlanContent({ plan }: { plan: RestorePlan }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const request = useRestoreRequest();
  const go = (step: 'scope' | 'confirm') => void navigate({ search: (current) => ({ ...current, step }) });
  return (
    <div className={styles.step} data-testid="restore-plan-shown">
      <Warnings plan={plan} />
      <div className={styles.planColumns}>
        <Panel title={t('restore.plan.changes')} flush>
          <ChangesTable changes={plan.changes} />
        </Panel>
        <Panel title={t('restore.plan.impact')} extra={<ShortId id={plan.id} />}>
          <Impact plan={plan} />
        </Panel>
      </div>
      <div className={styles.foot}>
        <Button onClick={() => go('scope')}>{t('restore.back')}</Button>
        <CopyCommand command={commandOf(request)} />
        <Button type="primary" onClick={() => go('confirm')} data-testid="restore-to-confirm">
          {t('restore.plan.next')}
        </Button>
      </div>
    </div>
  );
}

function Warnings({ plan: { warnings } }: { plan: RestorePlan }) {
  return warnings.map((warning) => {
    const { message, hint } = describeWarning(warning);
    return (
      <Alert
        key={warning.code + warning.message}
        type="warning"
        showIcon
        title={message}
        description={hint}
      />
    );
  });
}

function Impact({ plan }: { plan: RestorePlan }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={styles.impact}>
      <Facts
        facts={[
          { label: t('restore.plan.to'), value: format.absolute(plan.consistentAt) },
          { label: t('restore.plan.target'), value: `${plan.server} · ${plan.database}` },
          { label: t('restore.plan.liveGames'), value: format.number(plan.liveGames) },
          { label: t('restore.plan.redisKeys'), value: format.number(plan.redisKeys) },
          { label: t('restore.plan.bytes'), value: format.bytes(plan.bytes) },
          { label: t('restore.plan.estimate'), value: format.duration(plan.estimateSeconds) },
        ]}
      />
      <VerdictTag verdict="verified">
        {plan.inPlace ? t('restore.plan.undoable') : t('restore.plan.untouched')}
      </VerdictTag>
    </div>
  );
}
