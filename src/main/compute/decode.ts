// From a picture file to pixels of the model's size.
import { readFileSync, statSync } from 'node:fs';
import type { Preprocessing } from '../../shared/model.ts';
import { openPicture } from './pictures.ts';
import { resizePixels } from './resize.ts';
import { cutCentre, fitPicture } from './resize-rule.ts';
import { decodeSmallJpeg } from './small-jpeg.ts';

/** Up to this size our own resizing is faster than setting up libvips for it. */
const largestOwnPixels = 256 * 256;
/** What is cut out of more than this, of a strip of a picture, libvips makes alone. */
const largestOwnFitting = 4096 * 4096;
const lastStep = 4;

/**
 * The first frame as 8-bit sRGB, upright, brought to the model's size: height x width x 3 bytes, interleaved.
 * Throws what sharp throws; `toPictureProblem` makes a sentence of it.
 *
 * [Note: resizing] Cubic with a = -0.5 and a window that widens as a picture shrinks, as PIL's BICUBIC. A picture of up to
 * 256 x 256, and one that is enlarged, comes out as PIL has it, to the bit. The others are shrunk by libvips, which halves
 * a large JPEG while decoding it and rounds at other places; of what it shrinks by more than four the last fourfold step
 * is ours. A photograph then differs from PIL's by some tenths of one of 255 levels on average. Pictures that have the size already are not touched.
 *
 * [Note: transparency] Transparent pixels are laid on white, as the screen shows them.
 */
export async function decodePicture(
  path: string,
  rule: Pick<Preprocessing, 'width' | 'height' | 'shortestSide'>,
): Promise<Uint8Array> {
  const small = await decodeSmallJpeg(readSmall(path));
  const size = small ?? (await sizeOf(path));
  const fitting = fitPicture(size, rule);
  const { width, height, left, top } = fitting;
  const isOurs =
    width * height <= largestOwnFitting &&
    (size.width * size.height <= largestOwnPixels || width > size.width || height > size.height);
  if (isOurs && small) return cutCentre(resizePixels(small.rgba, { ...small, step: 4 }, fitting), fitting, rule);
  const picture = (await openPicture(path)).flatten({ background: '#ffffff' }).toColourspace('srgb').raw();
  if (isOurs) return cutCentre(resizePixels(await picture.toBuffer(), { ...size, step: 3 }, fitting), fitting, rule);
  const step = lastStep * width <= size.width && lastStep * height <= size.height ? lastStep : 1;
  const shrunk = { width: step * width, height: step * height, step: 3 };
  picture.resize(shrunk.width, shrunk.height, { fit: 'fill', kernel: 'cubic', fastShrinkOnLoad: false });
  if (step > 1) return cutCentre(resizePixels(await picture.toBuffer(), shrunk, fitting), fitting, rule);
  if (rule.shortestSide != null) picture.extract({ left, top, width: rule.width, height: rule.height });
  return picture.toBuffer();
}

const smallestWorth = 128 * 1024;

/** The bytes of a small file; nothing of a larger one, which sharp reads itself, and of one that cannot be read. */
function readSmall(path: string): Uint8Array {
  try {
    return statSync(path).size <= smallestWorth ? readFileSync(path) : new Uint8Array();
  } catch {
    // Sharp says why.
    return new Uint8Array();
  }
}

/** As shown: after EXIF orientation. */
async function sizeOf(path: string): Promise<{ width: number; height: number }> {
  const { autoOrient } = await (await openPicture(path)).metadata();
  return autoOrient;
}
