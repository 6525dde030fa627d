import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePicture } from '../../src/main/compute/decode.ts';
import { resizePixels } from '../../src/main/compute/resize.ts';
import { fitPicture } from '../../src/main/compute/resize-rule.ts';
import { decodeSmallJpeg } from '../../src/main/compute/small-jpeg.ts';
import { createRandom } from '../../src/shared/random.ts';
import { makeFolder } from './tiny-models.ts';

describe('resizing', () => {
  const gray = (...values: number[]) => Uint8Array.from(values.flatMap((value) => [value, value, value]));
  const resizeRow = (values: number[], to: number) => {
    const out = resizePixels(gray(...values), { width: values.length, height: 1, step: 3 }, { width: to, height: 1 });
    return [...out].filter((_, i) => i % 3 === 0);
  };

  it('weighs as the cubic does when it enlarges', () => {
    const weight = (distance: number) => {
      const x = Math.abs(distance);
      return x < 1 ? 1.5 * x ** 3 - 2.5 * x ** 2 + 1 : x < 2 ? -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2 : 0;
    };
    const row = [10, 200, 90, 40];
    const expected = Array.from({ length: 8 }, (_, place) => {
      const weights = row.map((_, k) => weight(k + 0.5 - (place + 0.5) / 2));
      const sum = weights.reduce((a, b) => a + b);
      const value = row.reduce((total, pixel, k) => total + pixel * weights[k]!, 0) / sum;
      return Math.min(255, Math.max(0, Math.round(value)));
    });
    expect(resizeRow(row, 8)).toEqual(expected);
  });

  it('keeps a flat picture flat, at any size, and an unchanged one as it is', () => {
    for (const to of [1, 3, 7, 20]) expect(resizeRow([77, 77, 77, 77, 77], to)).toEqual(Array(to).fill(77));
    expect(resizeRow([1, 2, 250], 3)).toEqual([1, 2, 250]);
  });

  it('uses every pixel when it shrinks', () => {
    const row = Array.from({ length: 64 }, (_, i) => (i % 2) * 255);
    for (const value of resizeRow(row, 4)) expect(Math.abs(value - 127.5)).toBeLessThan(3);
  });
});

describe('the part of a picture that a model sees', () => {
  const rule = { width: 224, height: 224, shortestSide: 256 };
  it('is all of it, stretched, where no shortest side is given', () => {
    const fitting = fitPicture({ width: 500, height: 375 }, { ...rule, shortestSide: null });
    expect(fitting).toEqual({ width: 224, height: 224, left: 0, top: 0 });
  });
  it('is the centre of it, scaled by its shortest side, where one is given', () => {
    expect(fitPicture({ width: 500, height: 375 }, rule)).toEqual({ width: 341, height: 256, left: 58, top: 16 });
    expect(fitPicture({ width: 375, height: 500 }, rule)).toEqual({ width: 256, height: 341, left: 16, top: 58 });
  });

  it.each(['jpeg', 'png'] as const)('is cut out of a %s', async (format) => {
    // Red, green and blue in three parts side by side: the centre is green.
    const pixels = Buffer.alloc(96 * 32 * 3);
    for (let i = 0; i < 96 * 32; i++) pixels[i * 3 + Math.floor((i % 96) / 32)] = 255;
    const path = join(makeFolder(), `parts.${format}`);
    const picture = sharp(pixels, { raw: { width: 96, height: 32, channels: 3 } }).toFormat(format, { quality: 100 });
    writeFileSync(path, await picture.toBuffer());
    const seen = await decodePicture(path, { width: 8, height: 8, shortestSide: 10 });
    expect(seen).toHaveLength(8 * 8 * 3);
    for (let i = 0; i < seen.length; i += 3) expect(seen[i + 1]! - seen[i]! - seen[i + 2]!).toBeGreaterThan(100);
    const stretched = await decodePicture(path, { width: 9, height: 9, shortestSide: null });
    expect([stretched[0]! > 200, stretched[8 * 3 + 2]! > 200]).toEqual([true, true]);
  });
});

