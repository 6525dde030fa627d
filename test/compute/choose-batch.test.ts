import { afterEach, describe, expect, it, vi } from 'vitest';
import { chooseBatch } from '../../src/main/compute/choose-batch.ts';
import type { Session } from '../../src/main/compute/session.ts';
import { createTensorWriter } from '../../src/main/compute/tensor-writer.ts';

const writer = createTensorWriter(
  { name: 'x', layout: 'nchw', element: 'float32', channels: 3, height: 4, width: 4, batch: null },
  { width: 4, height: 4, shortestSide: null, channels: 'rgb', range: '0-1', mean: [0, 0, 0], std: [1, 1, 1] },
);

/** A session with memory for so many pictures, which notes what it is given. */
function sessionFor(most: number) {
  const given: number[] = [];
  const session: Session = {
    run(_, count) {
      given.push(count);
      if (count > most) return Promise.reject(new Error('std::bad_alloc'));
      return Promise.resolve({} as Awaited<ReturnType<Session['run']>>);
    },
    release: () => Promise.resolve(),
  };
  return { session, given };
}

/** A session that takes so many milliseconds for each picture of a batch. */
function sessionOfPace(paceOf: (count: number) => number): Session {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { session } = sessionFor(Infinity);
  return {
    ...session,
    run(pixels, count) {
      vi.advanceTimersByTime(count * paceOf(count));
      return session.run(pixels, count);
    },
  };
}

afterEach(() => vi.useRealTimers());

describe('the batch', () => {
  it('is the largest of those that are nearly as fast as the fastest', async () => {
    expect(
      await chooseBatch(
        sessionOfPace(() => 0.25),
        writer,
        'cpu',
      ),
    ).toBe(128);
    expect(
      await chooseBatch(
        sessionOfPace((count) => (count > 32 ? 0.28 : 0.25)),
        writer,
        'cpu',
      ),
    ).toBe(32);
    // Each size takes a little longer than the one before: it is the fastest of all that counts.
    expect(
      await chooseBatch(
        sessionOfPace((count) => 0.25 * 1.06 ** Math.log2(count)),
        writer,
        'cpu',
      ),
    ).toBe(16);
  });

  it('is one that the trial had the time for', async () => {
    expect(
      await chooseBatch(
        sessionOfPace(() => 100),
        writer,
        'cpu',
      ),
    ).toBe(8);
  });

  it('is none that there is no memory for', async () => {
    const { session, given } = sessionFor(20);
    expect([8, 16]).toContain(await chooseBatch(session, writer, 'cpu'));
    expect(Math.max(...given)).toBe(32);
  });

  it('is one where there is memory for nothing', async () => {
    expect(await chooseBatch(sessionFor(0).session, writer, 'cuda')).toBe(1);
  });

  it('is as small as large pictures want it, down to one', async () => {
    const { session, given } = sessionFor(Infinity);
    const megabytes = (size: number) => ({
      ...writer,
      tensorBytes: size * 2 ** 20,
      createTensor: () => writer.createTensor(1),
    });
    expect(await chooseBatch(session, megabytes(12), 'cpu')).toBe(3);
    expect(await chooseBatch(session, megabytes(50), 'cpu')).toBe(1);
    expect(await chooseBatch(session, megabytes(12), 'cuda')).toBe(10);
    expect(new Set(given)).toEqual(new Set([3, 1, 10]));
  });

  it('is not looked for past another failure', async () => {
    const { session } = sessionFor(1);
    session.run = () => Promise.reject(new Error('A node failed.'));
    await expect(chooseBatch(session, writer, 'cpu')).rejects.toThrow('A node failed.');
  });
});
