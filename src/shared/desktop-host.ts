// What the desktop shell gives to the page as `window.host`. On the loopback host `window.host` is undefined:
// parts ask whether a capability is there, never on which system they run.
import type { Grant, Place } from './project.ts';
import type { WireError } from './errors.ts';

/**
 * The words of the system's dialogs and menu, in English: what the shell says until the page, which knows the person's
 * language, has given it others. They are among the texts of every language.
 */
export const desktopWords = {
  'desktop.folder': 'Choose a folder',
  'desktop.labels': 'Choose the label file',
  'desktop.model': 'Choose the model',
  'desktop.project': 'Open a project',
  'desktop.labels-kind': 'CSV',
  'desktop.model-kind': 'ONNX model',
  'desktop.project-kind': 'Second Look project',
  'desktop.unsaved': 'Some decisions or notes are not saved.',
  'desktop.lost-at-close': 'They are lost if the window closes now.',
  'desktop.close': 'Close all the same',
  'desktop.stay': 'Keep it open',
  'desktop.given-up': 'The app stopped several times in a row. The log file says why.',
  'menu.file': 'File',
  'menu.close-window': 'Close Window',
  'menu.quit': 'Quit',
  'menu.edit': 'Edit',
  'menu.undo': 'Undo',
  'menu.redo': 'Redo',
  'menu.cut': 'Cut',
  'menu.copy': 'Copy',
  'menu.paste': 'Paste',
  'menu.select-all': 'Select All',
  'menu.view': 'View',
  'menu.actual-size': 'Actual Size',
  'menu.zoom-in': 'Zoom In',
  'menu.zoom-out': 'Zoom Out',
  'menu.full-screen': 'Full Screen',
  'menu.window': 'Window',
  'menu.minimize': 'Minimize',
} as const;

export type DesktopWords = Record<keyof typeof desktopWords, string>;

/** What a file dialog offers; it decides the dialog's title and the endings it shows. */
export type FileKind = 'labels' | 'model' | 'project';

export interface DesktopHost {
  readonly kind: 'desktop';

  /**
   * Sends one message to core. Before the port has arrived messages wait for it; the first one after a close asks for
   * a new port, so reconnecting is to post again.
   */
  post(message: unknown): void;
  /** Sets the one listener for messages from core; a later call replaces it. */
  onMessage(listener: (message: unknown) => void): void;
  /** Sets the one listener for the loss of core (it crashed or is quitting); a later call replaces it. */
  onClose(listener: () => void): void;

  /** Asks the person for a folder; null when the dialog was cancelled. The folder is granted. */
  pickFolder(): Promise<Grant | null>;
  /** Asks the person for a file; null when the dialog was cancelled. The file is granted. */
  pickFile(kind: FileKind): Promise<Grant | null>;
  /** Grants a file or folder that was dropped on the page; null for a File that is on no disk. */
  pathOf(file: object): Promise<Grant | null>;
  /** Shows a picked or dropped place, or a file below it, in the system's file window. */
  reveal(place: Place): Promise<void>;
  /** Gives the system's dialogs and menu the words of the page's language. */
  speak(words: DesktopWords): Promise<void>;
  /** Opens an address in the system's browser: https only, and only those of the allow-list. */
  openExternal(url: string): Promise<void>;
}

/**
 * What the preload asks of the shell, one channel each. The shell checks the sender and parses the parameters of every
 * one; the page sees none of these names.
 */
export type ShellCalls = {
  /** Brings a port to core to the asking frame, on the channel `core.port`. */
  'core.openPort': { params: null; result: null };
  'dialogs.pickFolder': { params: null; result: Grant | null };
  'dialogs.pickFile': { params: { kind: FileKind }; result: Grant | null };
  'grants.add': { params: { path: string }; result: Grant };
  'places.reveal': { params: Place; result: null };
  'words.set': { params: DesktopWords; result: null };
  'links.open': { params: { url: string }; result: null };
};

/** How an answer travels: a thrown error would lose all but its text on the way. */
export type ShellAnswer<Result> = { ok: Result } | { error: WireError };
