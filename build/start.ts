// `npm start -- [PROJECT] [--root DIR]`: the desktop app where its runtime is or can be fetched, else the same page in
// the browser.
import { spawn } from 'node:child_process';
import { ensureBuilt, repositoryRoot } from './ensure-built.ts';
import { fetchElectron, findElectron } from './electron-runtime.ts';
import { hasDisplay, runLoopbackHost } from './loopback.ts';

const args = process.argv.slice(2);

await ensureBuilt();
const runtime = await findRuntime();
if ('path' in runtime) {
  process.exitCode = await runDesktopApp(runtime.path);
} else {
  console.error(`The desktop app can not run here (${runtime.absentBecause}), so it is served to the browser:`);
  if (!args.includes('--root')) console.error('To open folders of your own, name them: npm start -- --root DIR');
  process.exitCode = await runLoopbackHost(args, { openBrowser: hasDisplay() });
}

async function findRuntime(): Promise<{ path: string } | { absentBecause: string }> {
  if (!hasDisplay()) return { absentBecause: 'there is no display' };
  const path = findElectron();
  if (path) return { path };
  console.error('Fetching the desktop runtime, once …');
  try {
    return { path: await fetchElectron({ patienceMs: 10_000 }) };
  } catch (error) {
    return { absentBecause: `Electron could not be fetched: ${(error as Error).message}` };
  }
}

function runDesktopApp(path: string): Promise<number> {
  const child = spawn(path, [repositoryRoot, ...args], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => resolve(status ?? 1));
  });
}
