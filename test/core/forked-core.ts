// A core with everything real behind it, compute in a process of its own as in the app.
import { join, resolve } from 'node:path';
import { createCore } from '../../src/main/core/core.ts';
import type { ComputeProcess } from '../../src/main/core/host.ts';
import { startComputeProcess } from '../../src/main/server/child-port.ts';
import type { CoreCalls, CoreEvents, StartJob } from '../../src/shared/core-contract.ts';
import type { Job } from '../../src/shared/jobs.ts';
import type { Place } from '../../src/shared/project.ts';
import { portPair } from '../../src/shared/ports.ts';
import { connect, type Client } from '../../src/shared/rpc.ts';
import { createJobRunner } from './run-jobs.ts';

const realEntry = resolve(import.meta.dirname, '../../src/main/server/compute-process.ts');

export interface ForkedCore {
  call: Client<CoreCalls, CoreEvents>['call'];
  on: Client<CoreCalls, CoreEvents>['on'];
  place(path: string): Promise<Place>;
  /** Opens a project of the folder. */
  open(name: string): Promise<unknown>;
  /** Starts a job and waits until it is over. */
  run(request: StartJob): Promise<Job>;
  /** Ends the compute process that was started last. */
  kill(): void;
  /** What core logged: bugs, and ends of compute processes. */
  logged: string[];
  close(): Promise<void>;
}

/** `entry` is what a compute process runs. */
export function startForkedCore(folder: string, entry = realEntry): ForkedCore {
  let running: ComputeProcess | undefined;
  const logged: string[] = [];
  const core = createCore({
    startCompute: async () => (running = await startComputeProcess(entry, () => undefined)),
    log: (line) => logged.push(line),
    paths: { userData: join(folder, 'user'), samples: join(folder, 'samples') },
    mediaBase: '/media/image/',
    version: '0.0.0',
  });
  const [ours, theirs] = portPair();
  core.attach(theirs);
  const client = connect<CoreCalls, CoreEvents>(ours);
  const { call, on, close } = client;
  const place = async (path: string) => ({ grant: (await core.grant(path)).id, path: '' });
  return {
    call,
    on,
    place,
    open: async (name) => call('projects.open', { file: await place(join(folder, `${name}.secondlook`)) }),
    run: createJobRunner(client),
    kill: () => running?.kill(),
    logged,
    async close() {
      close();
      await core.close();
    },
  };
}
