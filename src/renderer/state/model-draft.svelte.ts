// A model that is being chosen: the file, what was understood, and the preprocessing as the person has edited it.
import type { ModelInspection } from '../../shared/core-contract.ts';
import type { Preprocessing } from '../../shared/domain.ts';
import type { Core } from './connection.svelte.ts';
import { Latest } from './latest.svelte.ts';
import type { ChosenPlace } from './places.svelte.ts';

export class ModelDraft {
  file = $state.raw<ChosenPlace | null>(null);
  readonly inspection = new Latest<ModelInspection>();
  /** Only what differs from the guess. */
  #edits = $state.raw<Partial<Preprocessing>>({});
  readonly preprocessing: Preprocessing | null = $derived.by(() => {
    const guess = this.inspection.value?.description.preprocessing;
    return guess ? { ...guess, ...this.#edits } : null;
  });
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  async choose(file: ChosenPlace): Promise<void> {
    this.file = file;
    this.#edits = {};
    this.inspection.value = null;
    await this.inspection.load(file.displayPath, (signal) =>
      this.#core.call('models.inspect', { file: file.place }, { signal }),
    );
  }

  edit(change: Partial<Preprocessing>): void {
    const edits = { ...this.#edits, ...change };
    const { preprocessing } = this;
    if (change.channels && preprocessing) {
      const count = change.channels === 'gray' ? 1 : 3;
      edits.mean = resize(preprocessing.mean, count);
      edits.std = resize(preprocessing.std, count);
    }
    this.#edits = edits;
  }

  /** Parameters of `models.set`; null until a readable model is chosen. */
  toParams() {
    if (!this.file || !this.inspection.value) return null;
    return { file: this.file.place, preprocessing: this.#edits };
  }
}

const resize = (values: readonly number[], count: number): number[] =>
  Array.from({ length: count }, (_, index) => values[index] ?? values[0] ?? 0);
