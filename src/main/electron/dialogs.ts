// The system's file dialogs: how a person opens a folder or file to the app.
import { dialog, type BrowserWindow, type OpenDialogOptions } from 'electron';
import type { DesktopWords, FileKind } from '../../shared/desktop-host.ts';

const endings: Record<FileKind, string[]> = {
  labels: ['csv', 'tsv', 'txt'],
  model: ['onnx'],
  project: ['secondlook'],
};

/** The path of the chosen folder, or undefined when the dialog was cancelled. */
export const askForFolder = (window: BrowserWindow, words: DesktopWords): Promise<string | undefined> =>
  ask(window, { title: words['desktop.folder'], properties: ['openDirectory', 'createDirectory'] });

/** The path of the chosen file, or undefined when the dialog was cancelled. */
export const askForFile = (window: BrowserWindow, words: DesktopWords, kind: FileKind): Promise<string | undefined> =>
  ask(window, {
    title: words[`desktop.${kind}`],
    filters: [{ name: words[`desktop.${kind}-kind`], extensions: endings[kind] }],
    properties: ['openFile'],
  });

/** Whether the person closes the window although the page has decisions or notes that are not saved. */
export function confirmClose(window: BrowserWindow, words: DesktopWords): boolean {
  const choice = dialog.showMessageBoxSync(window, {
    type: 'question',
    message: words['desktop.unsaved'],
    detail: words['desktop.lost-at-close'],
    buttons: [words['desktop.close'], words['desktop.stay']],
    defaultId: 1,
    cancelId: 1,
  });
  return choice === 0;
}

async function ask(window: BrowserWindow, options: OpenDialogOptions): Promise<string | undefined> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, options);
  return canceled ? undefined : filePaths[0];
}
