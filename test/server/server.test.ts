import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Core } from '../../src/main/core/core.ts';
import { serve, type LoopbackHost } from '../../src/main/server/index.ts';
import { contentSecurityPolicy } from '../../src/shared/csp.ts';
import type { Grant } from '../../src/shared/project.ts';
import { connect, serve as serveRpc, type Port } from '../../src/shared/rpc.ts';

type Calls = { echo: { params: unknown; result: unknown } };

const contentKey = '0123456789abcdef';
const granted: string[] = [];
const attached: Port[] = [];
const log: string[] = [];
let folder: string;
let host: LoopbackHost;
let port: number;
let token: string;
let cookie: string;

/** Core as this host sees it: answers `echo`, and knows one picture. */
function createEchoCore(picture: string): Core {
  return {
    attach(page) {
      attached.push(page);
      serveRpc<Calls, Record<string, never>>(page, { echo: (params) => params }, { onBug: String });
    },
    grant(path) {
      granted.push(path);
      return Promise.resolve<Grant>({ id: 'root', displayPath: path, kind: 'folder' });
    },
    resolveMedia: (asked) =>
      Promise.resolve(
        asked.imageId === 1 && asked.contentKey === contentKey
          ? { path: picture, contentType: 'image/png', sizeBytes: 9 }
          : undefined,
      ),
    openFile: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'second-look-server-'));
  await mkdir(join(folder, 'page', 'assets'), { recursive: true });
  await writeFile(join(folder, 'page', 'index.html'), '<!doctype html><title>Second Look</title>');
  await writeFile(join(folder, 'page', 'assets', 'index-abc.js'), 'export {};');
  await writeFile(join(folder, 'secret.html'), 'secret');
  await writeFile(join(folder, 'picture.jpg'), 'a picture');
  host = await serve({
    core: createEchoCore(join(folder, 'picture.jpg')),
    port: 0,
    roots: [folder],
    rendererFolder: join(folder, 'page'),
    log: (line) => log.push(line),
  });
  const address = new URL(host.address);
  port = Number(address.port);
  token = address.hash.slice('#token='.length);
  const session = await ask('/session', {
    method: 'POST',
    headers: { origin: origin() },
    body: JSON.stringify({ token }),
  });
  cookie = session.headers['set-cookie']![0]!.split(';')[0]!;
});

afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

const origin = () => `http://127.0.0.1:${port}`;

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A request exactly as given: unlike `fetch`, it neither tidies the path nor guards Host and Origin. */
function ask(path: string, options: RequestOptions & { body?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, agent: false, ...options }, (incoming) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      incoming.on('end', () => resolve({ status: incoming.statusCode!, headers: incoming.headers, body }));
    });
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

