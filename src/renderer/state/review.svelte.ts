// Where the reviewer is: in which view of Review, at which image, and what comes next.
import type { QueueQuery, QueueRow } from '../../shared/queue.ts';
import type { RankingMethod } from '../../shared/ranking.ts';
import type { Core } from './connection.svelte.ts';
import { Decisions } from './decisions.svelte.ts';
import { FullEvidence } from './full-evidence.svelte.ts';
import { Notes } from './notes.svelte.ts';
import { Neighbours } from './neighbours.svelte.ts';
import type { Jobs } from './jobs.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import type { Preferences } from './preferences.svelte.ts';
import type { Project } from './project.svelte.ts';
import { Queue } from './queue.svelte.ts';
import { Saving } from './saving.svelte.ts';
import { Selection } from './selection.svelte.ts';
import { Similar } from './similar.svelte.ts';
import { TileSize } from './tiles.svelte.ts';
import { toRow, toVerdict, type Said } from './verdict.ts';

export type ReviewView = 'image' | 'evidence' | 'similar' | 'grid';
/** 'fit', or how many screen pixels a pixel of the picture takes. */
export type Zoom = 'fit' | number;

/** Rankings that every fit has; the learned one is the default before it has learned. */
const madeByFit: readonly RankingMethod[] = ['learned', 'suspicion', 'importance'];
/** How many images to each side are made ready. */
const ahead = 5;

/** An image that is looked at over what was shown before. */
interface Visit {
  row: QueueRow;
  from: ReviewView;
  onEnd?: (() => void) | undefined;
}

