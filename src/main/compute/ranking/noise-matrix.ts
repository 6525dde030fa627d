// The noise matrix T[a][b] = P(label a | true class b), and what it makes of a head's opinion.
import { calibrate, countConfident } from './confident-learning.ts';

/**
 * Added to every cell of the first estimate, in images: no confusion is impossible (METHODS 5.2 E). At most half of what a
 * cell holds in the mean, or many small classes would drown in it.
 */
const firstSmoothing = (images: number, classes: number) => Math.min(5, (0.5 * images) / classes ** 2);
/** The same in each step that refines it. */
const smoothing = (images: number, classes: number) => firstSmoothing(images, classes) / 10;
const steps = 10;
/** In `truth`: a person has said that the image has no class. */
const noClass = -2;

/** T from confident counts of out-of-sample probabilities. C x C, row-major; columns add up to 1. */
export function estimateNoise(probabilities: Float64Array, labels: Int32Array, classes: number): Float64Array {
  const added = firstSmoothing(labels.length, classes);
  const counts = countConfident(probabilities, labels, classes).map((count) => count + added);
  return normalizeColumns(calibrate(counts, labels, classes), classes);
}

/**
 * T refined by expectation maximisation with the head held fast: each image is shared out over the true classes that it
 * may have, and T is what the shares come to (Dempster, Laird and Rubin 1977). `truth` (n) holds the class of images that a
 * person has decided, -1 for the others, -2 for those that have none: what is decided is no share but a fact.
 */
export function refineNoise(
  noise: Float64Array,
  probabilities: Float64Array,
  labels: Int32Array,
  classes: number,
  truth: Int32Array,
): Float64Array {
  let current = noise;
  for (let step = 0; step < steps; step++) {
    const counts = new Float64Array(classes * classes).fill(smoothing(labels.length, classes));
    const shares = new Float64Array(classes);
    labels.forEach((label, row) => {
      if (truth[row] === noClass) return;
      if (truth[row]! >= 0) {
        counts[label * classes + truth[row]!]! += 1;
        return;
      }
      const total = shareOut(current, probabilities, label, row, classes, shares);
      for (let k = 0; k < classes; k++) counts[label * classes + k]! += shares[k]! / total;
    });
    current = normalizeColumns(counts, classes);
  }
  return current;
}

export interface Posterior {
  /** n x C: P(true class | features, given label) = T[y][k] p_k, normalised. */
  shares: Float32Array;
  /** n: log of the odds that the given label is wrong, natural; the higher the more suspicious. */
  logOdds: Float64Array;
}

/** The noise-corrected posterior of each image (METHODS 5.2 E). */
export function toPosterior(
  noise: Float64Array,
  probabilities: Float64Array,
  labels: Int32Array,
  classes: number,
): Posterior {
  const shares = new Float32Array(probabilities.length);
  const logOdds = new Float64Array(labels.length);
  const row = new Float64Array(classes);
  labels.forEach((label, i) => {
    const total = shareOut(noise, probabilities, label, i, classes, row);
    let others = 0;
    for (let k = 0; k < classes; k++) {
      shares[i * classes + k] = row[k]! / total;
      if (k !== label) others += row[k]!;
    }
    logOdds[i] = Math.log(others + Number.MIN_VALUE) - Math.log(row[label]! + Number.MIN_VALUE);
  });
  return { shares, logOdds };
}

/** Writes T[label][k] p_k to `shares` and returns their sum. */
function shareOut(
  noise: Float64Array,
  probabilities: Float64Array,
  label: number,
  row: number,
  classes: number,
  shares: Float64Array,
): number {
  let total = 0;
  for (let k = 0; k < classes; k++)
    total += shares[k] = noise[label * classes + k]! * probabilities[row * classes + k]!;
  return total || Number.MIN_VALUE;
}

function normalizeColumns(counts: Float64Array, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  counts.forEach((count, at) => (sums[at % classes]! += count));
  return counts.map((count, at) => count / sums[at % classes]!);
}
