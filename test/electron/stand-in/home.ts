// A folder of user data and the shells that were started on it; all of it ends with the test.
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Shell, type ShellOptions } from './shell.ts';

export class Home {
  readonly path = mkdtempSync(join(tmpdir(), 'second-look-shell-'));
  readonly #shells: Shell[] = [];

  start(options: Omit<ShellOptions, 'home'> = {}): Shell {
    const shell = new Shell({ home: this.path, ...options });
    this.#shells.push(shell);
    return shell;
  }

  /** Started, with a page that has talked to core. */
  async startReady(options: Omit<ShellOptions, 'home'> = {}): Promise<Shell> {
    const shell = this.start(options);
    await shell.do('untilShown');
    await shell.core('app.describe');
    return shell;
  }

  readLog(): Promise<string> {
    return readFile(join(this.path, 'logs', 'second-look.log'), 'utf8');
  }

  async end(): Promise<void> {
    for (const shell of this.#shells) shell.kill();
    await Promise.all(this.#shells.map(({ ended }) => ended));
    rmSync(this.path, { recursive: true });
  }
}
