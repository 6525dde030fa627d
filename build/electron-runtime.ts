// Finds the Electron runtime, or fetches it: `npm ci` does not bring it.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { downloadArtifact } from '@electron/get';

/** Folder of the npm package `electron`, which holds the runtime below `dist` once it is installed. */
const electronPackage = dirname(createRequire(import.meta.url).resolve('electron/package.json'));

/** Path of the executable, or undefined where the runtime is absent. `ELECTRON_OVERRIDE_DIST_PATH` comes first. */
export function findElectron(): string | undefined {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  // The installer writes this file last: without it, `dist` may hold half a runtime.
  const pathFile = join(electronPackage, 'path.txt');
  const executable = override ? executableName() : existsSync(pathFile) && readFileSync(pathFile, 'utf8');
  if (!executable) return undefined;
  const path = join(override ?? join(electronPackage, 'dist'), executable);
  return existsSync(path) ? path : undefined;
}

/**
 * Fetches the runtime as Electron's own installer does (same mirrors, checksums and cache), but does not wait for a
 * network that is not there: `patienceMs` is how long a server may take to answer, and how long it may pause.
 * Throws with a reason of one line.
 */
export async function fetchElectron({ patienceMs }: { patienceMs: number }): Promise<string> {
  if (process.env.ELECTRON_SKIP_BINARY_DOWNLOAD) throw new Error('ELECTRON_SKIP_BINARY_DOWNLOAD is set');
  if (process.env.ELECTRON_OVERRIDE_DIST_PATH) throw new Error('ELECTRON_OVERRIDE_DIST_PATH holds no Electron');
  await fetchIntoCache(patienceMs);
  // From the cache, the installer unpacks it.
  const installed = spawnSync(process.execPath, [join(electronPackage, 'install.js')], { encoding: 'utf8' });
  const path = findElectron();
  if (!path) throw new Error(`its installer failed: ${installed.stderr.trim().split('\n')[0]}`);
  return path;
}

async function fetchIntoCache(patienceMs: number): Promise<void> {
  const { version } = readJson('package.json') as { version: string };
  const checksums = readJson('checksums.json') as Record<string, string>;
  const cacheRoot = process.env.electron_config_cache;
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(new Error(`no answer within ${patienceMs / 1000} s`)), patienceMs);
  try {
    await downloadArtifact({
      version,
      artifactName: 'electron',
      platform: process.platform,
      arch: process.arch,
      ...(cacheRoot ? { cacheRoot } : {}),
      ...(process.env.electron_use_remote_checksums ? {} : { checksums }),
      downloadOptions: { signal: patience.signal, getProgressCallback: () => Promise.resolve(void timer.refresh()) },
    });
  } catch (error) {
    // "fetch failed" says nothing; its cause does.
    const { cause, message } = error as Error;
    throw new Error(cause instanceof Error ? cause.message : message.split('\n')[0], { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function executableName(): string {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

const readJson = (name: string): unknown => JSON.parse(readFileSync(join(electronPackage, name), 'utf8'));
