// The pictures that the review benchmark looks at: photographs of the material, small ones, and a hundred thousand.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import sharp from 'sharp';
import { createRandom } from '../../src/shared/random.ts';
import type { BenchPicture } from './review-project.ts';

const material = process.env.SECOND_LOOK_MATERIAL ?? resolve(import.meta.dirname, '../../../shared/material');

/** Unpacks the photographs; undefined where the material is absent. */
export async function unpackPhotographs(folder: string): Promise<BenchPicture[] | undefined> {
  const archive = join(material, 'hymenoptera.tar');
  if (!existsSync(archive)) return undefined;
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xf', archive, '-C', folder]);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.jpe?g$/i.test(file));
  return Promise.all(files.map((path) => describe(folder, path)));
}

/** Draws `count` pictures of coloured noise, `width` x `height`. */
export async function drawPictures(
  folder: string,
  count: number,
  width: number,
  height: number,
): Promise<BenchPicture[]> {
  mkdirSync(folder, { recursive: true });
  const random = createRandom(7);
  const pictures: BenchPicture[] = [];
  for (let number = 0; number < count; number++) {
    const coarse = Buffer.from(Array.from({ length: 6 * 6 * 3 }, () => Math.floor(random() * 256)));
    const path = `${String(number).padStart(6, '0')}.jpg`;
    await sharp(coarse, { raw: { width: 6, height: 6, channels: 3 } })
      .resize(width, height, { fit: 'fill' })
      .jpeg({ quality: 85 })
      .toFile(join(folder, path));
    pictures.push(await describe(folder, path));
  }
  return pictures;
}

/** As many pictures as wanted from a few: each is a file of its own, and files that share bytes share the disk. */
export function multiply(folder: string, pictures: readonly BenchPicture[], count: number): BenchPicture[] {
  return Array.from({ length: count }, (_, index) => {
    const picture = pictures[index % pictures.length]!;
    const path = `many/${Math.floor(index / 1000)}/${index}.jpg`;
    if (index % 1000 === 0) mkdirSync(join(folder, dirname(path)), { recursive: true });
    linkSync(join(folder, picture.path), join(folder, path));
    return { ...picture, path };
  });
}

async function describe(folder: string, path: string): Promise<BenchPicture> {
  const bytes = readFileSync(join(folder, path));
  const { width, height } = await sharp(bytes).metadata();
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { path: path.replaceAll('\\', '/'), sha256, width, height, sizeBytes: bytes.length };
}
