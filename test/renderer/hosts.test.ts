import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DesktopHost } from '../../src/shared/desktop-host.ts';
import { connect, serve } from '../../src/shared/rpc.ts';
import { portPair } from '../../src/shared/ports.ts';
import { createDesktopHost } from '../../src/renderer/host/desktop.ts';
import { createLoopbackHost } from '../../src/renderer/host/loopback.ts';

type Calls = { double: { params: number; result: number } };

afterEach(() => {
  vi.unstubAllGlobals();
  history.replaceState(null, '', '/');
});

describe('desktop host', () => {
  it('carries calls over the shell, and turns its refusals into sentences', async () => {
    const [page, core] = portPair();
    serve<Calls, Record<string, never>>(core, { double: (number) => 2 * number }, { onBug: () => 'none' });
    const shell: DesktopHost = {
      kind: 'desktop',
      ...page,
      pickFolder: () => Promise.resolve({ id: 'g', displayPath: '/data', kind: 'folder' }),
      pickFile: () => Promise.reject(new Error('The file is not there any more. Choose another.')),
      pathOf: () => Promise.resolve(null),
      reveal: () => Promise.resolve(),
      speak: () => Promise.resolve(),
      openExternal: () => Promise.resolve(),
    };
    const host = createDesktopHost(shell);
    expect(await connect<Calls, Record<string, never>>(await host.openPort()).call('double', 21)).toBe(42);
    expect(await host.pickFolder?.()).toMatchObject({ displayPath: '/data' });
    await expect(host.pickFile?.('model')).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The file is not there any more. Choose another.',
    });
    page.close();
  });
});

describe('loopback host', () => {
  /** A socket that is open one turn after it was made; what is sent comes back doubled. */
  class DoublingSocket extends EventTarget {
    static readonly OPEN = 1;
    static readonly addresses: string[] = [];
    readyState = 1;
    constructor(address: string) {
      super();
      DoublingSocket.addresses.push(address);
      queueMicrotask(() => this.dispatchEvent(new Event('open')));
    }
    send(text: string): void {
      const { id, params } = JSON.parse(text) as { id: number; params: number };
      this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify({ id, ok: 2 * params }) }));
    }
    close(): void {
      this.readyState = 3;
      this.dispatchEvent(new Event('close'));
    }
  }

  it('exchanges the token once, takes it out of the address, and opens a socket for each port', async () => {
    const ask = vi.fn(() => Promise.resolve(new Response(null, { status: 204 })));
    vi.stubGlobal('fetch', ask);
    vi.stubGlobal('WebSocket', DoublingSocket);
    history.replaceState(null, '', '/#token=secret');
    const host = createLoopbackHost();
    const first = await host.openPort();
    expect(location.hash).toBe('');
    expect(await connect<Calls, Record<string, never>>(first).call('double', 4)).toBe(8);
    const closed = vi.fn();
    first.onClose(closed);
    first.close();
    expect(closed).toHaveBeenCalledOnce();
    await host.openPort();
    expect(ask).toHaveBeenCalledOnce();
    expect(ask).toHaveBeenCalledWith(
      '/session',
      expect.objectContaining({ method: 'POST', body: '{"token":"secret"}' }),
    );
    expect(DoublingSocket.addresses).toEqual([`ws://${location.host}/core`, `ws://${location.host}/core`]);
  });

  it('says what to do with an address of an earlier start', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, { status: 403 })));
    history.replaceState(null, '', '/#token=old');
    await expect(createLoopbackHost().openPort()).rejects.toMatchObject({
      code: 'unavailable',
      message: 'This address is from an earlier start of Second Look. Open the address that it printed last.',
    });
  });
});
