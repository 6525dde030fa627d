// Opening pictures with sharp, the same way for measuring and for decoding.
import { existsSync } from 'node:fs';
import type { Sharp, SharpOptions } from 'sharp';
import { isAppError } from '../../shared/errors.ts';
import { sentence } from '../../shared/told.ts';
import { loadSharp } from './native-libraries.ts';

/** The largest phone cameras of today make 200 million pixels; what is larger is a mistake or an attack. */
const largestPixels = 200_000_000;

const options: SharpOptions = {
  // A picture that is cut short is a problem to be shown, not one to be guessed at.
  failOn: 'error',
  // Once, here: everything behind this sees the picture as people do.
  autoOrient: true,
  limitInputPixels: largestPixels,
  // [Note: colour profiles] Models were trained on pixel values as they stand in the file (PIL, OpenCV and TensorFlow
  // all ignore embedded profiles), so ours are ignored too. CMYK is converted in any case, by a standard profile.
  ignoreIcc: true,
};

/** A picture file that is ready to be read: the first frame, upright. What is wrong with it is thrown when it is read. */
export async function openPicture(path: string): Promise<Sharp> {
  const sharp = await loadSharp();
  return sharp(path, options);
}

/**
 * A sentence on why the picture at `path` could not be read, from what sharp threw. What is not about the picture is
 * thrown on.
 */
export function toPictureProblem(error: unknown, path: string): string {
  if (isAppError(error)) throw error;
  if (!existsSync(path)) return sentence('problem.missing');
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('pixel limit')) return sentence('problem.too-many-pixels', { millions: largestPixels / 1e6 });
  // libvips keeps its words in one place for all threads, so sharp may take a file of no known kind for a missing one
  // where another thread misses one, and the other way round.
  if (message.includes('unsupported image format') || message.includes('is missing'))
    return sentence('problem.unknown-format');
  return sentence('problem.damaged');
}
