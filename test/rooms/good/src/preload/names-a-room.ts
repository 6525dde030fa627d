import { ipcRenderer } from 'electron/renderer';

export const isQuiet = (): boolean => ipcRenderer.listenerCount('core.port') === 0;
