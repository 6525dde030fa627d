// Child processes in the place of Chromium's: utility processes and pages.
import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { Frame, Send } from './frames.ts';
import { Broker, type StandInPort } from './ports.ts';

export const broker = new Broker();
const hooks = new URL('./hooks.ts', import.meta.url).href;

/** Forks a module under the hooks; frames of ports are routed, the others handed to `receive`. */
export function forkUnderHooks(
  modulePath: string | URL,
  options: {
    role: 'utility' | 'page';
    args?: readonly string[];
    env?: Record<string, string>;
    stdio: 'pipe' | 'inherit';
  },
  receive: (frame: Frame) => void,
): { child: ChildProcess; send: Send } {
  const child = fork(modulePath, options.args ?? [], {
    env: { ...process.env, ...options.env, STAND_IN_ROLE: options.role },
    execArgv: ['--import', hooks],
    serialization: 'advanced',
    stdio: ['ignore', options.stdio, options.stdio, 'ipc'],
  });
  const send: Send = (frame) => {
    if (child.connected) child.send(frame);
  };
  child.on('message', (frame: Frame) => {
    if (frame.kind === 'port' || frame.kind === 'port-closed') broker.route(frame);
    else receive(frame);
  });
  child.once('exit', () => broker.releaseAll(send));
  return { child, send };
}

interface ForkOptions {
  serviceName: string;
  stdio: unknown;
}

/** Electron's UtilityProcess over a real child process. */
export class UtilityProcess extends EventEmitter {
  static readonly all = new Set<UtilityProcess>();
  readonly serviceName: string;
  readonly #child: ChildProcess;
  readonly #send: Send;

  constructor(modulePath: string, args: readonly string[], { serviceName }: ForkOptions) {
    super();
    this.serviceName = serviceName;
    const { child, send } = forkUnderHooks(modulePath, { role: 'utility', args, stdio: 'pipe' }, (frame) => {
      if (frame.kind === 'parent') this.emit('message', frame.data);
    });
    this.#child = child;
    this.#send = send;
    UtilityProcess.all.add(this);
    child.once('exit', (code, signal) => {
      UtilityProcess.all.delete(this);
      this.emit('exit', code ?? (signal ? 15 : 0));
    });
  }

  get pid(): number | undefined {
    return this.#child.exitCode === null && this.#child.signalCode === null ? this.#child.pid : undefined;
  }

  get stdout() {
    return this.#child.stdout;
  }

  get stderr() {
    return this.#child.stderr;
  }

  postMessage(data: unknown, transfer: readonly StandInPort[] = []): void {
    this.#send({ kind: 'parent', data: structuredClone(data), ports: broker.transfer(transfer, this.#send) });
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): boolean {
    return this.#child.kill(signal);
  }
}
