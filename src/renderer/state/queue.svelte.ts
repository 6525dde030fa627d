// The queue as pages of one order, with this sitting's decisions laid over what core answered.
import { SvelteMap } from 'svelte/reactivity';
import type { LabelChange, QueuePage, QueueRow, ReviewState } from '../../shared/domain.ts';
import { isAppError } from '../../shared/errors.ts';
import type { Core } from './connection.svelte.ts';
import { toSentence } from './notices.svelte.ts';

export const pageSize = 200;

export type Shown = 'open' | 'all' | 'unsure';
const statesShown: Record<Shown, ReviewState[] | undefined> = { open: ['open'], all: undefined, unsure: ['unsure'] };

export interface LaidOver {
  classId: number | null;
  state: ReviewState;
  /** False until core has answered that it is written. */
  isSaved: boolean;
}

export class Queue {
  shown = $state<Shown>('open');
  total = $state<number | null>(null);
  firstOpen = $state<number | null>(null);
  error = $state<string | null>(null);
  /** By image id: what was decided, or taken back, since the order was made. */
  readonly overlay = new SvelteMap<number, LaidOver>();
  readonly #pages = new SvelteMap<number, QueueRow[]>();
  readonly #places = new Map<number, number>();
  readonly #asked = new Set<number>();
  readonly #core: Core;
  readonly #onReordered: () => void;
  #order: string | undefined;
  /** Grows with every new order; answers for an older one are dropped. */
  #generation = 0;

  constructor(core: Core, onReordered: () => void) {
    this.#core = core;
    this.#onReordered = onReordered;
    // Pages that failed while the line was down are asked for again when they are next seen.
    core.onOpen(() => this.#asked.clear());
  }

  /** Makes a new order for `shown` under the newest fit, and forgets the one before. */
  async start(shown: Shown): Promise<void> {
    this.clear();
    this.shown = shown;
    await this.#loadPage(0);
  }

  clear(): void {
    this.#generation += 1;
    this.#order = undefined;
    this.#pages.clear();
    this.#places.clear();
    this.#asked.clear();
    this.overlay.clear();
    this.total = null;
    this.firstOpen = null;
    this.error = null;
  }

  /** The row at a place as it stands now; undefined until its page is there. */
  row(place: number): QueueRow | undefined {
    const row = this.#pages.get(Math.floor(place / pageSize))?.[place % pageSize];
    const laidOver = row && this.overlay.get(row.imageId);
    return row && laidOver ? { ...row, classId: laidOver.classId, state: laidOver.state } : row;
  }

  /** Asks for the pages of these places that are not here yet. */
  ensure(from: number, to: number): void {
    if (this.#order === undefined || this.total === null) return;
    const last = Math.min(to, this.total - 1);
    for (let page = Math.floor(Math.max(0, from) / pageSize); page * pageSize <= last; page++)
      void this.#loadPage(page);
  }

  /** Where an image stands in this order, as far as its page has been seen. */
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

  lay(changes: readonly LabelChange[], isSaved: boolean): void {
    for (const { imageId, classId, state } of changes) this.overlay.set(imageId, { classId, state, isSaved });
  }

  #isDecided(row: QueueRow): boolean {
    const laidOver = this.overlay.get(row.imageId);
    return laidOver !== undefined && laidOver.state !== 'open';
  }

  async #loadPage(page: number): Promise<void> {
    if (this.#asked.has(page)) return;
    this.#asked.add(page);
    const generation = this.#generation;
    try {
      const answer = await this.#core.call('queue.page', {
        query: queryOf(this.shown),
        ...(this.#order === undefined ? {} : { order: this.#order }),
        from: page * pageSize,
        count: pageSize,
      });
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
    if (isReordered) {
      this.#pages.clear();
      this.#places.clear();
      this.#asked.clear();
      this.#asked.add(page);
    }
    this.#order = order;
    this.total = total;
    this.firstOpen = firstOpen;
    this.error = null;
    this.#pages.set(page, rows);
    rows.forEach((row, index) => this.#places.set(row.imageId, page * pageSize + index));
    if (isReordered) this.#onReordered();
  }
}

const queryOf = (shown: Shown) => {
  const states = statesShown[shown];
  return { method: 'importance' as const, ...(states ? { states } : {}) };
};
