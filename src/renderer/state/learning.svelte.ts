// What the queue has learned, and when its new order is taken up: only while the reviewer's hands rest.
import type { QueueLearning } from '../../shared/ranking.ts';
import { t } from '../texts.svelte.ts';
import type { Core } from './connection.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import type { Review } from './review.svelte.ts';

/** No decision and no other view for this long is a pause. */
const restMs = 3_000;

export class Learning {
  current = $state.raw<QueueLearning | null>(null);
  /** The new order in words, and what had been saved when it was taken up: with the next decision it is no news. */
  said = $state.raw<{ text: string; after: string } | null>(null);
  readonly #review: Review;
  readonly #notices: Notices;
  readonly #core: Core;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Where the reviewer was when the timer was set. */
  #seen = '';

  constructor(core: Core, review: Review, notices: Notices) {
    this.#core = core;
    this.#review = review;
    this.#notices = notices;
    core.on('queue.reordered', (learning) => {
      this.current = learning;
      this.#wait();
    });
  }

  async load(): Promise<void> {
    this.current = await this.#core.call('queue.learned', {});
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#seen = this.#whereabouts();
    this.#timer = setTimeout(() => void this.#takeUp(), restMs);
  }

  #whereabouts(): string {
    const { queue, view, isVisiting, saving } = this.#review;
    return `${queue.overlay.size} ${view} ${isVisiting} ${saving.saved}`;
  }

  async #takeUp(): Promise<void> {
    const { queue, saving, view } = this.#review;
    if (queue.query.method !== 'learned' || queue.total === null) return;
    // Who looks at many, or at an image from elsewhere, keeps the order until they are back at the queue.
    const isElsewhere = view !== 'image' || this.#review.isVisiting;
    if (isElsewhere || this.#whereabouts() !== this.#seen || saving.pending > 0) return this.#wait();
    const isTaken = await queue.reorder(this.#review.place).catch(() => false);
    if (!isTaken) return;
    const text = t('learning.reordered', { count: this.current?.verdicts ?? 0 });
    this.said = { text, after: saving.saved };
    this.#notices.announce(text);
  }
}
