// The loopback host: a token in the address buys a session, and a WebSocket is the port.
import { tell } from '../../shared/told.ts';
import type { Port } from '../../shared/rpc.ts';
import type { Host } from './host.ts';

export function createLoopbackHost(): Host {
  let session: Promise<void> | undefined;
  return {
    async openPort() {
      session ??= openSession();
      await session;
      return openSocket();
    },
  };
}

/** Exchanges the token for the session cookie and takes it out of the address. A reload comes without one: it has the cookie. */
async function openSession(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return;
  const answer = await fetch('/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token }),
    // Under the page's 'no-referrer' a browser may send `Origin: null`, which the host takes for a foreign page.
    referrerPolicy: 'same-origin',
  });
  history.replaceState(null, '', location.pathname);
  if (!answer.ok) throw tell('unavailable', 'old-address', {});
}

function openSocket(): Promise<Port> {
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/core`);
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(portFromWebSocket(socket)), { once: true });
    // A browser does not say why a socket could not be opened; `error` carries nothing.
    socket.addEventListener('close', () => reject(new Error('The socket was refused or lost.')), { once: true });
  });
}

const portFromWebSocket = (socket: WebSocket): Port => ({
  post: (message) => {
    // After a loss `connect` rejects new calls by itself; what is still posted is a cancel that nobody waits for.
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  },
  onMessage: (listener) =>
    socket.addEventListener('message', (event: MessageEvent<string>) => listener(JSON.parse(event.data))),
  onClose: (listener) => socket.addEventListener('close', () => listener()),
  close: () => socket.close(),
});
