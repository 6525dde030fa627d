// A model that is being chosen: the file, what was understood, and the preprocessing as the person has edited it.
import type { ModelInspection } from '../../shared/core-contract.ts';
import type { HeadChoice, PictureLook, Preprocessing } from '../../shared/model.ts';
import type { Place } from '../../shared/project.ts';
import type { Core } from './connection.svelte.ts';
import { Latest } from './latest.svelte.ts';
import type { ChosenPlace } from './places.svelte.ts';

export class ModelDraft {
  file = $state.raw<ChosenPlace | null>(null);
  readonly inspection = new Latest<ModelInspection>();
  /** What the model makes of a few pictures, prepared as they are to be now. */
  readonly looks = new Latest<PictureLook[]>();
  /** Only what differs from the guess. */
  #edits = $state.raw<Partial<Preprocessing>>({});
  /** The outputs to choose from, and the one that is chosen; stays where that one is refused. */
  heads = $state.raw<HeadChoice | undefined>();
  /** The output whose head is asked for. */
  #head = $state.raw<string | undefined>();
  readonly preprocessing: Preprocessing | null = $derived.by(() => {
    const guess = this.inspection.value?.description.preprocessing;
    return guess ? { ...guess, ...this.#edits } : null;
  });
  readonly #core: Core;
  readonly #samples: () => Place[] | undefined;

  /** `samples` are the pictures to look at; without them, core takes images of the open project. */
  constructor(core: Core, samples: () => Place[] | undefined = () => undefined) {
    this.#core = core;
    this.#samples = samples;
  }

  async choose(file: ChosenPlace): Promise<void> {
    this.#edits = {};
    this.#head = this.heads = undefined;
    await this.#understand(file);
  }

  /** Takes the head of another output; the preprocessing stays as it was edited. */
  async chooseHead(output: string): Promise<void> {
    if (!this.file || !this.heads) return;
    this.#head = output;
    this.heads = { ...this.heads, chosen: output };
    await this.#understand(this.file);
  }

  async #understand(file: ChosenPlace): Promise<void> {
    this.file = file;
    this.inspection.value = null;
    this.looks.clear();
    await this.inspection.load(JSON.stringify([file.displayPath, this.#head]), async (signal) => {
      const inspection = await this.#inspect(file, signal);
      this.looks.value = inspection.description.looks ?? [];
      this.heads = inspection.description.heads;
      return inspection;
    });
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
    void this.lookAgain();
  }

  /** Has the model look at the pictures as they are prepared, and chosen, now. */
  async lookAgain(): Promise<void> {
    const { file } = this;
    if (!file || !this.inspection.value) return;
    const key = JSON.stringify([this.#chosen(file), this.#samples()]);
    await this.looks.load(key, async (signal) => (await this.#inspect(file, signal)).description.looks ?? []);
  }

  #inspect(file: ChosenPlace, signal: AbortSignal): Promise<ModelInspection> {
    const pictures = this.#samples();
    const params = { ...this.#chosen(file), ...(pictures ? { pictures } : {}) };
    return this.#core.call('models.inspect', params, { signal });
  }

  /** Parameters of `models.set`; null until a readable model is chosen. */
  toParams() {
    if (!this.file || !this.inspection.value) return null;
    return this.#chosen(this.file);
  }

  #chosen({ place }: ChosenPlace) {
    return { file: place, preprocessing: this.#edits, ...(this.#head === undefined ? {} : { head: this.#head }) };
  }
}

const resize = (values: readonly number[], count: number): number[] =>
  Array.from({ length: count }, (_, index) => values[index] ?? values[0] ?? 0);
