// Threads that decode share one libvips: none may disturb what another reads.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeInto } from '../../src/main/compute/decode-pool.ts';
import { openPicture } from '../../src/main/compute/pictures.ts';
import type { ModelInput, Preprocessing } from '../../src/shared/model.ts';

const folder = mkdtempSync(join(tmpdir(), 'second-look-threads-'));
const picture = join(folder, 'picture.png');
beforeAll(() => sharp({ create: { width: 8, height: 8, channels: 3, background: '#456' } }).toFile(picture));
afterAll(() => rmSync(folder, { recursive: true }));

it('pictures are read undisturbed while threads load the decoder', async () => {
  let isOver = false;
  const read = async () => {
    let pictures = 0;
    for (; !isOver; pictures++) await (await openPicture(picture)).raw().toBuffer();
    return pictures;
  };
  const reading = Promise.all([read(), read(), read()]);
  const module = new URL('../../src/main/compute/native-libraries.ts', import.meta.url).href;
  const code = `import(${JSON.stringify(module)}).then(({ loadSharp }) => loadSharp())`;
  try {
    for (let thread = 0; thread < 10; thread++)
      await new Promise((resolve, reject) => new Worker(code, { eval: true }).on('exit', resolve).on('error', reject));
  } finally {
    isOver = true;
  }
  expect(Math.min(...(await reading))).toBeGreaterThan(0);
});

it('a file that is no picture and one that is missing keep their own reasons, though read side by side', async () => {
  const text = join(folder, 'text.jpg');
  writeFileSync(text, 'no picture');
  const missing = join(folder, 'missing.jpg');
  const input: ModelInput = {
    name: 'x',
    layout: 'nhwc',
    element: 'uint8',
    channels: 3,
    height: 1,
    width: 1,
    batch: null,
  };
  const size = { width: 1, height: 1, shortestSide: null };
  const preprocessing: Preprocessing = { ...size, channels: 'rgb', range: '0-255', mean: [0, 0, 0], std: [1, 1, 1] };
  // One on each of two threads; on one thread two at a time.
  const paths = Array.from({ length: 4000 }, (_, i) => (i % 4 < 2 ? text : missing));
  const failed = await decodeInto(new SharedArrayBuffer(paths.length * 3), paths, {
    input,
    preprocessing,
  });
  const reasons = (path: string) =>
    new Set(failed.filter(({ index }) => paths[index] === path).map(({ reason }) => reason));
  expect([...reasons(missing)]).toEqual(['The file is missing.']);
  expect([...reasons(text)]).toEqual([expect.stringContaining('no picture that can be read')]);
});
