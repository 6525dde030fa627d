// The image in hand: moving, deciding, undoing. A decision shows at once and counts as saved when core has answered.
import type { CoreCalls } from '../../shared/core-contract.ts';
import type { QueueRow, ReviewAnswer, ReviewProgress } from '../../shared/domain.ts';
import type { Core } from './connection.svelte.ts';
import { Neighbours } from './neighbours.svelte.ts';
import { toSentence, type Notices } from './notices.svelte.ts';
import type { Project } from './project.svelte.ts';
import { Queue, type Shown } from './queue.svelte.ts';
import { describeSaved } from './saved-sentence.ts';
import { toAcceptance, toRow, toStanding, type Verdict } from './verdict.ts';
import { t } from '../texts.svelte.ts';

/** A decision that was not saved and has been taken back. */
export interface UnsavedDecision {
  row: QueueRow;
  verdict: Verdict;
  sentence: string;
}

/** How many images to each side are made ready. */
const ahead = 5;

export class Review {
  readonly queue: Queue;
  readonly neighbours: Neighbours;
  progress = $state.raw<ReviewProgress | null>(null);
  unsaved = $state.raw<UnsavedDecision | null>(null);
  /** The last thing that was saved, in words. */
  saved = $state('');
  /** Decisions that core has not answered yet. */
  pending = $state(0);
  /** Place in the queue; `queue.total` is the place behind the last image. */
  place = $state(0);
  /** The fit under which the queue was made. */
  fitId = $state<number | null>(null);
  /** An image that is not in this order, shown because its decision was taken back. */
  #visitor = $state.raw<QueueRow | null>(null);
  readonly current: QueueRow | undefined = $derived.by(() => this.#visitorNow() ?? this.queue.row(this.place));
  readonly isAtEnd: boolean = $derived.by(() => !this.#visitor && this.place > 0 && this.place === this.queue.total);
  /** True once a newer fit has another ranking than the queue in hand. */
  readonly isStale: boolean = $derived.by(() => this.fitId !== null && this.fitId !== this.#project.overview?.fit?.id);

  readonly #core: Core;
  readonly #project: Project;
  readonly #notices: Notices;
  /** Calls go out one after another, so that an undo meets the decision that it is meant for. */
  #tail: Promise<unknown> = Promise.resolve();
  #newestDecision: Promise<boolean> = Promise.resolve(true);
  #shown = { imageId: 0, atMs: 0 };

  constructor(core: Core, project: Project, notices: Notices) {
    this.#core = core;
    this.#project = project;
    this.#notices = notices;
    this.queue = new Queue(core, () => this.#findPlaceAgain());
    this.neighbours = new Neighbours(core);
    core.onOpen(() => void this.#catchUp());
    project.onReplaced(() => this.#forget());
  }

  /** Goes on where the reviewer was; makes the queue where there is none, or a newer ranking. */
  async enter(): Promise<void> {
    if (this.fitId === null || this.isStale || this.queue.total === null) await this.start();
    else await this.#readProgress();
  }

  /** Makes the queue under the newest fit and goes to its first open image. */
  async start(shown: Shown = this.queue.shown): Promise<void> {
    this.fitId = this.#project.overview?.fit?.id ?? null;
    this.neighbours.clear();
    this.#visitor = null;
    this.place = 0;
    await Promise.all([this.queue.start(shown), this.#readProgress()]);
    this.place = this.queue.firstOpen ?? 0;
  }

  goTo(place: number): void {
    this.#visitor = null;
    this.place = Math.max(0, Math.min(place, (this.queue.total ?? 1) - 1));
  }

  move(step: 1 | -1): void {
    // Leaving a visitor forwards is coming back to the place in the queue.
    this.goTo(this.#visitor && step > 0 ? this.place : this.place + step);
  }

  /** Says that the picture of an image is on screen: from here its time counts. */
  noteShown(imageId: number): void {
    if (this.#shown.imageId !== imageId) this.#shown = { imageId, atMs: performance.now() };
  }

  /** Loads what the present image and its neighbours lack; returns the rows, the present one first. */
  holdNeighbours(): QueueRow[] {
    this.queue.ensure(this.place - ahead, this.place + ahead);
    const rows = [this.current];
    for (let distance = 1; distance <= ahead; distance++)
      rows.push(this.queue.row(this.place + distance), this.queue.row(this.place - distance));
    const known = rows.filter((row) => row !== undefined);
    this.neighbours.hold(known);
    return known;
  }

  /** Enter: takes the suggestion; where that is the given label, keeps it. */
  accept(): void {
    const row = this.current;
    if (row) this.decide(toAcceptance(row));
  }

  /** Shows the decision, goes on to the next image, and has it saved; a failed save takes it back and says so. */
  decide(verdict: Verdict, row = this.current): void {
    if (!row) return;
    const before = this.queue.overlay.get(row.imageId);
    const laid = { ...toStanding(row, verdict), isSaved: false };
    this.queue.overlay.set(row.imageId, laid);
    if (this.unsaved?.row.imageId === row.imageId) this.unsaved = null;
    this.pending += 1;
    const isLaid = () => this.queue.overlay.get(row.imageId) === laid;
    this.#newestDecision = this.#enqueue(async () => {
      try {
        const answer = await this.#core.call('reviews.decide', this.#toParams(row, verdict));
        if (isLaid()) this.queue.lay(answer.changed, true);
        this.#tell(describeSaved(row, answer, this.#project), answer);
        return true;
      } catch (error) {
        if (isLaid() && before) this.queue.overlay.set(row.imageId, before);
        else if (isLaid()) this.queue.overlay.delete(row.imageId);
        this.unsaved = { row, verdict, sentence: toSentence(error) };
        this.#notices.announce(t('review.not-saved', { path: row.path, why: this.unsaved.sentence }));
        return false;
      } finally {
        this.pending -= 1;
      }
    });
    if (row === this.current || row.imageId === this.current?.imageId) this.#advance();
  }

  undo(): Promise<void> {
    return this.#reverse('reviews.undo');
  }

  redo(): Promise<void> {
    return this.#reverse('reviews.redo');
  }

  dismissUnsaved(): void {
    this.unsaved = null;
  }

  #reverse(call: 'reviews.undo' | 'reviews.redo'): Promise<void> {
    const decision = this.#newestDecision;
    return this.#enqueue(async () => {
      // What was to be undone has not been saved and is already taken back.
      if (!(await decision)) {
        this.#newestDecision = Promise.resolve(true);
        return;
      }
      try {
        const answer = await this.#core.call(call, {});
        const change = answer.changed[0];
        this.queue.lay(answer.changed, true);
        const isUndo = call === 'reviews.undo';
        const done = t(isUndo ? 'review.undone' : 'review.redone', { decided: answer.progress.decided });
        const nothing = t(isUndo ? 'review.nothing-to-undo' : 'review.nothing-to-redo');
        this.#tell(change ? done : nothing, answer);
        if (change) await this.#visit(change.imageId);
      } catch (error) {
        this.#notices.show(error);
      }
    });
  }

  /** Goes to an image by its id, in the queue where it is there. */
  async #visit(imageId: number): Promise<void> {
    const place = this.queue.placeOf(imageId);
    if (place !== undefined) return this.goTo(place);
    const card = await this.#core.call('images.card', { imageId });
    this.#visitor = toRow(card);
  }

  #visitorNow(): QueueRow | undefined {
    const visitor = this.#visitor;
    if (!visitor) return undefined;
    const laidOver = this.queue.overlay.get(visitor.imageId);
    return laidOver ? { ...visitor, classId: laidOver.classId, state: laidOver.state } : visitor;
  }

  #advance(): void {
    if (this.#visitor) this.#visitor = null;
    else this.place = this.queue.nextUndecided(this.place) ?? this.queue.total ?? 0;
  }

  #toParams(row: QueueRow, { action, classId }: Verdict): CoreCalls['reviews.decide']['params'] {
    const isShown = this.#shown.imageId === row.imageId;
    return {
      decisions: [{ imageId: row.imageId, action, ...(classId === undefined ? {} : { classId }) }],
      ...(isShown ? { spentMs: Math.round(performance.now() - this.#shown.atMs) } : {}),
      ...(row.rank > 0 ? { seen: { method: 'importance' as const, rank: row.rank } } : {}),
    };
  }

  #tell(sentence: string, { progress }: ReviewAnswer): void {
    this.progress = progress;
    this.saved = sentence;
    this.#notices.announce(sentence);
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => undefined);
    return done;
  }

  async #readProgress(): Promise<void> {
    try {
      this.progress = await this.#core.call('reviews.progress', {});
    } catch (error) {
      this.#notices.show(error);
    }
  }

  /** The line is back: a decision whose answer was lost may have been written after all. */
  async #catchUp(): Promise<void> {
    if (this.progress === null) return;
    await this.#readProgress();
    const { unsaved } = this;
    if (!unsaved) return;
    const card = await this.#core.call('images.card', { imageId: unsaved.row.imageId });
    const wanted = toStanding(unsaved.row, unsaved.verdict);
    if (card.state !== wanted.state || card.classId !== wanted.classId) return;
    this.queue.lay([card], true);
    this.unsaved = null;
    this.saved = t('review.saved-after-all', { path: unsaved.row.path });
    this.#notices.announce(this.saved);
  }

  #findPlaceAgain(): void {
    const imageId = this.current?.imageId;
    this.place = (imageId === undefined ? undefined : this.queue.placeOf(imageId)) ?? this.queue.firstOpen ?? 0;
  }

  #forget(): void {
    this.queue.clear();
    this.neighbours.clear();
    this.#visitor = null;
    this.unsaved = null;
    this.progress = null;
    this.saved = '';
    this.fitId = null;
  }
}
