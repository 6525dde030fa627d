import { describe, expect, it } from 'vitest';
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

describe('the batch', () => {
  it('is none that there is no memory for', async () => {
    const { session, given } = sessionFor(20);
    expect([8, 16]).toContain(await chooseBatch(session, writer, 'cpu'));
    expect(Math.max(...given)).toBe(32);
  });

  it('is one where there is memory for nothing', async () => {
    expect(await chooseBatch(sessionFor(0).session, writer, 'cuda')).toBe(1);
  });

  it('is not looked for past another failure', async () => {
    const { session } = sessionFor(1);
    session.run = () => Promise.reject(new Error('A node failed.'));
    await expect(chooseBatch(session, writer, 'cpu')).rejects.toThrow('A node failed.');
  });
});
