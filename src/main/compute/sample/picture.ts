// From a planned picture to the bytes of its file.
import { loadSharp } from '../native-libraries.ts';
import { createChance, type Chance } from './chance.ts';
import type { Fruit } from './fruit.ts';
import { drawScene, pictureSize } from './scene.ts';

export interface Painter {
  /** A JPEG of 96 x 96; the same bytes for the same seed. */
  paint(fruit: Fruit, seed: number): Promise<Buffer>;
  /** To be called when no more pictures are to be painted. */
  close(): void;
}

/**
 * [Note: SVG is open while we draw] The decoder is shut to SVG, which can refer to other files. Here it reads only what
 * was written a moment before, so it is opened for that long, and `close` shuts it again.
 */
export async function openPainter(): Promise<Painter> {
  const sharp = await loadSharp();
  const readers = { operation: ['VipsForeignLoadSvg'] };
  sharp.unblock(readers);

  return {
    async paint(fruit, seed) {
      const chance = createChance(seed);
      const scene = Buffer.from(drawScene(fruit, chance));
      const pixels = await sharp(scene).removeAlpha().raw().toBuffer();
      addGrain(pixels, chance);
      const raw = { width: pictureSize, height: pictureSize, channels: 3 } as const;
      return sharp(pixels, { raw }).jpeg({ quality: 88 }).toBuffer();
    },
    close: () => sharp.block(readers),
  };
}

/** Noise as of a sensor: the same for the three channels of a pixel. */
function addGrain(pixels: Buffer, chance: Chance): void {
  const deviation = chance.between(2, 14);
  for (let at = 0; at < pixels.length; at += 3) {
    const grain = deviation * chance.normal();
    for (let channel = 0; channel < 3; channel++) {
      pixels[at + channel] = Math.max(0, Math.min(255, pixels[at + channel]! + grain));
    }
  }
}
