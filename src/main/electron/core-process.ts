// The core process of the desktop host: core, with compute processes that main forks on its behalf.
import type { MessagePortMain } from 'electron';
import type { Port } from '../../shared/rpc.ts';
import { serve } from '../../shared/rpc.ts';
import { createCore } from '../core/core.ts';
import type { ComputeProcess, CoreHost } from '../core/host.ts';
import { portFromMessagePortMain } from './ports.ts';
import { isDelivery, type CoreStart, type ProcessCalls, type ProcessEvents } from './process-contract.ts';

const { parentPort } = process;
const start = JSON.parse(process.argv.at(-1)!) as CoreStart;
// Main writes every line of a process to the log file.
const log = (line: string) => console.error(line);

const wanted = new Map<number, (carrier: MessagePortMain) => void>();
const running = new Map<number, (how: string) => void>();
let lastId = 0;

const host: CoreHost = {
  startCompute() {
    const id = ++lastId;
    const ended = new Promise<string>((resolve) => running.set(id, resolve));
    parent.emit('compute.wanted', { id });
    return new Promise<ComputeProcess>((resolve) => {
      wanted.set(id, (carrier) => {
        const kill = () => parent.emit('compute.unwanted', { id });
        resolve({ port: portFromMessagePortMain(carrier), kill, ended });
      });
    });
  },
  log,
  paths: { userData: start.userData, samples: start.samples },
  mediaBase: 'media://image/',
  version: start.version,
};

const core = createCore(host);

const parent = serve<ProcessCalls, ProcessEvents>(
  portFromParent(),
  {
    'grants.add': ({ path }) => core.grant(path),
    'media.resolve': async (request) => (await core.resolveMedia(request)) ?? null,
    'projects.open': async ({ path }) => {
      await core.openFile(path);
      return null;
    },
    'compute.ended': ({ id, how }) => {
      running.get(id)?.(how);
      running.delete(id);
      return null;
    },
    'core.close': async () => {
      await core.close();
      return null;
    },
  },
  {
    onBug(error, call) {
      log(`core process: ${call}: ${error instanceof Error ? error.stack : String(error)}`);
      return call;
    },
  },
);

/** Calls arrive as plain messages; a message that brings a port goes to whom it is for. */
function portFromParent(): Port {
  return {
    post: (message) => parentPort.postMessage(message),
    onMessage(listener) {
      parentPort.on('message', ({ data, ports: [carrier] }: { data: unknown; ports: MessagePortMain[] }) => {
        if (!isDelivery(data)) listener(data);
        else if (data.deliver === 'page') core.attach(portFromMessagePortMain(carrier!));
        else {
          wanted.get(data.id)?.(carrier!);
          wanted.delete(data.id);
        }
      });
    },
    // The process ends with its parent; there is nobody to tell.
    onClose: () => undefined,
    close: () => process.exit(),
  };
}
