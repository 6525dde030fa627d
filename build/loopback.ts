// Runs the built loopback host as a child and shows its page.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { repositoryRoot } from './ensure-built.ts';

/** Serves until it is ended; resolves to its exit status. With `openBrowser`, its address is opened once it is printed. */
export function runLoopbackHost(args: string[], { openBrowser }: { openBrowser: boolean }): Promise<number> {
  const child = spawn(process.execPath, [join(repositoryRoot, 'out/main/cli.js'), 'serve', ...args], {
    stdio: ['inherit', 'pipe', 'inherit'],
  });
  let isOpened = !openBrowser;
  createInterface({ input: child.stdout }).on('line', (line) => {
    console.log(line);
    const address = /http:\/\/127\.0\.0\.1:\d+\/#token=\S+/.exec(line)?.[0];
    if (isOpened || !address) return;
    isOpened = true;
    openInBrowser(address);
  });
  // Ctrl+C reaches the child as well; its own end is ours.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once('exit', (status) => resolve(status ?? 1)));
}

/** Whether there is a screen to open a window or a browser on. */
export const hasDisplay = (): boolean =>
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

function openInBrowser(address: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '""', address]
        : ['xdg-open', address];
  // Where nothing can open it, the printed address remains.
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
