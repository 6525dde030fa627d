// The built desktop shell against a stand-in for Electron: everything but Chromium is real, the processes included.
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AppDescription } from '../../src/shared/core-contract.ts';
import { contentSecurityPolicy } from '../../src/shared/csp.ts';
import type { Grant, ImageCard, Job, ProjectOverview, QueuePage } from '../../src/shared/domain.ts';
import { toMediaUrl } from '../../src/shared/media-url.ts';
import { Shell, type ShellOptions } from './stand-in/shell.ts';

const text = (body: Uint8Array) => Buffer.from(body).toString('utf8');
const ourPage = { url: 'app://second-look/', isMainFrame: true, isOurWindow: true };

let home: string;
let shells: Shell[] = [];

function startShell(options: Partial<ShellOptions> = {}): Shell {
  const shell = new Shell({ home, ...options });
  shells.push(shell);
  return shell;
}

/** Started, with a page that has talked to core. */
async function startReady(options: Partial<ShellOptions> = {}): Promise<Shell> {
  const shell = startShell(options);
  await untilOpen(shell);
  return shell;
}

/** The page answers once its process has loaded the preload; until then the stand-in has no page to ask. */
async function untilOpen(shell: Shell): Promise<AppDescription> {
  await shell.do('untilShown');
  return shell.core<AppDescription>('app.describe');
}

const readLog = () => readFile(join(home, 'logs', 'second-look.log'), 'utf8');

async function useNewHome(): Promise<void> {
  home = await mkdtemp(join(tmpdir(), 'second-look-shell-'));
}

async function endAll(): Promise<void> {
  for (const shell of shells) shell.kill();
  await Promise.all(shells.map(({ ended }) => ended));
  shells = [];
  await rm(home, { recursive: true });
}

