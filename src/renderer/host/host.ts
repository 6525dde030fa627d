// What the page runs in, as capabilities. Everything above asks what is there, never which system it is.
import type { DesktopHost } from '../../shared/desktop-host.ts';
import type { Port } from '../../shared/rpc.ts';
import { createDesktopHost } from './desktop.ts';
import { createLoopbackHost } from './loopback.ts';

/** The desktop's extras are undefined elsewhere, and the screen then shows the other way, such as a folder list. */
export interface Host extends Partial<Pick<DesktopHost, 'pickFolder' | 'pickFile' | 'pathOf' | 'reveal' | 'speak'>> {
  /** Opens a new port to core. Rejects where it cannot be opened now; AppError 'unavailable' where trying again is of no use. */
  openPort(): Promise<Port>;
}

declare global {
  interface Window {
    readonly host?: DesktopHost;
  }
}

export const chooseHost = (): Host => (window.host ? createDesktopHost(window.host) : createLoopbackHost());
