// Main's side of the core and compute processes: forks them, joins their ports, and is out of the way after that.
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MessageChannelMain, utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron';
import { tell } from '../../shared/told.ts';
import { connect, type Client } from '../../shared/rpc.ts';
import { createCrashLimit } from './crash-limit.ts';
import { portFromUtilityProcess } from './ports.ts';
import type { CoreStart, Delivery, ProcessCalls, ProcessEvents } from './process-contract.ts';

export interface ProcessesOptions {
  start: CoreStart;
  log(line: string): void;
  /** Core crashed too often to be started again. */
  onGivenUp(): void;
}

/** Core closes its project within this time, or is ended: what it answered as saved is saved. */
const graceMs = 5000;

/** The core process, forked again whenever it crashes, and the compute processes that it asked for. */
export class Processes {
  readonly #options: ProcessesOptions;
  readonly #crashLimit = createCrashLimit(3, 60_000);
  /** Undefined once it has stopped for good. */
  #core: { child: UtilityProcess; client: Client<ProcessCalls, ProcessEvents> } | undefined;
  #isClosing = false;

  /** Only after the app is ready. */
  constructor(options: ProcessesOptions) {
    this.#options = options;
    this.#core = this.#forkCore();
  }

  /** One end of a channel whose other end core serves. */
  openPagePort(): MessagePortMain {
    const { port1, port2 } = new MessageChannelMain();
    if (this.#core) this.#core.child.postMessage({ deliver: 'page' } satisfies Delivery, [port1]);
    else port1.close();
    return port2;
  }

  /** Calls core over the private line; rejects with 'unavailable' when core goes meanwhile. */
  call<K extends keyof ProcessCalls & string>(
    call: K,
    params: ProcessCalls[K]['params'],
  ): Promise<ProcessCalls[K]['result']> {
    if (!this.#core) return Promise.reject(tell('unavailable', 'stopped', {}));
    return this.#core.client.call(call, params);
  }

  /** Asks core to close, waits, then ends it. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (!this.#core) return;
    const { child, client } = this.#core;
    const gone = once(child, 'exit');
    const grace = setTimeout(() => {
      this.#options.log('core did not close in time and is ended');
      child.kill();
    }, graceMs);
    // Where core is lost before it answers, there is nothing left to close.
    await client.call('core.close', null).catch(() => null);
    child.kill();
    await gone;
    clearTimeout(grace);
  }

  #forkCore(): { child: UtilityProcess; client: Client<ProcessCalls, ProcessEvents> } {
    const { start, log, onGivenUp } = this.#options;
    const child = forkLogged('core-process.js', 'Second Look core', [JSON.stringify(start)], log);
    const client = connect<ProcessCalls, ProcessEvents>(portFromUtilityProcess(child));
    const computes = new Map<number, UtilityProcess>();

    client.on('compute.wanted', ({ id }) => computes.set(id, forkCompute(id, child, client, log)));
    client.on('compute.unwanted', ({ id }) => computes.get(id)?.kill());
    child.once('exit', (code) => {
      this.#core = undefined;
      for (const compute of computes.values()) compute.kill();
      if (this.#isClosing) return;
      log(`core ended with code ${code}`);
      if (this.#crashLimit.mayRestart()) this.#core = this.#forkCore();
      else onGivenUp();
    });
    return { child, client };
  }
}

/** Forks a compute process and gives the two ends of a channel to it and to core. */
function forkCompute(
  id: number,
  core: UtilityProcess,
  client: Client<ProcessCalls, ProcessEvents>,
  log: (line: string) => void,
): UtilityProcess {
  const compute = forkLogged('compute-process-electron.js', 'Second Look compute', [], log);
  const { port1, port2 } = new MessageChannelMain();
  compute.postMessage(null, [port1]);
  core.postMessage({ deliver: 'compute', id } satisfies Delivery, [port2]);
  compute.once('exit', (code) => {
    // Where core itself is gone, nobody waits for this news.
    client.call('compute.ended', { id, how: `exit code ${code}` }).catch(() => null);
  });
  return compute;
}

/** Forks an entry beside this bundle; every line that it prints goes to the log. */
function forkLogged(entry: string, serviceName: string, args: string[], log: (line: string) => void): UtilityProcess {
  const child = utilityProcess.fork(join(import.meta.dirname, entry), args, {
    serviceName,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Pictures are decoded on these threads, and there are only four unless it is said before the process starts.
    env: { ...process.env, UV_THREADPOOL_SIZE: String(Math.max(4, availableParallelism())) },
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', log);
  }
  return child;
}