export class Review {
  readonly queue: Queue;
  /** Decisions and notes on their way to core, and those that did not get there. */
  readonly saving: Saving;
  readonly decisions: Decisions;
  readonly notes: Notes;
  readonly neighbours: Neighbours;
  /** What is selected in the grid, by place in the queue. */
  readonly selection = new Selection();
  readonly tileSize = new TileSize();
  /** What the views of an image hold, so that it is there when one comes back to them. */
  readonly similar: Similar;
  readonly full: FullEvidence;
  /** The image that was opened last from another view. */
  opened: number | null = null;
  view = $state<ReviewView>('image');
  isFilterOpen = $state(false);
  /** Stays from image to image. */
  zoom = $state<Zoom>('fit');
  /** Place in the queue; `queue.total` is the place behind the last image. */
  place = $state(0);
  /** The fit under which the queue was made. */
  fitId = $state<number | null>(null);
  /** Images that were opened from elsewhere than the queue, the last on top, with the view to go back to. */
  #visits = $state.raw<Visit[]>([]);
  readonly isVisiting: boolean = $derived.by(() => this.#visits.length > 0);
  readonly current: QueueRow | undefined = $derived.by(() => {
    const visit = this.#visits.at(-1);
    return visit ? this.queue.asItStands(visit.row) : this.queue.row(this.place);
  });
  readonly isAtEnd: boolean = $derived.by(() => !this.isVisiting && this.place > 0 && this.place === this.queue.total);
  /** True once a newer fit has another ranking than the queue in hand. */
  readonly isStale: boolean = $derived.by(() => this.fitId !== null && this.fitId !== this.#project.overview?.fit?.id);

  readonly #core: Core;
  readonly #jobs: Jobs;
  readonly #project: Project;
  readonly #preferences: Preferences;
  readonly #notices: Notices;
  #starts = 0;
  #shown = { imageId: 0, atMs: 0 };
  /** The image that undo or redo went to last. */
  #reversed: number | undefined;

  constructor(core: Core, jobs: Jobs, project: Project, preferences: Preferences, notices: Notices) {
    this.#jobs = jobs;
    this.#core = core;
    this.#project = project;
    this.#preferences = preferences;
    this.#notices = notices;
    this.queue = new Queue(
      core,
      (imageId) => this.#findPlaceAgain(imageId),
      () => this.current?.imageId,
    );
    this.saving = new Saving(project, notices);
    this.decisions = new Decisions(core, this.queue, project, this.saving, notices);
    this.neighbours = new Neighbours(core);
    this.notes = new Notes(core, this.queue, this.neighbours, this.saving);
    this.similar = new Similar(core);
    this.full = new FullEvidence(core);
    project.onReplaced(() => this.#forget());
    project.onOpen(() => this.#catchUp());
  }

  /** Goes on where the reviewer was; makes the queue where there is none, or a newer ranking. */
  async enter(): Promise<void> {
    if (this.fitId === null || this.isStale || this.queue.total === null) await this.start();
    else await this.decisions.readProgress();
  }

  /** Makes the queue of a query under the newest fit, its ranking first where need be, and goes to its first open image. */
  async start(query: QueueQuery = this.queue.query): Promise<void> {
    const start = ++this.#starts;
    if (!madeByFit.includes(query.method))
      await this.#jobs.finish({ kind: 'rank', params: { methods: [query.method] } });
    // What core does not know to be decided would be found as open, and asked for twice.
    await this.saving.settled();
    if (start !== this.#starts) return;
    this.fitId = this.#project.overview?.fit?.id ?? null;
    this.#forgetImage();
    this.selection.clear();
    if (this.view !== 'grid') this.view = 'image';
    this.place = 0;
    const progress = this.decisions.readProgress();
    await this.queue.start(query);
    this.place = this.queue.firstOpen ?? 0;
    this.selection.goTo(this.place);
    // The queue is on screen and may be worked on; what has been done so far only follows.
    await progress;
  }

  /** Shows a view of the image in hand, or the image where that view is shown already. */
  toggle(view: Exclude<ReviewView, 'image'>): void {
    if (this.view === 'grid' && view !== 'grid') this.openPlace(this.selection.focus);
    if (this.view === view) {
      if (view === 'grid') this.openPlace(this.selection.focus);
      else this.view = 'image';
      return;
    }
    if (view === 'grid') {
      this.#visits = [];
      this.selection.clear();
      this.selection.goTo(Math.min(this.place, Math.max(0, (this.queue.total ?? 1) - 1)));
    } else if (!this.current) return;
    this.view = view;
  }

  /** One step back: from a view to its image, from a visited image to where it was opened. */
  leave(): void {
    const visit = this.#visits.at(-1);
    if (this.view === 'grid' && this.selection.size > 0) this.selection.clear();
    else if (this.view !== 'image') this.view = 'image';
    else if (visit) this.#endVisit(visit);
  }

  goTo(place: number): void {
    this.#visits = [];
    if (this.view !== 'grid') this.view = 'image';
    this.place = Math.max(0, Math.min(place, (this.queue.total ?? 1) - 1));
  }

  openPlace(place: number): void {
    this.view = 'image';
    this.goTo(place);
  }

  move(step: 1 | -1): void {
    // Leaving a visited image forwards is coming back to the place in the queue.
    this.goTo(this.isVisiting && step > 0 ? this.place : this.place + step);
  }

  /**
   * Opens any image, in the queue or not, over what is shown, at once where its row is here; `leave` and a decision come back,
   * and call `onEnd`.
   */
  async open(image: number | QueueRow, onEnd?: () => void): Promise<void> {
    const imageId = typeof image === 'number' ? image : image.imageId;
    const visit = typeof image === 'number' ? undefined : this.#visit(image, onEnd);
    try {
      const row = toRow(await this.#core.call('images.card', { imageId, method: this.queue.query.method }));
      if (visit) this.#visits = this.#visits.map((each) => (each === visit ? { ...each, row } : each));
      else this.#visit(row, onEnd);
    } catch (error) {
      this.#notices.show(error);
    }
  }

  /** Says that the picture of an image is on screen: from here its time counts. */
  noteShown(imageId: number): void {
    if (this.#shown.imageId !== imageId) this.#shown = { imageId, atMs: performance.now() };
  }

  /** The present image and its neighbours, as far as their page is there; the present one first, then the nearest. */
  get near(): QueueRow[] {
    const rows = [this.current];
    for (let distance = 1; distance <= ahead; distance++)
      rows.push(this.queue.row(this.place + distance), this.queue.row(this.place - distance));
    return rows.filter((row) => row !== undefined);
  }

  /** Asks for the rows of the neighbours. */
  ensureNear(): void {
    this.queue.ensure(this.place - ahead, this.place + ahead);
  }

  /** Decides the image in hand and goes on to the next; nothing happens where there is no such suggestion. */
  decide(said: Said): void {
    const row = this.current;
    const verdict = row && toVerdict(said, row);
    if (!verdict) return;
    const isTimed = this.#shown.imageId === row.imageId;
    const { method } = this.queue.query;
    const spentMs = isTimed ? Math.round(performance.now() - this.#shown.atMs) : undefined;
    this.decisions.decide([{ row, verdict, method }], spentMs);
    if (this.#preferences.doesAdvance) this.#advance();
  }

  undo(): Promise<void> {
    return this.#reverse('reviews.undo');
  }

  redo(): Promise<void> {
    return this.#reverse('reviews.redo');
  }

  /** Takes back or does again, and goes to the image concerned: in the queue where it is there. */
  async #reverse(call: 'reviews.undo' | 'reviews.redo'): Promise<void> {
    const shown = this.current?.imageId;
    const [change] = await this.decisions.reverse(call);
    // Who has gone on meanwhile is not called back; who had no image yet, or was brought here by an undo before, has not.
    const now = this.current?.imageId;
    const hasMoved = this.view !== 'grid' && shown !== undefined && now !== shown && now !== this.#reversed;
    if (!change || hasMoved || this.view === 'similar') return;
    this.#reversed = change.imageId;
    const place = this.queue.placeOf(change.imageId);
    if (this.view === 'grid') this.selection.goTo(place ?? this.selection.focus);
    else if (place !== undefined) this.goTo(place);
    else if (this.current?.imageId !== change.imageId) await this.open(change.imageId);
  }

  #advance(): void {
    const visit = this.#visits.at(-1);
    if (visit) return this.#endVisit(visit);
    this.view = 'image';
    this.place = this.queue.nextUndecided(this.place) ?? this.queue.total ?? 0;
  }

  #visit(row: QueueRow, onEnd: (() => void) | undefined): Visit {
    const visit = { row, from: this.view, onEnd };
    this.#visits = [...this.#visits, visit];
    this.view = 'image';
    this.opened = row.imageId;
    return visit;
  }

  #endVisit({ from, onEnd }: Visit): void {
    this.#visits = this.#visits.slice(0, -1);
    this.view = from;
    onEnd?.();
  }

  /** Where the image stands in the new order that was in hand in the old one. */
  #findPlaceAgain(imageId: number | undefined): void {
    this.place = (imageId === undefined ? undefined : this.queue.placeOf(imageId)) ?? this.queue.firstOpen ?? 0;
    this.selection.clear();
  }

  /** The line is back: what could not be loaded is asked for again. */
  #catchUp(): void {
    if (this.queue.total === null) return;
    this.neighbours.dropFailed();
    this.ensureNear();
    this.neighbours.hold(this.near);
  }

  #forget(): void {
    this.queue.clear();
    this.saving.forget();
    this.decisions.forget();
    this.#forgetImage();
    this.selection.clear();
    this.view = 'image';
    this.fitId = null;
  }

  /** What is known of single images under a fit. */
  #forgetImage(): void {
    this.neighbours.clear();
    this.similar.clear();
    this.full.clear();
    this.#visits = [];
    this.opened = null;
  }
}
