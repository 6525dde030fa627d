// The training images that look most alike to the model: by the cosine of their features, without the bias constant.
import { AppError } from '../../../shared/errors.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { TopPoints } from './top-points.ts';

/** Rows between two looks at whether the search is still wanted. */
const stride = 8192;

/**
 * The `count` of `candidates` (matrix rows) with the largest cosine to `row`, itself left out, descending. Rows whose
 * features are zero or not finite are never near. Throws 'bad-request' for a row that is not there, 'cancelled'.
 */
export async function findNearest(
  matrix: FeatureMatrix,
  candidates: Int32Array,
  { row, count }: { row: number; count: number },
  signal: AbortSignal,
): Promise<{ rows: Int32Array; similarities: Float64Array }> {
  if (!(row >= 0 && row < matrix.rows))
    throw new AppError('bad-request', `There is no image in row ${row} of ${matrix.rows}.`);
  const features = matrix.row(row);
  const top = new TopPoints(count);
  const cosines = new Float64Array(candidates.length);
  for (let first = 0; first < candidates.length; first += stride) {
    const end = Math.min(candidates.length, first + stride);
    for (let place = first; place < end; place++) {
      const candidate = candidates[place]!;
      if (candidate === row) continue;
      const cosine =
        dot(features, matrix.row(candidate)) / Math.sqrt(matrix.squaredNorms[row]! * matrix.squaredNorms[candidate]!);
      cosines[place] = cosine;
      if (Number.isFinite(cosine)) top.offer(cosine, place);
    }
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  }
  return {
    rows: Int32Array.from(top.places, (place) => candidates[place]!),
    similarities: Float64Array.from(top.places, (place) => cosines[place]!),
  };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}
