// Thumbnails: small pictures for tiles and strips.
import { rename } from 'node:fs/promises';
import { AppError } from '../../shared/errors.ts';
import { openPicture, toPictureProblem } from './pictures.ts';

/**
 * Writes the picture at `path` to `out` as WebP, upright, at most `width` pixels wide and high and never larger than it is;
 * `out` is there as a whole or not at all. Throws 'unreadable' with a sentence.
 */
export async function shrinkPicture({ path, out, width }: { path: string; out: string; width: number }): Promise<void> {
  const beside = `${out}.new`;
  try {
    const picture = await openPicture(path);
    await picture
      .resize(width, width, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .webp({ quality: 80, effort: 0 })
      .toFile(beside);
  } catch (cause) {
    throw new AppError('unreadable', toPictureProblem(cause, path), { cause });
  }
  await rename(beside, out);
}
