// From a picture file to pixels of the model's size.
import type { Preprocessing } from '../../shared/domain.ts';
import { openPicture } from './pictures.ts';

/**
 * The first frame as 8-bit sRGB, upright, stretched to the size: height x width x 3 bytes, interleaved.
 * Throws what sharp throws; `toPictureProblem` makes a sentence of it.
 *
 * [Note: resizing] Cubic with a = -0.5 and a window that widens as a picture shrinks, as PIL's BICUBIC. The results are
 * not the same to the bit: libvips shrinks a JPEG by two, four or eight while decoding it, and rounds at other places.
 * Pictures that have the size already are not touched.
 *
 * [Note: transparency] Transparent pixels are laid on white, as the screen shows them.
 */
export async function decodePicture(
  path: string,
  { width, height }: Pick<Preprocessing, 'width' | 'height'>,
): Promise<Uint8Array> {
  const picture = await openPicture(path);
  return picture
    .flatten({ background: '#ffffff' })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .toColourspace('srgb')
    .raw()
    .toBuffer();
}
