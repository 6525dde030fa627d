// The built loopback host as a user runs it, with a home of its own, and a page on it.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const cli = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url));
const recorder = new URL('./record-connections.mjs', import.meta.url).href;

export interface App {
  /** Settings, samples and exports of this test. */
  home: string;
  address: string;
  process: ChildProcess;
  /** A new page on the app, in a browser context of its own, of this browser or another. */
  open(options?: BrowserContextOptions, another?: Browser): Promise<Page>;
  /** Ends core at once, as a power cut would. */
  killCore(): Promise<void>;
  /** Ends the compute process at once; true if there was one. */
  killCompute(): boolean;
  /** What the server and its children connected to or looked up; and what every page asked for. */
  connections(): string[];
  requests: string[];
  /** What went wrong on a page: errors, and what the content security policy refused. */
  pageProblems: string[];
  close(): Promise<void>;
}

export interface AppOptions {
  /** That of an app that was killed before. */
  home?: string;
  /** 0 for any free one. */
  port?: number;
  /** The project file that is open from the start. */
  project?: string;
}

export async function startApp(
  browser: Browser,
  { home = mkdtempSync(join(tmpdir(), 'second-look-e2e-')), port = 0, project }: AppOptions = {},
): Promise<App> {
  if (!existsSync(cli)) throw new Error('The app is not built. Run "npm run build" first, or "npm run e2e".');
  const connectionsFile = join(home, 'connections.txt');
  const child = spawn(
    process.execPath,
    [cli, 'serve', ...(project ? [project] : []), '--port', String(port), '--root', home],
    {
      env: {
        ...process.env,
        HOME: home,
        SECOND_LOOK_HOME: join(home, 'app'),
        SECOND_LOOK_CONNECTIONS: connectionsFile,
        NODE_OPTIONS: `--import=${recorder}`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const log: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  const ended = once(child, 'exit');
  const address = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line)),
    ended.then(() => Promise.reject(new Error(`The host did not start:\n${log.join('\n')}`))),
  ]);

  const pages: Page[] = [];
  const requests: string[] = [];
  const pageProblems: string[] = [];
  const isRunning = () => child.exitCode === null && child.signalCode === null;

  return {
    home,
    address,
    process: child,
    requests,
    pageProblems,
    async open(options = {}, another = browser) {
      const context = await another.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      const page = await context.newPage();
      page.on('request', (request) => requests.push(request.url()));
      page.on('pageerror', (error) => pageProblems.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') pageProblems.push(message.text());
      });
      pages.push(page);
      await page.goto(address);
      await page.locator('body[data-ready]').waitFor();
      return page;
    },
    async killCore() {
      child.kill('SIGKILL');
      await ended;
    },
    killCompute: () => spawnSync('pkill', ['-KILL', '-P', String(child.pid)]).status === 0,
    connections: () => (existsSync(connectionsFile) ? readFileSync(connectionsFile, 'utf8').trim().split('\n') : []),
    async close() {
      for (const page of pages) await page.context().close();
      if (isRunning()) {
        child.kill('SIGTERM');
        await ended;
      }
      rmSync(home, { recursive: true, force: true });
    },
  };
}
