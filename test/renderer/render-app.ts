// The whole screen in jsdom, on a core that a test makes.
import { cleanup, configure, render, waitFor } from '@testing-library/svelte';
import App from '../../src/renderer/App.svelte';
import type { Host } from '../../src/renderer/host/host.ts';
import { createAppState, type AppState } from '../../src/renderer/state/app-state.ts';
import type { FakeCore } from './fake-core.ts';

// A busy machine takes its time; what is waited for is that it happens.
configure({ asyncUtilTimeout: 10_000 });

const opened: AppState[] = [];

/** Puts up the screen and waits until its first page is in. */
export async function renderApp(core: FakeCore, extras: Partial<Host> = {}): Promise<AppState> {
  addMissingBrowserParts();
  delete document.body.dataset['ready'];
  const state = createAppState(core.host(extras));
  opened.push(state);
  render(App, { state });
  await state.connection.open();
  await waitFor(() => {
    if (document.body.dataset['ready'] !== 'true') throw new Error('The first page is not in yet.');
  });
  return state;
}

/** For `afterEach`: takes the screen down and ends its connection. */
export function closeApps(): void {
  cleanup();
  for (const { connection } of opened.splice(0)) connection.close();
}

/** jsdom lays nothing out and paints nothing: every element measures the same, and there is no canvas. */
function addMissingBrowserParts(): void {
  class SilentResizeObserver {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  }
  globalThis.ResizeObserver = SilentResizeObserver;
  Element.prototype.scrollIntoView = () => undefined;
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => 800 });
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, get: () => 600 });
  HTMLImageElement.prototype.decode = () => Promise.resolve();
  HTMLCanvasElement.prototype.getContext = () => null;
  window.matchMedia = (query: string) =>
    Object.assign(new EventTarget(), {
      matches: false,
      media: query,
      onchange: null,
      addListener: () => undefined,
      removeListener: () => undefined,
    });
}
