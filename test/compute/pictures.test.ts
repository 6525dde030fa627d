import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePicture } from '../../src/main/compute/decode.ts';
import { measureImages } from '../../src/main/compute/measure.ts';
import { toPictureProblem } from '../../src/main/compute/pictures.ts';
import { AppError } from '../../src/shared/errors.ts';
import { makeFolder, writeTemporary } from './tiny-models.ts';

/** 4 x 2 pixels: the left half red, the right half blue. */
const redBlue = (): Sharp => {
  const row = [255, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 255];
  return sharp(Uint8Array.from([...row, ...row]), { raw: { width: 4, height: 2, channels: 3 } });
};

const save = async (picture: Sharp, name = 'picture'): Promise<string> =>
  writeTemporary(name, await picture.toBuffer());

async function decode(path: string, width: number, height: number): Promise<number[]> {
  return [...(await decodePicture(path, { width, height, shortestSide: null }))];
}

const reasonOf = (path: string): Promise<string> =>
  decodePicture(path, { width: 4, height: 4, shortestSide: null }).then(
    () => 'decoded',
    (error: unknown) => toPictureProblem(error, path),
  );

/** Expects each value within a few grey levels, as lossy formats keep it. */
function expectNear(values: number[], expected: number[], tolerance: number): void {
  expect(values).toHaveLength(expected.length);
  values.forEach((value, i) => expect(Math.abs(value - expected[i]!), `value ${i}`).toBeLessThanOrEqual(tolerance));
}

describe('a picture is decoded', () => {
  it.each(['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const)('from %s', async (format) => {
    const picture = redBlue().resize(64, 32, { kernel: 'nearest' }).toFormat(format, { quality: 95 });
    const pixels = await decode(await save(picture), 64, 32);
    expectNear(pixels.slice(0, 3), [255, 0, 0], 12);
    expectNear(pixels.slice(-3), [0, 0, 255], 12);
  });

  it('at its own size without being touched, stretched where the size differs', async () => {
    const path = await save(redBlue().png());
    expect(await decode(path, 4, 2)).toEqual([...(await redBlue().raw().toBuffer())]);
    expect(await decode(path, 3, 7)).toHaveLength(3 * 7 * 3);
  });

  it('upright, by its EXIF orientation', async () => {
    // 6: to be turned a quarter to the right. Red was left and is on top.
    const path = await save(redBlue().withMetadata({ orientation: 6 }).png());
    const pixels = await decode(path, 2, 4);
    expect(pixels.slice(0, 3)).toEqual([255, 0, 0]);
    expect(pixels.slice(-3)).toEqual([0, 0, 255]);
    expect((await measureImages([path], new AbortController().signal))[0]).toMatchObject({ width: 2, height: 4 });
  });

  it('with what is transparent on white', async () => {
    const background = { r: 255, g: 0, b: 0, alpha: 0.5 };
    const path = await save(sharp({ create: { width: 2, height: 1, channels: 4, background } }).png());
    expectNear(await decode(path, 2, 1), [255, 127, 127, 255, 127, 127], 1);
  });

  it('from CMYK, 16 bits, gray and a palette as 8-bit RGB', async () => {
    const cmyk = await save(redBlue().resize(64, 32).toColourspace('cmyk').jpeg({ quality: 100 }));
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    expectNear((await decode(cmyk, 64, 32)).slice(0, 3), [255, 0, 0], 40);

    const deep = Uint16Array.from({ length: 12 }, (_, i) => i * 5000);
    const deepPath = await save(
      sharp(deep, { raw: { width: 2, height: 2, channels: 3 } })
        .toColourspace('rgb16')
        .png(),
    );
    expect((await sharp(deepPath).metadata()).depth).toBe('ushort');
    expectNear(
      await decode(deepPath, 2, 2),
      [...deep].map((value) => value / 257),
      1,
    );

    const gray = await save(sharp(Uint8Array.of(7, 200), { raw: { width: 2, height: 1, channels: 1 } }).png());
    expect(await decode(gray, 2, 1)).toEqual([7, 7, 7, 200, 200, 200]);

    const palette = await save(redBlue().png({ palette: true, colours: 2 }));
    expect((await sharp(palette).metadata()).isPalette).toBe(true);
    expect((await decode(palette, 4, 2)).slice(0, 3)).toEqual([255, 0, 0]);
  });

  it('from the first frame of an animation', async () => {
    const frames = new Uint8Array(24).fill(250, 0, 12).fill(10, 12);
    const animation = sharp(frames, { raw: { width: 2, height: 4, channels: 3, pageHeight: 2 } });
    const path = await save(animation.gif({ delay: [10, 10] }));
    expect((await sharp(path, { pages: -1 }).metadata()).pages).toBe(2);
    expectNear(await decode(path, 2, 2), Array<number>(12).fill(250), 4);
    expect((await measureImages([path], new AbortController().signal))[0]).toMatchObject({ width: 2, height: 2 });
  });
});

