import type {
  BackupDetail,
  BackupView,
  CompareOutcome,
  ExportOutcome,
  JobView,
  PruneOutcome,
  RestoreOutcome,
  RetentionOutcome,
  SnapshotVerifyOutcome,
  VerifyOutcome,
} from '../api';

/** A job's outcome with the type that its verb fixes. */
export type Outcome =
  | { verb: 'backup'; backup: string; summary: BackupView | null }
  | { verb: 'verify' | 'check'; outcome: VerifyOutcome }
  | { verb: 'restore'; outcome: RestoreOutcome }
  | { verb: 'compare'; outcome: CompareOutcome }
  | { verb: 'retention'; outcome: RetentionOutcome }
  | { verb: 'prune'; outcome: PruneOutcome }
  | { verb: 'snapshot_verify'; outcome: SnapshotVerifyOutcome }
  | { verb: 'prepare'; summary: BackupView }
  | { verb: 'export'; outcome: ExportOutcome }
  | {
      verb: 'sandbox' | 'import' | 'follow' | 'listen' | 'replicate' | 'store_repair' | 'schedule';
    };

/** Reads the outcome of an ended job; null when it left none. */
export function outcomeOf(job: JobView): Outcome | null {
  // What these did stands in the job's log.
  switch (job.verb) {
    case 'sandbox':
    case 'import':
    case 'follow':
    case 'listen':
    case 'replicate':
    case 'store_repair':
    case 'schedule':
      return { verb: job.verb };
  }
  if (job.outcome === null || typeof job.outcome !== 'object') return null;
  // The verb names the outcome's type: each use case writes its own (engine, `outcome.rs`).
  const value: unknown = job.outcome;
  switch (job.verb) {
    case 'backup':
      return backupOutcome(value as BackupDetail | BackupView);
    case 'prepare':
      return { verb: 'prepare', summary: (value as BackupDetail).summary };
    case 'restore':
      return { verb: 'restore', outcome: value as RestoreOutcome };
    case 'compare':
      return { verb: 'compare', outcome: value as CompareOutcome };
    case 'export':
      return { verb: 'export', outcome: value as ExportOutcome };
    case 'retention':
      return { verb: 'retention', outcome: value as RetentionOutcome };
    case 'prune':
      return { verb: 'prune', outcome: value as PruneOutcome };
    case 'snapshot_verify':
      return { verb: 'snapshot_verify', outcome: value as SnapshotVerifyOutcome };
    default:
      return { verb: job.verb, outcome: value as VerifyOutcome };
  }
}

function backupOutcome(value: BackupDetail | BackupView): Outcome {
  const summary = 'summary' in value ? value.summary : value;
  return { verb: 'backup', backup: summary.id, summary };
}
