// What Explain shows: the test errors of a fit, one cell of them, and one image of that cell.
import type { CellEvidence, CellImage, CellImages, Confusion, Evidence } from '../../shared/evidence.ts';
import type { EvidenceOrder, FitTarget } from '../../shared/fit.ts';
import type { Core } from './connection.svelte.ts';
import { Latest } from './latest.svelte.ts';
import type { Project } from './project.svelte.ts';

/** Training images that are listed for a cell, and points of each sign for one image. */
export const listedForCell = 25;
export const listedForImage = 5;
const imagesPerPage = 60;

export interface Cell {
  classId: number;
  predictedClassId: number;
}

export class Explanation {
  fit = $state<FitTarget>('labels');
  order = $state<EvidenceOrder>('raw');
  cell = $state.raw<Cell | null>(null);
  /** A cell that another screen leads to, to be opened next. */
  wanted: Cell | null = null;
  image = $state.raw<CellImage | null>(null);
  /** What the image is explained for: the class argued for, and the one argued against. */
  toward = $state(1);
  against = $state<number | null>(null);
  /** The training image that was last opened for review. */
  reviewed = $state<number | null>(null);
  readonly confusion = new Latest<Confusion>();
  readonly images = new Latest<CellImages>();
  /** Of all images of the cell together, and of one alone. */
  readonly shared = new Latest<CellEvidence>();
  readonly alone = new Latest<Evidence>();
  readonly #core: Core;

  constructor(core: Core, project: Project) {
    this.#core = core;
    project.onReplaced(() => this.#forget());
  }

  /** Reads the matrix anew and opens the cell that is wanted or was open, or the largest error. */
  async load(): Promise<void> {
    const { fit } = this;
    await this.confusion.load(fit, (signal) => this.#core.call('confusion.read', { fit }, { signal }));
    const confusion = this.confusion.value;
    if (confusion?.fit !== this.fit) return;
    const cell = this.wanted ?? this.cell;
    this.wanted = null;
    const isThere = cell !== null && imagesIn(confusion, cell) > 0;
    const chosen = isThere ? cell : (confusion.errors[0] ?? null);
    if (chosen) await this.open(chosen);
    else this.#close();
  }

  async choose(fit: FitTarget): Promise<void> {
    this.fit = fit;
    await this.load();
  }

  async open({ classId, predictedClassId }: Cell): Promise<void> {
    this.cell = { classId, predictedClassId };
    const params = { fit: this.fit, classId, predictedClassId };
    const key = `${this.fit} ${classId} ${predictedClassId}`;
    const isNew = this.images.key !== key;
    if (isNew) for (const part of [this.images, this.shared]) part.clear();
    const count = isNew ? imagesPerPage : Math.max(imagesPerPage, this.images.value?.rows.length ?? 0);
    const shared = this.shared.load(key, (signal) =>
      this.#core.call('confusion.evidence', { ...params, count: listedForCell }, { signal }),
    );
    await this.images.load(key, (signal) => this.#core.call('confusion.images', { ...params, count }, { signal }));
    if (this.images.key !== key) return;
    const rows = this.images.value?.rows ?? [];
    const image = rows.find(({ imageId }) => !isNew && imageId === this.image?.imageId) ?? rows[0];
    if (image) await this.show(image, isNew ? undefined : { toward: this.toward, against: this.against });
    await shared;
  }

  /** Adds the next page of the cell's images to those that are listed. */
  async more(): Promise<void> {
    const { cell, fit } = this;
    const before = this.images.value;
    if (!cell || !before) return;
    await this.images.load(this.images.key ?? '', async (signal) => {
      const from = before.rows.length;
      const next = await this.#core.call('confusion.images', { fit, ...cell, from, count: imagesPerPage }, { signal });
      return { ...next, from: 0, rows: [...before.rows, ...next.rows] };
    });
  }

  /** Explains one image of the cell: its true class over the predicted one where nothing else is asked for. */
  async show(image: CellImage, asked?: { toward: number; against: number | null }): Promise<void> {
    const { cell } = this;
    if (!cell) return;
    this.image = image;
    this.toward = asked?.toward ?? cell.classId;
    const against = asked ? asked.against : cell.predictedClassId;
    this.against = against === this.toward ? null : against;
    const { fit, order, toward } = this;
    const over = this.against === null ? {} : { againstClassId: this.against };
    const key = [fit, image.imageId, toward, this.against, order].join(' ');
    await this.alone.load(key, (signal) =>
      this.#core.call(
        'images.evidence',
        { imageIds: [image.imageId], classId: toward, ...over, count: listedForImage, order, fit },
        { signal },
      ),
    );
  }

  /** The image in hand for another class, or another difference of classes, or in another order. */
  async ask({
    toward = this.toward,
    against = this.against,
    order = this.order,
  }: {
    toward?: number;
    against?: number | null;
    order?: EvidenceOrder;
  }): Promise<void> {
    this.order = order;
    if (this.image) await this.show(this.image, { toward, against });
  }

  #close(): void {
    this.cell = null;
    this.image = null;
    for (const part of [this.images, this.shared, this.alone]) part.clear();
  }

  #forget(): void {
    this.#close();
    this.confusion.clear();
    this.fit = 'labels';
    this.reviewed = null;
    this.wanted = null;
  }
}

/** Images in a cell of the matrix. */
export function imagesIn({ right, errors }: Confusion, { classId, predictedClassId }: Cell): number {
  if (classId === predictedClassId) return right[classId - 1] ?? 0;
  const cell = errors.find((each) => each.classId === classId && each.predictedClassId === predictedClassId);
  return cell?.images ?? 0;
}
