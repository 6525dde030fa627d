// Pictures of which the channel means are known.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { makeFolder } from './tiny-models.ts';

/** Red, green and blue of ten pictures. */
export const colours = Array.from({ length: 10 }, (_, i) => [i * 20, 255 - i * 20, i * 11]);

/** Writes them as pictures of 4 x 4 into a new folder and returns their paths. */
export async function saveColours(): Promise<string[]> {
  const folder = makeFolder();
  return Promise.all(
    colours.map(async ([r, g, b], i) => {
      const path = join(folder, `${i}.png`);
      const picture = sharp({ create: { width: 4, height: 4, channels: 3, background: { r: r!, g: g!, b: b! } } });
      writeFileSync(path, await picture.png().toBuffer());
      return path;
    }),
  );
}
