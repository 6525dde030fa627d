// Threads that decode share one libvips: none may disturb what another reads.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPicture } from '../../src/main/compute/pictures.ts';

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
