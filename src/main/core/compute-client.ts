// Core's end of the compute process: started when first needed, killed when it does not let go, started anew after a crash.
import type { ComputeCalls, ComputeEvents } from '../../shared/compute-contract.ts';
import { cancelled, isAppError } from '../../shared/errors.ts';
import { tell } from '../../shared/told.ts';
import { connect, type Client } from '../../shared/rpc.ts';
import type { ComputeProcess, CoreHost } from './host.ts';

/** How long a cancelled call may take to let go before its process is killed. */
const graceMs = 5_000;

interface Running {
  process: ComputeProcess;
  client: Client<ComputeCalls, ComputeEvents>;
}

export class ComputeClient {
  readonly #host: CoreHost;
  #running: Promise<Running> | undefined;
  #generation = 0;
  readonly #progressListeners = new Set<(progress: ComputeEvents['progress']) => void>();

  constructor(host: CoreHost) {
    this.#host = host;
  }

  /** Grows with each process that ends: what it had loaded is gone. */
  get generation(): number {
    return this.#generation;
  }

  /**
   * Calls compute. An abort cancels; a call that has not let go five seconds later is ended by killing the process.
   * Throws 'compute-crashed' if the process died under the call, 'cancelled', and whatever compute answers.
   */
  async call<K extends keyof ComputeCalls & string>(
    name: K,
    params: ComputeCalls[K]['params'],
    options: { signal?: AbortSignal } = {},
  ): Promise<ComputeCalls[K]['result']> {
    const running = await (this.#running ??= this.#start());
    const { signal } = options;
    let grace: NodeJS.Timeout | undefined;
    const killAfterGrace = () => {
      grace = setTimeout(() => running.process.kill(), graceMs);
    };
    signal?.addEventListener('abort', killAfterGrace, { once: true });
    try {
      return await running.client.call(name, params, options);
    } catch (error) {
      if (!isAppError(error, 'unavailable')) throw error;
      if (signal?.aborted) throw cancelled(error);
      const why = await running.process.ended;
      throw tell('compute-crashed', 'compute-ended', { why }, { cause: error });
    } finally {
      clearTimeout(grace);
      signal?.removeEventListener('abort', killAfterGrace);
    }
  }

  onProgress(listener: (progress: ComputeEvents['progress']) => void): () => void {
    this.#progressListeners.add(listener);
    return () => this.#progressListeners.delete(listener);
  }

  /** Ends the process; the next call starts another. */
  async close(): Promise<void> {
    const running = await this.#running?.catch(() => undefined);
    running?.process.kill();
    await running?.process.ended;
  }

  async #start(): Promise<Running> {
    try {
      const process = await this.#host.startCompute();
      const client = connect<ComputeCalls, ComputeEvents>(process.port);
      client.on('progress', (progress) => {
        for (const listener of this.#progressListeners) listener(progress);
      });
      client.onClose(() => {
        this.#generation += 1;
        this.#running = undefined;
      });
      void process.ended.then((why) => this.#host.log(`compute ended: ${why}`));
      return { process, client };
    } catch (error) {
      this.#running = undefined;
      throw error;
    }
  }
}
