// The desktop app's shell as a host. The preload holds one port and opens a new one when it is posted to after a loss.
import type { DesktopHost } from '../../shared/desktop-host.ts';
import { AppError } from '../../shared/errors.ts';
import type { Port } from '../../shared/rpc.ts';
import type { Host } from './host.ts';

export const createDesktopHost = (shell: DesktopHost): Host => ({
  openPort: () => Promise.resolve(portFromShell(shell)),
  pickFolder: () => withSentence(shell.pickFolder()),
  pickFile: (kind) => withSentence(shell.pickFile(kind)),
  pathOf: (file) => withSentence(shell.pathOf(file)),
  reveal: (place) => withSentence(shell.reveal(place)),
  speak: (words) => withSentence(shell.speak(words)),
});

const portFromShell = (shell: DesktopHost): Port => ({
  post: (message) => shell.post(message),
  onMessage: (listener) => shell.onMessage(listener),
  onClose: (listener) => shell.onClose(listener),
  // The port belongs to the preload and lives as long as the page.
  close: () => undefined,
});

/** The bridge to the shell carries an error's text alone, and that text is a sentence for the person. */
async function withSentence<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw new AppError('unavailable', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