const draw = (width: number, height: number) => {
  const random = createRandom(width);
  const pixels = Buffer.from(Array.from({ length: width * height * 3 }, () => Math.floor(random() * 256)));
  return sharp(pixels, { raw: { width, height, channels: 3 } });
};

describe('a picture is resized as PIL does', () => {
  /** Mean and largest difference of a file as a model sees it from all its pixels, resized here. */
  async function compare(picture: Sharp, to: number): Promise<{ mean: number; largest: number }> {
    const path = join(makeFolder(), 'picture');
    writeFileSync(path, await picture.toBuffer());
    const whole = sharp(path).removeAlpha().toColourspace('srgb').raw();
    const { data, info } = await whole.toBuffer({ resolveWithObject: true });
    const expected = resizePixels(data, { ...info, step: 3 }, { width: to, height: to });
    const seen = await decodePicture(path, { width: to, height: to, shortestSide: null });
    const apart = seen.map((value, i) => Math.abs(value - expected[i]!));
    const total = apart.reduce((sum, value) => sum + value, 0);
    return { mean: total / apart.length, largest: apart.reduce((most, value) => Math.max(most, value), 0) };
  }

  it.each(['jpeg', 'png', 'webp'] as const)('to the bit where it is small, or enlarged (%s)', async (format) => {
    for (const [width, height, to] of [[32, 32, 160] as const, [60, 40, 24] as const, [400, 200, 224] as const])
      expect(await compare(draw(width, height).toFormat(format), to)).toEqual({ mean: 0, largest: 0 });
  });

  it.each([160, 32])('but for the rounding of libvips where a large one is shrunk to %i', async (to) => {
    const photograph = draw(20, 15).resize(500, 375).jpeg({ quality: 90 });
    const { mean, largest } = await compare(photograph, to);
    expect(mean).toBeLessThan(0.6);
    expect(largest).toBeLessThan(12);
  });

  it('also where only the middle of a long strip is seen', async () => {
    const path = join(makeFolder(), 'strip.png');
    writeFileSync(path, await draw(4000, 2).png().toBuffer());
    const seen = await decodePicture(path, { width: 224, height: 224, shortestSide: 256 });
    expect(seen).toHaveLength(224 * 224 * 3);
  });
});

describe('a small JPEG', () => {
  it.each(['4:2:0', '4:4:4'])(
    'has the same pixels as sharp gives it (%s), plain and progressive, gray too',
    async (chromaSubsampling) => {
      for (const progressive of [false, true])
        for (const isGray of [false, true]) {
          const picture = isGray ? draw(33, 21).grayscale() : draw(33, 21);
          const bytes = await picture.jpeg({ quality: 80, chromaSubsampling, progressive }).toBuffer();
          const { rgba, width, height } = (await decodeSmallJpeg(bytes))!;
          const theirs = await sharp(bytes).toColourspace('srgb').raw().toBuffer();
          expect([width, height]).toEqual([33, 21]);
          expect(rgba.filter((_, i) => i % 4 < 3)).toEqual(new Uint8Array(theirs));
        }
    },
  );

  it('is left to sharp where it is not small, not plain, not whole or not one', async () => {
    const jpeg = await draw(8, 8).jpeg().toBuffer();
    const others = [
      await draw(300, 300).jpeg({ quality: 20 }).toBuffer(),
      await draw(8, 8).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
      await draw(8, 8).toColourspace('cmyk').jpeg().toBuffer(),
      jpeg.subarray(0, jpeg.length - 20),
      await draw(8, 8).png().toBuffer(),
      Buffer.from([0xff, 0xd8, 0xff, 0xd9]),
      Buffer.alloc(0),
    ];
    for (const bytes of others) expect(await decodeSmallJpeg(bytes)).toBeUndefined();
    expect(await decodeSmallJpeg(jpeg)).toBeDefined();
  });
});
