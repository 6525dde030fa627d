// The queue as pages of one order, with this sitting's decisions laid over what core answered. Only the pages near what is
// looked at are held, so that a queue of a million images takes no more memory than one of a thousand.
import { SvelteMap } from 'svelte/reactivity';
import type { LabelChange, ReviewState } from '../../shared/labels.ts';
import type { QueuePage, QueueQuery, QueueRow } from '../../shared/queue.ts';
import { AppError, isAppError } from '../../shared/errors.ts';
import { t } from '../texts.svelte.ts';
import type { Core } from './connection.svelte.ts';
import { toSentence } from './notices.svelte.ts';

export const pageSize = 200;
const heldPages = 24;
/** Images that stay where they are when the rest is re-ordered: those just seen, and those that are made ready. */
const leadBefore = 100;
const leadAfter = 5;

export const startQuery: QueueQuery = { method: 'learned', states: ['open'] };

export interface LaidOver {
  classId: number | null;
  state: ReviewState;
  /** False until core has answered that it is written. */
  isSaved: boolean;
}

export class Queue {
  query = $state.raw<QueueQuery>(startQuery);
  total = $state<number | null>(null);
  firstOpen = $state<number | null>(null);
  error = $state<string | null>(null);
  /** By image id: what was decided, or taken back, since the order was made. */
  readonly overlay = new SvelteMap<number, LaidOver>();
  /** Images decided since the order was made, where that changes what the query would find now. */
  readonly decidedSince: number = $derived.by(() => (dependsOnDecisions(this.query) ? this.overlay.size : 0));
  /** In the order in which they were last needed. */
  readonly #pages = new SvelteMap<number, QueueRow[]>();
  readonly #places = new Map<number, number>();
  readonly #asked = new Set<number>();
  readonly #core: Core;
  readonly #onReordered: (imageInHand: number | undefined) => void;
  readonly #currentImage: () => number | undefined;
  #order: string | undefined;
  /** Grows with every new order; answers for an older one are dropped. */
  #generation = 0;