/** A TIFF of one row of gray float32 pixels: eight bytes of head, the pixels, and the directory of tags (TIFF 6.0). */
function makeFloatTiff(pixels: number[]): Uint8Array {
  const size = 4 * pixels.length;
  const tags = [
    [256, pixels.length],
    [257, 1],
    [258, 32],
    [259, 1],
    [262, 1],
    [273, 8],
    [277, 1],
    [278, 1],
    [279, size],
    [339, 3],
  ] as const;
  const bytes = Buffer.alloc(8 + size + 2 + 12 * tags.length + 4);
  bytes.write('II*\0', 'latin1');
  bytes.writeUInt32LE(8 + size, 4);
  pixels.forEach((value, i) => bytes.writeFloatLE(value, 8 + 4 * i));
  bytes.writeUInt16LE(tags.length, 8 + size);
  tags.forEach(([tag, value], i) => {
    const at = 10 + size + 12 * i;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(3, at + 2);
    bytes.writeUInt32LE(1, at + 4);
    bytes.writeUInt16LE(value, at + 8);
  });
  return bytes;
}

describe('a picture that cannot be used has a sentence', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)('when %s is cut short', async (format) => {
    const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251);
    const bytes = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .toFormat(format)
      .toBuffer();
    const path = writeTemporary('cut', bytes.subarray(0, Math.floor(bytes.length / 2)));
    // A TIFF has its directory at the end, and without it is not even known to be one.
    expect(await reasonOf(path)).toContain(format === 'tiff' ? 'it is damaged, or not' : 'is cut short or damaged');
  });

  it('when it is no picture, whatever its name says', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4"/></svg>';
    const sentence = 'This is no picture that can be read: it is damaged, or not JPEG, PNG, WebP, GIF, TIFF or AVIF.';
    expect(await reasonOf(writeTemporary('vector.jpg', svg))).toBe(sentence);
    expect(await reasonOf(writeTemporary('notes.png', 'no picture at all'))).toBe(sentence);
    expect(await reasonOf(writeTemporary('bitmap.bmp', Buffer.concat([Buffer.from('BM'), Buffer.alloc(60)])))).toBe(
      sentence,
    );
  });

  it('while a drawing of our own, which is no file, may be SVG', async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1"><rect width="2" height="1" fill="red"/></svg>';
    const drawn = await save(sharp(Buffer.from(svg)).png());
    expect(await decode(drawn, 2, 1)).toEqual([255, 0, 0, 255, 0, 0]);
  });

  it('when it is missing', async () => {
    expect(await reasonOf('/nowhere/at-all.jpg')).toBe('The file is missing.');
  });

  it('when its pixels are no brightness from black to white', async () => {
    const path = writeTemporary('float.tif', makeFloatTiff([0, 0.5]));
    expect((await sharp(path).metadata()).depth).toBe('float');
    const [measured] = await measureImages([path], new AbortController().signal);
    expect(measured!.problem).toBe('Its pixels are numbers of the kind "float"; those of 8 or 16 bits can be read.');
  });

  it('when its header claims more pixels than any camera makes', async () => {
    const png = await redBlue().png().toBuffer();
    png.writeUInt32BE(20_000, 16);
    png.writeUInt32BE(20_000, 20);
    // The header's checksum, as libpng wants it.
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    expect(await reasonOf(writeTemporary('huge.png', png))).toBe('The picture has more than 200 million pixels.');
  });

  it('while what is no fault of the picture is thrown on', () => {
    const unavailable = new AppError('unavailable', 'The picture decoder cannot be loaded.');
    expect(() => toPictureProblem(unavailable, '/nowhere.jpg')).toThrow(unavailable);
  });
});

describe('measuring', () => {
  it('answers hash, size and what is wrong, for each file and in order', async () => {
    const good = await save(redBlue().jpeg());
    const bytes = await redBlue().jpeg().toBuffer();
    const cut = writeTemporary('cut.jpg', bytes.subarray(0, 30));
    const empty = writeTemporary('empty.jpg', '');
    const measured = await measureImages(
      [good, cut, empty, '/nowhere.jpg', makeFolder()],
      new AbortController().signal,
    );

    const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
    expect(measured).toEqual([
      { problem: null, sha256: sha256(bytes), width: 4, height: 2, sizeBytes: bytes.length },
      {
        problem: 'The picture is cut short or damaged.',
        sha256: sha256(bytes.subarray(0, 30)),
        width: 0,
        height: 0,
        sizeBytes: 30,
      },
      {
        problem: expect.stringContaining('no picture that can be read') as string,
        sha256: sha256(Buffer.alloc(0)),
        width: 0,
        height: 0,
        sizeBytes: 0,
      },
      { problem: 'The file is missing.', sha256: '', width: 0, height: 0, sizeBytes: 0 },
      { problem: 'This is not a file.', sha256: '', width: 0, height: 0, sizeBytes: 0 },
    ]);
  });

  it('keeps the order over more files than are open at once, and stops when cancelled', async () => {
    const folder = makeFolder();
    const paths = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const path = join(folder, `${i}.png`);
        writeFileSync(
          path,
          await redBlue()
            .resize(i + 1, 1)
            .png()
            .toBuffer(),
        );
        return path;
      }),
    );
    const measured = await measureImages(paths, new AbortController().signal);
    expect(measured.map(({ width }) => width)).toEqual(paths.map((_, i) => i + 1));
    await expect(measureImages(paths, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
