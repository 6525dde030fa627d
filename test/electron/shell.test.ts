// The built desktop shell against a stand-in for Electron: how it starts, what it serves, and what it refuses.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentSecurityPolicy } from '../../src/shared/csp.ts';
import { desktopWords } from '../../src/shared/desktop-host.ts';
import type { Grant } from '../../src/shared/project.ts';
import { Home } from './stand-in/home.ts';
import type { Shell } from './stand-in/shell.ts';

const text = (body: Uint8Array) => Buffer.from(body).toString('utf8');
const ourPage = { url: 'app://second-look/', isMainFrame: true, isOurWindow: true };

describe('the shell at rest', () => {
  let home: Home;
  let shell: Shell;
  beforeAll(async () => {
    home = new Home();
    shell = await home.startReady();
  });
  afterAll(() => home.end());

  it('says what must be said before Chromium starts, refuses before it serves, and serves before it shows', async () => {
    expect(await shell.do('journal')).toEqual([
      'app.enableSandbox',
      'protocol.registerSchemesAsPrivileged',
      'ready',
      'session permission request handler',
      'session permission check handler',
      'session device permission handler',
      'session no display media handler',
      'spell checker off',
      'webRequest.onBeforeRequest http://*/* https://*/* ws://*/* wss://*/* ftp://*/*',
      'utilityProcess.fork Second Look core',
      'protocol.handle app',
      'protocol.handle media',
      expect.stringMatching(/^menu (appMenu, )?File, Edit, View, Window$/),
      'new BrowserWindow',
      'load app://second-look/',
      'window shown',
    ]);
  });

  it('opens a window that is sandboxed, with a preload that is there', async () => {
    const { webPreferences } = await shell.do('windowOptions');
    expect(webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    });
    expect(existsSync(webPreferences.preload)).toBe(true);
  });

  it('gives the page a host and no more, and core answers through it', async () => {
    expect(await shell.page('describeHost')).toEqual([
      'kind',
      'onClose',
      'onMessage',
      'openExternal',
      'pathOf',
      'pickFile',
      'pickFolder',
      'post',
      'reveal',
      'speak',
    ]);
    expect(await shell.core('app.describe')).toMatchObject({
      version: '0.0.0-stand-in',
      mediaBase: 'media://image/',
      isOpen: false,
    });
  });

  it('carries the errors of core to the page', async () => {
    await expect(shell.core('projects.overview')).rejects.toThrow('No project is open.');
    await expect(shell.core('toString')).rejects.toThrow('There is no call named "toString".');
  });

  it('serves the built page under the content security policy', async () => {
    const index = await shell.do('fetch', { url: 'app://second-look/' });
    expect(index.status).toBe(200);
    expect(index.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy("'self' media:"),
      'x-content-type-options': 'nosniff',
    });
    const [, script] = /src="\.?(\/assets\/[^"]+\.js)"/.exec(text(index.body))!;
    const asset = await shell.do('fetch', { url: `app://second-look${script!}` });
    expect(asset).toMatchObject({ status: 200, headers: { 'content-type': 'text/javascript; charset=utf-8' } });
  });

  it.each([
    'app://second-look/../main/index.js',
    'app://second-look/..%2fmain/index.js',
    'app://second-look/%2e%2e/main/index.js',
    'app://second-look/assets/../../main/index.js',
    'app://second-look//etc/passwd',
    'app://other/index.html',
    'app://second-look.evil/index.html',
    'media://image/1?v=0123456789abcdef',
    'media://image/../../etc/passwd',
    'media://other/1?v=0123456789abcdef',
  ])('has nothing at %s', async (url) => {
    const { status, body } = await shell.do('fetch', { url });
    expect({ status, size: body.length }).toEqual({ status: 404, size: 0 });
  });

  it('answers GET and HEAD only', async () => {
    expect(await shell.do('fetch', { url: 'app://second-look/', method: 'POST' })).toMatchObject({ status: 405 });
    expect(await shell.do('fetch', { url: 'media://image/1', method: 'DELETE' })).toMatchObject({ status: 405 });
  });

  it('grants no permission and no device', async () => {
    expect(await shell.do('permissions')).toEqual({ request: false, check: false, device: false });
  });

  it.each(['https://example.com/', 'http://127.0.0.1:1/', 'wss://example.com/', 'http://second-look/'])(
    'lets no request out to %s',
    async (url) => {
      expect(await shell.do('request', { url })).toBe(true);
    },
  );

  it('refuses navigation, redirects, webviews, windows and downloads, each with a line in the log', async () => {
    const url = 'https://example.com/away';
    expect(await shell.do('attempt', { event: 'will-navigate', url })).toBe(true);
    expect(await shell.do('attempt', { event: 'will-redirect', url })).toBe(true);
    expect(await shell.do('attempt', { event: 'will-attach-webview', url })).toBe(true);
    expect(await shell.do('openWindow', { url })).toBe('deny');
    expect(await shell.do('download', { url })).toBe(true);
    const log = await home.readLog();
    for (const what of ['navigation', 'redirect', 'webview', 'window', 'download']) {
      expect(log).toContain(`refused ${what} ${url}`);
    }
    expect(await shell.do('attempt', { event: 'will-navigate', url: 'app://second-look/' })).toBe(false);
  });

  it.each([
    ['an unknown window', { ...ourPage, isOurWindow: false }],
    ['a frame within the page', { ...ourPage, isMainFrame: false }],
    ['another origin', { ...ourPage, url: 'https://example.com/' }],
    ['an origin that begins alike', { ...ourPage, url: 'app://second-look.evil/' }],
    ['an empty address', { ...ourPage, url: '' }],
    ['a frame that is gone', null],
  ])('does not listen to %s', async (_case, sender) => {
    expect(await shell.do('invokeAs', { sender, channel: 'grants.add', params: { path: '/etc' } })).toEqual({
      refused: 'Refused.',
    });
    expect(await home.readLog()).toContain(`refused grants.add from ${sender?.url || 'nowhere'}`);
  });

  it('parses what even its own page sends', async () => {
    const send = (channel: string, params: unknown) => shell.do('invokeAs', { sender: ourPage, channel, params });
    for (const [channel, params] of [
      ['grants.add', { path: 'relative' }],
      ['grants.add', '/etc'],
      ['dialogs.pickFile', { kind: 'anything' }],
      ['links.open', {}],
      ['words.set', { 'menu.file': 'File' }],
    ] as const) {
      expect(await send(channel, params)).toMatchObject({ answer: { error: { code: 'bad-request' } } });
    }
  });

  it('opens listed addresses of the web outside, and nothing else', async () => {
    await shell.page('openExternal', { url: 'https://onnxruntime.ai/docs' });
    expect(await shell.do('journal')).toContain('open https://onnxruntime.ai/docs');
    for (const url of [
      'http://onnxruntime.ai/',
      'file:///etc/passwd',
      'https://onnxruntime.ai.evil.example/',
      'https://a@onnxruntime.ai/',
      'x',
    ]) {
      await expect(shell.page('openExternal', { url })).rejects.toThrow(`Second Look does not open ${url}.`);
    }
  });

  it('asks in the words that the page gave it', async () => {
    const words = { ...desktopWords, 'menu.file': 'Datei', 'desktop.folder': 'Ordner' };
    await shell.page('speak', { words });
    await shell.page('pickFolder');
    const journal = await shell.do('journal');
    expect(journal.at(-2)).toMatch(/^menu .*Datei, Edit, View, Window$/);
    expect(journal.at(-1)).toBe('dialog: Ordner');
  });

  it('grants what a person chose or dropped, and shows it in its folder', async () => {
    expect(await shell.page('pickFolder')).toBeNull();
    await shell.do('choose', { path: home.path });
    const folder = await shell.page<Grant>('pickFolder');
    expect(folder).toMatchObject({ kind: 'folder' });
    const file = join(home.path, 'model.onnx');
    await writeFile(file, '');
    await shell.do('choose', { path: file });
    expect(await shell.page('pickFile')).toMatchObject({ kind: 'file' });
    expect(await shell.page('drop', { onDisk: file })).toMatchObject({ kind: 'file' });
    expect(await shell.page('drop', { onDisk: '' })).toBeNull();
    await expect(shell.page('drop', { onDisk: join(home.path, 'missing') })).rejects.toThrow();

    const names = (await shell.core<{ name: string }[]>('folders.list', { grant: folder.id, path: '' })).map(
      ({ name }) => name,
    );
    expect(names).toContain('model.onnx');
    await shell.page('reveal', { grant: folder.id, path: 'model.onnx' });
    expect(await shell.do('journal')).toContain(`show ${file}`);
    await expect(shell.page('reveal', { grant: folder.id, path: '../..' })).rejects.toThrow('leads out');
    await expect(shell.page('reveal', { grant: 'unknown', path: '' })).rejects.toThrow('choose it again');
  });
});
