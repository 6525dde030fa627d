// A hundred picture files that are broken in some way: cut short, with bytes changed, or of nothing but chance.
import sharp from 'sharp';
import { createRandom } from '../../src/shared/random.ts';

/** The bytes of the broken ones, and of a sound one of each format that they are made of. */
export async function drawBrokenPictures(): Promise<{ sound: Buffer[]; broken: Uint8Array[] }> {
  const random = createRandom(13);
  const pick = (count: number) => Math.floor(random() * count);
  const noise = Buffer.from(Array.from({ length: 48 * 48 * 3 }, () => pick(256)));
  const picture = sharp(noise, { raw: { width: 48, height: 48, channels: 3 } });
  const sound = await Promise.all(
    (['jpeg', 'png', 'webp', 'gif', 'tiff'] as const).map((format) => picture.clone().toFormat(format).toBuffer()),
  );
  const broken = Array.from({ length: 100 }, (_, i) => {
    const bytes = Uint8Array.from(sound[i % sound.length]!);
    if (i % 4 === 0) return bytes.subarray(0, pick(bytes.length));
    if (i % 4 === 3) return Uint8Array.from({ length: pick(3000) }, () => pick(256));
    for (let flips = 0; flips < 3 + (i % 30); flips++) bytes[pick(bytes.length)] = pick(256);
    // The head of the file, where sizes and tables are.
    if (i % 4 === 2) for (let flips = 0; flips < 4; flips++) bytes[4 + pick(40)] = pick(256);
    return bytes;
  });
  return { sound, broken };
}
