// lint: @typescript-eslint/no-restricted-imports
import { ipcRenderer } from 'electron';

export const send = (): void => ipcRenderer.send('anything');
