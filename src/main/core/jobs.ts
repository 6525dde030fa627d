// The one state machine for long work: queued -> running -> done | failed | cancelled | interrupted, one job at a time.
import type { Job, JobKind, JobState } from '../../shared/jobs.ts';
import { isAppError } from '../../shared/errors.ts';
import type { JobRow } from '../store/job-table.ts';
import type { Store } from '../store/store.ts';
import { createRate, type Rate } from './rate.ts';
import { sentence, tell, type Stage } from '../../shared/told.ts';

export interface JobReport {
  done: number;
  total: number | null;
  stage: Stage;
}

export interface JobContext {
  signal: AbortSignal;
  report(progress: JobReport): void;
}

export interface JobOutcome {
  /** A sentence on what came of it. */
  note: string;
  /** JSON-safe; what the command line prints. */
  result: unknown;
}

/** A job is one async function; it knows nothing of rows, windows or events. */
export type JobWork = (params: unknown, context: JobContext) => Promise<JobOutcome>;

interface JobsOptions {
  store: Store;
  work: Record<JobKind, JobWork>;
  /** Called with a whole snapshot, at most ten times a second while running, and at every change of state. */
  onChange(job: Job): void;
  /** Logs a bug and returns its reference. */
  onBug(error: unknown, kind: JobKind): string;
}

const reportEveryMs = 100;
const isOver: Record<JobState, boolean> = {
  queued: false,
  running: false,
  done: true,
  failed: true,
  cancelled: true,
  interrupted: true,
};

export class Jobs {
  readonly #options: JobsOptions;
  readonly #live = new Map<
    number,
    { row: JobRow; controller: AbortController; rate: Rate; over: Promise<void>; end: () => void }
  >();
  #running: number | null = null;
  #isClosing = false;

  /** Whatever was unfinished when the project was last open is now interrupted. */
  constructor(options: JobsOptions) {
    this.#options = options;
    options.store.jobs.interruptUnfinished();
  }

  list(): Job[] {
    return this.#options.store.jobs.newest().map((row) => this.#snapshot(this.#live.get(row.id)?.row ?? row));
  }

  /** Queues a job; it runs when those before it are over, and with `after` only if that one ended done. */
  start(kind: JobKind, params: unknown, after: number | null = null): Job {
    const id = this.#options.store.jobs.add(kind, params, after);
    let end = () => {};
    const over = new Promise<void>((resolve) => (end = resolve));
    this.#live.set(id, { row: this.#find(id), controller: new AbortController(), rate: createRate(), over, end });
    queueMicrotask(() => void this.#next());
    const job = this.#snapshot(this.#find(id));
    this.#options.onChange(job);
    return job;
  }

  /** Starts a job that is over but not done again, with the same parameters. */
  resume(id: number): Job {
    const row = this.#find(id);
    if (!isOver[row.state] || row.state === 'done')
      throw tell('conflict', 'nothing-to-resume', { kind: row.kind, state: row.state });
    return this.start(row.kind, row.params);
  }

  cancel(id: number): Job {
    const live = this.#live.get(id);
    if (!live) return this.#snapshot(this.#find(id));
    live.controller.abort();
    if (live.row.state === 'queued') this.#move(live.row, 'cancelled', { note: sentence('result.cancelled-early') });
    return this.#snapshot(live.row);
  }

  /** Whether a job is running or waits to. */
  isBusy(): boolean {
    return this.#live.size > 0;
  }

  /** Resolves with the row when the job is over. */
  async over(id: number): Promise<JobRow> {
    await this.#live.get(id)?.over;
    return this.#find(id);
  }

  /** What a job that is done came to; null before. */
  resultOf(id: number): unknown {
    return this.#find(id).result;
  }

  /** Stops the running job; what it has committed stays, and the rest is interrupted. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const running = this.#running === null ? undefined : this.#live.get(this.#running);
    running?.controller.abort();
    await running?.over;
  }

  async #next(): Promise<void> {
    if (this.#running !== null || this.#isClosing) return;
    const live = [...this.#live.values()].find(({ row }) => row.state === 'queued');
    if (!live) return;
    const { row, controller, rate } = live;
    const before = row.afterJobId === null ? null : this.#find(row.afterJobId);
    if (before && before.state !== 'done') {
      const note = sentence('result.not-started', { kind: before.kind, state: before.state });
      this.#move(row, 'cancelled', { note });
      return this.#next();
    }

    this.#running = row.id;
    this.#move(row, 'running', {});
    let lastReport = 0;
    const report = (progress: JobReport) => {
      Object.assign(row, progress);
      rate.add(progress.done, progress.total);
      if (Date.now() - lastReport < reportEveryMs) return;
      lastReport = Date.now();
      this.#options.onChange(this.#snapshot(row));
    };
    try {
      const outcome = await this.#options.work[row.kind](row.params, { signal: controller.signal, report });
      this.#move(row, 'done', outcome);
    } catch (error) {
      this.#fail(row, error);
    }
    this.#running = null;
    await this.#next();
  }

  #fail(row: JobRow, error: unknown): void {
    if (isAppError(error, 'cancelled')) {
      const { done, total } = row;
      const note =
        total === null ? sentence('result.stopped', { done }) : sentence('result.stopped-of', { done, total });
      this.#move(row, this.#isClosing ? 'interrupted' : 'cancelled', { note });
      return;
    }
    const why = isAppError(error)
      ? error.message
      : sentence('error.bug', { reference: this.#options.onBug(error, row.kind) });
    this.#move(row, 'failed', { error: why });
  }

  #move(row: JobRow, state: JobState, change: Partial<Pick<JobRow, 'note' | 'error' | 'result'>>): void {
    Object.assign(row, change, { state, endedAt: isOver[state] ? Date.now() : null });
    this.#options.store.jobs.save(row);
    this.#options.onChange(this.#snapshot(row));
    if (!isOver[state]) return;
    this.#live.get(row.id)?.end();
    this.#live.delete(row.id);
  }

  #find(id: number): JobRow {
    const row = this.#live.get(id)?.row ?? this.#options.store.jobs.find(id);
    if (!row) throw tell('not-found', 'no-job', { job: id });
    return row;
  }

  #snapshot(row: JobRow): Job {
    const { id, kind, state, done, total, stage, note, error, createdAt, endedAt } = row;
    const rate = state === 'running' ? this.#live.get(id)?.rate : undefined;
    return {
      id,
      kind,
      state,
      done,
      total,
      stage,
      note,
      error,
      perSecond: rate?.perSecond() ?? null,
      secondsLeft: total === null ? null : (rate?.secondsLeft(total) ?? null),
      createdAt,
      endedAt,
    };
  }
}
