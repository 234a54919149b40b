import { getRouteApi } from '@tanstack/react-router';
import { Alert, Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { Trans } from 'react-i18next';
import { type Failure, type RestorePlan, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { describeFailure } from '../shared/describe';
import { CopyCommand } from '../shared/format/CopyCommand';
import { useFormat } from '../shared/format/use-format';
import { Panel } from '../shared/layout/Panel';
import { ReadView } from '../shared/layout/ReadView';
import { commandOf, useForgetPlans, useRestorePlan, useRestoreRequest } from './request';
import styles from './restore.module.css';

const route = getRouteApi('/restore');

/** The last question: what is replaced is named, and its name is typed. */
export function ConfirmStep() {
  const { t } = useTranslation();
  const read = useRestorePlan();
  return (
    <ReadView read={read} label={t('restore.plan.loading')}>
      {(plan) => <ConfirmForm plan={plan} />}
    </ReadView>
  );
}

function ConfirmForm({ plan }: { plan: RestorePlan }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = route.useNavigate();
  const request = useRestoreRequest();
  const [typed, setTyped] = useState('');
  const forgetPlans = useForgetPlans();
  const apply = useRun('restore.apply', ({ jobId }) => {
    void navigate({ search: { job: jobId }, replace: true }).then(forgetPlans);
  });
  const named = !plan.inPlace || typed.trim() === plan.confirmName;
  const toPlan = () => void navigate({ search: (current) => ({ ...current, step: 'plan' }) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!named || apply.isPending) return;
    apply.mutate({ planId: plan.id, confirmName: plan.inPlace ? typed.trim() : plan.confirmName });
  };
  const replan = () => {
    forgetPlans();
    toPlan();
  };
  return (
    <form onSubmit={submit} className={styles.step}>
      <Panel title={t('restore.confirm.title')}>
        <div className={styles.confirm}>
          <Alert
            type={plan.inPlace ? 'warning' : 'info'}
            showIcon
            title={
              plan.inPlace
                ? t('restore.confirm.inPlace', {
                    database: plan.database,
                    moment: format.absolute(plan.consistentAt),
                  })
                : t('restore.confirm.elsewhere', { database: plan.database })
            }
            description={plan.inPlace ? t('restore.confirm.safety') : undefined}
          />
          {plan.inPlace && (
            <label htmlFor="confirm-name" className={styles.confirmName}>
              <span>
                <Trans
                  i18nKey="restore.confirm.type"
                  values={{ name: plan.confirmName }}
                  components={{ name: <code /> }}
                />
              </span>
              <Input
                id="confirm-name"
                autoFocus
                autoComplete="off"
                spellCheck={false}
                value={typed}
                onChange={({ target }) => setTyped(target.value)}
                status={typed !== '' && !plan.confirmName.startsWith(typed.trim()) ? 'error' : undefined}
                data-testid="restore-confirm-name"
              />
            </label>
          )}
          {apply.error && <ApplyFailure failure={apply.error} onReplan={replan} />}
        </div>
      </Panel>
      <div className={styles.foot}>
        <Button onClick={toPlan}>{t('restore.back')}</Button>
        <CopyCommand command={commandOf(request, plan.confirmName)} />
        <Button
          type="primary"
          danger={plan.inPlace}
          htmlType="submit"
          disabled={!named}
          loading={apply.isPending}
          data-testid="restore-apply"
        >
          {t('restore.confirm.apply')}
        </Button>
      </div>
    </form>
  );
}

/** A plan that no longer fits is not applied; a new one is one click away. */
function ApplyFailure({ failure, onReplan }: { failure: Failure; onReplan: () => void }) {
  const { t } = useTranslation();
  const { message, hint } = describeFailure(failure);
  return (
    <Alert
      type="error"
      showIcon
      title={message}
      description={hint}
      action={
        <Button size="small" onClick={onReplan}>
          {t('restore.confirm.replan')}
        </Button>
      }
    />
  );
}
