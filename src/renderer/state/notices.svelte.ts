// The one place that shows errors that belong to no action on the screen, and the words for screen readers.
import { isAppError } from '../../shared/errors.ts';
import { say, t } from '../texts.svelte.ts';

export interface Notice {
  id: number;
  sentence: string;
}

export class Notices {
  list = $state.raw<Notice[]>([]);
  /** What the live region reads out: what has just changed. */
  announcement = $state('');
  #lastId = 0;

  /** Shows what failed; a cancelled call is no failure. */
  show(error: unknown): void {
    if (isAppError(error, 'cancelled')) return;
    this.say(toSentence(error));
  }

  /** Shows a sentence until it is dismissed. */
  say(sentence: string): void {
    if (this.list.some((notice) => notice.sentence === sentence)) return;
    this.list = [...this.list, { id: ++this.#lastId, sentence }];
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  announce(text: string): void {
    this.announcement = text;
  }
}

/** The sentence of a failure that a person can act on; a bug in the page is named as one and goes to the console. */
export function toSentence(error: unknown): string {
  if (isAppError(error)) return say(error.message);
  console.error(error);
  return t('app.bug');
}
