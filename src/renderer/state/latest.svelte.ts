// A value that is loaded by key: a new key cancels the load before it, and an answer that comes too late is dropped.
import { isAppError } from '../../shared/errors.ts';
import { toSentence } from './notices.svelte.ts';
import { readOnceOpen } from './read-once-open.ts';

export class Latest<Value> {
  value = $state.raw<Value | null>(null);
  key = $state<string | null>(null);
  /** The sentence of the failure of the present key. */
  error = $state<string | null>(null);
  isLoading = $state(false);
  #controller: AbortController | null = null;

  /**
   * Loads the value of `key`. The value before it stays until the new one is there; its failure takes it away. While the
   * line to core is down, which the window says once for all of its parts, it goes on loading.
   */
  async load(key: string, read: (signal: AbortSignal) => Promise<Value>): Promise<void> {
    this.#controller?.abort();
    const controller = new AbortController();
    this.#controller = controller;
    this.key = key;
    this.isLoading = true;
    this.error = null;
    try {
      const value = await readOnceOpen(read, controller.signal);
      if (this.#controller === controller) this.value = value;
    } catch (error) {
      if (this.#controller !== controller || isAppError(error, 'cancelled')) return;
      this.value = null;
      this.error = toSentence(error);
    } finally {
      if (this.#controller === controller) this.isLoading = false;
    }
  }

  clear(): void {
    this.#controller?.abort();
    this.#controller = null;
    this.key = null;
    this.value = null;
    this.error = null;
    this.isLoading = false;
  }
}
