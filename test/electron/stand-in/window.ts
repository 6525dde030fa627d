// A window without a screen: its page is a child process that loads the built preload.
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { broker, forkUnderHooks } from './children.ts';
import type { Frame, Send } from './frames.ts';
import { note } from './journal.ts';
import { protocolHandlers } from './network.ts';
import type { StandInPort } from './ports.ts';

interface WindowOptions {
  width: number;
  height: number;
  webPreferences: { preload: string };
}

type InvokeListener = (event: unknown, params: unknown) => unknown;

/** The main frame of a page, as `event.senderFrame`. */
class MainFrame {
  readonly parent = null;
  url = '';
  readonly #send: () => Send | undefined;

  constructor(send: () => Send | undefined) {
    this.#send = send;
  }

  postMessage(channel: string, data: unknown, transfer: readonly StandInPort[]): void {
    const send = this.#send();
    if (!send) throw new Error('The frame is gone.');
    send({ kind: 'frame', channel, data, ports: broker.transfer(transfer, send) });
  }
}

class WebContents extends EventEmitter {
  readonly mainFrame = new MainFrame(() => this.page?.send);
  page: { child: ChildProcess; send: Send } | undefined;
  windowOpenHandler: ((details: { url: string }) => { action: string }) | undefined;
  /** As a page's `beforeunload` that asks to stay. */
  wantsToStay = false;

  getURL(): string {
    return this.mainFrame.url;
  }

  reload(): void {
    this.emit('stand-in-reload');
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler;
  }
}

export class BrowserWindow extends EventEmitter {
  static onContents: (contents: WebContents) => void;
  static onLastClosed: () => void;
  static readonly invokeListeners = new Map<string, InvokeListener>();
  /** Resolves when the first window is shown, its page started. */
  static readonly shown = Promise.withResolvers<void>();
  static readonly #open = new Set<BrowserWindow>();
  static getAllWindows = (): BrowserWindow[] => [...this.#open];

  readonly options: WindowOptions;
  readonly webContents = new WebContents();

  constructor(options: WindowOptions) {
    super();
    this.options = options;
    BrowserWindow.#open.add(this);
    BrowserWindow.onContents(this.webContents);
    this.webContents.on('stand-in-reload', () => this.reload());
    note('new BrowserWindow');
  }

  /** Asks for the address as Chromium would, then starts the page. */
  async loadURL(url: string): Promise<void> {
    note(`load ${url}`);
    const response = await protocolHandlers.get(new URL(url).protocol.slice(0, -1))!(new Request(url));
    if (response.status !== 200) throw new Error(`${url}: ${response.status}`);
    this.startPage(url);
    this.emit('ready-to-show');
  }

  startPage(url: string): void {
    const { webContents } = this;
    webContents.mainFrame.url = url;
    const env = { STAND_IN_PRELOAD: this.options.webPreferences.preload };
    const page = forkUnderHooks(
      new URL('./page.ts', import.meta.url),
      { role: 'page', env, stdio: 'inherit' },
      (frame) => {
        if (frame.kind === 'invoke') void this.#answer(frame, page.send);
        else webContents.emit('stand-in-answer', frame);
      },
    );
    webContents.page = page;
  }

  /** A reload, as the person's: the page and its ports end, another one starts. */
  reload(): void {
    this.webContents.page?.child.kill();
    this.startPage(this.webContents.getURL());
  }

  async #answer({ id, channel, params }: Frame & { kind: 'invoke' }, send: Send): Promise<void> {
    const event = { sender: this.webContents, senderFrame: this.webContents.mainFrame };
    try {
      send({ kind: 'invoked', id, ok: await BrowserWindow.invokeListeners.get(channel)!(event, params) });
    } catch (error) {
      send({ kind: 'invoked', id, error: `Error invoking remote method '${channel}': ${String(error)}` });
    }
  }

  close(): void {
    if (!BrowserWindow.#open.has(this)) return;
    this.emit('close', new Event('close'));
    if (this.webContents.wantsToStay) {
      const event = new Event('will-prevent-unload', { cancelable: true });
      this.webContents.emit('will-prevent-unload', event);
      if (!event.defaultPrevented) return;
    }
    this.webContents.page?.child.kill();
    this.webContents.page = undefined;
    BrowserWindow.#open.delete(this);
    this.emit('closed');
    note('window closed');
    if (BrowserWindow.#open.size === 0) BrowserWindow.onLastClosed();
  }

  show = () => {
    note('window shown');
    BrowserWindow.shown.resolve();
  };

  focus = () => note('window focused');
  maximize = () => note('window maximized');
  isMinimized = () => false;
  isMaximized = () => false;
  getNormalBounds = () => ({ x: 10, y: 20, width: this.options.width, height: this.options.height });
}
