// Processes that are forked by Node: a port to each, from either end, and the start of compute.
import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { tell } from '../../shared/told.ts';
import type { Port } from '../../shared/rpc.ts';
import type { ComputeProcess } from '../core/host.ts';

/** The line between a process and the one that forked it: `process` in the child, the child in its parent. */
export function portFromProcess(carrier: NodeJS.Process | ChildProcess): Port {
  let last: Promise<void> = Promise.resolve();
  return {
    post(message) {
      last = new Promise((resolve) => {
        // What cannot be sent any more is answered by the end of the port, so the failure itself says nothing new.
        if (carrier.send) carrier.send(message as object, undefined, undefined, () => resolve());
        else resolve();
      });
    },
    sent: () => last,
    onMessage: (listener) => void carrier.on('message', listener),
    onClose(listener) {
      if (carrier.connected) carrier.once('disconnect', listener);
      else setImmediate(listener);
    },
    close() {
      if (carrier.connected) carrier.disconnect();
    },
  };
}

/** Forks a compute process; what it prints goes to `log`. Throws 'compute-crashed' where the system does not start it. */
export async function startComputeProcess(entryPath: string, log: (line: string) => void): Promise<ComputeProcess> {
  const child = fork(entryPath, [], {
    execPath: process.execPath,
    // Inspectors and loaders of the parent are not for the child.
    execArgv: [],
    serialization: 'advanced',
    // Libraries print what nobody at a command line needs to see, as of graphics drivers that are not there.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Pictures are decoded on these threads, and there are only four unless it is said before the process starts.
    env: { ...process.env, UV_THREADPOOL_SIZE: String(Math.max(4, availableParallelism())) },
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', log);
  }
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    // Also of later failures, so that none is thrown at nobody: they end the process, and that is told by `ended`.
    child.on('error', (cause) => {
      reject(tell('compute-crashed', 'no-compute', {}, { cause }));
    });
  });
  return { port: portFromProcess(child), kill: () => void child.kill('SIGKILL'), ended };
}
