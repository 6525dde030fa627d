// Decisions, undo and redo in memory.
import type { CoreCalls } from '../../src/shared/core-contract.ts';
import { stateAfter, type Action, type LabelChange } from '../../src/shared/labels.ts';
import type { QueueRow } from '../../src/shared/queue.ts';
import type { HistoryEntry, ReviewAnswer, ReviewProgress } from '../../src/shared/review.ts';
import { AppError } from '../../src/shared/errors.ts';

type Group = { before: LabelChange[]; after: LabelChange[] };

export class FakeReviews {
  readonly #rows: QueueRow[];
  readonly #standing: Group[] = [];
  #undone: Group[] = [];

  constructor(rows: QueueRow[]) {
    this.#rows = rows;
  }

  decide({ decisions }: CoreCalls['reviews.decide']['params']): ReviewAnswer {
    const after = decisions.map(({ imageId, action, classId }) => this.#judge(imageId, action, classId));
    const before = after.map(({ imageId }) => toChange(rowOf(this.#rows, imageId)));
    this.#standing.push({ before, after });
    this.#undone = [];
    return this.#apply(after);
  }

  undo(): ReviewAnswer {
    const group = this.#standing.pop();
    if (group) this.#undone.push(group);
    return this.#apply(group?.before ?? []);
  }

  redo(): ReviewAnswer {
    const group = this.#undone.pop();
    if (group) this.#standing.push(group);
    return this.#apply(group?.after ?? []);
  }

  historyOf(imageId: number): HistoryEntry[] {
    return this.#standing.flatMap(({ before, after }) => {
      const from = before.find((each) => each.imageId === imageId);
      const to = after.find((each) => each.imageId === imageId);
      if (!from || !to) return [];
      const action = (Object.keys(stateAfter) as Action[]).find((each) => stateAfter[each] === to.state)!;
      return [
        {
          at: 0,
          reviewer: 'Lin',
          action,
          from: from.classId,
          to: to.classId,
          seen: null,
          images: after.length,
          text: null,
        },
      ];
    });
  }

  progress(): ReviewProgress {
    const decided = this.#rows.filter(({ state }) => state !== 'open').length;
    const last = this.#standing.slice(-50);
    const changes = last.filter(({ before, after }) => before[0]?.classId !== after[0]?.classId).length;
    return {
      decided,
      open: this.#rows.length - decided,
      relabelled: this.#rows.filter(({ classId, givenClassId }) => classId !== givenClassId).length,
      hitRate: last.length === 0 ? null : changes / last.length,
      hitRateBefore: null,
      pacePerHour: last.length < 10 ? null : 1843,
      secondsPerDecision: last.length === 0 ? null : 1.9,
      canUndo: this.#standing.length > 0,
      canRedo: this.#undone.length > 0,
    };
  }

  #judge(imageId: number, action: Action, classId?: number): LabelChange {
    const row = rowOf(this.#rows, imageId);
    const verdict = action === 'relabel' && classId === row.givenClassId ? 'keep' : action;
    const after = { keep: row.givenClassId, relabel: classId ?? null, exclude: null, unsure: row.classId }[verdict];
    return { imageId, classId: after, state: stateAfter[verdict] };
  }

  #apply(changed: LabelChange[]): ReviewAnswer {
    for (const { imageId, classId, state } of changed) Object.assign(rowOf(this.#rows, imageId), { classId, state });
    return { changed, progress: this.progress() };
  }
}

/** The row of an image; throws 'not-found' as core does. */
export function rowOf(rows: readonly QueueRow[], imageId: number): QueueRow {
  const row = rows[imageId - 1];
  if (!row) throw new AppError('not-found', `There is no image ${imageId} in this project.`);
  return row;
}

const toChange = ({ imageId, classId, state }: QueueRow): LabelChange => ({ imageId, classId, state });
