// From a picture file to pixels of the model's size.
import { readFileSync, statSync } from 'node:fs';
import type { Preprocessing } from '../../shared/domain.ts';
import { openPicture } from './pictures.ts';
import { resizePixels } from './resize.ts';
import { cutCentre, fitPicture } from './resize-rule.ts';
import { decodeSmallJpeg } from './small-jpeg.ts';

/** Up to this size our own resizing is faster than setting up libvips for it. */
const largestOwnPixels = 256 * 256;

/**
 * The first frame as 8-bit sRGB, upright, brought to the model's size: height x width x 3 bytes, interleaved.
 * Throws what sharp throws; `toPictureProblem` makes a sentence of it.
 *
 * [Note: resizing] Cubic with a = -0.5 and a window that widens as a picture shrinks, as PIL's BICUBIC. A small JPEG
 * (up to 256 x 256) comes out as PIL has it, to the bit. The others are resized by libvips, which shrinks a JPEG by two,
 * four or eight while decoding it and rounds at other places: a pixel differs from PIL's by one or two levels, rarely
 * more. Pictures that have the size already are not touched.
 *
 * [Note: transparency] Transparent pixels are laid on white, as the screen shows them.
 */
export async function decodePicture(
  path: string,
  rule: Pick<Preprocessing, 'width' | 'height' | 'shortestSide'>,
): Promise<Uint8Array> {
  const small = await decodeSmallJpeg(readSmall(path));
  if (small) {
    const fitting = fitPicture(small, rule);
    if (
      fitting.width * fitting.height <= largestOwnPixels ||
      fitting.width * fitting.height <= rule.width * rule.height
    )
      return cutCentre(resizePixels(small.rgba, { ...small, step: 4 }, fitting), fitting, rule);
  }
  const picture = (await openPicture(path)).flatten({ background: '#ffffff' });
  const fitting = rule.shortestSide == null ? fitPicture(rule, rule) : fitPicture(await sizeOf(path), rule);
  const { width, height, left, top } = fitting;
  picture.resize(width, height, { fit: 'fill', kernel: 'cubic' });
  if (rule.shortestSide != null) picture.extract({ left, top, width: rule.width, height: rule.height });
  return picture.toColourspace('srgb').raw().toBuffer();
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