describe('the page', () => {
  it('is served with the content security policy and the other guards', async () => {
    const { status, headers, body } = await ask('/');
    expect(status).toBe(200);
    expect(body).toContain('<title>Second Look</title>');
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy("'self'"),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('may cache its assets, whose names carry a hash', async () => {
    const { status, headers } = await ask('/assets/index-abc.js');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(headers['cache-control']).toContain('immutable');
  });

  it('answers HEAD without a body', async () => {
    const { status, headers, body } = await ask('/', { method: 'HEAD' });
    expect({ status, body, length: headers['content-length'] }).toEqual({ status: 200, body: '', length: '41' });
  });

  it.each([
    '/../secret.html',
    '/..%2fsecret.html',
    '/%2e%2e/secret.html',
    '/assets/../../secret.html',
    '/assets',
    '/missing.html',
    '/.env',
    '//etc/passwd',
  ])('has nothing at %s', async (path) => {
    const { status, body } = await ask(path);
    expect({ status, body }).toEqual({ status: 404, body: '' });
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('refuses %s', async (method) => {
    const { status, headers } = await ask('/', { method, headers: { origin: origin() } });
    expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: 'GET, HEAD' });
  });
});

describe('requests from elsewhere', () => {
  it.each([
    ['a host that resolves to 127.0.0.1', { host: 'evil.example' }],
    ['the right name at another port', { host: '127.0.0.1:1' }],
    ['another page', { origin: 'http://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
  ])('are refused: %s', async (_case, headers) => {
    expect(await ask('/', { headers })).toMatchObject({ status: 403, body: '' });
  });

  it('are logged without the token', () => {
    expect(log).toContain('server: refused GET /: wrong Origin');
    expect(log.join('\n')).not.toContain(token);
  });

  it('may be opened by the person, by either name of this machine', async () => {
    expect(await ask('/', { headers: { 'sec-fetch-site': 'none' } })).toMatchObject({ status: 200 });
    expect(await ask('/', { headers: { host: `localhost:${port}` } })).toMatchObject({ status: 200 });
  });

  it('cannot reach it from another address', async () => {
    const outcome = await new Promise<string>((resolve) => {
      const socket = connectSocket({ host: '127.0.0.2', port });
      socket.on('connect', () => resolve('connected'));
      socket.on('error', () => resolve('refused'));
    });
    expect(outcome).toBe('refused');
  });
});

describe('the session', () => {
  const open = (body: string, headers: Record<string, string> = { origin: origin() }) =>
    ask('/session', { method: 'POST', headers, body });

  it('is a cookie that scripts cannot read, named by the port', async () => {
    const { status, headers } = await open(JSON.stringify({ token }));
    expect(status).toBe(204);
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(new RegExp(`^second-look-${port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`)),
    ]);
  });

  it('is refused for a wrong token, a missing origin, and what is no token', async () => {
    const wrong = await open(JSON.stringify({ token: `${token}x` }));
    expect(wrong.status).toBe(403);
    expect(wrong.headers).not.toHaveProperty('set-cookie');
    expect(await open(JSON.stringify({ token }), {})).toMatchObject({ status: 403 });
    expect(await open('not JSON')).toMatchObject({ status: 400 });
    expect(await open(JSON.stringify({ token: 1 }))).toMatchObject({ status: 400 });
    expect(await open(JSON.stringify({ token: 'x'.repeat(5000) }))).toMatchObject({ status: 413 });
    expect(await ask('/session')).toMatchObject({ status: 405 });
  });
});

describe('pictures', () => {
  const picture = `/media/image/1?v=${contentKey}`;

  it('are served to a session, with the type that core read from the bytes', async () => {
    const { status, headers, body } = await ask(picture, { headers: { cookie } });
    expect({ status, body }).toEqual({ status: 200, body: 'a picture' });
    expect(headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': '9',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, max-age=31536000, immutable',
    });
  });

  it('are refused without a session, with a wrong one, and by any method but GET and HEAD', async () => {
    const name = cookie.split('=')[0]!;
    expect(await ask(picture)).toMatchObject({ status: 403, body: '' });
    expect(await ask(picture, { headers: { cookie: `${name}=` } })).toMatchObject({ status: 403, body: '' });
    expect(await ask(picture, { headers: { cookie: cookie.replace(name, 'second-look-1') } })).toMatchObject({
      status: 403,
    });
    expect(await ask(picture, { method: 'DELETE', headers: { cookie } })).toMatchObject({ status: 405 });
    expect(await ask(picture, { method: 'HEAD', headers: { cookie } })).toMatchObject({ status: 200, body: '' });
  });

  it.each([
    '2?v=0123456789abcdef',
    '1?v=0000000000000000',
    '1',
    '01?v=0123456789abcdef',
    '1?v=0123456789abcdef&w=9',
    '..%2f..%2fsecret.html',
    '%31?v=0123456789abcdef',
  ])('has none at %s', async (rest) => {
    expect(await ask(`/media/image/${rest}`, { headers: { cookie } })).toMatchObject({ status: 404, body: '' });
  });
});

describe('the socket', () => {
  function openSocket(headers: Record<string, string>, path = '/core'): Promise<WebSocket | number> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
      socket.on('open', () => resolve(socket));
      socket.on('unexpected-response', (_request, response) => {
        response.resume();
        resolve(response.statusCode!);
      });
      socket.on('error', reject);
    });
  }

  const openOurs = async () => {
    const socket = await openSocket({ cookie, origin: origin() });
    if (typeof socket === 'number') throw new Error(`Refused with ${socket}.`);
    return socket;
  };

  /** The host has seen that a page is gone. */
  const left = (page: Port) => new Promise<void>((resolve) => page.onClose(resolve));
  const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.on('close', resolve));

  it('carries calls to core and answers back', async () => {
    const socket = await openOurs();
    const client = connect<Calls, Record<string, never>>({
      post: (message) => socket.send(JSON.stringify(message)),
      onMessage: (listener) => socket.on('message', (frame: Buffer) => listener(JSON.parse(frame.toString()))),
      onClose: (listener) => socket.on('close', listener),
      close: () => socket.close(),
    });
    expect(await client.call('echo', { name: 'ä', rows: [1, null] })).toEqual({ name: 'ä', rows: [1, null] });
    const gone = left(attached.at(-1)!);
    socket.close();
    await gone;
  });

  it('is refused without a session, without an origin, to another page, and at another path', async () => {
    expect(await openSocket({ origin: origin() })).toBe(403);
    expect(await openSocket({ cookie })).toBe(403);
    expect(await openSocket({ cookie, origin: 'http://evil.example' })).toBe(403);
    expect(await openSocket({ cookie, origin: origin(), host: 'evil.example' })).toBe(403);
    expect(await openSocket({ cookie, origin: origin() }, '/other')).toBe(403);
  });

  it('is closed on what is not JSON and on more than 1 MiB', async () => {
    const talker = await openOurs();
    talker.send('{');
    expect(await closed(talker)).toBe(1007);
    const shouter = await openOurs();
    const shouterClosed = closed(shouter);
    shouter.on('error', () => undefined);
    shouter.send(JSON.stringify('x'.repeat(2 ** 20)));
    expect([1006, 1009]).toContain(await shouterClosed);
  });

  it('tells core when the page has gone', async () => {
    const socket = await openOurs();
    const gone = left(attached.at(-1)!);
    socket.close();
    await gone;
  });

  it('opens for sixteen pages and no more', async () => {
    const sockets = await Promise.all(Array.from({ length: 16 }, openOurs));
    expect(await openSocket({ cookie, origin: origin() })).toBe(403);
    const allClosed = Promise.all(sockets.map(closed));
    for (const socket of sockets) socket.close();
    await allClosed;
  });
});

it('grants the roots, and says in a sentence that a port is taken', async () => {
  expect(granted).toEqual([folder]);
  const again = serve({ core: createEchoCore(''), port, roots: [], rendererFolder: folder, log: () => undefined });
  await expect(again).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(`Port ${port}`) });
});
