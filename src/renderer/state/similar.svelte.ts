// The images that look most like one: that one first, then its nearest by features.
import type { QueueRow, SimilarImage } from '../../shared/queue.ts';
import type { Core } from './connection.svelte.ts';
import { Latest } from './latest.svelte.ts';
import { Selection } from './selection.svelte.ts';

const listed = 60;

export class Similar {
  readonly found = new Latest<SimilarImage[]>();
  readonly selection = new Selection();
  /** The image in hand and those near it. */
  readonly rows: SimilarImage[] = $derived.by(() => {
    const of = this.#of;
    return of ? [{ ...of, similarity: 1 }, ...(this.found.value ?? [])] : [];
  });
  #of = $state.raw<QueueRow | null>(null);
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Looks for the neighbours of an image and selects that image. */
  async show(row: QueueRow): Promise<void> {
    if (this.#of?.imageId === row.imageId) return;
    this.#of = row;
    this.found.value = null;
    this.selection.set([0]);
    this.selection.goTo(0);
    await this.found.load(String(row.imageId), (signal) =>
      this.#core.call('images.similar', { imageId: row.imageId, count: listed }, { signal }),
    );
  }

  clear(): void {
    this.#of = null;
    this.found.clear();
    this.selection.clear();
  }

  /** Selects all that carry the label that the image in hand was given. */
  selectSame(asItStands: (row: SimilarImage) => SimilarImage): void {
    const label = this.#of?.givenClassId;
    this.selection.set(
      this.rows.flatMap((row, place) =>
        asItStands(row).classId === label && asItStands(row).state === 'open' ? [place] : [],
      ),
    );
  }
}
