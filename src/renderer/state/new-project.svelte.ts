// A project that is being made: what has been chosen so far, and the jobs that make it.
import type { ImportPreview } from '../../shared/core-contract.ts';
import type { Place } from '../../shared/project.ts';
import type { AppState } from './app-state.ts';
import { Latest } from './latest.svelte.ts';
import { ModelDraft } from './model-draft.svelte.ts';
import { toSentence } from './notices.svelte.ts';
import type { ChosenPlace } from './places.svelte.ts';
import { laterSteps } from './jobs.svelte.ts';

export const steps = ['source', 'understood', 'model', 'save'] as const;
export type Step = (typeof steps)[number];
export type Column = 'path' | 'label' | 'split';

export const largestTestPercent = 90;
export const largestSeed = 2 ** 31;

export class NewProject {
  step = $state<Step>('source');
  images = $state.raw<ChosenPlace | null>(null);
  format = $state<'folders' | 'csv'>('folders');
  labelFile = $state.raw<ChosenPlace | null>(null);
  /** Only the columns that the person has chosen; the others are guessed from the header. */
  columns = $state.raw<Partial<Record<Column, string>>>({});
  testPercent = $state(20);
  seed = $state(1);
  name = $state('');
  folder = $state.raw<ChosenPlace | null>(null);
  isCreating = $state(false);
  error = $state<string | null>(null);
  readonly preview = new Latest<ImportPreview>();
  readonly model: ModelDraft;
  /** True once the file is there, so that a second try goes on from there. */
  #isCreated = false;
  readonly #app: Pick<AppState, 'connection' | 'project' | 'jobs' | 'review'>;

  readonly canGoOn: boolean = $derived.by(() => {
    switch (this.step) {
      case 'source':
        return this.images !== null && (this.format === 'folders' || this.labelFile !== null);
      case 'understood':
        return (this.preview.value?.images.train ?? 0) > 0 && !this.preview.isLoading;
      case 'model':
        return this.model.preprocessing !== null;
      case 'save':
        return this.name.trim() !== '' && this.folder !== null && !this.isCreating;
      default:
        return this.step satisfies never;
    }
  });

  constructor(app: Pick<AppState, 'connection' | 'project' | 'jobs' | 'review'>) {
    this.#app = app;
    this.model = new ModelDraft(app.connection, () => this.#samplePlaces());
  }

  chooseImages(place: ChosenPlace): void {
    this.images = place;
    const folderName = /[^\\/]+(?=[\\/]?$)/.exec(place.displayPath)?.[0] ?? '';
    if (this.name === '') this.name = folderName;
  }

  chooseColumn(column: Column, header: string): void {
    this.columns = { ...this.columns, [column]: header };
    void this.look();
  }

  goTo(step: Step): void {
    this.error = null;
    this.step = step;
    if (step === 'understood') void this.look();
    if (step === 'model') void this.model.lookAgain();
  }

  next(): void {
    const following = steps[steps.indexOf(this.step) + 1];
    if (following) this.goTo(following);
  }

  back(): void {
    const before = steps[steps.indexOf(this.step) - 1];
    if (before) this.goTo(before);
  }

  /** Asks what an import would do; nothing is written. A number that is out of range becomes the nearest one in it. */
  async look(): Promise<void> {
    this.testPercent = Math.min(largestTestPercent, Math.max(0, this.testPercent));
    this.seed = Math.min(largestSeed, Math.max(0, Math.round(this.seed)));
    const params = this.#importParams();
    if (!params) return;
    await this.preview.load(JSON.stringify(params), (signal) =>
      this.#app.connection.call('imports.preview', params, { signal }),
    );
  }

  /** Creates the project and starts import, extraction and fit, each after the one before. Returns whether it was created. */
  async create(): Promise<boolean> {
    const params = this.#importParams();
    const model = this.model.toParams();
    if (!params || !model || !this.folder) return false;
    const { project, jobs, review } = this.#app;
    this.isCreating = true;
    this.error = null;
    try {
      if (!(await review.saving.mayLeave())) return false;
      if (!this.#isCreated) await project.create({ folder: this.folder.place, name: this.name.trim() });
      this.#isCreated = true;
      await project.setModel(model);
      await jobs.startChain([{ kind: 'import', params }, ...laterSteps]);
      return true;
    } catch (error) {
      this.error = toSentence(error);
      return false;
    } finally {
      this.isCreating = false;
    }
  }

  #samplePlaces(): Place[] {
    const { grant, path } = this.images?.place ?? { grant: '', path: '' };
    return (this.preview.value?.samples ?? []).map((sample) => ({
      grant,
      path: path === '' ? sample : `${path}/${sample}`,
    }));
  }

  #importParams() {
    const { images, labelFile, columns } = this;
    if (!images) return null;
    const labels =
      this.format === 'folders' || !labelFile
        ? { format: 'folders' as const }
        : {
            format: 'csv' as const,
            file: labelFile.place,
            ...(columns.path ? { pathColumn: columns.path } : {}),
            ...(columns.label ? { labelColumn: columns.label } : {}),
            ...(columns.split ? { splitColumn: columns.split } : {}),
          };
    return { images: images.place, labels, testFraction: this.testPercent / 100, seed: this.seed };
  }
}
