// The line to core: opened, lost, opened again with back-off. Subscriptions outlive a loss; what is on screen stays.
import type { AppDescription, CoreCalls, CoreEvents, PreferenceValues } from '../../shared/core-contract.ts';
import { isAppError } from '../../shared/errors.ts';
import { tell } from '../../shared/told.ts';
import { connect, type Client } from '../../shared/rpc.ts';
import type { Host } from '../host/host.ts';

/** All that the other subjects need of the connection. */
export type Core = Pick<Connection, 'call' | 'on' | 'onOpen'>;

const firstDelayMs = 250;
const longestDelayMs = 5_000;

export class Connection {
  /** 'refused' is final: the sentence says what to do. */
  state = $state<'opening' | 'open' | 'lost' | 'refused'>('opening');
  refusal = $state('');
  app = $state.raw<AppDescription | null>(null);

  readonly #host: Host;
  readonly #openListeners: (() => void)[] = [];
  readonly #eventListeners: ((client: Client<CoreCalls, CoreEvents>) => void)[] = [];
  #client: Client<CoreCalls, CoreEvents> | null = null;
  #delayMs = firstDelayMs;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Opens the line and keeps it open until `close`. */
  async open(): Promise<void> {
    try {
      const port = await this.#host.openPort();
      if (this.#isClosed) return port.close();
      const client = connect<CoreCalls, CoreEvents>(port);
      this.#client = client;
      for (const listen of this.#eventListeners) listen(client);
      client.onClose(() => this.#lose(client));
      this.app = await client.call('app.describe', {});
      this.state = 'open';
      this.#delayMs = firstDelayMs;
      for (const listener of this.#openListeners) listener();
    } catch (error) {
      if (isAppError(error, 'unavailable') && this.#client === null) this.#refuse(error.message);
      else this.#retry();
    }
  }

  /** Rejects with 'unavailable' while the line is down; nothing is sent twice. */
  call<K extends keyof CoreCalls & string>(
    call: K,
    params: CoreCalls[K]['params'],
    options?: { signal?: AbortSignal },
  ): Promise<CoreCalls[K]['result']> {
    if (this.#client) return this.#client.call(call, params, options);
    return Promise.reject(tell('unavailable', 'lost', {}));
  }

  /** Listens for as long as the page lives, through every reconnection. */
  on<K extends keyof CoreEvents & string>(event: K, listener: (payload: CoreEvents[K]) => void): void {
    this.#eventListeners.push((client) => client.on(event, listener));
    this.#client?.on(event, listener);
  }

  /** Called each time the line has been opened, so that a subject asks again for what it missed. */
  onOpen(listener: () => void): void {
    this.#openListeners.push(listener);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#client?.close();
  }

  async setPreferences(preferences: PreferenceValues): Promise<void> {
    this.app = await this.call('app.setPreferences', preferences);
  }

  async setReviewer(name: string): Promise<void> {
    this.app = await this.call('app.setReviewer', { name });
  }

  #lose(client: Client<CoreCalls, CoreEvents>): void {
    if (this.#client !== client) return;
    this.#client = null;
    this.#retry();
  }

  #retry(): void {
    if (this.#isClosed) return;
    if (this.app) this.state = 'lost';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.open(), this.#delayMs);
    this.#delayMs = Math.min(longestDelayMs, this.#delayMs * 2);
  }

  #refuse(sentence: string): void {
    this.state = 'refused';
    this.refusal = sentence;
  }
}
