// The calls that the preload may make. Every one passes the same door: the sender is checked, the parameters parsed.
import { isAbsolute, join, relative, resolve } from 'node:path';
import { ipcMain, shell, type BrowserWindow, type IpcMainInvokeEvent, type MessagePortMain } from 'electron';
import { z } from 'zod';
import { desktopWords, type DesktopWords, type ShellAnswer, type ShellCalls } from '../../shared/desktop-host.ts';
import type { Grant, Place } from '../../shared/project.ts';
import { AppError, isAppError } from '../../shared/errors.ts';
import { tell } from '../../shared/told.ts';
import { askForFile, askForFolder } from './dialogs.ts';
import { isOurPage, openLink } from './security.ts';

export interface PageCallsOptions {
  pageOrigin: string;
  /** The window that is open now. */
  currentWindow(): BrowserWindow | undefined;
  openPagePort(): MessagePortMain;
  /** Tells core that a person chose this path. */
  addGrant(path: string): Promise<Grant>;
  /** The words that the dialogs have now. */
  currentWords(): DesktopWords;
  setWords(words: DesktopWords): void;
  log(line: string): void;
}

const wordNames = Object.keys(desktopWords) as (keyof DesktopWords)[];
const Path = z.string().min(1).max(4096);
const schemas: { [K in keyof ShellCalls]: z.ZodType<ShellCalls[K]['params']> } = {
  'core.openPort': z.null(),
  'dialogs.pickFolder': z.null(),
  'dialogs.pickFile': z.strictObject({ kind: z.enum(['labels', 'model', 'project']) }),
  'grants.add': z.strictObject({ path: Path.refine(isAbsolute) }),
  'places.reveal': z.strictObject({ grant: z.string().max(64), path: z.string().max(4096) }),
  'words.set': z.record(z.enum(wordNames), z.string().min(1).max(200)),
  'links.open': z.strictObject({ url: z.string().max(2048) }),
};

type Listeners = {
  [K in keyof ShellCalls]: (
    params: ShellCalls[K]['params'],
    from: { window: BrowserWindow; frame: NonNullable<IpcMainInvokeEvent['senderFrame']> },
  ) => Promise<ShellCalls[K]['result']>;
};

/** Answers the preload of the current window, and nobody else. */
export function handlePageCalls(options: PageCallsOptions): void {
  const { pageOrigin, currentWindow, openPagePort, addGrant, currentWords, setWords, log } = options;
  const chosenPaths = new Map<string, string>();

  async function grant(path: string | undefined): Promise<Grant | null> {
    if (path === undefined) return null;
    const granted = await addGrant(path);
    chosenPaths.set(granted.id, path);
    return granted;
  }

  const listeners: Listeners = {
    'core.openPort': (_params, { frame }) => {
      frame.postMessage('core.port', null, [openPagePort()]);
      return Promise.resolve(null);
    },
    'dialogs.pickFolder': async (_params, { window }) => grant(await askForFolder(window, currentWords())),
    'dialogs.pickFile': async ({ kind }, { window }) => grant(await askForFile(window, currentWords(), kind)),
    'grants.add': async ({ path }) => (await grant(path))!,
    'places.reveal': (place) => {
      shell.showItemInFolder(pathInside(place, chosenPaths.get(place.grant)));
      return Promise.resolve(null);
    },
    'words.set': (words) => {
      setWords(words);
      return Promise.resolve(null);
    },
    'links.open': async ({ url }) => {
      await openLink(url);
      return null;
    },
  };

  for (const channel of Object.keys(listeners) as (keyof ShellCalls)[]) {
    ipcMain.handle(channel, (event, params: unknown) => answer(channel, event, params));
  }

  async function answer<K extends keyof ShellCalls>(
    channel: K,
    event: IpcMainInvokeEvent,
    params: unknown,
  ): Promise<ShellAnswer<ShellCalls[K]['result']>> {
    const window = currentWindow();
    if (!window || !isOurPage(event, { window: window.webContents, pageOrigin })) {
      log(`refused ${channel} from ${event.senderFrame?.url || 'nowhere'}`);
      throw new Error('Refused.');
    }
    try {
      const parsed = schemas[channel].safeParse(params);
      if (!parsed.success) throw new AppError('bad-request', `${channel}: ${parsed.error.issues[0]?.message}.`);
      return { ok: await listeners[channel](parsed.data, { window, frame: event.senderFrame! }) };
    } catch (error) {
      if (isAppError(error)) return { error: error.toWire() };
      log(`${channel}: ${error instanceof Error ? error.stack : String(error)}`);
      return { error: tell('internal', 'logged', {}).toWire() };
    }
  }
}

/** The path of a place below a folder that the person chose; throws where there is none or it leads out. */
function pathInside(place: Place, chosen: string | undefined): string {
  if (chosen === undefined) throw tell('not-found', 'place-not-open', {});
  const path = resolve(join(chosen, place.path));
  const inside = relative(chosen, path);
  if (inside.startsWith('..') || isAbsolute(inside)) throw new AppError('bad-request', `${place.path} leads out.`);
  return path;
}
