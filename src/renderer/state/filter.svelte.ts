// A query that is being put together: what it would find is counted as it changes, and nothing else happens before it is used.
import type { QueueCounts, QueueQuery } from '../../shared/queue.ts';
import type { Core } from './connection.svelte.ts';
import { Latest } from './latest.svelte.ts';

/** Typing is over when nothing has changed for this long. */
const restMs = 150;

export class Filter {
  query = $state.raw<QueueQuery>({ method: 'importance' });
  readonly counts = new Latest<QueueCounts>();
  readonly #core: Core;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(core: Core, query: QueueQuery) {
    this.#core = core;
    this.query = query;
    this.#count();
  }

  /** Lays a change over the query; a part that is undefined no longer narrows it. */
  change(change: Partial<QueueQuery>): void {
    const parts = Object.entries({ ...this.query, ...change }).filter(([, part]) => part !== undefined && part !== '');
    this.query = Object.fromEntries(parts) as unknown as QueueQuery;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#count(), restMs);
  }

  /** For when it is no longer shown. */
  close(): void {
    clearTimeout(this.#timer);
    this.counts.clear();
  }

  #count(): void {
    const { query } = this;
    void this.counts.load(JSON.stringify(query), (signal) => this.#core.call('queue.counts', { query }, { signal }));
  }
}

/** How many parts narrow a query, besides the states that the header shows. */
export const partsOf = ({ method: _, states: __, arrangement: ___, ...parts }: QueueQuery): number =>
  Object.values(parts).filter((part) => part !== undefined).length;
