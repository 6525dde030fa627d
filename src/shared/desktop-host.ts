// What the desktop shell gives to the page as `window.host`. On the loopback host `window.host` is undefined:
// parts ask whether a capability is there, never on which system they run.
import type { Grant, Place } from './project.ts';
import type { WireError } from './errors.ts';

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
  'links.open': { params: { url: string }; result: null };
};

/** How an answer travels: a thrown error would lose all but its text on the way. */
export type ShellAnswer<Result> = { ok: Result } | { error: WireError };
