import { useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { CopyCommand } from '../shared/format/CopyCommand';
import { RetentionDialog } from './RetentionDialog';

/** Preview of a prune, and removal of what the policy no longer keeps. */
export function PruneButtons() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [planning, setPlanning] = useState(false);
  const prune = useRun(
    'store.prune',
    ({ jobId }) => void navigate({ to: '/jobs/$jobId', params: { jobId } }),
  );
  return (
    <>
      <CopyCommand command="avault prune --dry-run" size="small" />
      <Button
        size="small"
        loading={prune.isPending}
        onClick={() => prune.mutate({ dryRun: true })}
        data-testid="prune-preview"
      >
        {t('storage.prune.preview')}
      </Button>
      <Button size="small" onClick={() => setPlanning(true)} data-testid="retention-plan">
        {t('storage.retention.open')}
      </Button>
      {planning && <RetentionDialog onClose={() => setPlanning(false)} />}
    </>
  );
}
