// Calls, cancels and events over a Port. The same seventy lines serve page to core and core to compute,
// whatever carries them: a MessagePort, a WebSocket or a child process.
import { AppError, cancelled, isAppError, type WireError } from './errors.ts';
import { sentence, tell } from './told.ts';

/** Something that carries messages both ways and says when it has ended. */
export interface Port {
  post(message: unknown): void;
  /** Resolves when what was posted so far has left this process; for carriers that hold it back while the process is busy. */
  sent?(): Promise<void>;
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

/** A table of calls at the level of types: name -> what goes in, what comes out. */
export type CallTable = Record<string, { params: unknown; result: unknown }>;
export type EventTable = Record<string, unknown>;

export interface CallContext {
  /** Aborted when the caller cancels or its port closes. */
  signal: AbortSignal;
}

export type Handlers<Calls extends CallTable> = {
  [K in keyof Calls]: (
    params: Calls[K]['params'],
    context: CallContext,
  ) => Calls[K]['result'] | Promise<Calls[K]['result']>;
};

export interface Client<Calls extends CallTable, Events extends EventTable> {
  call<K extends keyof Calls & string>(
    call: K,
    params: Calls[K]['params'],
    options?: { signal?: AbortSignal },
  ): Promise<Calls[K]['result']>;
  /** Returns the function that takes the listener off again. */
  on<K extends keyof Events & string>(event: K, listener: (payload: Events[K]) => void): () => void;
  onClose(listener: () => void): void;
  close(): void;
}

type Up = { id: number; call: string; params: unknown } | { id: number; cancel: true };
type Down = { id: number; ok: unknown } | { id: number; error: WireError } | { event: string; payload: unknown };

export interface ServeOptions {
  /** Turns untrusted parameters into trusted ones; throws AppError 'bad-request'. Leave out between our own processes. */
  parse?: (call: string, params: unknown) => unknown;
  /** Logs a bug and returns the reference under which the log can be searched. */
  onBug: (error: unknown, call: string) => string;
}

/**
 * Answers calls that arrive on `port`. Returns `emit` for events to that one listener.
 * When the port closes, every running handler's signal is aborted.
 */
export function serve<Calls extends CallTable, Events extends EventTable>(
  port: Port,
  handlers: Handlers<Calls>,
  options: ServeOptions,
): { emit: <K extends keyof Events & string>(event: K, payload: Events[K]) => void } {
  const running = new Map<number, AbortController>();
  let closed = false;
  const post = (message: Down) => {
    if (!closed) port.post(message);
  };

  port.onMessage((message) => {
    const up = readUp(message);
    if (!up) return;
    if ('cancel' in up) running.get(up.id)?.abort();
    else void answer(up.id, up.call, up.params);
  });
  port.onClose(() => {
    closed = true;
    for (const controller of running.values()) controller.abort();
  });

  async function answer(id: number, call: string, params: unknown): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      // Own keys only, or 'toString' would be a call.
      if (!Object.hasOwn(handlers, call)) throw new AppError('bad-request', `There is no call named "${call}".`);
      const trusted = options.parse ? options.parse(call, params) : params;
      const ok = await handlers[call]!(trusted as Calls[string]['params'], { signal: controller.signal });
      post({ id, ok });
    } catch (error) {
      post({ id, error: toWireError(error, call, controller.signal) });
    } finally {
      running.delete(id);
    }
  }

  function toWireError(error: unknown, call: string, signal: AbortSignal): WireError {
    if (isAppError(error)) return error.toWire();
    const wasCancelled = signal.aborted && error instanceof Error && error.name === 'AbortError';
    if (wasCancelled) return cancelled().toWire();
    const reference = options.onBug(error, call);
    return tell('internal', 'bug', { reference }).toWire();
  }

  return { emit: (event, payload) => post({ event, payload }) };
}

/** The calling end of a port. Every pending call rejects with 'unavailable' when the port closes. */
export function connect<Calls extends CallTable, Events extends EventTable>(port: Port): Client<Calls, Events> {
  const pending = new Map<number, { resolve: (value: never) => void; reject: (error: AppError) => void }>();
  const listeners = new Map<string, Set<(payload: never) => void>>();
  const closeListeners: (() => void)[] = [];
  let lastId = 0;
  let closed = false;

  port.onMessage((message) => {
    const down = message as Down;
    if ('event' in down) {
      for (const listener of listeners.get(down.event) ?? []) listener(down.payload as never);
      return;
    }
    const waiting = pending.get(down.id);
    if (!waiting) return;
    pending.delete(down.id);
    if ('error' in down) waiting.reject(AppError.fromWire(down.error));
    else waiting.resolve(down.ok as never);
  });
  port.onClose(() => {
    closed = true;
    for (const { reject } of pending.values()) reject(gone());
    pending.clear();
    for (const listener of closeListeners) listener();
  });

  return {
    call(call, params, { signal } = {}) {
      if (signal?.aborted) return Promise.reject(cancelled());
      if (closed) return Promise.reject(gone());
      const id = ++lastId;
      const cancel = () => {
        port.post({ id, cancel: true } satisfies Up);
      };
      const answered = new Promise<never>((resolve, reject) => {
        pending.set(id, { resolve, reject });
        signal?.addEventListener('abort', cancel);
        port.post({ id, call, params } satisfies Up);
      });
      return answered.finally(() => signal?.removeEventListener('abort', cancel));
    },
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set);
      set.add(listener);
      return () => set.delete(listener);
    },
    onClose(listener) {
      if (closed) listener();
      else closeListeners.push(listener);
    },
    close: () => port.close(),
  };
}

const gone = () => tell('unavailable', 'lost', {});

/** Whether a call failed for want of a line alone. */
export const isLineLost = (error: unknown): boolean =>
  isAppError(error, 'unavailable') && error.message === sentence('error.lost');

function readUp(message: unknown): Up | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { id, call, cancel } = message as Record<string, unknown>;
  if (!Number.isSafeInteger(id)) return undefined;
  return cancel === true || typeof call === 'string' ? (message as Up) : undefined;
}
