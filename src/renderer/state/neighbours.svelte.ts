// What is known of the image in hand and of those around it: card and evidence, asked for ahead and dropped when far.
import { SvelteMap } from 'svelte/reactivity';
import type { Evidence } from '../../shared/evidence.ts';
import type { QueueRow } from '../../shared/queue.ts';
import type { ImageCard } from '../../shared/review.ts';
import { isAppError } from '../../shared/errors.ts';
import type { Core } from './connection.svelte.ts';
import { toSentence } from './notices.svelte.ts';
import { readOnceOpen } from './read-once-open.ts';

/** Points of each sign in the evidence column. */
export const pointsPerSign = 3;

/** The label that is argued for, and the one against; null where the model suggests the given label. */
export const toArgument = ({ suggestedClassId, givenClassId }: QueueRow): Argument => ({
  classId: suggestedClassId,
  againstClassId: suggestedClassId === givenClassId ? null : givenClassId,
});

export type Argument = Pick<Evidence, 'classId' | 'againstClassId'>;

const isSame = (a: Argument, b: Argument): boolean => a.classId === b.classId && a.againstClassId === b.againstClassId;

export class Neighbours {
  readonly #cards = new SvelteMap<number, ImageCard>();
  readonly #evidence = new SvelteMap<number, Evidence>();
  readonly #errors = new SvelteMap<number, string>();
  /** What was asked for, by image id. */
  readonly #loads = new Map<number, { argument: Argument; controller: AbortController }>();
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  card(imageId: number): ImageCard | undefined {
    return this.#cards.get(imageId);
  }

  evidence(imageId: number): Evidence | undefined {
    return this.#evidence.get(imageId);
  }

  /** The sentence of what could not be loaded for this image. */
  error(imageId: number): string | undefined {
    return this.#errors.get(imageId);
  }

  /** Loads what these rows lack, the first of them first, and drops all others; anew where another label is suggested now. */
  hold(rows: readonly QueueRow[]): void {
    const near = new Map(rows.map((row) => [row.imageId, toArgument(row)]));
    for (const [imageId, { argument }] of this.#loads) {
      const wanted = near.get(imageId);
      if (!wanted || !isSame(wanted, argument)) this.#drop(imageId);
    }
    for (const row of rows) if (!this.#loads.has(row.imageId)) this.#load(row);
  }

  /** Takes it that this is saved as the note of an image. */
  setNote(imageId: number, note: string): void {
    const card = this.#cards.get(imageId);
    if (card) this.#cards.set(imageId, { ...card, note });
  }

  /** Loads one image again, after a failure. */
  retry(row: QueueRow): void {
    this.#drop(row.imageId);
    this.#load(row);
  }

  /** Forgets what could not be loaded, so that it is asked for again when it is next held. */
  dropFailed(): void {
    for (const imageId of [...this.#errors.keys()]) this.#drop(imageId);
  }

  clear(): void {
    for (const imageId of this.#loads.keys()) this.#drop(imageId);
  }

  #load(row: QueueRow): void {
    const { imageId } = row;
    const argument = toArgument(row);
    const controller = new AbortController();
    const { signal } = controller;
    this.#loads.set(imageId, { argument, controller });
    const isCurrent = () => this.#loads.get(imageId)?.controller === controller;
    const fail = (error: unknown) => {
      if (isCurrent() && !isAppError(error, 'cancelled')) this.#errors.set(imageId, toSentence(error));
    };
    readOnceOpen(() => this.#core.call('images.card', { imageId }, { signal }), signal)
      .then((card) => {
        if (isCurrent()) this.#cards.set(imageId, card);
      })
      .catch(fail);
    const { classId, againstClassId } = argument;
    const against = againstClassId === null ? {} : { againstClassId };
    const params = { imageIds: [imageId], classId, ...against, count: pointsPerSign };
    readOnceOpen(() => this.#core.call('images.evidence', params, { signal }), signal)
      .then((evidence) => {
        if (isCurrent()) this.#evidence.set(imageId, evidence);
      })
      .catch(fail);
  }

  #drop(imageId: number): void {
    this.#loads.get(imageId)?.controller.abort();
    this.#loads.delete(imageId);
    this.#cards.delete(imageId);
    this.#evidence.delete(imageId);
    this.#errors.delete(imageId);
  }
}
