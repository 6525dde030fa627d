// What the loopback host answers: the built page, its pictures, and the exchange of the token for a session.
import { open } from 'node:fs/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { readMediaUrl, type MediaBase } from '../../shared/media-url.ts';
import { readPagePath } from '../../shared/page-file.ts';
import { mediaHeaders, pageHeaders, refusalHeaders } from '../../shared/response-headers.ts';
import type { Core } from '../core/core.ts';
import type { Auth } from './auth.ts';

export interface HttpOptions {
  auth: Auth;
  resolveMedia: Core['resolveMedia'];
  /** Folder of the built page. */
  rendererFolder: string;
  log(line: string): void;
}

const mediaBase: MediaBase = '/media/image/';
const largestBodyBytes = 1024;
const SessionSchema = z.strictObject({ token: z.string() });

/** The listener for every plain request. Nothing it is sent can make it throw. */
export function createHttpListener(options: HttpOptions): RequestListener {
  return (request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      options.log(`server: ${request.method} ${request.url}: ${String(error)}`);
      if (response.headersSent) response.destroy();
      else refuse(response, 500);
    });
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: HttpOptions): Promise<void> {
  const { auth, log } = options;
  const url = request.url ?? '';
  const foreign = auth.foreignBecause(request, { origin: request.method === 'POST' });
  if (foreign) {
    log(`server: refused ${request.method} ${url}: ${foreign}`);
    return refuse(response, 403);
  }
  if (url === '/session') return openSession(request, response, auth);
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, { Allow: 'GET, HEAD' });
  if (url.startsWith(mediaBase)) {
    if (!auth.hasSession(request)) return refuse(response, 403);
    return sendPicture(request, response, options);
  }
  const file = readPagePath(url.split('?', 1)[0]!);
  if (!file) return refuse(response, 404);
  return sendFile(request, response, join(options.rendererFolder, file.path), pageHeaders('loopback', file));
}

async function openSession(request: IncomingMessage, response: ServerResponse, auth: Auth): Promise<void> {
  if (request.method !== 'POST') return refuse(response, 405, { Allow: 'POST' });
  const body = await readBody(request);
  if (body === undefined) return refuse(response, 413, { Connection: 'close' });
  const session = SessionSchema.safeParse(body);
  if (!session.success) return refuse(response, 400);
  if (!auth.isToken(session.data.token)) return refuse(response, 403);
  response.writeHead(204, { ...refusalHeaders, 'Cache-Control': 'no-store', 'Set-Cookie': auth.sessionCookie }).end();
}

async function sendPicture(request: IncomingMessage, response: ServerResponse, options: HttpOptions): Promise<void> {
  const asked = readMediaUrl(request.url!.slice(mediaBase.length));
  const file = asked && (await options.resolveMedia(asked));
  if (!file) return refuse(response, 404);
  return sendFile(request, response, file.path, mediaHeaders('loopback', file));
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  headers: Record<string, string>,
): Promise<void> {
  const file = await open(path).catch(() => undefined);
  if (!file) return refuse(response, 404);
  try {
    const { size } = await file.stat();
    response.writeHead(200, { ...headers, 'Content-Length': size });
    if (request.method === 'HEAD') response.end();
    else await pipeline(file.createReadStream({ autoClose: false }), response);
  } catch (error) {
    // A page that leaves in the middle of a picture is an everyday thing.
    if (!response.destroyed) throw error;
  } finally {
    await file.close();
  }
}

/** The parsed body; null where it is no JSON, undefined where it is too large. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > largestBodyBytes) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    // The caller answers 400 to whatever is no session request.
    return null;
  }
}

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...refusalHeaders, 'Cache-Control': 'no-store', ...headers }).end();
}
