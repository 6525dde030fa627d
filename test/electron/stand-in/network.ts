// A session and the protocols that were registered with it.
import { EventEmitter } from 'node:events';
import { note } from './journal.ts';

export const protocolHandlers = new Map<string, (request: Request) => Promise<Response>>();

type Listener = (...args: never[]) => unknown;

/** Keeps each handler that it is given, by the name of the setter, so that the test can play Chromium. */
class Session extends EventEmitter {
  readonly handlers = new Map<string, Listener>();
  setPermissionRequestHandler = this.#keep('permission request');
  setPermissionCheckHandler = this.#keep('permission check');
  setDevicePermissionHandler = this.#keep('device permission');
  setDisplayMediaRequestHandler = this.#keep('display media');
  webRequest = {
    onBeforeRequest: (filter: { urls: string[] }, listener: Listener) => {
      this.handlers.set('request', listener);
      note(`webRequest.onBeforeRequest ${filter.urls.join(' ')}`);
    },
  };

  setSpellCheckerEnabled(isEnabled: boolean): void {
    note(`spell checker ${isEnabled ? 'on' : 'off'}`);
  }

  #keep(name: string) {
    return (listener: Listener | null) => {
      if (listener) this.handlers.set(name, listener);
      note(`session ${listener ? name : `no ${name}`} handler`);
    };
  }
}

export const defaultSession = new Session();
