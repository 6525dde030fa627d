import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/shared/errors.ts';
import { connect, serve, type Client, type Handlers } from '../../src/shared/rpc.ts';
import { carriers } from './carriers.ts';

type Calls = {
  add: { params: { a: number; b: number }; result: number };
  refuse: { params: null; result: null };
  break: { params: null; result: null };
  wait: { params: null; result: string };
};
type Events = { ticked: { at: number } };

describe.each(carriers)('calls over %s', (_, makePorts) => {
  let client: Client<Calls, Events>;
  afterEach(() => client.close());

  function start(handlers: Partial<Handlers<Calls>> = {}) {
    const bugs: unknown[] = [];
    const [page, core] = makePorts();
    const served = serve<Calls, Events>(
      core,
      {
        add: ({ a, b }) => a + b,
        refuse: () => {
          throw new AppError('not-found', 'There is no such thing. Make one.', { detail: { wanted: 3 } });
        },
        break: () => {
          throw new TypeError('secret path /home/someone');
        },
        wait: () => new Promise(() => {}),
        ...handlers,
      },
      {
        parse: (call, params) => {
          if (call === 'add' && typeof (params as { a: unknown }).a !== 'number')
            throw new AppError('bad-request', 'a is no number.');
          return params;
        },
        onBug: (error) => {
          bugs.push(error);
          return 'log-7';
        },
      },
    );
    client = connect<Calls, Events>(page);
    return { served, bugs, page };
  }

  it('answers', async () => {
    start();
    expect(await client.call('add', { a: 2, b: 40 })).toBe(42);
  });

  it('carries an expected error with its code, sentence and detail', async () => {
    start();
    await expect(client.call('refuse', null)).rejects.toMatchObject({
      code: 'not-found',
      message: 'There is no such thing. Make one.',
      detail: { wanted: 3 },
    });
  });

  it('hides the text of a bug behind a reference, and logs it once', async () => {
    const { bugs } = start();
    const error = await client.call('break', null).catch((thrown: unknown) => thrown as AppError);
    expect(error).toMatchObject({ code: 'internal' });
    expect((error as AppError).message).toContain('log-7');
    expect((error as AppError).message).not.toContain('secret');
    expect(bugs).toHaveLength(1);
  });

  it('refuses parameters that do not parse, unknown calls and inherited names', async () => {
    start();
    await expect(client.call('add', { a: 'x' as never, b: 1 })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(client.call('nothing' as never, null as never)).rejects.toMatchObject({ code: 'bad-request' });
    await expect(client.call('toString' as never, null as never)).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('cancels: the handler sees the abort and the caller gets "cancelled"', async () => {
    const begun = Promise.withResolvers<AbortSignal>();
    start({
      wait: async (_params, { signal }) => {
        begun.resolve(signal);
        await once(signal, 'abort');
        signal.throwIfAborted();
        return 'late';
      },
    });
    const controller = new AbortController();
    const answer = client.call('wait', null, { signal: controller.signal });
    const seen = await begun.promise;
    expect(seen.aborted).toBe(false);
    controller.abort();
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen.aborted).toBe(true);
  });

  it('does not take an AbortError for a cancel that nobody asked for', async () => {
    const { bugs } = start({
      wait: () => {
        throw new DOMException('stray', 'AbortError');
      },
    });
    await expect(client.call('wait', null)).rejects.toMatchObject({ code: 'internal' });
    expect(bugs).toHaveLength(1);
  });

  it('never sends a call whose signal is already aborted', async () => {
    let calls = 0;
    start({ add: () => ++calls });
    await expect(client.call('add', { a: 1, b: 1 }, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await client.call('add', { a: 1, b: 1 })).toBe(1);
  });

  it('delivers events until the listener is taken off', async () => {
    const { served } = start();
    const seen: number[] = [];
    const stop = client.on('ticked', ({ at }) => seen.push(at));
    served.emit('ticked', { at: 1 });
    await client.call('add', { a: 0, b: 0 });
    stop();
    served.emit('ticked', { at: 2 });
    await client.call('add', { a: 0, b: 0 });
    expect(seen).toEqual([1]);
  });

  it('on close: pending calls are unavailable, running handlers are aborted', async () => {
    const begun = Promise.withResolvers<AbortSignal>();
    const { page } = start({
      wait: (_params, { signal }) => {
        begun.resolve(signal);
        return new Promise(() => {});
      },
    });
    const answer = client.call('wait', null);
    const signal = await begun.promise;
    const aborted = once(signal, 'abort');
    page.close();
    await expect(answer).rejects.toMatchObject({ code: 'unavailable' });
    await aborted;
    await expect(client.call('add', { a: 1, b: 1 })).rejects.toMatchObject({ code: 'unavailable' });
  });
});
