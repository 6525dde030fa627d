// The system's file dialogs: how a person opens a folder or file to the app.
import { dialog, type BrowserWindow, type OpenDialogOptions } from 'electron';
import type { FileKind } from '../../shared/desktop-host.ts';

const fileDialogs: Record<FileKind, OpenDialogOptions> = {
  labels: { title: 'Choose the label file', filters: [{ name: 'CSV', extensions: ['csv', 'tsv', 'txt'] }] },
  model: { title: 'Choose the model', filters: [{ name: 'ONNX model', extensions: ['onnx'] }] },
  project: { title: 'Open a project', filters: [{ name: 'Second Look project', extensions: ['secondlook'] }] },
};

/** The path of the chosen folder, or undefined when the dialog was cancelled. */
export const askForFolder = (window: BrowserWindow): Promise<string | undefined> =>
  ask(window, { title: 'Choose a folder', properties: ['openDirectory', 'createDirectory'] });

/** The path of the chosen file, or undefined when the dialog was cancelled. */
export const askForFile = (window: BrowserWindow, kind: FileKind): Promise<string | undefined> =>
  ask(window, { ...fileDialogs[kind], properties: ['openFile'] });

/** Whether the person closes the window although the page said that work is under way. */
export function confirmClose(window: BrowserWindow): boolean {
  const choice = dialog.showMessageBoxSync(window, {
    type: 'question',
    message: 'A job is running.',
    detail: 'What it has done so far is saved, and it can be resumed.',
    buttons: ['Close', 'Keep working'],
    defaultId: 1,
    cancelId: 1,
  });
  return choice === 0;
}

async function ask(window: BrowserWindow, options: OpenDialogOptions): Promise<string | undefined> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, options);
  return canceled ? undefined : filePaths[0];
}
