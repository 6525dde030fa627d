// What this page gives core to write, one thing after another. What core did not write stays, to be tried again.
import { t } from '../texts.svelte.ts';
import type { Note } from './notes.svelte.ts';
import { toSentence, type Notices } from './notices.svelte.ts';
import type { Project } from './project.svelte.ts';
import { describeUnsaved, nameOf } from './saved-sentence.ts';
import type { Judged } from './verdict.ts';

/** The decisions of one key, or a note, and what can be done about it. */
export type Unwritten = ({ kind: 'decisions'; judged: readonly Judged[] } | { kind: 'note'; note: Note }) & {
  /** Whether core has written it after all; undefined where that cannot be known. */
  isWritten(): Promise<boolean | undefined>;
  /** Shows it as written. */
  accept(): void;
  /** Has it written once more. */
  again(): void;
  /** Shows again what core has. */
  giveUp(): void;
};

/** All that was not saved, the oldest first; never empty. */
export interface Unsaved {
  items: readonly Unwritten[];
  /** Why the last of it was not. */
  why: string;
}

export class Saving {
  unsaved = $state.raw<Unsaved | null>(null);
  /** What core has not answered yet. */
  pending = $state(0);
  /** The last thing that was saved, in words. */
  saved = $state('');
  /** Answers whether what is not saved may be lost, while that is asked. */
  answer = $state.raw<((mayBeLost: boolean) => void) | null>(null);

  readonly #notices: Notices;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(project: Project, notices: Notices) {
    this.#notices = notices;
    project.onOpen(() => void this.#dropWritten());
  }

  /** Does the work once all that was enqueued before has been answered, so that an undo meets what it is meant for. */
  enqueue<Result>(work: () => Promise<Result>): Promise<Result> {
    this.pending += 1;
    const done = this.#tail.then(async () => {
      try {
        return await work();
      } finally {
        this.pending -= 1;
      }
    });
    this.#tail = done.catch(() => undefined);
    return done;
  }

  /** Resolves once core has answered, or refused, all that was enqueued. */
  async settled(): Promise<void> {
    while (this.pending > 0) await this.#tail;
  }

  /** Whether this page has anything that core has not written. */
  get isUnfinished(): boolean {
    return this.pending > 0 || this.unsaved !== null;
  }

  tell(sentence: string): void {
    this.saved = sentence;
    this.#notices.announce(sentence);
  }

  /** Keeps what could not be saved. */
  keep(item: Unwritten, error: unknown): void {
    this.unsaved = { items: [...(this.unsaved?.items ?? []), item], why: toSentence(error) };
    this.#notices.announce(describeUnsaved(this.unsaved));
  }

  /** Changes each item, or drops it: what is said anew is no longer to be tried again. */
  revise(change: (item: Unwritten) => Unwritten | null): void {
    if (!this.unsaved) return;
    const items = this.unsaved.items.map(change).filter((item) => item !== null);
    this.unsaved = items.length > 0 ? { ...this.unsaved, items } : null;
  }

  /** Tries all once more that was not saved; what was written after all is not written twice. */
  async retry(): Promise<void> {
    for (const item of await this.#dropWritten()) if (this.#isUnsaved(item)) item.again();
  }

  giveUp(): void {
    const items = this.unsaved?.items ?? [];
    this.unsaved = null;
    for (const item of items) item.giveUp();
  }

  /** Before another project or reviewer takes over: whether they may, which is asked where something is not saved. */
  async mayLeave(): Promise<boolean> {
    await this.settled();
    if (!this.unsaved) return true;
    const mayBeLost = await new Promise<boolean>((resolve) => (this.answer = resolve));
    this.answer = null;
    return mayBeLost;
  }

  forget(): void {
    this.giveUp();
    this.saved = '';
  }

  /**
   * What was on its way when the line was lost may have been written after all, each item whole or not at all. Returns those
   * that were not; of those in neither it cannot be known as long as the line is down.
   */
  async #dropWritten(): Promise<Unwritten[]> {
    const left: Unwritten[] = [];
    for (const item of this.unsaved?.items ?? []) {
      const isWritten = await item.isWritten();
      if (isWritten === false) left.push(item);
      if (!isWritten || !this.#isUnsaved(item)) continue;
      item.accept();
      this.revise((each) => (each === item ? null : each));
      this.tell(t('review.saved-after-all', { what: nameOf([item]) }));
    }
    return left;
  }

  #isUnsaved(item: Unwritten): boolean {
    return this.unsaved?.items.includes(item) ?? false;
  }
}
