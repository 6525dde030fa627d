// What core is given outside the desktop app: by the loopback host and by the command line.
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CoreHost } from '../core/host.ts';
import { startComputeProcess } from './child-port.ts';

/** `log` gets one line at a time; SECOND_LOOK_HOME puts settings and samples elsewhere than the desktop app has them. */
export function createNodeHost(log: (line: string) => void): CoreHost {
  const userData = process.env.SECOND_LOOK_HOME ?? defaultUserData();
  return {
    startCompute: () => startComputeProcess(computeEntry(), log),
    log,
    paths: { userData, samples: join(userData, 'samples') },
    mediaBase: '/media/image/',
    version: readVersion(),
  };
}

/** Where Electron keeps the data of an app of this name, so that every host has the same recent projects. */
function defaultUserData(): string {
  const name = 'Second Look';
  if (process.platform === 'win32') return join(process.env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), name);
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', name);
  return join(process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), name);
}

/** Beside this file in the sources, and beside the bundle that this file becomes a part of. */
function computeEntry(): string {
  const isSource = import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(isSource ? './compute-process.ts' : './compute-process.js', import.meta.url));
}

function readVersion(): string {
  const isSource = import.meta.url.endsWith('.ts');
  const manifest = createRequire(import.meta.url)(isSource ? '../../../package.json' : '../../package.json') as {
    version: string;
  };
  return manifest.version;
}
