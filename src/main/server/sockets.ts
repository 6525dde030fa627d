// A page's WebSocket as a Port: one JSON text per message.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Port } from '../../shared/rpc.ts';

const largestUpBytes = 2 ** 20;
const largestDownBytes = 8 * 2 ** 20;
const mostSockets = 16;

/** Takes upgrades that have passed the door; calls `attach` with a port for each. */
export class Sockets {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: largestUpBytes, perMessageDeflate: false });
  readonly #attach: (port: Port) => void;

  constructor(attach: (port: Port) => void) {
    this.#attach = attach;
  }

  /** True while one more page may connect. */
  get hasRoom(): boolean {
    return this.#server.clients.size < mostSockets;
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#attach(portFromWebSocket(webSocket)));
  }

  close(): void {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }
}

function portFromWebSocket(socket: WebSocket): Port {
  // A protocol error, such as a frame that is too large, closes the socket; 'close' follows and says all.
  socket.on('error', () => socket.terminate());
  return {
    post(message) {
      const text = JSON.stringify(message);
      if (text.length > largestDownBytes) throw new Error(`A message of ${text.length} characters is too large.`);
      socket.send(text);
    },
    onMessage(listener) {
      socket.on('message', (frame: Buffer, isBinary) => {
        const message = isBinary ? undefined : parseJson(frame.toString('utf8'));
        if (message === undefined) socket.close(1007, 'Not JSON');
        else listener(message);
      });
    },
    onClose: (listener) => socket.on('close', () => listener()),
    close: () => socket.close(),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The sender is told by the close code; there is nothing to add.
    return undefined;
  }
}
