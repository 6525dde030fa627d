// The runs of the current model, what the last gained over the first, what the next would, and two of them beside each other.
import type { Recovery, RetrainPreview, Run, RunCauses, RunComparison, RunMeasures } from '../../shared/runs.ts';
import type { Core } from './connection.svelte.ts';
import type { Jobs } from './jobs.svelte.ts';
import { Latest } from './latest.svelte.ts';
import type { Project } from './project.svelte.ts';

export class Runs {
  readonly recovery = new Latest<Recovery>();
  readonly preview = new Latest<RetrainPreview | null>();
  readonly measures = new Latest<RunMeasures>();
  readonly comparison = new Latest<RunComparison>();
  readonly causes = new Latest<RunCauses>();
  /** The run that is looked into, and the one that it is compared with; null for the newest and the first. */
  #chosenId = $state<number | null>(null);
  #besideId = $state<number | null>(null);
  readonly list: readonly Run[] = $derived(this.recovery.value?.runs ?? []);
  readonly chosen: Run | undefined = $derived(this.#find(this.#chosenId) ?? this.list.at(-1));
  readonly beside: Run | undefined = $derived(this.#find(this.#besideId) ?? this.list[0]);
  readonly #core: Core;
  readonly #project: Project;

  constructor(core: Core, project: Project, jobs: Jobs) {
    this.#core = core;
    this.#project = project;
    project.onReplaced(() => {
      this.recovery.clear();
      this.preview.clear();
      this.#clearDetail();
    });
    jobs.onDone(({ kind }) => {
      if (kind === 'retrain' || kind === 'fit') this.#clearDetail();
      if (kind === 'retrain' || kind === 'fit' || kind === 'recovery') void this.load();
    });
  }

  async load(): Promise<void> {
    // Before a model there are no runs, and asking for them would be an error.
    if (!this.#project.overview?.model) return;
    await this.recovery.load('recovery', (signal) => this.#core.call('runs.recovery', {}, { signal }));
    void this.preview.load('preview', (signal) => this.#core.call('runs.preview', {}, { signal }));
    await this.#loadDetail();
  }

  choose(runId: number): void {
    this.#chosenId = runId;
    this.causes.clear();
    void this.#loadDetail();
  }

  compareWith(runId: number): void {
    this.#besideId = runId;
    this.causes.clear();
    void this.#loadDetail();
  }

  async explain(imageId: number): Promise<void> {
    const [beforeId, afterId] = [this.beside?.id, this.chosen?.id];
    if (beforeId === undefined || afterId === undefined) return;
    await this.causes.load(`${beforeId} ${afterId} ${imageId}`, (signal) =>
      this.#core.call('runs.causes', { beforeId, afterId, imageId }, { signal }),
    );
  }

  async #loadDetail(): Promise<void> {
    const [beforeId, afterId] = [this.beside?.id, this.chosen?.id];
    if (beforeId === undefined || afterId === undefined) return;
    const pair = `${beforeId} ${afterId}`;
    if (beforeId === afterId) this.comparison.clear();
    else if (this.comparison.key !== pair)
      await this.comparison.load(pair, (signal) => this.#core.call('runs.compare', { beforeId, afterId }, { signal }));
    const key = String(afterId);
    if (this.measures.key !== key)
      await this.measures.load(key, (signal) => this.#core.call('runs.measure', { runId: afterId }, { signal }));
  }

  #clearDetail(): void {
    this.#chosenId = null;
    this.#besideId = null;
    this.measures.clear();
    this.comparison.clear();
    this.causes.clear();
  }

  #find(id: number | null): Run | undefined {
    return this.list.find((run) => run.id === id);
  }
}
