import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchElectron, findElectron } from '../../build/electron-runtime.ts';

let folder: string;
let mirror: Server | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'second-look-runtime-'));
  vi.stubEnv('electron_config_cache', folder);
  vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', undefined);
  vi.stubEnv('ELECTRON_SKIP_BINARY_DOWNLOAD', undefined);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  mirror?.closeAllConnections();
  mirror?.close();
  mirror = undefined;
  await rm(folder, { recursive: true });
});

async function startMirror(listener: RequestListener): Promise<void> {
  mirror = createServer(listener);
  await new Promise<void>((resolve) => mirror!.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('ELECTRON_MIRROR', `http://127.0.0.1:${(mirror.address() as AddressInfo).port}/`);
}

describe('finding the runtime', () => {
  it('takes ELECTRON_OVERRIDE_DIST_PATH, where it holds one', async () => {
    vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', folder);
    expect(findElectron()).toBeUndefined();
    await expect(fetchElectron({ patienceMs: 1000 })).rejects.toThrow('ELECTRON_OVERRIDE_DIST_PATH holds no Electron');
    const name = process.platform === 'win32' ? 'electron.exe' : 'electron';
    await writeFile(join(folder, name), '');
    if (process.platform !== 'darwin') expect(findElectron()).toBe(join(folder, name));
  });
});

describe('fetching the runtime', () => {
  it('asks the mirror, and says what it answered', async () => {
    const asked: string[] = [];
    await startMirror((request, response) => {
      asked.push(request.url!);
      response.writeHead(404).end();
    });
    await expect(fetchElectron({ patienceMs: 5000 })).rejects.toThrow('404');
    expect(asked[0]).toMatch(/^\/v[\d.]+\/electron-v[\d.]+-\w+-\w+\.zip$/);
  });

  it('gives up on a mirror that does not answer', async () => {
    await startMirror(() => undefined);
    await expect(fetchElectron({ patienceMs: 100 })).rejects.toThrow('no answer within 0.1 s');
  });

  it('gives up on a mirror that stops in the middle', async () => {
    await startMirror((_request, response) => {
      response.writeHead(200, { 'Content-Length': 1000 });
      response.write('begun');
    });
    await expect(fetchElectron({ patienceMs: 100 })).rejects.toThrow('no answer within 0.1 s');
  });

  it('refuses what is not the runtime', async () => {
    const before = findElectron();
    await startMirror((_request, response) => response.end('something else'));
    await expect(fetchElectron({ patienceMs: 5000 })).rejects.toThrow(/checksum/i);
    expect(findElectron()).toBe(before);
  });

  it('does not try where it is told not to', async () => {
    vi.stubEnv('ELECTRON_SKIP_BINARY_DOWNLOAD', '1');
    await expect(fetchElectron({ patienceMs: 1000 })).rejects.toThrow('ELECTRON_SKIP_BINARY_DOWNLOAD is set');
  });
});
