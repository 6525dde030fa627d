// Builds the app where `out/` is missing or older than its sources.
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'electron-vite';

export const repositoryRoot = join(import.meta.dirname, '..');

const sources = ['src/**/*', 'package.json', 'package-lock.json', 'electron.vite.config.ts'];
/** One file of each build, written last to first: main, preload, renderer. */
const products = ['out/main/cli.js', 'out/main/index.js', 'out/preload/index.cjs', 'out/renderer/index.html'];

export async function ensureBuilt(): Promise<void> {
  if (isBuilt()) return;
  console.error('Building Second Look …');
  await build({ root: repositoryRoot, logLevel: 'warn' });
}

function isBuilt(): boolean {
  const changedAt = (path: string) => statSync(join(repositoryRoot, path), { throwIfNoEntry: false })?.mtimeMs;
  const newestSource = Math.max(...globSync(sources, { cwd: repositoryRoot }).map((path) => changedAt(path) ?? 0));
  return products.every((path) => (changedAt(path) ?? 0) > newestSource);
}
