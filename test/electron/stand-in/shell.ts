// The test's handle on a running shell: the built main bundle in a process of its own.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Commands } from './commands.ts';

type Params<K extends keyof Commands> = Parameters<Commands[K]> extends [infer P] ? [P] : [];
type Answer<K extends keyof Commands> = Awaited<ReturnType<Commands[K]>>;

export interface ShellOptions {
  /** Folder of the user's data. */
  home: string;
  args?: string[];
  env?: Record<string, string>;
}

export const repositoryRoot = join(import.meta.dirname, '../../..');

export class Shell {
  /** The journal and the exit status, once the app has quit. */
  readonly ended: Promise<{ journal: string[]; status: number | null }>;
  /** Everything it printed. */
  output = '';
  readonly #child: ChildProcess;
  readonly #calls = new Map<number, PromiseWithResolvers<never>>();
  #lastId = 0;

  constructor({ home, args = [], env = {} }: ShellOptions) {
    this.#child = fork(join(repositoryRoot, 'out/main/index.js'), args, {
      env: { ...process.env, ...env, STAND_IN_HOME: home, STAND_IN_ROLE: 'main' },
      execArgv: ['--import', new URL('./hooks.ts', import.meta.url).href],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString('utf8')));
    }
    let journal: string[] = [];
    this.#child.on('message', (message: { id: number; ok?: never; error?: string } | { quit: string[] }) => {
      if ('quit' in message) {
        journal = message.quit;
        return;
      }
      const call = this.#calls.get(message.id)!;
      this.#calls.delete(message.id);
      if (message.error === undefined) call.resolve(message.ok!);
      else call.reject(new Error(message.error));
    });
    this.ended = once(this.#child, 'exit').then(([status]) => {
      for (const call of this.#calls.values()) call.reject(new Error(`The shell ended:\n${this.output}`));
      return { journal, status: status as number | null };
    });
  }

  do<K extends keyof Commands>(name: K, ...[params]: Params<K>): Promise<Answer<K>> {
    const id = ++this.#lastId;
    const call = Promise.withResolvers<Answer<K>>();
    this.#calls.set(id, call as PromiseWithResolvers<never>);
    this.#child.send({ id, name, params });
    return call.promise;
  }

  /** Something that the page does through `window.host`. */
  page<Result>(name: string, params?: unknown): Promise<Result> {
    return this.do('page', { name, params }) as Promise<Result>;
  }

  /** A call to core from the page. */
  core<Result>(call: string, params: unknown = {}): Promise<Result> {
    return this.page('call', { call, params });
  }

  /** For the end of a test that failed. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
