import type { ApiEvent, JobView, JsonValue, Progress, Unit, Verb } from '../../api/generated/types';
import { NOW } from './instant';

/** A phase of a job that only pretends. */
export interface Act {
  phase: string;
  unit: Unit;
  total: number;
  detail?: string;
}

interface Running {
  job: JobView;
  acts: Act[];
  act: number;
  share: number;
  finish: () => { outcome: JsonValue; ok: boolean };
}

const TICKS_PER_ACT = 4;

/** Jobs that go forward by themselves, phase by phase, and tell of it. */
export class MockJobs {
  private readonly all: JobView[] = [];
  private readonly running = new Map<string, Running>();
  private started = 0;

  constructor(
    private readonly emit: (event: ApiEvent) => void,
    private readonly tickMs: number | null,
  ) {}

  list(): JobView[] {
    return this.all;
  }

  find(id: string): JobView | undefined {
    return this.all.find((job) => job.id === id);
  }

  /** Keeps a job that ended before the mock began. */
  keep(job: JobView): void {
    this.all.push(job);
  }

  start(verb: Verb, subject: string, acts: Act[], finish: Running['finish']): string {
    this.started += 1;
    const id = `01KAJ5J0B${String(this.started).padStart(3, '0')}${verb.toUpperCase().padEnd(14, 'X')}`;
    const job: JobView = {
      id,
      verb,
      state: 'running',
      subject,
      actor: 'admin',
      startedAt: NOW,
      finishedAt: null,
      progress: null,
      error: null,
      outcome: null,
      log:
        verb === 'backup'
          ? [{ at: NOW, code: 'backup.window_opened', context: { clusterTime: '1795329127,3' } }]
          : [],
    };
    this.all.unshift(job);
    this.running.set(id, { job, acts, act: 0, share: 0, finish });
    this.tick(id);
    return id;
  }

  cancel(id: string): JobView | undefined {
    const job = this.find(id);
    if (!job) return undefined;
    this.running.delete(id);
    return this.change(job, {
      state: 'cancelled',
      finishedAt: NOW + 3000,
      progress: null,
    });
  }

  /** Moves a job on without waiting, for pictures that need one half-way. */
  advance(id: string, act: number, share: number): void {
    const entry = this.running.get(id);
    if (!entry) return;
    entry.act = act;
    entry.share = share;
    this.tell(entry);
  }

  private tick(id: string): void {
    const entry = this.running.get(id);
    if (!entry) return;
    this.tell(entry);
    if (this.tickMs === null) return;
    setTimeout(() => {
      entry.share += 1 / TICKS_PER_ACT;
      if (entry.share > 1) {
        entry.act += 1;
        entry.share = 0;
      }
      if (entry.act >= entry.acts.length) this.end(entry);
      else this.tick(id);
    }, this.tickMs);
  }

  private tell(entry: Running): void {
    const act = entry.acts[entry.act];
    const current = this.find(entry.job.id);
    if (!act || !current || !this.running.has(current.id)) return;
    const done = Math.round(act.total * entry.share);
    const rate = act.total / 5;
    const progress: Progress = {
      phase: act.phase,
      done,
      total: act.total,
      unit: act.unit,
      ratePerSecond: rate,
      etaSeconds: (act.total - done) / rate,
      detail: act.detail ?? null,
      throttling: act.phase === 'scan' ? { bytesPerSecond: 34_000_000, latencyMs: 1.2, goalMs: 1.4 } : null,
    };
    this.change(current, { progress });
  }

  private end({ job, finish }: Running): void {
    const current = this.find(job.id);
    if (!current || !this.running.delete(job.id)) return;
    const { outcome, ok } = finish();
    this.change(current, {
      state: ok ? 'done' : 'done_with_problems',
      progress: null,
      finishedAt: NOW + 4800,
      outcome,
    });
    this.emit({ type: 'invalidate', tags: ['overview', 'backups', 'games', 'data', 'setup', 'service'] });
  }

  private change(job: JobView, patch: Partial<JobView>): JobView {
    const changed = { ...job, ...patch };
    const place = this.all.findIndex(({ id }) => id === job.id);
    this.all[place] = changed;
    this.emit({ type: 'job', job: changed });
    return changed;
  }
}
