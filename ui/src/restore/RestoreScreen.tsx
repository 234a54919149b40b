import { getRouteApi } from '@tanstack/react-router';
import { Steps } from 'antd';
import { useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { isActive } from '../shared/job/job-state';
import { useJob } from '../shared/job/use-job';
import { Screen } from '../shared/layout/Screen';
import { ChooseStep } from './ChooseStep';
import { ConfirmStep } from './ConfirmStep';
import { PlanStep } from './PlanStep';
import { RunStep } from './RunStep';
import styles from './restore.module.css';
import { ScopeStep } from './ScopeStep';

const route = getRouteApi('/restore');

/** The wizard's steps; the last two are one page, first with the job at work, then with its proof. */
const STEPS = ['choose', 'scope', 'plan', 'confirm', 'run', 'proof'] as const;
type Step = (typeof STEPS)[number];

/** The restore wizard; where it stands is in the address. */
export function RestoreScreen() {
  const { t } = useTranslation();
  const { step, backup, job } = route.useSearch();
  const running = useJob(job).data;
  const environment = useRead('service.status', {}).data?.environment;
  const current: Step = job
    ? running && !isActive(running)
      ? 'proof'
      : 'run'
    : backup
      ? (step ?? 'scope')
      : 'choose';
  return (
    <div className={environment === 'production' ? styles.production : undefined}>
      <Screen testId="restore" title={t('restore.title')} subtitle={t('restore.subtitle')}>
        <Steps
          size="small"
          current={STEPS.indexOf(current)}
          items={STEPS.map((name) => ({ title: t(`restore.step.${name}`) }))}
        />
        <StepContent step={current} />
      </Screen>
    </div>
  );
}

function StepContent({ step }: { step: Step }) {
  switch (step) {
    case 'choose':
      return <ChooseStep />;
    case 'scope':
      return <ScopeStep />;
    case 'plan':
      return <PlanStep />;
    case 'confirm':
      return <ConfirmStep />;
    default:
      return <RunStep />;
  }
}