  constructor(
    core: Core,
    onReordered: (imageInHand: number | undefined) => void,
    currentImage: () => number | undefined,
  ) {
    this.#core = core;
    this.#currentImage = currentImage;
    this.#onReordered = onReordered;
    // Pages that failed while the line was down are asked for again when they are next seen.
    core.onOpen(() => this.#asked.clear());
  }

  /** Makes a new order for a query under the newest fit, and forgets the one before. */
  async start(query: QueueQuery): Promise<void> {
    this.clear();
    this.query = query;
    await this.#loadPage(0);
  }

  clear(): void {
    this.#generation += 1;
    this.#order = undefined;
    this.#forgetPages();
    this.overlay.clear();
    this.total = null;
    this.firstOpen = null;
    this.error = null;
  }

  /** The row at a place as it stands now; undefined until its page is there. */
  row(place: number): QueueRow | undefined {
    const row = this.#pages.get(Math.floor(place / pageSize))?.[place % pageSize];
    return row && this.asItStands(row);
  }

  /** A row of wherever, with what was decided of it meanwhile. */
  asItStands<Row extends QueueRow>(row: Row): Row {
    const laidOver = this.overlay.get(row.imageId);
    return laidOver ? { ...row, classId: laidOver.classId, state: laidOver.state } : row;
  }

  /** The name of the order in hand; undefined until its first page is there. */
  get order(): string | undefined {
    return this.#order;
  }

  /** The image at a place of an order, which another may have replaced. Rejects with 'conflict' where core has it no more. */
  async imageAt({ place, order }: { place: number; order: string }): Promise<QueueRow> {
    const answer = await this.#core.call('queue.page', { query: this.query, order, from: place, count: 1 });
    const row = answer.order === order ? answer.rows[0] : undefined;
    if (!row) throw new AppError('conflict', t('note.reordered'));
    return row;
  }

  isSaved(imageId: number): boolean {
    return this.overlay.get(imageId)?.isSaved ?? true;
  }

  /** Asks for the pages of these places that are not here yet. */
  ensure(from: number, to: number): void {
    if (this.#order === undefined || this.total === null) return;
    const last = Math.min(to, this.total - 1);
    for (let page = Math.floor(Math.max(0, from) / pageSize); page * pageSize <= last; page++)
      void this.#loadPage(page);
  }

  /** The rows at these places, at once where all are here; rejects where core does, or has another order now. */
  rowsAt(places: readonly number[]): QueueRow[] | Promise<QueueRow[]> {
    const pages = new Map(this.#pages);
    const toRows = () =>
      places.flatMap((place) => {
        const row = pages.get(Math.floor(place / pageSize))?.[place % pageSize];
        return row ? [this.asItStands(row)] : [];
      });
    const missing = new Set(places.map((place) => Math.floor(place / pageSize)).filter((page) => !pages.has(page)));
    if (missing.size === 0) return toRows();
    const order = this.#order;
    const reads = Array.from(missing, async (page) => {
      const answer = await this.#readPage(page);
      if (answer.order !== order) throw new AppError('conflict', t('selection.reordered'));
      pages.set(page, answer.rows);
    });
    return Promise.all(reads).then(toRows);
  }

  /** Where an image stands in this order, as far as its page is held. */
  placeOf(imageId: number): number | undefined {
    return this.#places.get(imageId);
  }

  /** The next place after `place` that has no decision of this sitting; undefined at the end. */
  nextUndecided(place: number): number | undefined {
    const total = this.total ?? 0;
    for (let next = place + 1; next < total; next++) {
      const row = this.#pages.get(Math.floor(next / pageSize))?.[next % pageSize];
      if (!row || !this.#isDecided(row)) return next;
    }
    return undefined;
  }

  /**
   * Takes up the newest order of the query behind the images around `place`, which stay as they are. False where the
   * reviewer has gone on beyond them meanwhile; then nothing has changed.
   */
  async reorder(place: number): Promise<boolean> {
    const generation = this.#generation;
    const lead: number[] = [];
    for (let at = Math.max(0, place - leadBefore); at <= place + leadAfter; at++) {
      const row = this.#pages.get(Math.floor(at / pageSize))?.[at % pageSize];
      if (row) lead.push(row.imageId);
    }
    const answer = await this.#core.call('queue.page', { query: this.query, lead, from: 0, count: pageSize });
    const current = this.#currentImage();
    const isStillThere = current !== undefined && lead.includes(current);
    if (generation !== this.#generation || !isStillThere) return false;
    this.#accept(0, answer);
    return true;
  }

  lay(changes: readonly LabelChange[], isSaved: boolean): void {
    for (const { imageId, classId, state } of changes) this.overlay.set(imageId, { classId, state, isSaved });
  }

  #isDecided(row: QueueRow): boolean {
    const laidOver = this.overlay.get(row.imageId);
    return laidOver !== undefined && laidOver.state !== 'open';
  }

  #readPage(page: number): Promise<QueuePage> {
    return this.#core.call('queue.page', {
      query: this.query,
      ...(this.#order === undefined ? {} : { order: this.#order }),
      from: page * pageSize,
      count: pageSize,
    });
  }

  async #loadPage(page: number): Promise<void> {
    if (this.#asked.has(page)) return;
    this.#asked.add(page);
    const generation = this.#generation;
    try {
      const answer = await this.#readPage(page);
      if (generation === this.#generation) this.#accept(page, answer);
    } catch (error) {
      if (generation !== this.#generation || isAppError(error, 'cancelled')) return;
      this.#asked.delete(page);
      this.error = toSentence(error);
    }
  }

  #accept(page: number, { order, total, firstOpen, rows }: QueuePage): void {
    // Core had dropped the order and made it anew: pages of the old one do not fit it.
    const isReordered = this.#order !== undefined && this.#order !== order;
    const imageInHand = this.#currentImage();
    const inHand = isReordered ? this.#rowOf(imageInHand) : undefined;
    if (isReordered) {
      this.#forgetPages();
      this.#asked.add(page);
    }
    this.#order = order;
    this.total = total;
    this.firstOpen = firstOpen;
    this.error = null;
    this.#pages.set(page, inHand ? rows.map((row) => withSuggestionOf(inHand, row)) : rows);
    rows.forEach((row, index) => this.#places.set(row.imageId, page * pageSize + index));
    this.#dropFarthest(page);
    if (isReordered) this.#onReordered(imageInHand);
  }

  #rowOf(imageId: number | undefined): QueueRow | undefined {
    const place = imageId === undefined ? undefined : this.#places.get(imageId);
    return place === undefined ? undefined : this.#pages.get(Math.floor(place / pageSize))?.[place % pageSize];
  }

  /** What has just come is what is looked at. */
  #dropFarthest(near: number): void {
    while (this.#pages.size > heldPages) {
      const [farthest = near] = [...this.#pages.keys()].sort((a, b) => Math.abs(b - near) - Math.abs(a - near));
      for (const { imageId } of this.#pages.get(farthest)!) this.#places.delete(imageId);
      this.#pages.delete(farthest);
      this.#asked.delete(farthest);
    }
  }

  #forgetPages(): void {
    this.#pages.clear();
    this.#places.clear();
    this.#asked.clear();
  }
}

/** Between looking and deciding, what is suggested for the image in hand does not change. */
const withSuggestionOf = (seen: QueueRow, row: QueueRow): QueueRow =>
  row.imageId === seen.imageId
    ? {
        ...row,
        suggestedClassId: seen.suggestedClassId,
        secondClassId: seen.secondClassId,
        probability: seen.probability,
      }
    : row;

const dependsOnDecisions = ({ states, classId, reviewer, arrangement }: QueueQuery): boolean =>
  states !== undefined || classId !== undefined || reviewer !== undefined || arrangement === 'state';
