import { CloudServerOutlined, ExperimentOutlined, FolderOpenOutlined } from '@ant-design/icons';
import { getRouteApi } from '@tanstack/react-router';
import { Alert, Button } from 'antd';
import type { ReactNode } from 'react';
import { type SetupStatus, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { describeFailure } from '../shared/describe';
import styles from './setup.module.css';

const route = getRouteApi('/setup');

/** The three ways to begin, the safest first. */
export function Choices({ status }: { status: SetupStatus | undefined }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const sandbox = useRun('setup.sandbox', ({ jobId }) => void navigate({ search: { job: jobId } }));
  const available = status?.sandboxAvailable ?? false;
  const start = () => sandbox.mutate({});
  return (
    <>
      {sandbox.error && (
        <Alert
          type="error"
          showIcon
          title={describeFailure(sandbox.error).message}
          description={describeFailure(sandbox.error).hint}
        />
      )}
      <div className={styles.choices}>
        <Choice
          icon={<ExperimentOutlined aria-hidden />}
          title={t('setup.sandbox.title')}
          about={t('setup.sandbox.about')}
          steps={[t('setup.sandbox.first'), t('setup.sandbox.second'), t('setup.sandbox.third')]}
          note={
            status && !available ? (status.reason ?? t('setup.sandbox.unavailable')) : t('setup.sandbox.note')
          }
        >
          <Button
            type="primary"
            size="large"
            block
            disabled={!available}
            loading={sandbox.isPending}
            onClick={start}
            data-testid="setup-sandbox"
          >
            {t('setup.sandbox.start')}
          </Button>
        </Choice>
        <Choice
          icon={<CloudServerOutlined aria-hidden />}
          title={t('setup.connect.title')}
          about={t('setup.connect.about')}
          steps={[t('setup.connect.first'), t('setup.connect.second'), t('setup.connect.third')]}
          note={t('setup.connect.note')}
        >
          <Button
            size="large"
            block
            onClick={() => void navigate({ search: { choice: 'connect' } })}
            data-testid="setup-connect"
          >
            {t('setup.connect.start')}
          </Button>
        </Choice>
        <Choice
          icon={<FolderOpenOutlined aria-hidden />}
          title={t('setup.vault.title')}
          about={t('setup.vault.about')}
          steps={[t('setup.vault.first'), t('setup.vault.second'), t('setup.vault.third')]}
          note={t('setup.vault.note')}
        >
          <Button
            size="large"
            block
            onClick={() => void navigate({ search: { choice: 'vault' } })}
            data-testid="setup-vault"
          >
            {t('setup.vault.start')}
          </Button>
        </Choice>
      </div>
    </>
  );
}

interface ChoiceProps {
  icon: ReactNode;
  title: string;
  about: string;
  steps: string[];
  note: string;
  children: ReactNode;
}

function Choice({ icon, title, about, steps, note, children }: ChoiceProps) {
  return (
    <section className={styles.choice}>
      <div className={styles.choiceIcon}>{icon}</div>
      <h2>{title}</h2>
      <p>{about}</p>
      <ul>
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ul>
      <p className={styles.choiceNote}>{note}</p>
      {children}
    </section>
  );
}
