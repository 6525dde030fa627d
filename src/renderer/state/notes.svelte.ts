// Notes that were written. Each shows at once, also when one comes back to its image, and counts as saved when core has answered.
import { isLineLost } from '../../shared/rpc.ts';
import type { QueueRow } from '../../shared/queue.ts';
import { t } from '../texts.svelte.ts';
import type { Core } from './connection.svelte.ts';
import type { Neighbours } from './neighbours.svelte.ts';
import type { Queue } from './queue.svelte.ts';
import { nameOf } from './saved-sentence.ts';
import type { Saving, Unwritten } from './saving.svelte.ts';

/** A place in an order of the queue. */
export interface Place {
  place: number;
  order: string;
}

/** Whose note it is: an image's; of a row on its way that of its place, which becomes the image's when it is here. */
export class Noted {
  row = $state.raw<QueueRow>();
  /** undefined of an image that was opened from elsewhere than the queue. */
  readonly at: Place | undefined;

  constructor(row: QueueRow | undefined, at: Place | undefined) {
    this.row = row;
    this.at = at;
  }

  isAt(at: Place | undefined): boolean {
    return this.at !== undefined && this.at.place === at?.place && this.at.order === at.order;
  }

  isOf({ row, at }: Noted): boolean {
    return this.row && row ? this.row.imageId === row.imageId : this.isAt(at);
  }
}

/** What the note of an image says; as long as it is not known what is saved, that may be missing before it. */
export interface NoteText {
  text: string;
  isWhole: boolean;
}

export class Note implements NoteText {
  readonly of: Noted;
  text = $state('');
  /** False where the text goes behind a saved note that was not known when it was written. */
  isWhole = $state(false);

  constructor(of: Noted, { text, isWhole }: NoteText) {
    this.of = of;
    this.text = text;
    this.isWhole = isWhole;
  }
}

/** A text behind what a note says already. */
export const behind = (note: string, text: string): string => (note === '' ? text : `${note} ${text}`.trimEnd());

export class Notes {
  /** Not known to be saved, one for each image. */
  #unwritten = $state.raw<readonly Note[]>([]);
  readonly #core: Core;
  readonly #queue: Queue;
  readonly #neighbours: Neighbours;
  readonly #saving: Saving;

  constructor(core: Core, queue: Queue, neighbours: Neighbours, saving: Saving) {
    this.#core = core;
    this.#queue = queue;
    this.#neighbours = neighbours;
    this.#saving = saving;
  }

  /** As it was written last, whether that is saved or not. */
  read(of: Noted): NoteText {
    const note = this.#unwritten.find((each) => each.of.isOf(of));
    const saved = of.row && this.#neighbours.card(of.row.imageId)?.note;
    if (note?.isWhole || saved === undefined) return note ?? { text: '', isWhole: false };
    return { text: note ? behind(saved, note.text) : saved, isWhole: true };
  }

  /** Has a note saved in the place of the one before, saved or not; where that fails it stays, and it says so. */
  write(of: Noted, text: NoteText): void {
    const note = new Note(of, text);
    const isOfAnother = (each: Note) => !each.of.isOf(of);
    this.#unwritten = [...this.#unwritten.filter(isOfAnother), note];
    this.#saving.revise((item) => (item.kind !== 'note' || isOfAnother(item.note) ? item : null));
    void this.#saving.enqueue(() => this.#save(note));
  }

  async #save(note: Note): Promise<void> {
    try {
      const { imageId } = await this.#find(note.of);
      if (!note.isWhole) {
        const { note: saved } = await this.#core.call('images.card', { imageId });
        note.text = behind(saved, note.text);
        note.isWhole = true;
      }
      // A newer one, which says this too, has taken its place.
      if (!this.#isUnwritten(note)) return;
      await this.#core.call('images.setNote', { imageId, text: note.text });
      this.#accept(note);
      this.#saving.tell(t('note.saved', { what: nameOf([this.#toItem(note)]) }));
    } catch (error) {
      if (this.#isUnwritten(note)) this.#saving.keep(this.#toItem(note), error);
    }
  }

  /** The image that a note is of. Rejects with 'conflict' where core has the order no more in which that was still to be read. */
  async #find(of: Noted): Promise<QueueRow> {
    return (of.row ??= await this.#queue.imageAt(of.at!));
  }

  #toItem(note: Note): Unwritten {
    return {
      kind: 'note',
      note,
      isWritten: () => this.#isWritten(note),
      accept: () => this.#accept(note),
      again: () => this.write(note.of, note),
      giveUp: () => this.#drop(note),
    };
  }

  #accept(note: Note): void {
    if (note.of.row) this.#neighbours.setNote(note.of.row.imageId, note.text);
    this.#drop(note);
  }

  #drop(note: Note): void {
    this.#unwritten = this.#unwritten.filter((each) => each !== note);
  }

  #isUnwritten(note: Note): boolean {
    return this.#unwritten.includes(note);
  }

  async #isWritten({ of, text, isWhole }: Note): Promise<boolean | undefined> {
    // Core is not asked to write before both are known.
    if (!of.row || !isWhole) return false;
    try {
      return (await this.#core.call('images.card', { imageId: of.row.imageId })).note === text;
    } catch (error) {
      return isLineLost(error) ? undefined : false;
    }
  }
}
