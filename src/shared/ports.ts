// Ports from the carriers that every runtime has. Carriers that one host alone has live with that host.
import type { Port } from './rpc.ts';

/** What a MessagePort looks like in the page, in a worker and in Node. */
export interface MessagePortLike {
  postMessage(message: unknown): void;
  addEventListener(type: 'message' | 'close', listener: (event: { data?: unknown }) => void): void;
  start?(): void;
  close(): void;
}

export function portFromMessagePort(carrier: MessagePortLike): Port {
  return {
    post: (message) => carrier.postMessage(message),
    onMessage(listener) {
      carrier.addEventListener('message', (event) => listener(event.data));
      carrier.start?.();
    },
    onClose: (listener) => carrier.addEventListener('close', () => listener()),
    close: () => carrier.close(),
  };
}

/** Two ends in one process: what one posts, the other receives as a structured clone, one turn later. */
export function portPair(): [Port, Port] {
  const { port1, port2 } = new MessageChannel();
  return [portFromMessagePort(port1 as MessagePortLike), portFromMessagePort(port2 as MessagePortLike)];
}
