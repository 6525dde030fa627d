// Rankings compared: on labels that were made wrong, and on the verdicts of this project.
import { SvelteSet } from 'svelte/reactivity';
import type { StartJob } from '../../shared/core-contract.ts';
import type {
  ExperimentFeatures,
  ExperimentMethod,
  ExperimentNoise,
  ExperimentResult,
} from '../../shared/experiment.ts';
import type { BakeOff } from '../../shared/ranking.ts';
import type { Core } from './connection.svelte.ts';
import type { Jobs } from './jobs.svelte.ts';
import { Latest } from './latest.svelte.ts';
import type { ChosenPlace } from './places.svelte.ts';
import type { Project } from './project.svelte.ts';

/** The settings of the paper's study: 40 % flipped, raw pixels, weight decay 0.001. */
const paper = { flip: 40, lambda: '0.001', seeds: 5 } as const;
const usual: readonly ExperimentMethod[] = ['suspicion', 'importance', 'self-influence', 'random'];

export class Experiment {
  noise = $state<ExperimentNoise>('symmetric');
  /** Percent of the labels. */
  flip = $state<number | null>(20);
  truth = $state.raw<ChosenPlace | null>(null);
  readonly methods = new SvelteSet<ExperimentMethod>(usual);
  seeds = $state<number | null>(5);
  features = $state<ExperimentFeatures>('head');
  /** A number; empty where it is to be chosen. */
  lambda = $state('');

  /** Of the newest experiment that is done, and its job. */
  readonly result = new Latest<{ id: number; result: ExperimentResult }>();
  readonly bakeOff = new Latest<BakeOff>();
  readonly #core: Core;
  readonly #jobs: Jobs;

  constructor(core: Core, project: Project, jobs: Jobs) {
    this.#core = core;
    this.#jobs = jobs;
    project.onReplaced(() => {
      this.result.clear();
      this.bakeOff.clear();
      this.truth = null;
    });
    jobs.onDone(({ kind }) => {
      if (kind === 'experiment') void this.load();
    });
  }

  /** Null where something is missing or no number. */
  readonly request: StartJob | null = $derived.by(() => {
    const { noise, flip, truth, seeds, features } = this;
    const lambda = this.lambda.trim() === '' ? 'auto' : Number(this.lambda.replace(',', '.'));
    const isSound =
      this.methods.size > 0 &&
      seeds !== null &&
      Number.isInteger(seeds) &&
      seeds >= 1 &&
      seeds <= 50 &&
      (lambda === 'auto' || lambda > 0) &&
      (noise === 'truth' ? truth !== null : flip !== null && flip > 0 && flip < 100);
    if (!isSound) return null;
    const made = noise === 'truth' ? { truth: truth!.place } : { noise, flip: flip! / 100 };
    return { kind: 'experiment', params: { ...made, methods: [...this.methods], seeds, features, lambda } };
  });

  asInThePaper(): void {
    Object.assign(this, { ...paper, noise: 'symmetric', features: 'pixels' });
    this.methods.clear();
    for (const method of ['importance', 'self-influence', 'random'] as const) this.methods.add(method);
  }

  async load(): Promise<void> {
    const done = this.#jobs.list.findLast(({ kind, state }) => kind === 'experiment' && state === 'done');
    if (!done || this.result.key === String(done.id)) return;
    await this.result.load(String(done.id), async (signal) => ({
      id: done.id,
      result: (await this.#core.call('jobs.result', { id: done.id }, { signal })) as ExperimentResult,
    }));
  }

  /** Compares the rankings on the verdicts so far; rejects with a sentence where that does not end well. */
  async compare(): Promise<void> {
    const { id } = await this.#jobs.finish({ kind: 'rank', params: { bakeOff: true } });
    await this.bakeOff.load(
      String(id),
      async (signal) => (await this.#core.call('jobs.result', { id }, { signal })) as BakeOff,
    );
  }

  async write(id: number, folder: ChosenPlace): Promise<string[]> {
    const { written } = await this.#core.call('experiments.write', {
      id,
      folder: folder.place,
      name: `experiment-${id}`,
    });
    return written;
  }
}