describe('the shell at rest', () => {
  let shell: Shell;
  beforeAll(async () => {
    await useNewHome();
    shell = await startReady();
  });
  afterAll(endAll);

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
      expect.stringMatching(/^menu .*fileMenu, editMenu, View, windowMenu$/),
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
    const log = await readLog();
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
    expect(await readLog()).toContain(`refused grants.add from ${sender?.url || 'nowhere'}`);
  });

  it('parses what even its own page sends', async () => {
    const send = (channel: string, params: unknown) => shell.do('invokeAs', { sender: ourPage, channel, params });
    for (const [channel, params] of [
      ['grants.add', { path: 'relative' }],
      ['grants.add', '/etc'],
      ['dialogs.pickFile', { kind: 'anything' }],
      ['links.open', {}],
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

  it('grants what a person chose or dropped, and shows it in its folder', async () => {
    expect(await shell.page('pickFolder')).toBeNull();
    await shell.do('choose', { path: home });
    const folder = await shell.page<Grant>('pickFolder');
    expect(folder).toMatchObject({ kind: 'folder' });
    const file = join(home, 'model.onnx');
    await writeFile(file, '');
    await shell.do('choose', { path: file });
    expect(await shell.page('pickFile')).toMatchObject({ kind: 'file' });
    expect(await shell.page('drop', { onDisk: file })).toMatchObject({ kind: 'file' });
    expect(await shell.page('drop', { onDisk: '' })).toBeNull();
    await expect(shell.page('drop', { onDisk: join(home, 'missing') })).rejects.toThrow();

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

describe('a project in the shell', () => {
  let shell: Shell;
  beforeAll(async () => {
    await useNewHome();
    shell = await startReady();
  });
  afterAll(endAll);

  it('is drawn and extracted by compute, and its pictures are served', async () => {
    const overview = await shell.core<ProjectOverview>('projects.createSample');
    const job = await shell.page<Job>('waitForJob', { kind: 'fit' });
    expect(job).toMatchObject({ state: 'done', error: null });
    const { rows } = await shell.core<QueuePage>('queue.page', { query: {}, from: 0, count: 1 });
    const { imageId } = rows[0]!;
    const card = await shell.core<ImageCard>('images.card', { imageId });
    const picture = await shell.do('fetch', {
      url: toMediaUrl('media://image/', { imageId, contentKey: card.contentKey }),
    });
    expect(picture).toMatchObject({
      status: 200,
      headers: {
        'content-type': expect.stringMatching(/^image\/(png|jpeg)$/),
        'content-security-policy': "sandbox; default-src 'none'",
        'x-content-type-options': 'nosniff',
        'content-length': String(picture.body.length),
      },
    });
    expect(picture.body.length).toBeGreaterThan(100);
    const stale = toMediaUrl('media://image/', { imageId, contentKey: '0'.repeat(16) });
    expect(await shell.do('fetch', { url: stale })).toMatchObject({ status: 404 });
    expect(overview.name).toBeTruthy();
  });

  it('comes back after core was killed: another process, the same project', async () => {
    const before = await shell.do('processes');
    await shell.do('kill', { serviceName: 'Second Look core' });
    await shell.page('waitForLosses', { count: 1 });
    const [recent] = await shell.core<{ id: string }[]>('projects.recent');
    const overview = await shell.core<ProjectOverview>('projects.open', { recent: recent!.id });
    expect(overview.fit).not.toBeNull();
    const after = await shell.do('processes');
    expect(after.map(({ serviceName }) => serviceName)).toContain('Second Look core');
    expect(before.some(({ pid }) => after.some((other) => other.pid === pid))).toBe(false);
  });

  it('is opened by a second start of the app, which hands it over and ends', async () => {
    await shell.core('projects.close');
    const [recent] = await shell.core<{ displayPath: string }[]>('projects.recent');
    const opened = shell.page('waitForChange');
    await shell.do('secondInstance', { args: ['.', recent!.displayPath], folder: '/' });
    await opened;
    expect(await shell.core('app.describe')).toMatchObject({ isOpen: true });
    expect(await shell.do('journal')).toContain('window focused');
    const second = await startShell({ env: { STAND_IN_IS_SECOND: '1' } }).ended;
    expect(second).toEqual({ journal: ['quit'], status: 0 });
  });
});

describe('the life of the shell', () => {
  beforeEach(useNewHome);
  afterEach(endAll);

  it('gives a reloaded page a new port', async () => {
    const shell = await startReady();
    await shell.do('reload');
    expect(await shell.core('app.describe')).toMatchObject({ isOpen: false });
  });

  it('quits when its window is closed: core first, then the app, and nothing is left running', async () => {
    const shell = await startReady();
    const processes = await shell.do('processes');
    expect(processes.map(({ serviceName }) => serviceName)).toEqual(['Second Look core']);
    await shell.do('closeWindow');
    const { journal, status } = await shell.ended;
    expect(status).toBe(0);
    expect(journal.slice(-2)).toEqual(['window closed', 'quit']);
    for (const { pid } of processes) expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
    expect(await readLog()).not.toContain('core ended');
  });

  it('opens its window where it was closed', async () => {
    const first = await startReady();
    await first.do('closeWindow');
    await first.ended;
    const second = await startReady();
    expect(await second.do('windowOptions')).toMatchObject({ x: 10, y: 20, width: 1440, height: 900 });
  });

  it.each(['{', '{"bounds":{"x":99999,"y":0,"width":1440,"height":900},"isMaximized":false}'])(
    'opens its window where it can be seen when the saved place is %s',
    async (saved) => {
      await writeFile(join(home, 'window.json'), saved);
      const shell = await startReady();
      expect(await shell.do('windowOptions')).not.toHaveProperty('x');
    },
  );

  it('asks once before it closes while the page wants to stay', async () => {
    const shell = await startReady();
    await shell.do('setWantsToStay', { wantsToStay: true });
    await shell.do('press', { button: 1 });
    await shell.do('closeWindow');
    expect(await shell.core('app.describe')).toMatchObject({ isOpen: false });
    await shell.do('press', { button: 0 });
    await shell.do('closeWindow');
    expect(await shell.ended).toMatchObject({ status: 0 });
  });

  it('loads the page again after it crashed', async () => {
    const shell = await startReady();
    await shell.do('crashPage');
    expect(await shell.core('app.describe')).toMatchObject({ isOpen: false });
    expect(await readLog()).toContain('page ended: crashed');
  });

  it('gives up with a message when core crashes again and again', async () => {
    const shell = await startReady();
    for (let crash = 0; crash < 3; crash++) await shell.do('kill', { serviceName: 'Second Look core' });
    // The app may have ended before it can say that it saw the last one.
    await shell.do('kill', { serviceName: 'Second Look core' }).catch(() => undefined);
    const { journal, status } = await shell.ended;
    expect(status).toBe(0);
    expect(journal).toContain('error box: The app stopped several times in a row. The log file says why.');
  });

  it('says why a project that is named on the command line cannot be opened', async () => {
    const shell = await startReady({ args: ['missing.secondlook'] });
    await shell.core('app.describe');
    expect(await shell.do('journal')).toContainEqual(expect.stringMatching(/^error box: .*missing\.secondlook/));
  });
});
