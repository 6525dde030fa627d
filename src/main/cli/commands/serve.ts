import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../../shared/errors.ts';
import { createCore } from '../../core/core.ts';
import { createNodeHost } from '../../server/node-host.ts';
import { serve as serveLoopback } from '../../server/index.ts';
import { toProjectPath } from '../session.ts';

export interface ServeOptions {
  port: number;
  root?: string[];
}

/** Serves until it is told to end; prints the address, which holds the key, on stdout. */
export async function serve(project: string | undefined, { port, root = [] }: ServeOptions): Promise<void> {
  const log = (line: string) => console.error(line);
  const core = createCore(createNodeHost(log));
  if (project !== undefined) await core.openFile(toProjectPath(project));
  const rendererFolder = findRenderer();
  const host = await serveLoopback({ core, port, roots: root.map((path) => resolve(path)), rendererFolder, log });
  console.log(host.address);
  const end = async () => {
    await host.close();
    await core.close();
    process.exit(0);
  };
  process.once('SIGINT', () => void end());
  process.once('SIGTERM', () => void end());
}

/** The built page: below `out/`, seen from the sources and from the bundle. */
function findRenderer(): string {
  for (const relative of ['../../../../out/renderer', '../renderer']) {
    const folder = fileURLToPath(new URL(relative, import.meta.url));
    if (existsSync(folder)) return folder;
  }
  throw new AppError('not-found', 'The page has not been built yet. Run "npm run build" first.');
}
