// Ports from what Electron has: a MessagePortMain, and the line between a utility process and its parent.
import type { MessagePortMain, UtilityProcess } from 'electron';
import type { Port } from '../../shared/rpc.ts';

export function portFromMessagePortMain(carrier: MessagePortMain): Port {
  return {
    post: (message) => carrier.postMessage(message),
    onMessage(listener) {
      carrier.on('message', (event) => listener(event.data));
      carrier.start();
    },
    onClose: (listener) => void carrier.on('close', listener),
    close: () => carrier.close(),
  };
}

export function portFromUtilityProcess(child: UtilityProcess): Port {
  return {
    post: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onClose: (listener) => void child.once('exit', () => listener()),
    close: () => void child.kill(),
  };
}
