// Deciding, undoing and redoing. A decision shows at once and counts as saved when core has answered.
import type { CoreCalls } from '../../shared/core-contract.ts';
import { stateAfter, type Action, type LabelChange } from '../../shared/labels.ts';
import type { ReviewAnswer, ReviewProgress } from '../../shared/review.ts';
import { isAppError } from '../../shared/errors.ts';
import { isLineLost } from '../../shared/rpc.ts';
import { t } from '../texts.svelte.ts';
import type { Core } from './connection.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import type { Project } from './project.svelte.ts';
import type { LaidOver, Queue } from './queue.svelte.ts';
import { describeSaved } from './saved-sentence.ts';
import type { Saving, Unwritten } from './saving.svelte.ts';
import { toStanding, type Judged } from './verdict.ts';

/** A group with what stands for it in the queue until it is saved, and what stood there before. */
interface Shown {
  judged: readonly Judged[];
  laid: readonly LaidOver[];
  before: readonly (LaidOver | undefined)[];
}

export class Decisions {
  progress = $state.raw<ReviewProgress | null>(null);

  readonly #core: Core;
  readonly #queue: Queue;
  readonly #project: Project;
  readonly #saving: Saving;
  readonly #notices: Notices;
  #newest: Promise<boolean> = Promise.resolve(true);

  constructor(core: Core, queue: Queue, project: Project, saving: Saving, notices: Notices) {
    this.#core = core;
    this.#queue = queue;
    this.#project = project;
    this.#saving = saving;
    this.#notices = notices;
    project.onOpen(() => {
      if (this.progress !== null) void this.readProgress();
    });
    core.on('reviews.changed', (answer) => this.#takeFromElsewhere(answer));
  }

  /**
   * Shows decisions and has them saved as one group; where that fails they are taken back, and it says so. A group that is
   * still being found holds its place among the keys, and is shown when it is found.
   */
  decide(judged: readonly Judged[] | Promise<readonly Judged[]>, spentMs?: number): void {
    const shown = judged instanceof Promise ? undefined : this.#show(judged);
    const newest = this.#saving.enqueue(async () => {
      try {
        // All that was decided before has been answered: what is not saved by now was decided later.
        const group = shown ?? this.#show(await judged, ({ row }) => this.#queue.isSaved(row.imageId));
        return await this.#save(group, spentMs);
      } catch (error) {
        this.#notices.show(error);
        // An undo behind it was meant for it; one that is pressed after this was said is not.
        if (this.#newest === newest) this.#newest = Promise.resolve(true);
        return false;
      }
    });
    this.#newest = newest;
  }

  /** Takes back the last group of decisions that stands, or does it again; resolves to what changed. */
  reverse(call: 'reviews.undo' | 'reviews.redo'): Promise<LabelChange[]> {
    const newest = this.#newest;
    return this.#saving.enqueue(async () => {
      try {
        // What was to be undone has not been saved and is already taken back.
        if (!(await newest)) {
          this.#newest = Promise.resolve(true);
          return [];
        }
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
      // A lost line is told above the screen, and what is missing is read when it is back.
      if (!isAppError(error, 'unavailable')) this.#notices.show(error);
    }
  }

  forget(): void {
    this.progress = null;
  }

  /** Lays decisions over the queue, as far as they are the last word there. */
  #show(judged: readonly Judged[], isLast: (judged: Judged) => boolean = () => true): Shown {
    const before = judged.map(({ row }) => this.#queue.overlay.get(row.imageId));
    const laid = judged.map(({ row, verdict }): LaidOver => ({ ...toStanding(row, verdict), isSaved: false }));
    judged.forEach((each, index) => {
      if (isLast(each)) this.#queue.overlay.set(each.row.imageId, laid[index]!);
    });
    this.#dropUnsaved(judged);
    return { judged, laid, before };
  }

  /** Whether core has written the group. */
  async #save({ judged, laid, before }: Shown, spentMs: number | undefined): Promise<boolean> {
    if (judged.length === 0) return true;
    try {
      const answer = await this.#core.call('reviews.decide', toParams(judged, spentMs));
      const isStill = (change: LabelChange, index: number) => this.#isLaid(change.imageId, laid[index]!);
      this.#queue.lay(answer.changed.filter(isStill), true);
      this.#tell(describeSaved(judged, answer, this.#project), answer);
      return true;
    } catch (error) {
      judged.forEach(({ row }, index) => this.#takeBack(row.imageId, laid[index]!, before[index]));
      this.#saving.keep(this.#toItem(judged), error);
      return false;
    }
  }

  /** Shows what was decided on another page; what is on its way from this one is the later word. */
  #takeFromElsewhere({ changed, progress }: ReviewAnswer): void {
    if (this.#queue.total === null) return;
    this.#queue.lay(
      changed.filter(({ imageId }) => this.#queue.isSaved(imageId)),
      true,
    );
    this.progress = progress;
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
    this.#saving.tell(sentence);
  }

  /** What is decided anew is no longer to be tried again. */
  #dropUnsaved(judged: readonly Judged[]): void {
    const anew = new Set(judged.map(({ row }) => row.imageId));
    const isAnew = ({ row }: Judged) => anew.has(row.imageId);
    this.#saving.revise((item) => {
      if (item.kind !== 'decisions' || !item.judged.some(isAnew)) return item;
      const left = item.judged.filter((each) => !isAnew(each));
      return left.length > 0 ? this.#toItem(left) : null;
    });
  }

  #toItem(judged: readonly Judged[]): Unwritten {
    return {
      kind: 'decisions',
      judged,
      isWritten: () => this.#isWritten(judged[0]!),
      accept: () => {
        const changes = judged.map(({ row, verdict }) => ({ imageId: row.imageId, ...toStanding(row, verdict) }));
        this.#queue.lay(changes, true);
      },
      again: () => this.decide(judged),
      // They were taken back when they were not saved.
      giveUp: () => undefined,
    };
  }

  /** Whether a verdict is the last word on its image; undefined where it cannot be known. */
  async #isWritten({ row, verdict }: Judged): Promise<boolean | undefined> {
    try {
      const history = await this.#core.call('images.history', { imageId: row.imageId });
      const last = history.findLast(({ action }) => action !== 'note');
      if (!last || !Object.hasOwn(stateAfter, last.action)) return false;
      const wanted = toStanding(row, verdict);
      return last.to === wanted.classId && stateAfter[last.action as Action] === wanted.state;
    } catch (error) {
      return isLineLost(error) ? undefined : false;
    }
  }
}

function toParams(judged: readonly Judged[], spentMs: number | undefined): CoreCalls['reviews.decide']['params'] {
  const [first] = judged;
  return {
    decisions: judged.map(({ row, verdict: { action, classId } }) => ({
      imageId: row.imageId,
      action,
      ...(classId === undefined ? {} : { classId }),
      ...(row.rank > 0 ? { rank: row.rank } : {}),
    })),
    ...(spentMs === undefined ? {} : { spentMs }),
    ...(first && first.row.rank > 0 ? { seen: { method: first.method, rank: first.row.rank } } : {}),
  };
}
