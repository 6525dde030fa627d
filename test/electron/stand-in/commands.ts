// What the test can do to the running shell: play Chromium, the page, and the person.
import { UtilityProcess } from './children.ts';
import { app } from './electron-main.ts';
import type { Frame } from './frames.ts';
import { journal, person } from './journal.ts';
import { defaultSession, protocolHandlers } from './network.ts';
import { BrowserWindow } from './window.ts';

export interface Answered {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** Who sends a message to main: each part may be that of our page, or not. */
export interface Sender {
  url: string;
  isMainFrame: boolean;
  isOurWindow: boolean;
}

const window = () => BrowserWindow.getAllWindows()[0]!;
const contents = () => window().webContents;
let lastId = 0;

export const commands = {
  journal: () => journal,
  windowOptions: () => structuredClone(window().options),
  untilShown: () => BrowserWindow.shown.promise,

  async fetch({ url, method = 'GET' }: { url: string; method?: string }): Promise<Answered> {
    // Chromium would tidy an address before the handler sees it; a handler must stand an untidy one too.
    const request = { url, method } as Request;
    const response = await protocolHandlers.get(url.split(':', 1)[0]!)!(request);
    const body = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, headers: Object.fromEntries(response.headers), body };
  },

  /** What each handler of the session answers. */
  permissions() {
    const { handlers } = defaultSession;
    const run = (name: string, ...args: unknown[]) => (handlers.get(name) as (...args: unknown[]) => unknown)(...args);
    const answers: Record<string, unknown> = {};
    run('permission request', contents(), 'media', (isGranted: boolean) => (answers.request = isGranted));
    answers.check = run('permission check', contents(), 'geolocation', 'app://second-look');
    answers.device = run('device permission', { deviceType: 'usb' });
    return answers;
  },

  /** Whether a request to the network is cancelled. */
  request({ url }: { url: string }): boolean {
    let isCancelled = false;
    const listener = defaultSession.handlers.get('request') as (
      details: { url: string },
      callback: (answer: { cancel: boolean }) => void,
    ) => void;
    listener({ url }, ({ cancel }) => (isCancelled = cancel));
    return isCancelled;
  },

  download({ url }: { url: string }): boolean {
    const event = new Event('will-download', { cancelable: true });
    defaultSession.emit('will-download', event, { getURL: () => url });
    return event.defaultPrevented;
  },

  /** Whether the shell prevents what the page tries: 'will-navigate', 'will-redirect', 'will-attach-webview'. */
  attempt({ event: name, url }: { event: string; url: string }): boolean {
    const event = Object.assign(new Event(name, { cancelable: true }), { url });
    contents().emit(name, event, {}, { src: url });
    return event.defaultPrevented;
  },

  openWindow: ({ url }: { url: string }) => contents().windowOpenHandler!({ url }).action,

  /** A message to main from somebody; 'refused' where it threw. */
  async invokeAs({ sender, channel, params }: { sender: Sender | null; channel: string; params: unknown }) {
    const senderFrame = sender && { url: sender.url, parent: sender.isMainFrame ? null : {} };
    const event = { sender: sender?.isOurWindow ? contents() : {}, senderFrame };
    try {
      return { answer: await BrowserWindow.invokeListeners.get(channel)!(event, params) };
    } catch (error) {
      return { refused: (error as Error).message };
    }
  },

  /** Lets the page do something through `window.host`. */
  page({ name, params }: { name: string; params: unknown }): Promise<unknown> {
    const id = ++lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const onAnswer = (frame: Frame) => {
      if (frame.kind !== 'answer' || frame.id !== id) return;
      contents().off('stand-in-answer', onAnswer);
      if (frame.error === undefined) resolve(frame.ok);
      else reject(new Error(frame.error));
    };
    contents().on('stand-in-answer', onAnswer);
    contents().page!.send({ kind: 'command', id, name, params });
    return promise;
  },

  reload: () => window().reload(),
  closeWindow: () => window().close(),
  setWantsToStay: ({ wantsToStay }: { wantsToStay: boolean }) => void (contents().wantsToStay = wantsToStay),
  crashPage: () => void contents().emit('render-process-gone', {}, { reason: 'crashed' }),

  processes: () => [...UtilityProcess.all].map(({ serviceName, pid }) => ({ serviceName, pid })),
  /** Kills a process from outside, as a crash would; resolves when the shell has seen it. */
  async kill({ serviceName }: { serviceName: string }): Promise<void> {
    const victim = [...UtilityProcess.all].find((each) => each.serviceName === serviceName)!;
    const { promise, resolve } = Promise.withResolvers<void>();
    victim.once('exit', () => resolve());
    victim.kill('SIGKILL');
    await promise;
  },

  choose: ({ path }: { path: string }) => void person.chosenPaths.push(path),
  press: ({ button }: { button: number }) => void person.answers.push(button),
  secondInstance: ({ args, folder }: { args: string[]; folder: string }) =>
    void app.emit('second-instance', {}, ['electron', ...args], folder),
  quit: () => void setImmediate(() => app.quit()),
};

export type Commands = typeof commands;

process.on('message', ({ id, name, params }: { id: number; name: keyof Commands; params: never }) => {
  const run = async () => (commands[name] as (params: never) => unknown)(params);
  run().then(
    (ok) => process.send!({ id, ok }),
    (error: unknown) => process.send!({ id, error: (error as Error).message }),
  );
});
