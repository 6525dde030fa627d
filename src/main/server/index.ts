// The loopback host: the same page and the same core as the desktop app, in a browser on this machine.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError } from '../../shared/errors.ts';
import type { Core } from '../core/core.ts';
import { createAuth, type Auth } from './auth.ts';
import { createHttpListener } from './http.ts';
import { Sockets } from './sockets.ts';

export interface LoopbackOptions {
  core: Core;
  /** 0 for any free port. */
  port: number;
  /** Folders that the page may open; nothing else is in its reach. */
  roots: string[];
  /** Folder of the built page. */
  rendererFolder: string;
  log(line: string): void;
}

export interface LoopbackHost {
  /** For the browser, with the token in the fragment. */
  address: string;
  /** Ends every connection; core stays open. */
  close(): Promise<void>;
}

/** Serves core on 127.0.0.1 alone. Throws 'conflict' where the port is taken, and what `core.grant` throws for a root. */
export async function serve(options: LoopbackOptions): Promise<LoopbackHost> {
  const { core, log } = options;
  for (const root of options.roots) await core.grant(root);

  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000, maxHeaderSize: 16_384 });
  server.maxConnections = 128;
  const port = await listen(server.listen(options.port, '127.0.0.1'), options.port);
  const auth = createAuth(port);
  const sockets = new Sockets((page) => core.attach(page));

  server.on('request', createHttpListener({ ...options, auth, resolveMedia: (request) => core.resolveMedia(request) }));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = upgradeRefusedBecause(request, auth, sockets);
    if (!refusal) return sockets.accept(request, socket, head);
    log(`server: refused upgrade ${request.url}: ${refusal}`);
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });

  return {
    address: `http://127.0.0.1:${port}/#token=${auth.token}`,
    async close() {
      sockets.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new AppError('conflict', `Port ${port} can not be used; choose another, or 0 for any free one.`, { cause });
  }
  return (server.address() as AddressInfo).port;
}

function upgradeRefusedBecause(request: IncomingMessage, auth: Auth, sockets: Sockets): string | undefined {
  const foreign = auth.foreignBecause(request, { origin: true });
  if (foreign) return foreign;
  if (request.url !== '/core') return 'no such path';
  if (!auth.hasSession(request)) return 'no session';
  return sockets.hasRoom ? undefined : 'too many pages';
}
