// The carriers that every rpc test runs over: structured clones, and JSON text as the loopback host sends it.
import { portPair } from '../../src/shared/ports.ts';
import type { Port } from '../../src/shared/rpc.ts';

const throughJson = (port: Port): Port => ({
  post: (message) => port.post(JSON.stringify(message)),
  onMessage: (listener) => port.onMessage((text) => listener(JSON.parse(text as string))),
  onClose: (listener) => port.onClose(listener),
  close: () => port.close(),
});

export const carriers: [name: string, make: () => [Port, Port]][] = [
  ['structured clone', portPair],
  [
    'JSON',
    () => {
      const [a, b] = portPair();
      return [throughJson(a), throughJson(b)];
    },
  ],
];
