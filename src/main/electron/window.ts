// The one window.
import { join } from 'node:path';
import { BrowserWindow, nativeTheme } from 'electron';
import type { DesktopWords } from '../../shared/desktop-host.ts';
import { createCrashLimit } from './crash-limit.ts';
import { confirmClose } from './dialogs.ts';
import { readWindowState, saveWindowState } from './window-state.ts';

export interface WindowOptions {
  /** Where the page is served, without a path. */
  pageOrigin: string;
  userData: string;
  hasDevTools: boolean;
  /** The words of dialogs now. */
  currentWords(): DesktopWords;
  log(line: string): void;
}

/** Opens the window as it was left, and shows it once the page has something to show. */
export function openWindow({ pageOrigin, userData, hasDevTools, currentWords, log }: WindowOptions): BrowserWindow {
  const state = readWindowState(userData);
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    ...state?.bounds,
    minWidth: 1024,
    minHeight: 700,
    title: 'Second Look',
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#161615' : '#f6f6f4',
    webPreferences: {
      preload: join(import.meta.dirname, '../preload/index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      devTools: hasDevTools,
    },
  });
  if (state?.isMaximized) window.maximize();

  const crashLimit = createCrashLimit(3, 60_000);
  const { webContents } = window;
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    try {
      saveWindowState(userData, window);
    } catch (error) {
      // On a full disk the window closes all the same.
      log(`window.json was not written: ${String(error)}`);
    }
  });
  webContents.on('will-prevent-unload', (event) => {
    // Preventing the prevention: the window closes.
    if (confirmClose(window, currentWords())) event.preventDefault();
  });
  webContents.on('render-process-gone', (_event, { reason }) => {
    log(`page ended: ${reason}`);
    if (reason !== 'clean-exit' && crashLimit.mayRestart()) webContents.reload();
  });
  void window.loadURL(`${pageOrigin}/`);
  return window;
}
