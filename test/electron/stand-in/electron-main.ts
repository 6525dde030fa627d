// The module `electron` of the main process, as far as the shell uses it. It keeps Electron's rules about order, writes
// down what was asked of it, and has no screen. What a person or a page would do, the test does by `commands.ts`.
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { broker, UtilityProcess } from './children.ts';
import { BrowserWindow } from './window.ts';
import { defaultSession, protocolHandlers } from './network.ts';
import { journal, note, person } from './journal.ts';

export { BrowserWindow };

const home = process.env.STAND_IN_HOME!;
let isReady = false;

const before = (what: string) => {
  if (isReady) throw new Error(`${what} comes too late: the app is ready.`);
  note(what);
};
const after = (what: string) => {
  if (!isReady) throw new Error(`${what} comes too early: the app is not ready.`);
  note(what);
};

class App extends EventEmitter {
  readonly isPackaged = false;
  #isQuitting = false;

  enableSandbox(): void {
    before('app.enableSandbox');
  }

  requestSingleInstanceLock(): boolean {
    return process.env.STAND_IN_IS_SECOND !== '1';
  }

  getPath(name: string): string {
    return name === 'userData' ? home : join(home, name);
  }

  getVersion(): string {
    return '0.0.0-stand-in';
  }

  async whenReady(): Promise<void> {
    await new Promise(setImmediate);
    isReady = true;
    note('ready');
  }

  /** Electron's order: before-quit, the windows close, will-quit, quit. */
  quit(): void {
    if (!this.#isQuitting) this.emit('before-quit', new Event('before-quit'));
    this.#isQuitting = true;
    for (const window of BrowserWindow.getAllWindows()) window.close();
    const event = new Event('will-quit', { cancelable: true });
    this.emit('will-quit', event);
    if (event.defaultPrevented) return;
    note('quit');
    process.send!({ quit: journal }, () => process.exit(0));
  }

  onAllWindowsClosed(): void {
    if (!this.#isQuitting) this.emit('window-all-closed');
  }
}

export const app = new App();
BrowserWindow.onContents = (contents) => app.emit('web-contents-created', {}, contents);
BrowserWindow.onLastClosed = () => app.onAllWindowsClosed();

export const protocol = {
  registerSchemesAsPrivileged: () => before('protocol.registerSchemesAsPrivileged'),
  handle(scheme: string, handler: (request: Request) => Promise<Response>): void {
    after(`protocol.handle ${scheme}`);
    if (protocolHandlers.has(scheme)) throw new Error(`${scheme} has a handler.`);
    protocolHandlers.set(scheme, handler);
  },
};

export const session = { defaultSession };

export const utilityProcess = {
  fork(modulePath: string, args: readonly string[], options: { serviceName: string; stdio: unknown }): UtilityProcess {
    after(`utilityProcess.fork ${options.serviceName}`);
    return new UtilityProcess(modulePath, args, options);
  },
};

export class MessageChannelMain {
  readonly port1;
  readonly port2;

  constructor() {
    [this.port1, this.port2] = broker.createChannel();
  }
}

export const ipcMain = {
  handle(channel: string, listener: (event: unknown, params: unknown) => unknown): void {
    if (BrowserWindow.invokeListeners.has(channel)) throw new Error(`${channel} has a handler.`);
    BrowserWindow.invokeListeners.set(channel, listener);
  },
};

export const dialog = {
  showOpenDialog: (_window: unknown, { title }: { title: string }) => {
    note(`dialog: ${title}`);
    const path = person.chosenPaths.shift();
    return Promise.resolve({ canceled: path === undefined, filePaths: path === undefined ? [] : [path] });
  },
  showMessageBoxSync: (_window: unknown, { message }: { message: string }) => {
    note(`question: ${message}`);
    return person.answers.shift() ?? 1;
  },
  showErrorBox: (_title: string, text: string) => note(`error box: ${text}`),
};

export const shell = {
  showItemInFolder: (path: string) => note(`show ${path}`),
  openExternal: (url: string) => {
    note(`open ${url}`);
    return Promise.resolve();
  },
};

export const Menu = {
  buildFromTemplate: (template: { role?: string; label?: string }[]) => template,
  setApplicationMenu: (menu: { role?: string; label?: string }[]) =>
    note(`menu ${menu.map(({ role, label }) => label ?? role).join(', ')}`),
};

export const nativeTheme = { shouldUseDarkColors: false };
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };

process.on('SIGTERM', () => app.quit());
