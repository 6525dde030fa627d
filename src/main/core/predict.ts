// What a fit that compute holds says of images.
import type { HeadWeights } from '../../shared/compute-contract.ts';
import type { FitTarget } from '../../shared/fit.ts';
import type { ComputeClient } from './compute-client.ts';

/** Rows whose logits are asked for at once. */
const rowsPerPrediction = 20_000;

/** Shows `visit` the logits (count x C, row-major) of the images, a part at a time, from place `first` on. */
export async function forEachPrediction(
  compute: ComputeClient,
  fit: FitTarget | HeadWeights,
  imageIds: Int32Array,
  signal: AbortSignal,
  visit: (logits: Float64Array, first: number, count: number) => void,
): Promise<void> {
  for (let first = 0; first < imageIds.length; first += rowsPerPrediction) {
    const rows = imageIds.subarray(first, first + rowsPerPrediction).map((id) => id - 1);
    visit(await compute.call('fit.predict', { fit, rows }, { signal }), first, rows.length);
  }
}

/** The class id of the largest logit of each image. */
export async function predictClasses(
  compute: ComputeClient,
  fit: FitTarget | HeadWeights,
  imageIds: Int32Array,
  classes: number,
  signal: AbortSignal,
): Promise<Int32Array> {
  const predicted = new Int32Array(imageIds.length);
  await forEachPrediction(compute, fit, imageIds, signal, (logits, first, count) => {
    for (let i = 0; i < count; i++) predicted[first + i] = 1 + argmax(logits, i * classes, classes);
  });
  return predicted;
}

/** Index of the largest of `count` values; of equal ones the first. */
export function argmax(values: ArrayLike<number>, from: number, count: number): number {
  let best = 0;
  for (let c = 1; c < count; c++) if (values[from + c]! > values[from + best]!) best = c;
  return best;
}

/** The share of places at which two arrays hold the same. */
export function shareEqual(a: Int32Array, b: Int32Array): number {
  let equal = 0;
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) equal += 1;
  return equal / a.length;
}
