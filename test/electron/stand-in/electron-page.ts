// The page's half of Electron, as a sandboxed preload sees it.
import { EventEmitter } from 'node:events';
import type { Frame } from './frames.ts';
import { PortSpace } from './ports.ts';

const send = (frame: Frame) => void process.send!(frame);
const space = new PortSpace(send);
const invocations = new Map<number, PromiseWithResolvers<unknown>>();
let lastId = 0;

class IpcRenderer extends EventEmitter {
  invoke(channel: string, params: unknown): Promise<unknown> {
    const id = ++lastId;
    const invocation = Promise.withResolvers<unknown>();
    invocations.set(id, invocation);
    send({ kind: 'invoke', id, channel, params: structuredClone(params) });
    return invocation.promise;
  }
}

export const ipcRenderer = new IpcRenderer();
export const contextBridge = {
  exposeInMainWorld: (name: string, api: object) => Object.defineProperty(globalThis, name, { value: api }),
};
/** A dropped file, as the page holds it: only Electron knows its path. */
export const webUtils = { getPathForFile: (file: { onDisk?: string }) => file.onDisk ?? '' };

process.on('message', (frame: Frame) => {
  if (frame.kind === 'frame') {
    ipcRenderer.emit(frame.channel, { ports: frame.ports.map(toWebPort) }, frame.data);
  } else if (frame.kind === 'invoked') {
    const invocation = invocations.get(frame.id)!;
    invocations.delete(frame.id);
    if (frame.error === undefined) invocation.resolve(frame.ok);
    else invocation.reject(new Error(frame.error));
  } else {
    space.receive(frame);
  }
});

/** In a page a port is the web's MessagePort. */
function toWebPort(number: number): MessagePort {
  const carrier = space.open(number);
  const { port1, port2 } = new MessageChannel();
  port2.onmessage = ({ data }) => carrier.postMessage(data);
  carrier.on('message', ({ data }: { data: unknown }) => port2.postMessage(data));
  carrier.on('close', () => port2.close());
  carrier.start();
  return port1;
}
