// What the shell refuses. Each line here is a security decision: before changing one, read SECURITY.md and
// https://www.electronjs.org/docs/latest/tutorial/security.
import { app, session, shell, type WebContents, type WebFrameMain } from 'electron';
import { AppError } from '../../shared/errors.ts';

type Log = (line: string) => void;

/** Where `openExternal` may lead: pages that the app itself names. */
const linkOrigins = ['https://onnxruntime.ai', 'https://developer.nvidia.com'];

/** Sessions grant nothing and reach no network; only a page that a dev server serves reaches that server. */
export function secureSession(pageOrigin: string, log: Log): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, permission, callback) => {
    log(`refused permission ${permission}`);
    callback(false);
  });
  defaultSession.setPermissionCheckHandler(() => false);
  defaultSession.setDevicePermissionHandler(() => false);
  // Without a handler of its own, screen capture is refused.
  defaultSession.setDisplayMediaRequestHandler(null);
  defaultSession.on('will-download', (event, item) => {
    // A chart or a table that the page has made: the shell asks where it goes.
    if (item.getURL().startsWith(`blob:${pageOrigin}/`)) return;
    event.preventDefault();
    log(`refused download ${item.getURL()}`);
  });
  // The spell checker would fetch its dictionaries from the network.
  defaultSession.setSpellCheckerEnabled(false);
  const filter = { urls: ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*'] };
  const devServer = pageOrigin.startsWith('http:') ? new URL(pageOrigin).host : undefined;
  defaultSession.webRequest.onBeforeRequest(filter, ({ url }, callback) => {
    const cancel = new URL(url).host !== devServer;
    if (cancel) log(`refused request ${url}`);
    callback({ cancel });
  });
}

/** Every web contents, whatever made it: stays where it is, opens nothing, holds nothing. */
export function secureContents(log: Log): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      // A page may load itself again.
      if (event.url === contents.getURL()) return;
      event.preventDefault();
      log(`refused navigation ${event.url}`);
    });
    contents.on('will-redirect', (event) => {
      event.preventDefault();
      log(`refused redirect ${event.url}`);
    });
    contents.on('will-attach-webview', (event, _preferences, params) => {
      event.preventDefault();
      log(`refused webview ${params.src}`);
    });
    contents.setWindowOpenHandler(({ url }) => {
      log(`refused window ${url}`);
      return { action: 'deny' };
    });
  });
}

/** Whether a message comes from our page itself: a known window, its main frame, our origin. An empty URL is a no. */
export function isOurPage(
  { sender, senderFrame }: { sender: WebContents; senderFrame: WebFrameMain | null },
  { window, pageOrigin }: { window: WebContents | undefined; pageOrigin: string },
): boolean {
  if (senderFrame === null || sender !== window) return false;
  return senderFrame.parent === null && senderFrame.url.startsWith(`${pageOrigin}/`);
}

/** Opens an address in the system's browser. Throws 'bad-request' for all but https to the listed origins. */
export async function openLink(address: string): Promise<void> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !linkOrigins.includes(url.origin) || url.username || url.password) {
    throw new AppError('bad-request', `Second Look does not open ${address}.`);
  }
  await shell.openExternal(url.href);
}
