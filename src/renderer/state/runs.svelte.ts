// The runs of the current model, what the last gained over the first, and what the next would.
import type { Recovery, RetrainPreview } from '../../shared/domain.ts';
import type { Core } from './connection.svelte.ts';
import type { Jobs } from './jobs.svelte.ts';
import { Latest } from './latest.svelte.ts';
import type { Project } from './project.svelte.ts';

export class Runs {
  readonly recovery = new Latest<Recovery>();
  readonly preview = new Latest<RetrainPreview | null>();
  readonly #core: Core;
  readonly #project: Project;

  constructor(core: Core, project: Project, jobs: Jobs) {
    this.#core = core;
    this.#project = project;
    project.onReplaced(() => {
      this.recovery.clear();
      this.preview.clear();
    });
    jobs.onDone(({ kind }) => {
      if (kind === 'retrain' || kind === 'fit') void this.load();
    });
  }

  async load(): Promise<void> {
    // Before a model there are no runs, and asking for them would be an error.
    if (!this.#project.overview?.model) return;
    await this.recovery.load('recovery', (signal) => this.#core.call('runs.recovery', {}, { signal }));
    await this.preview.load('preview', (signal) => this.#core.call('runs.preview', {}, { signal }));
  }
}
