// What changed labels have done to a prediction: their representer values under the head before and the head after.
import type { ChangeAnswer, ChangeRequest, FittedHead } from '../../../shared/compute-contract.ts';
import { multiplyTransposed, toFeatures } from './explain.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { dot } from './vectors.ts';

/**
 * The values (alpha_i,toward - alpha_i,against) (f_i . f) of some rows i under two heads (METHODS 1.1), with
 * alpha_i = (q_i - p_i) / (2 lambda n); 0 under a head that a row was not fitted to. Alpha is had from the weights, so any
 * two fits can be compared, however old.
 */
export function compareValues(matrix: FeatureMatrix, { before, after, ...request }: ChangeRequest): ChangeAnswer {
  const [earlier, later] = [measure(matrix, before, request), measure(matrix, after, request)];
  return { before: earlier.logit, after: later.logit, valuesBefore: earlier.values, valuesAfter: later.values };
}

function measure(
  matrix: FeatureMatrix,
  { weights, scale, classes, lambda, count, labels }: FittedHead,
  { rows, row, toward, against }: Omit<ChangeRequest, 'before' | 'after'>,
): { logit: number; values: Float64Array } {
  const features = toFeatures(matrix, row, scale);
  const logits = multiplyTransposed(weights, features, classes);
  const values = new Float64Array(rows.length);
  rows.forEach((each, i) => {
    const label = labels[i]!;
    if (label < 0) return;
    const own = toFeatures(matrix, each, scale);
    const p = toProbabilities(multiplyTransposed(weights, own, classes));
    const alpha = (c: number) => (Number(c === label) - p[c]!) / (2 * lambda * count);
    values[i] = (alpha(toward) - alpha(against)) * dot(own, features);
  });
  return { logit: logits[toward]! - logits[against]!, values };
}

function toProbabilities(logits: Float64Array): Float64Array {
  const highest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
