import { SafetyCertificateOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { App, Button } from 'antd';
import { useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { describeFailure } from '../shared/describe';

/** Holds the snapshots of a game, or of all, against the logs; what comes of it is the job's page. */
export function VerifyButton({ game }: { game: string | null }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const run = useRun('snapshot.verify', ({ jobId }) => {
    void navigate({ to: '/jobs/$jobId', params: { jobId } });
  });
  return (
    <Button
      icon={<SafetyCertificateOutlined aria-hidden />}
      loading={run.isPending}
      onClick={() =>
        run.mutate(
          { game, repair: false },
          { onError: (failure) => void message.error(describeFailure(failure).message) },
        )
      }
      data-testid="snapshots-verify"
    >
      {t('snapshots.verify')}
    </Button>
  );
}
