// A page without a screen: loads the built preload, then does what the test says through `window.host` alone.
import { createRequire } from 'node:module';
import type { CoreCalls, CoreEvents } from '../../../src/shared/core-contract.ts';
import type { DesktopHost, DesktopWords } from '../../../src/shared/desktop-host.ts';
import type { Place } from '../../../src/shared/project.ts';
import type { Job } from '../../../src/shared/jobs.ts';
import { connect, type Client, type Port } from '../../../src/shared/rpc.ts';
import type { Frame } from './frames.ts';

createRequire(import.meta.url)(process.env.STAND_IN_PRELOAD!);
const { host } = globalThis as unknown as { host: DesktopHost };

let losses = 0;
let onLoss = () => {};
let client: Client<CoreCalls, CoreEvents> = connectToCore();

/** As the screen does: a new client over the same host after each loss. */
function connectToCore(): Client<CoreCalls, CoreEvents> {
  const port: Port = { post: host.post, onMessage: host.onMessage, onClose: host.onClose, close: () => undefined };
  const connected = connect<CoreCalls, CoreEvents>(port);
  connected.onClose(() => {
    losses += 1;
    client = connectToCore();
    onLoss();
  });
  return connected;
}

/** Follows the jobs until one of a kind has ended. */
async function waitForJob(kind: Job['kind']): Promise<Job> {
  const { promise, resolve } = Promise.withResolvers<Job>();
  const settle = (job: Job) => {
    if (job.kind === kind && job.endedAt !== null) resolve(job);
  };
  const stop = client.on('job.changed', ({ job }) => settle(job));
  (await client.call('jobs.list', {})).forEach(settle);
  return promise.finally(stop);
}

/** Resolves with the project file that is opened next outside of the page. */
function waitForOffer(): Promise<Place> {
  const { promise, resolve } = Promise.withResolvers<Place>();
  const stop = client.on('project.offered', ({ file }) => resolve(file));
  return promise.finally(stop);
}

const commands: Record<string, (params: never) => unknown> = {
  describeHost: () => Object.keys(host).sort(),
  call: ({ call, params }: { call: keyof CoreCalls; params: never }) => client.call(call, params),
  waitForJob: ({ kind }: { kind: Job['kind'] }) => waitForJob(kind),
  waitForOffer,
  /** Resolves once core has been lost this often, and another client waits for the next. */
  waitForLosses: ({ count }: { count: number }) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    onLoss = () => {
      if (losses >= count) resolve();
    };
    onLoss();
    return promise;
  },
  pickFolder: () => host.pickFolder(),
  pickFile: () => host.pickFile('model'),
  drop: ({ onDisk }: { onDisk: string }) => host.pathOf({ onDisk }),
  reveal: (place: { grant: string; path: string }) => host.reveal(place),
  speak: ({ words }: { words: DesktopWords }) => host.speak(words),
  openExternal: ({ url }: { url: string }) => host.openExternal(url),
};

// A page ends with its app, however that ended.
process.on('disconnect', () => process.exit());
process.on('message', (frame: Frame) => {
  if (frame.kind !== 'command') return;
  const { id, name, params } = frame;
  const run = async () => commands[name]!(params as never);
  run().then(
    (ok) => process.send!({ kind: 'answer', id, ok } satisfies Frame),
    (error: unknown) => process.send!({ kind: 'answer', id, error: (error as Error).message } satisfies Frame),
  );
});
