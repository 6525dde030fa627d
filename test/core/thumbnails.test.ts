import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { thumbnailWidth } from '../../src/shared/media-url.ts';
import { removeFolder, startRealCore, type RealCore } from './real-core.ts';

let real: RealCore;
beforeAll(async () => {
  real = startRealCore();
  const folder = join(real.folder, 'large', 'dusk');
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(folder, '..', 'grass'));
  const create = { channels: 3 as const, background: '#345' };
  await sharp({ create: { ...create, width: 900, height: 600 } })
    .jpeg()
    .toFile(join(folder, 'a.jpg'));
  await sharp({ create: { ...create, width: 200, height: 100 } })
    .jpeg()
    .toFile(join(folder, 'b.jpg'));
  await sharp({ create: { ...create, width: 300, height: 700 } })
    .png()
    .toFile(join(folder, '..', 'grass', 'c.png'));
  const cut = await sharp({ create: { ...create, width: 900, height: 600 } })
    .jpeg()
    .toBuffer();
  writeFileSync(join(folder, 'd.jpg'), cut.subarray(0, cut.length / 2));
  await real.client.call('projects.create', { folder: await real.place(join(real.folder, 'large')), name: 'large' });
  const images = await real.place(join(real.folder, 'large'));
  const job = await real.run({ kind: 'import', params: { images, labels: { format: 'folders' }, testFraction: 0 } });
  if (job.state !== 'done') throw new Error(job.error ?? job.state);
});
afterAll(async () => {
  await real.close();
  removeFolder(real.folder);
});

async function resolve(path: string, width?: typeof thumbnailWidth) {
  const { imageId } = await real.client.call('images.find', { path });
  const sha256 = createHash('sha256')
    .update(readFileSync(join(real.folder, 'large', path)))
    .digest('hex');
  const request = { imageId, contentKey: sha256.slice(0, 16) };
  return { sha256, file: await real.core.resolveMedia(width === undefined ? request : { ...request, width }) };
}

it('makes a small copy of a large picture, under the hash of its bytes', async () => {
  const { file, sha256 } = await resolve('dusk/a.jpg', thumbnailWidth);
  expect(file).toMatchObject({ contentType: 'image/webp' });
  expect(file!.path).toBe(join(real.folder, 'user-data', 'thumbnails', sha256.slice(0, 2), `${sha256}-256.webp`));
  expect(await sharp(file!.path).metadata()).toMatchObject({ width: 256, height: 171, format: 'webp' });
  expect(file!.sizeBytes).toBe(statSync(file!.path).size);
  const { file: tall } = await resolve('grass/c.png', thumbnailWidth);
  expect(await sharp(tall!.path).metadata()).toMatchObject({ width: 110, height: 256 });
});

it('makes it once, however often it is asked for at the same time', async () => {
  const first = await resolve('dusk/a.jpg', thumbnailWidth);
  rmSync(first.file!.path);
  const files = await Promise.all(Array.from({ length: 8 }, () => resolve('dusk/a.jpg', thumbnailWidth)));
  expect(new Set(files.map(({ file }) => file!.path)).size).toBe(1);
  const { mtimeMs } = statSync(first.file!.path);
  await resolve('dusk/a.jpg', thumbnailWidth);
  expect(statSync(first.file!.path).mtimeMs).toBe(mtimeMs);
});

it('shows a small picture as it is, and one that cannot be made smaller too', async () => {
  expect((await resolve('dusk/b.jpg', thumbnailWidth)).file).toMatchObject({ contentType: 'image/jpeg' });
  expect((await resolve('dusk/d.jpg', thumbnailWidth)).file).toMatchObject({ contentType: 'image/jpeg' });
  expect((await resolve('dusk/a.jpg')).file).toMatchObject({ contentType: 'image/jpeg' });
});
