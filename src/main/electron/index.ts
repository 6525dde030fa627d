// The desktop host. This file is the order of things: what must be said before Chromium starts, what follows when it
// is ready, and how it ends.
import { join, resolve } from 'node:path';
import { app, dialog, type BrowserWindow } from 'electron';
import { desktopWords, type DesktopWords } from '../../shared/desktop-host.ts';
import { isAppError } from '../../shared/errors.ts';
import { openLog } from './log.ts';
import { setMenu } from './menu.ts';
import { handlePageCalls } from './page-calls.ts';
import { Processes } from './processes.ts';
import { handleProtocols, pageOrigin as builtPageOrigin, registerSchemes } from './protocols.ts';
import { secureContents, secureSession } from './security.ts';
import { openWindow } from './window.ts';

// The dev server and the dev tools exist only where the app is not packaged, or where the tools are asked for.
const devServer = app.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL;
const pageOrigin = devServer ? new URL(devServer).origin : builtPageOrigin;
const hasDevTools = !app.isPackaged || process.argv.includes('--dev-tools');
const userData = app.getPath('userData');

if (app.requestSingleInstanceLock()) start();
else app.quit();

function start(): void {
  const log = openLog(app.getPath('logs'));
  log(`Second Look ${app.getVersion()} on ${process.platform} ${process.arch}`);
  let processes: Processes | undefined;
  let window: BrowserWindow | undefined;
  let words: DesktopWords = desktopWords;
  let projectPath = projectIn(process.argv, process.cwd());

  app.enableSandbox();
  registerSchemes();
  secureContents(log);

  app.on('second-instance', (_event, args, folder) => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
    openProject(projectIn(args, folder));
  });
  // macOS opens documents by an event, before or after the app is ready.
  app.on('open-file', (event, path) => {
    event.preventDefault();
    openProject(path);
  });
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    const closing = processes;
    if (!closing) return;
    event.preventDefault();
    processes = undefined;
    void closing.close().finally(() => app.quit());
  });
  void app.whenReady().then(onReady);

  function onReady(): void {
    secureSession(pageOrigin, log);
    processes = new Processes({
      start: { userData, samples: join(userData, 'samples'), version: app.getVersion() },
      log,
      onGivenUp() {
        dialog.showErrorBox('Second Look', words['desktop.given-up']);
        app.quit();
      },
    });
    handleProtocols({
      rendererFolder: join(import.meta.dirname, '../renderer'),
      resolveMedia: (request) => running().call('media.resolve', request),
      log,
    });
    handlePageCalls({
      pageOrigin,
      currentWindow: () => window,
      openPagePort: () => running().openPagePort(),
      addGrant: (path) => running().call('grants.add', { path }),
      currentWords: () => words,
      setWords(given) {
        words = given;
        setMenu(words, { hasDevTools });
      },
      log,
    });
    setMenu(words, { hasDevTools });
    openProject(projectPath);
    window = openWindow({ pageOrigin, userData, hasDevTools, currentWords: () => words, log });
    window.on('closed', () => (window = undefined));
  }

  function running(): Processes {
    if (!processes) throw new Error('Core is not running.');
    return processes;
  }

  function openProject(path: string | undefined): void {
    if (path === undefined) return;
    projectPath = path;
    processes?.call('projects.open', { path }).catch((error: unknown) => {
      log(`${path}: ${String(error)}`);
      if (isAppError(error)) dialog.showErrorBox('Second Look', error.message);
    });
  }
}

/** The project named on a command line, if one is. */
function projectIn(args: string[], folder: string): string | undefined {
  const path = args.slice(1).find((arg) => arg.endsWith('.secondlook'));
  return path === undefined ? undefined : resolve(folder, path);
}
