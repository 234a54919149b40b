import { answering, type Handlers, type MockState, must } from './handlers';
import type { MockJobs } from './jobs';
import { verifiedSnapshots } from './snapshots';

type Operations =
  | 'snapshot.create'
  | 'snapshot.follow'
  | 'snapshot.verify'
  | 'snapshot.list'
  | 'snapshot.show';

/** Snapshots of games: by hand, as played, held against the logs. */
export function snapshots(state: MockState, jobs: MockJobs): Pick<Handlers, Operations> {
  let listener: string | null = null;
  return {
    'snapshot.follow': () => {
      const acts = [{ phase: 'listen', unit: 'snapshots' as const, total: 1_000_000 }];
      listener = jobs.start('listen', 'avalon', acts, () => ({ outcome: {}, ok: true }));
      return { jobId: listener };
    },
    'snapshot.verify': ({ game, repair }) => {
      const acts = [{ phase: 'snapshots', unit: 'games' as const, total: 24 }];
      const outcome = verifiedSnapshots(repair);
      const ok = outcome.problems === outcome.repaired;
      return { jobId: jobs.start('snapshot_verify', game ?? 'avalon', acts, () => ({ outcome, ok })) };
    },
    'snapshot.create': ({ game, seq }) => state.snapshots.create(game, seq),
    'snapshot.list': (request) => {
      answering(state);
      const job = listener === null ? undefined : jobs.find(listener);
      return { ...state.snapshots.list(request), followedBy: job?.finishedAt === null ? job.id : null };
    },
    'snapshot.show': ({ id }) => must(state.snapshots.show(id), `snapshot ${id}`),
  };
}
