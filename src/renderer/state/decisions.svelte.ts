// Deciding, undoing and redoing. A decision shows at once and counts as saved when core has answered.
import type { CoreCalls } from '../../shared/core-contract.ts';
import type { LabelChange, RankingMethod, ReviewAnswer, ReviewProgress } from '../../shared/domain.ts';
import { t } from '../texts.svelte.ts';
import type { Core } from './connection.svelte.ts';
import { toSentence, type Notices } from './notices.svelte.ts';
import type { Project } from './project.svelte.ts';
import type { LaidOver, Queue } from './queue.svelte.ts';
import { describeSaved, describeUnsaved } from './saved-sentence.ts';
import { toStanding, type Judged } from './verdict.ts';

/** Decisions of one key that were not saved and have been taken back. */
export interface UnsavedDecision {
  judged: readonly Judged[];
  sentence: string;
}

export class Decisions {
  progress = $state.raw<ReviewProgress | null>(null);
  unsaved = $state.raw<UnsavedDecision | null>(null);
  /** The last thing that was saved, in words. */
  saved = $state('');
  /** Keys that core has not answered yet. */
  pending = $state(0);

  readonly #core: Core;
  readonly #queue: Queue;
  readonly #project: Project;
  readonly #notices: Notices;
  /** Calls go out one after another, so that an undo meets the decision that it is meant for. */
  #tail: Promise<unknown> = Promise.resolve();
  #newest: Promise<boolean> = Promise.resolve(true);

  constructor(core: Core, queue: Queue, project: Project, notices: Notices) {
    this.#core = core;
    this.#queue = queue;
    this.#project = project;
    this.#notices = notices;
    core.onOpen(() => void this.#catchUp());
  }

  /** Shows decisions and has them saved as one group; where that fails they are taken back, and it says so. */
  decide(judged: readonly Judged[], spentMs?: number): void {
    const before = judged.map(({ row }) => this.#queue.overlay.get(row.imageId));
    const laid = judged.map(({ row, verdict }): LaidOver => ({ ...toStanding(row, verdict), isSaved: false }));
    judged.forEach(({ row }, index) => this.#queue.overlay.set(row.imageId, laid[index]!));
    this.unsaved = null;
    this.pending += 1;
    this.#newest = this.#enqueue(async () => {
      try {
        const answer = await this.#core.call('reviews.decide', toParams(judged, this.#queue.query.method, spentMs));
        const isStill = (change: LabelChange, index: number) => this.#isLaid(change.imageId, laid[index]!);
        this.#queue.lay(answer.changed.filter(isStill), true);
        this.#tell(describeSaved(judged, answer, this.#project), answer);
        return true;
      } catch (error) {
        judged.forEach(({ row }, index) => this.#takeBack(row.imageId, laid[index]!, before[index]));
        this.unsaved = { judged, sentence: toSentence(error) };
        this.#notices.announce(describeUnsaved(this.unsaved));
        return false;
      } finally {
        this.pending -= 1;
      }
    });
  }

  /** Takes back the last group of decisions that stands, or does it again; resolves to what changed. */
  reverse(call: 'reviews.undo' | 'reviews.redo'): Promise<LabelChange[]> {
    const newest = this.#newest;
    return this.#enqueue(async () => {
      // What was to be undone has not been saved and is already taken back.
      if (!(await newest)) {
        this.#newest = Promise.resolve(true);
        return [];
      }
      try {
        const answer = await this.#core.call(call, {});
        const isUndo = call === 'reviews.undo';
        const done = t(isUndo ? 'review.undone' : 'review.redone', { decided: answer.progress.decided });
        const nothing = t(isUndo ? 'review.nothing-to-undo' : 'review.nothing-to-redo');
        this.#queue.lay(answer.changed, true);
        this.#tell(answer.changed.length > 0 ? done : nothing, answer);
        return answer.changed;
      } catch (error) {
        this.#notices.show(error);
        return [];
      }
    });
  }

  async readProgress(): Promise<void> {
    try {
      this.progress = await this.#core.call('reviews.progress', {});
    } catch (error) {
      this.#notices.show(error);
    }
  }

  dismissUnsaved(): void {
    this.unsaved = null;
  }

  forget(): void {
    this.unsaved = null;
    this.progress = null;
    this.saved = '';
  }

  #isLaid(imageId: number, laid: LaidOver): boolean {
    return this.#queue.overlay.get(imageId) === laid;
  }

  #takeBack(imageId: number, laid: LaidOver, before: LaidOver | undefined): void {
    if (!this.#isLaid(imageId, laid)) return;
    if (before) this.#queue.overlay.set(imageId, before);
    else this.#queue.overlay.delete(imageId);
  }

  #tell(sentence: string, { progress }: ReviewAnswer): void {
    this.progress = progress;
    this.saved = sentence;
    this.#notices.announce(sentence);
  }

  #enqueue<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => undefined);
    return done;
  }

  /** The line is back: decisions whose answer was lost may have been written after all, all of them or none. */
  async #catchUp(): Promise<void> {
    if (this.progress === null) return;
    await this.readProgress();
    const { unsaved } = this;
    const first = unsaved?.judged[0];
    if (!unsaved || !first) return;
    const card = await this.#core.call('images.card', { imageId: first.row.imageId });
    const wanted = toStanding(first.row, first.verdict);
    if (card.state !== wanted.state || card.classId !== wanted.classId) return;
    for (const { row, verdict } of unsaved.judged)
      this.#queue.lay([{ imageId: row.imageId, ...toStanding(row, verdict) }], true);
    this.unsaved = null;
    this.saved = t('review.saved-after-all', { path: first.row.path });
    this.#notices.announce(this.saved);
  }
}

function toParams(
  judged: readonly Judged[],
  method: RankingMethod,
  spentMs: number | undefined,
): CoreCalls['reviews.decide']['params'] {
  return {
    decisions: judged.map(({ row, verdict: { action, classId } }) => ({
      imageId: row.imageId,
      action,
      ...(classId === undefined ? {} : { classId }),
      ...(row.rank > 0 ? { rank: row.rank } : {}),
    })),
    ...(spentMs === undefined ? {} : { spentMs }),
    ...(judged[0] && judged[0].row.rank > 0 ? { seen: { method, rank: judged[0].row.rank } } : {}),
  };
}
