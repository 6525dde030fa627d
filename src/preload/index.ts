// The hatch between page and shell: `window.host`. The port to core and every channel name stay in here.
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { DesktopHost, ShellAnswer, ShellCalls } from '../shared/desktop-host.ts';

let port: MessagePort | undefined;
let isAsked = false;
let waiting: unknown[] = [];
let onMessage: (message: unknown) => void = () => undefined;
let onClose: () => void = () => undefined;

async function call<K extends keyof ShellCalls>(
  channel: K,
  params: ShellCalls[K]['params'],
): Promise<ShellCalls[K]['result']> {
  const answer = (await ipcRenderer.invoke(channel, params)) as ShellAnswer<ShellCalls[K]['result']>;
  // The bridge carries an error's text alone.
  if ('error' in answer) throw new Error(answer.error.message);
  return answer.ok;
}

/** The page asks, each time it is loaded and after each loss; a port that the shell pushed could come too early. */
function askForPort(): void {
  if (isAsked) return;
  isAsked = true;
  call('core.openPort', null).catch(lose);
}

function lose(): void {
  port = undefined;
  isAsked = false;
  waiting = [];
  onClose();
}

ipcRenderer.on('core.port', ({ ports }) => {
  const arrived = ports[0]!;
  port = arrived;
  arrived.onmessage = ({ data }) => onMessage(data);
  // Electron adds this event to the port: the other end is gone.
  arrived.addEventListener('close', lose);
  for (const message of waiting) arrived.postMessage(message);
  waiting = [];
});

askForPort();

const host: DesktopHost = {
  kind: 'desktop',
  post(message) {
    if (port) return port.postMessage(message);
    waiting.push(message);
    askForPort();
  },
  onMessage(listener) {
    onMessage = listener;
  },
  onClose(listener) {
    onClose = listener;
  },
  pickFolder: () => call('dialogs.pickFolder', null),
  pickFile: (kind) => call('dialogs.pickFile', { kind }),
  pathOf(file) {
    const path = webUtils.getPathForFile(file as File);
    return path ? call('grants.add', { path }) : Promise.resolve(null);
  },
  async reveal(place) {
    await call('places.reveal', place);
  },
  async speak(words) {
    await call('words.set', words);
  },
  async openExternal(url) {
    await call('links.open', { url });
  },
};

contextBridge.exposeInMainWorld('host', host);
