// The built desktop shell against a stand-in for Electron: a project in it, crashes, and its end. All processes are real.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../src/shared/jobs.ts';
import type { Place, ProjectOverview } from '../../src/shared/project.ts';
import type { QueuePage } from '../../src/shared/queue.ts';
import type { ImageCard } from '../../src/shared/review.ts';
import { toMediaUrl } from '../../src/shared/media-url.ts';
import { Home } from './stand-in/home.ts';
import type { Shell } from './stand-in/shell.ts';

describe('a project in the shell', () => {
  let home: Home;
  let shell: Shell;
  beforeAll(async () => {
    home = new Home();
    shell = await home.startReady();
  });
  afterAll(() => home.end());

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

  it('is handed to the page by a second start of the app, which ends', async () => {
    await shell.core('projects.close');
    const [recent] = await shell.core<{ displayPath: string }[]>('projects.recent');
    const offered = shell.page<Place>('waitForOffer');
    await shell.do('secondInstance', { args: ['.', recent!.displayPath], folder: '/' });
    await shell.core('projects.open', { file: await offered });
    expect(await shell.core('app.describe')).toMatchObject({ isOpen: true });
    expect(await shell.do('journal')).toContain('window focused');
    const second = await home.start({ env: { STAND_IN_IS_SECOND: '1' } }).ended;
    expect(second).toEqual({ journal: ['quit'], status: 0 });
  });
});

describe('the life of the shell', () => {
  let home: Home;

  beforeEach(() => {
    home = new Home();
  });
  afterEach(() => home.end());

  it('gives a reloaded page a new port', async () => {
    const shell = await home.startReady();
    await shell.do('reload');
    expect(await shell.core('app.describe')).toMatchObject({ isOpen: false });
  });

  it('quits when its window is closed: core first, then the app, and nothing is left running', async () => {
    const shell = await home.startReady();
    const processes = await shell.do('processes');
    expect(processes.map(({ serviceName }) => serviceName)).toEqual(['Second Look core']);
    await shell.do('closeWindow');
    const { journal, status } = await shell.ended;
    expect(status).toBe(0);
    expect(journal.slice(-2)).toEqual(['window closed', 'quit']);
    for (const { pid } of processes) expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
    expect(await home.readLog()).not.toContain('core ended');
  });

  it('opens its window where it was closed', async () => {
    const first = await home.startReady();
    await first.do('closeWindow');
    await first.ended;
    const second = await home.startReady();
    expect(await second.do('windowOptions')).toMatchObject({ x: 10, y: 20, width: 1440, height: 900 });
  });

  it.each(['{', '{"bounds":{"x":99999,"y":0,"width":1440,"height":900},"isMaximized":false}'])(
    'opens its window where it can be seen when the saved place is %s',
    async (saved) => {
      await writeFile(join(home.path, 'window.json'), saved);
      const shell = await home.startReady();
      expect(await shell.do('windowOptions')).not.toHaveProperty('x');
    },
  );

  it('asks once before it closes while the page wants to stay', async () => {
    const shell = await home.startReady();
    await shell.do('setWantsToStay', { wantsToStay: true });
    await shell.do('press', { button: 1 });
    await shell.do('closeWindow');
    expect(await shell.core('app.describe')).toMatchObject({ isOpen: false });
    await shell.do('press', { button: 0 });
    await shell.do('closeWindow');
    expect(await shell.ended).toMatchObject({ status: 0 });
  });

  it('loads the page again after it crashed', async () => {
    const shell = await home.startReady();
    await shell.do('crashPage');
    expect(await shell.core('app.describe')).toMatchObject({ isOpen: false });
    expect(await home.readLog()).toContain('page ended: crashed');
  });

  it('gives up with a message when core crashes again and again', async () => {
    const shell = await home.startReady();
    for (let crash = 0; crash < 3; crash++) await shell.do('kill', { serviceName: 'Second Look core' });
    // The app may have ended before it can say that it saw the last one.
    await shell.do('kill', { serviceName: 'Second Look core' }).catch(() => undefined);
    const { journal, status } = await shell.ended;
    expect(status).toBe(0);
    expect(journal).toContain('error box: The app stopped several times in a row. The log file says why.');
  });

  it('says why a project that is named on the command line cannot be opened', async () => {
    const shell = await home.startReady({ args: ['missing.secondlook'] });
    await shell.core('app.describe');
    expect(await shell.do('journal')).toContainEqual(expect.stringMatching(/^error box: .*missing\.secondlook/));
  });
});
