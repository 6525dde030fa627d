// The evidence of one image for two classes, side by side: the suggested label and the given one.
import type { Evidence } from '../../shared/evidence.ts';
import type { QueueRow } from '../../shared/queue.ts';
import type { Core } from './connection.svelte.ts';
import { Latest } from './latest.svelte.ts';

/** Points of each sign in a column: these numbers in turn. */
const pointCounts = [6, 12, 25];
export type EvidenceOrder = 'raw' | 'cosine';

export class FullEvidence {
  order = $state<EvidenceOrder>('raw');
  count = $state(pointCounts[0]!);
  readonly suggested = new Latest<Evidence>();
  readonly other = new Latest<Evidence>();
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  showMore(): void {
    this.count = pointCounts[(pointCounts.indexOf(this.count) + 1) % pointCounts.length]!;
  }

  clear(): void {
    this.suggested.clear();
    this.other.clear();
  }

  /** Loads both columns; where the model suggests the given label, the second is that of `runnerUp`. */
  show(
    { imageId, suggestedClassId, givenClassId }: QueueRow,
    runnerUp: number,
    { order, count }: { order: EvidenceOrder; count: number },
  ): void {
    const otherId = suggestedClassId === givenClassId ? runnerUp : givenClassId;
    const load = (column: Latest<Evidence>, classId: number) => {
      const key = `${imageId} ${classId} ${order} ${count}`;
      if (column.key === key) return;
      void column.load(key, (signal) =>
        this.#core.call('images.evidence', { imageIds: [imageId], classId, count, order }, { signal }),
      );
    };
    load(this.suggested, suggestedClassId);
    load(this.other, otherId);
  }
}
