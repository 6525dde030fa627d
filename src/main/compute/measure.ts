// The hash and the header of picture files, without decoding them.
import { hash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { MeasuredImage } from '../../shared/compute-contract.ts';
import { mapInParallel } from './in-parallel.ts';
import { openPicture, toPictureProblem } from './pictures.ts';
import { sentence } from '../../shared/told.ts';

/** Files in memory at a time, and the largest that may be one of them. */
const filesAtOnce = 8;
const largestBytes = 512 * 2 ** 20;

/** One answer per path, in order. Never throws for a file: what is wrong with it is its `problem`. */
export const measureImages = (paths: string[], signal: AbortSignal): Promise<MeasuredImage[]> =>
  mapInParallel(paths, filesAtOnce, (path) => {
    signal.throwIfAborted();
    return measureImage(path);
  });

async function measureImage(path: string): Promise<MeasuredImage> {
  const unread = { sha256: '', width: 0, height: 0, sizeBytes: 0 };
  const found = await stat(path).catch(() => null);
  if (!found) return { ...unread, problem: sentence('problem.missing') };
  if (!found.isFile()) return { ...unread, problem: sentence('problem.not-a-file') };
  if (found.size > largestBytes) {
    return {
      ...unread,
      sizeBytes: found.size,
      problem: sentence('problem.too-large', { size: largestBytes / 2 ** 20 }),
    };
  }
  const bytes = await readFile(path).catch(() => null);
  if (!bytes) return { ...unread, sizeBytes: found.size, problem: sentence('problem.unreadable') };
  return { ...(await readHeader(path)), sha256: hash('sha256', bytes), sizeBytes: bytes.length };
}

async function readHeader(path: string): Promise<Pick<MeasuredImage, 'problem' | 'width' | 'height'>> {
  try {
    const { autoOrient, depth } = await (await openPicture(path)).metadata();
    // What is no brightness from black to white would come out black or white.
    if (depth !== 'uchar' && depth !== 'ushort')
      return { problem: sentence('problem.depth', { depth }), width: 0, height: 0 };
    return { problem: null, width: autoOrient.width, height: autoOrient.height };
  } catch (error) {
    return { problem: toPictureProblem(error, path), width: 0, height: 0 };
  }
}
