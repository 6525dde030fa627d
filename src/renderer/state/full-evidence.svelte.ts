// The evidence of one image for two classes, side by side: the suggested label and the given one.
import type { Evidence, QueueRow } from '../../shared/domain.ts';
import type { Core } from './connection.svelte.ts';
import { Latest } from './latest.svelte.ts';

/** Points of each sign in a column. */
export const pointsInFull = 6;
export type EvidenceOrder = 'raw' | 'cosine';

export class FullEvidence {
  order = $state<EvidenceOrder>('raw');
  readonly suggested = new Latest<Evidence>();
  readonly other = new Latest<Evidence>();
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Loads both columns; where the model suggests the given label, the second is that of `runnerUp`. */
  show({ imageId, suggestedClassId, givenClassId }: QueueRow, runnerUp: number, order: EvidenceOrder): void {
    const otherId = suggestedClassId === givenClassId ? runnerUp : givenClassId;
    const load = (column: Latest<Evidence>, classId: number) => {
      const key = `${imageId} ${classId} ${order}`;
      if (column.key === key) return;
      void column.load(key, (signal) =>
        this.#core.call('images.evidence', { imageIds: [imageId], classId, count: pointsInFull, order }, { signal }),
      );
    };
    load(this.suggested, suggestedClassId);
    load(this.other, otherId);
  }
}
