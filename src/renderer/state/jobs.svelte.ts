// Long work: every job of the project as core last described it, and starting, cancelling, resuming.
import { SvelteMap } from 'svelte/reactivity';
import type { StartJob } from '../../shared/core-contract.ts';
import type { Job, JobKind, JobState } from '../../shared/jobs.ts';
import { AppError, isAppError } from '../../shared/errors.ts';
import type { Connection } from './connection.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import type { Project } from './project.svelte.ts';
import { say, t } from '../texts.svelte.ts';

/** What follows an import, in order. */
export const laterSteps: readonly StartJob[] = [
  { kind: 'extract', params: {} },
  { kind: 'fit', params: {} },
];

const isUnderWay = (state: JobState): boolean => state === 'queued' || state === 'running';
const isStuck = (state: JobState): boolean => state === 'failed' || state === 'cancelled' || state === 'interrupted';
const wentWrong = ({ state }: Job): boolean => state === 'failed' || state === 'interrupted';

/** What became of a job that did not end well: '… failed. Why, and what to do.' */
export function describeStuck({ kind, state, error, note }: Job): string {
  const places = { title: t(`job.${kind}`), why: say(error ?? note ?? '') };
  if (state === 'failed') return t('job.has-failed', places).trimEnd();
  return t(state === 'interrupted' ? 'job.was-interrupted' : 'job.was-cancelled', places).trimEnd();
}

export class Jobs {
  readonly #byId = new SvelteMap<number, Job>();
  #dismissedId = $state(0);
  /** Oldest first. */
  readonly list: Job[] = $derived([...this.#byId.values()].sort((a, b) => a.id - b.id));
  readonly running: Job | null = $derived(this.list.find(({ state }) => state === 'running') ?? null);
  readonly waiting: Job[] = $derived(this.list.filter(({ state }) => state === 'queued'));
  /** The newest jobs that all did not end well: the one that went wrong, and those that were waiting for it. */
  readonly #stuckOnes: Job[] = $derived.by(() => {
    if (this.running || this.waiting.length > 0) return [];
    const lastGood = this.list.findLastIndex(({ state }) => !isStuck(state));
    return this.list.slice(lastGood + 1).filter(({ id }) => id > this.#dismissedId);
  });
  readonly stuck: Job | null = $derived(this.#stuckOnes.find(wentWrong) ?? this.#stuckOnes[0] ?? null);

  readonly #connection: Connection;
  readonly #notices: Notices;
  readonly #changeListeners = new Set<() => void>();
  readonly #doneListeners: ((job: Job) => void)[] = [];

  constructor(connection: Connection, project: Project, notices: Notices) {
    this.#connection = connection;
    this.#notices = notices;
    connection.onOpen(() => {
      if (connection.app?.isOpen) void this.#reload();
    });
    connection.on('job.changed', ({ job }) => this.#accept(job));
    project.onReplaced(() => {
      this.#byId.clear();
      this.#dismissedId = 0;
      void this.#reload();
    });
  }

  isBusy(kind: JobKind): boolean {
    return this.list.some((job) => job.kind === kind && isUnderWay(job.state));
  }

  latest(kind: JobKind): Job | null {
    return this.list.findLast((job) => job.kind === kind) ?? null;
  }

  async start(params: StartJob): Promise<Job> {
    const job = await this.#connection.call('jobs.start', params);
    if (!this.#byId.has(job.id)) this.#byId.set(job.id, job);
    return job;
  }

  /** Starts a job and waits until it is done; rejects where it does not get there. */
  async finish(params: StartJob): Promise<Job> {
    const over = Promise.withResolvers<Job>();
    let id: number | undefined;
    const check = () => {
      const job = id === undefined ? undefined : this.#byId.get(id);
      if (job?.state === 'done') over.resolve(job);
      else if (job && isStuck(job.state)) over.reject(new AppError('cancelled', describeStuck(job)));
    };
    this.#changeListeners.add(check);
    try {
      ({ id } = await this.start(params));
      check();
      return await over.promise;
    } finally {
      this.#changeListeners.delete(check);
    }
  }

  /** Starts several in order; each is cancelled unless the one before it ends done. */
  async startChain(steps: readonly StartJob[], after?: number): Promise<void> {
    let previous = after;
    for (const step of steps) {
      const job = await this.start(previous === undefined ? step : { ...step, after: previous });
      previous = job.id;
    }
  }

  /** Starts without waiting for the answer; what keeps it from starting is shown as a notice. */
  begin(params: StartJob): void {
    this.start(params).catch((error: unknown) => this.#notices.show(error));
  }

  cancel(id: number): void {
    this.#connection.call('jobs.cancel', { id }).catch((error: unknown) => this.#notices.show(error));
  }

  /** Takes up a job that did not end well, and after it those that were waiting for it. */
  async resume(job: Job): Promise<void> {
    const followers = this.list.filter(({ id, state }) => id > job.id && isStuck(state)).map(({ kind }) => kind);
    try {
      const { id } = await this.#connection.call('jobs.resume', { id: job.id });
      await this.startChain(
        laterSteps.filter(({ kind }) => followers.includes(kind)),
        id,
      );
    } catch (error) {
      this.#notices.show(error);
    }
  }

  /** Says no more of the jobs that did not end well; what fails later is told again. */
  dismiss(): void {
    this.#dismissedId = this.#stuckOnes.at(-1)?.id ?? this.#dismissedId;
  }

  onDone(listener: (job: Job) => void): void {
    this.#doneListeners.push(listener);
  }

  async #reload(): Promise<void> {
    try {
      const jobs = await this.#connection.call('jobs.list', {});
      // An event may have overtaken the answer; a job that is over stays over.
      for (const job of jobs) if (!this.#byId.get(job.id)?.endedAt) this.#byId.set(job.id, job);
      // What a person cancelled in an earlier sitting needs no word now.
      if (!this.#stuckOnes.some(wentWrong)) this.dismiss();
    } catch (error) {
      if (!isAppError(error, 'unavailable')) this.#notices.show(error);
    }
  }

  #accept(job: Job): void {
    const before = this.#byId.get(job.id);
    this.#byId.set(job.id, job);
    for (const listener of this.#changeListeners) listener();
    if (before?.state === job.state) return;
    const title = t(`job.${job.kind}`);
    if (job.state === 'running') this.#notices.announce(t('job.has-started', { title }));
    if (job.state === 'failed') this.#notices.announce(describeStuck(job));
    if (job.state === 'done') {
      this.#notices.announce(t('job.is-done', { title, note: say(job.note ?? '') }).trimEnd());
      for (const listener of this.#doneListeners) listener(job);
    }
  }
}
