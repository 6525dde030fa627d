// `npm start`: which host it runs, and what it says. Programs that open windows are stood in for by scripts.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const start = join(import.meta.dirname, '../../build/start.ts');
const isHere = process.platform === 'linux';
const reason = isHere ? '' : ` (skipped: its stand-ins are shell scripts for Linux, this is ${process.platform})`;
if (!isHere) console.log(`start test${reason}`);

describe.skipIf(!isHere)(`npm start${reason}`, () => {
  let folder: string;
  let child: ChildProcess | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'second-look-start-'));
    await mkdir(join(folder, 'bin'));
    await mkdir(join(folder, 'electron'));
  });

  afterEach(async () => {
    child?.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  function run(args: string[], env: Record<string, string>) {
    const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...rest } = process.env;
    child = spawn(process.execPath, [start, ...args], {
      env: { ...rest, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, SECOND_LOOK_HOME: folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const started = child;
    const output = { out: '', error: '' };
    started.stdout!.on('data', (chunk: Buffer) => (output.out += chunk.toString('utf8')));
    started.stderr!.on('data', (chunk: Buffer) => (output.error += chunk.toString('utf8')));
    const ended = once(started, 'close').then(([status]) => status as number);
    const address = new Promise<string>((resolve, reject) => {
      started.stdout!.on('data', () => {
        const match = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}(?=\s)/.exec(output.out);
        if (match) resolve(match[0]);
      });
      ended.then(() => reject(new Error(`It ended: ${output.error}`)), reject);
    });
    address.catch(() => undefined);
    return { output, ended, address, end: () => started.kill('SIGTERM') };
  }

  /** A program that writes its arguments down. */
  const writeProgram = (path: string) =>
    writeFile(path, `#!/bin/sh\nprintf '%s\\n' "$@" > ${path}.args.new\nmv ${path}.args.new ${path}.args\n`, {
      mode: 0o755,
    });

  const readArguments = async (path: string) => (await readFile(`${path}.args`, 'utf8')).trim().split('\n');

  it('serves on loopback where there is no display, says so in one line, and ends cleanly', async () => {
    const { output, address, ended, end } = run([], {});
    const page = await fetch(await address);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<title>Second Look</title>');
    expect(output.error).toContain(
      'The desktop app can not run here (there is no display), so it is served to the browser:',
    );
    expect(output.error).toContain('npm start -- --root DIR');
    end();
    expect(await ended).toBe(0);
  });

  it('opens the browser where there is a display and no runtime', async () => {
    const opener = join(folder, 'bin', 'xdg-open');
    await writeProgram(opener);
    const env = { DISPLAY: ':99', ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'electron') };
    const { output, address, ended, end } = run(['--root', folder], env);
    const opened = await address;
    await expect.poll(() => readArguments(opener).catch(() => [])).toEqual([opened]);
    expect(output.error).toContain('(Electron could not be fetched: ELECTRON_OVERRIDE_DIST_PATH holds no Electron)');
    expect(output.error).not.toContain('--root DIR');
    end();
    expect(await ended).toBe(0);
  });

  it('runs the desktop app where its runtime is, and passes the project on', async () => {
    const electron = join(folder, 'electron', 'electron');
    await writeProgram(electron);
    const { ended } = run(['my.secondlook'], { DISPLAY: ':99', ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'electron') });
    expect(await ended).toBe(0);
    expect(await readArguments(electron)).toEqual([join(import.meta.dirname, '../..'), 'my.secondlook']);
  });
});
