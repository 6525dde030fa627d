// Where a fit goes on from an earlier one: its objective there is known but for the labels that changed.
import type { EarlierFit, FitRows } from '../../../shared/compute-contract.ts';
import { multiplyTransposed, toFeatures } from './explain.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import type { Point } from './objective.ts';

/** To evaluate all rows at once is quicker than more changed labels one by one. */
const mostChanged = 1 / 20;

/**
 * The objective of the request at the weights of an earlier fit. A label that changed from a to b moves the mean loss by
 * (z_a - z_b) / n and its gradient by f (e_a - e_b)^T / n (METHODS 0). Null where the earlier fit was of other rows, another
 * scale or another lambda, or where many labels changed.
 */
export function movePoint(
  matrix: FeatureMatrix,
  weights: Float64Array,
  fit: EarlierFit,
  { rows, labels, classes }: FitRows,
  scale: number,
  lambda: number,
): Point | null {
  const isSame = fit.scale === scale && fit.lambda === lambda && fit.rows.length === rows.length;
  if (!isSame || rows.some((row, i) => row !== fit.rows[i])) return null;
  const changed = [...labels.keys()].filter((i) => labels[i] !== fit.labels[i]);
  if (changed.length > mostChanged * rows.length) return null;
  const gradient = fit.gradient.slice();
  let value = fit.objective;
  for (const i of changed) {
    const [before, after] = [fit.labels[i]!, labels[i]!];
    const features = toFeatures(matrix, rows[i]!, scale);
    const logits = multiplyTransposed(weights, features, classes);
    value += (logits[before]! - logits[after]!) / rows.length;
    features.forEach((feature, j) => {
      gradient[j * classes + before]! += feature / rows.length;
      gradient[j * classes + after]! -= feature / rows.length;
    });
  }
  return { weights, value, gradient, logitRms: fit.logitRms };
}
