import type { JobView } from '../api';
import { RestoreResult } from '../restore/RestoreResult';
import { BackupResult } from './BackupResult';
import { CompareResult } from './CompareResult';
import { ExportResult } from './ExportResult';
import { outcomeOf } from './outcome';
import { PrepareResult } from './PrepareResult';
import { PruneResult } from './PruneResult';
import { RetentionResult } from './RetentionResult';
import { SnapshotVerifyResult } from './SnapshotVerifyResult';
import { VerifyResult } from './VerifyResult';

/** What came of an ended job, by its verb. */
export function JobResult({ job }: { job: JobView }) {
  const result = outcomeOf(job);
  switch (result?.verb) {
    case 'backup':
      return <BackupResult backup={result.backup} summary={result.summary} />;
    case 'prepare':
      return <PrepareResult summary={result.summary} />;
    case 'verify':
    case 'check':
      return <VerifyResult outcome={result.outcome} wholeStore={result.verb === 'check'} />;
    case 'restore':
      return <RestoreResult outcome={result.outcome} />;
    case 'compare':
      return <CompareResult outcome={result.outcome} />;
    case 'export':
      return <ExportResult outcome={result.outcome} />;
    case 'prune':
      return <PruneResult outcome={result.outcome} />;
    case 'snapshot_verify':
      return <SnapshotVerifyResult outcome={result.outcome} subject={job.subject} />;
    case 'retention':
      return <RetentionResult outcome={result.outcome} />;
    default:
      return null;
  }
}
