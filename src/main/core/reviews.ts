// Decisions: append only, one group for each key press, undo and redo as rows of their own.
import { stateAfter, type Action, type LabelChange, type ReviewState } from '../../shared/labels.ts';
import type { ReviewAnswer, ReviewProgress } from '../../shared/review.ts';
import { tell } from '../../shared/told.ts';
import type { DecisionGroup, NewDecision } from '../store/decision-table.ts';
import type { Store } from '../store/store.ts';
import { hitRatesOf, pacePerHourOf, secondsPerDecisionOf } from './pace.ts';

export interface DecideParams {
  decisions: { imageId: number; action: Action; classId?: number | undefined; rank?: number | undefined }[];
  spentMs?: number | undefined;
  seen?: { method: string; rank: number } | undefined;
}

/** One reviewer's decisions in one project; the undo stack is read from the log, so it survives a restart. */
export class Reviews {
  readonly #store: Store;
  readonly #reviewerId: number;
  #standing: DecisionGroup[] = [];
  #undone: DecisionGroup[] = [];
  /** Train images in each state; kept in step with every decision, because counting a million takes a second. */
  #counts: Record<ReviewState, number>;

  constructor(store: Store, reviewer: string) {
    this.#store = store;
    this.#reviewerId = store.reviewers.idOf(reviewer);
    this.#counts = store.labels.countByState();
    for (const group of store.decisions.groupsOf(this.#reviewerId)) this.#replay(group);
  }

  /** Writes the decisions and answers once they are on the disk. Throws 'bad-request' or 'not-found'; then nothing is written. */
  decide({ decisions, spentMs, seen }: DecideParams): ReviewAnswer {
    return this.#write(
      decisions.map((decision, index) => {
        const seenRank = seen ? (decision.rank ?? (index === 0 ? seen.rank : null)) : null;
        return {
          ...this.#judge(decision),
          spentMs: spentMs ?? null,
          seenMethod: seen && seenRank !== null ? seen.method : null,
          seenRank,
          undoes: null,
        };
      }),
    );
  }

  undo(): ReviewAnswer {
    const group = this.#standing.at(-1);
    return group ? this.#reverse(group, 'undo') : { changed: [], progress: this.progress() };
  }

  redo(): ReviewAnswer {
    const group = this.#undone.at(-1);
    return group ? this.#reverse(group, 'redo') : { changed: [], progress: this.progress() };
  }

  progress(): ReviewProgress {
    const { open, relabelled, kept, excluded, unsure } = this.#counts;
    const [hitRate, hitRateBefore] = hitRatesOf(this.#standing);
    return {
      decided: kept + relabelled + excluded + unsure,
      open,
      relabelled,
      hitRate,
      hitRateBefore,
      pacePerHour: pacePerHourOf(this.#standing),
      secondsPerDecision: secondsPerDecisionOf(this.#standing),
      canUndo: this.#standing.length > 0,
      canRedo: this.#undone.length > 0,
    };
  }

  #judge({
    imageId,
    action,
    classId,
  }: DecideParams['decisions'][number]): Omit<NewDecision, 'spentMs' | 'seenMethod' | 'seenRank' | 'undoes'> {
    const label = this.#store.images.find(imageId);
    if (!label) throw tell('not-found', 'no-image', { image: imageId });
    if (label.split !== 'train') throw tell('bad-request', 'not-train', { path: label.path });
    if (action === 'relabel' && (classId === undefined || classId > this.#store.classes.count()))
      throw tell('bad-request', 'relabel-to', {});
    // To keep is to stand by the given label, also after a relabel; to be unsure says nothing about the label.
    const classAfter = { keep: label.givenClassId, relabel: classId ?? null, exclude: null, unsure: label.classId }[
      action
    ];
    const isGiven = action === 'relabel' && classAfter === label.givenClassId;
    return {
      imageId,
      reviewerId: this.#reviewerId,
      action: isGiven ? 'keep' : action,
      classBefore: label.classId,
      classAfter,
      stateBefore: label.state,
      stateAfter: stateAfter[isGiven ? 'keep' : action],
    };
  }

  #reverse(group: DecisionGroup, action: 'undo' | 'redo'): ReviewAnswer {
    const rows = this.#store.decisions.group(group.groupId);
    return this.#write(
      rows.map((row): NewDecision => {
        const label = this.#store.labels.find(row.imageId);
        if (!label || label.classId !== row.classAfter || label.state !== row.stateAfter)
          throw tell('conflict', 'decided-since', { image: String(row.imageId) });
        return {
          imageId: row.imageId,
          reviewerId: this.#reviewerId,
          action,
          classBefore: row.classAfter,
          classAfter: row.classBefore,
          stateBefore: row.stateAfter,
          stateAfter: row.stateBefore,
          spentMs: null,
          seenMethod: null,
          seenRank: null,
          undoes: row.id,
        };
      }),
    );
  }

  #write(decisions: NewDecision[]): ReviewAnswer {
    const groupId = this.#store.transaction(() => {
      for (const { imageId, classAfter, stateAfter: state } of decisions)
        this.#store.labels.set(imageId, classAfter, state);
      return this.#store.decisions.addGroup(decisions);
    });
    for (const decision of decisions) {
      this.#counts[decision.stateBefore] -= 1;
      this.#counts[decision.stateAfter] += 1;
    }
    this.#replay({
      groupId,
      action: decisions[0]!.action,
      images: decisions.length,
      spentMs: decisions[0]!.spentMs,
      changes: decisions.filter(({ classBefore, classAfter }) => classBefore !== classAfter).length,
      at: Date.now(),
    });
    const changed = decisions.map(({ imageId, classAfter, stateAfter: state }): LabelChange => ({
      imageId,
      classId: classAfter,
      state,
    }));
    return { changed, progress: this.progress() };
  }

  #replay(group: DecisionGroup): void {
    if (group.action === 'undo') {
      const undone = this.#standing.pop();
      // What a redo has to reverse is the undo, and what a later undo has to reverse is the redo.
      if (undone) this.#undone.push({ ...undone, groupId: group.groupId });
    } else if (group.action === 'redo') {
      const redone = this.#undone.pop();
      if (redone) this.#standing.push({ ...redone, groupId: group.groupId });
    } else {
      this.#standing.push(group);
      this.#undone = [];
    }
  }
}
