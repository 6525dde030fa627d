// An inverse Hessian that is good enough to start from: (c M + 2 lambda I)^-1 with the Gram matrix M = F^T F / n.
// Since a row's softmax curvature is at most 1/2 (Boehning), c = 1/2 bounds the Hessian; labels do not enter, so it serves
// every fit of the same rows (METHODS 7.1).
import { setImmediate } from 'node:timers/promises';
import { factorise, solve } from './cholesky.ts';
import type { FeatureMatrix } from './feature-matrix.ts';

/** Approximates H^-1 G for a gradient G (D x C); returns a new array. */
export type Precondition = (gradient: Float64Array) => Promise<Float64Array>;

/** At most as many rows enter the Gram matrix, evenly chosen: more of them save no passes. */
const sampleRows = 4096;

/** F^T F / n over a sample of the rows, D x D; of the lower triangle alone. */
export async function measureGram(
  matrix: FeatureMatrix,
  rows: Int32Array,
  scale: number,
  signal: AbortSignal,
): Promise<Float64Array> {
  const d = matrix.dimensions;
  const size = d + 1;
  const count = Math.min(rows.length, sampleRows);
  const gram = new Float64Array(size * size);
  const row = new Float64Array(size).fill(1);
  for (let i = 0; i < count; i++) {
    const features = matrix.row(rows[Math.floor((i * rows.length) / count)]!);
    for (let j = 0; j < d; j++) row[j] = features[j]! / scale;
    for (let j = 0; j < size; j++) {
      const factor = row[j]! / count;
      if (factor === 0) continue;
      for (let k = 0, at = j * size; k <= j; k++) gram[at + k]! += factor * row[k]!;
    }
    if (i % 256 === 255) {
      await setImmediate();
      signal.throwIfAborted();
    }
  }
  return gram;
}

/** `curvature` is c, 1/2 where nothing better is known. */
export function createPreconditioner(gram: Float64Array, lambda: number, curvature: number): Precondition {
  const size = Math.sqrt(gram.length);
  const factor = gram.map((value) => value * curvature);
  for (let i = 0; i < size; i++) factor[i * size + i]! += 2 * lambda;
  factorise(factor, size);
  return async (gradient) => {
    const direction = gradient.slice();
    solve(factor, size, direction);
    return direction;
  };
}
