// The label that an image should have instead, by the noise-corrected posterior.
import type { Suggestions } from '../../../shared/compute-contract.ts';
import type { Denoised } from './denoised.ts';

/**
 * The likeliest other class where either the head or the posterior is against the given label, else the given one; its
 * probability; and the likeliest class after these two. A head under a large lambda is so unsure of everything that the
 * noise matrix outvotes it: what it would say by itself counts too.
 */
export function suggestClasses(
  { shares, logits }: Pick<Denoised, 'shares' | 'logits'>,
  labels: Int32Array,
  classes: number,
): Suggestions {
  const suggested = new Int32Array(labels.length);
  const second = new Int32Array(labels.length);
  const probability = new Float32Array(labels.length);
  labels.forEach((label, row) => {
    const at = row * classes;
    const isAgainst = [shares, logits].some((values) => findLargest(values, at, classes, []) !== label);
    const best = isAgainst ? findLargest(shares, at, classes, [label]) : label;
    suggested[row] = best;
    probability[row] = shares[at + best]!;
    second[row] = findLargest(shares, at, classes, classes > 2 ? [best, label] : [best]);
  });
  return { suggested, probability, second };
}

/** The place of the largest value but those of some classes; class 0 where none is left. */
function findLargest(values: ArrayLike<number>, from: number, count: number, but: readonly number[]): number {
  let best = -1;
  for (let c = 0; c < count; c++)
    if (!but.includes(c) && (best < 0 || values[from + c]! > values[from + best]!)) best = c;
  return Math.max(best, 0);
}
