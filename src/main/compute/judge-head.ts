// Whether the numbers of a head make the logits that the model makes.
import type { Head } from '../../shared/model.ts';
import { sentence, tell } from '../../shared/told.ts';
import type { HeadCandidate } from './graph/find-head.ts';
import { applyHead, type HeadWeights } from './graph/head-weights.ts';
import type { BatchAnswer } from './session.ts';

/** What float32 sums may be apart, relative to 1 + the largest logit (METHODS 1.10), and sums of halves. */
const tolerances = { float32: 1e-4, float16: 5e-3 };
/** What the rounding of a quantised head may make; more is another function. */
const loosest = 0.1;

/** Largest difference of head(features) from the logits, relative to 1 + the largest logit; Infinity where they do not fit. */
export function differenceOfHead(weights: HeadWeights, { features, logits }: BatchAnswer): number {
  const ours = applyHead(weights, features);
  if (ours.length !== logits.length) return Infinity;
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < ours.length; i++) {
    largest = Math.max(largest, Math.abs(logits[i]!));
    const apart = Math.abs(ours[i]! - logits[i]!);
    difference = Number.isNaN(apart) ? Infinity : Math.max(difference, apart);
  }
  return difference / (1 + largest);
}

/** What the head is, from what the model made of a batch. Throws 'unsupported' where the candidate does not hold. */
export function judgeHead(candidate: HeadCandidate, answer: BatchAnswer, weights: HeadWeights | null): Head {
  const { kind, features, logits, activation, output } = candidate;
  const count = answer.featureDims[0]!;
  const dimensions = answer.features.length / count;
  if (!answer.features.every(Number.isFinite) || !answer.logits.every(Number.isFinite))
    throw tell('unsupported', 'trial-not-finite', {});
  if (!weights || logits === null) {
    if (answer.featureDims.slice(1).filter((dim) => dim > 1).length <= 1)
      return { kind, features, logits: '', dimensions, classes: 0, exact: false, difference: null };
    throw tell('unsupported', 'no-vector', { output, shape: answer.featureDims.join(' x '), pictures: count });
  }
  const classes = answer.logits.length / count;
  const difference = differenceOfHead(weights, answer);
  const exact = difference <= (answer.featureType === 'float16' ? tolerances.float16 : tolerances.float32);
  if (exact || activation !== null || difference <= loosest)
    return { kind, features, logits, dimensions, classes, exact: exact && activation === null, difference };
  throw Number.isFinite(difference)
    ? tell('unsupported', 'head-differs', { kind, difference: Number((difference * 100).toPrecision(2)) })
    : tell('unsupported', 'head-no-vector', { kind });
}

/** What the person should know of the head that was found. */
export function noteHead(
  { kind, dimensions, classes, exact, difference }: Head,
  { activation, layer, output }: HeadCandidate,
  { features }: BatchAnswer,
  where: string,
): string[] {
  if (kind === 'none' || difference === null) {
    const taken = sentence('about.no-head', { dimensions, output });
    return areProbabilities(features, dimensions) ? [taken, sentence('about.probabilities')] : [taken];
  }
  const measured = { where, difference: difference.toExponential(1) };
  if (activation !== null) return [sentence('about.not-linear', { activation, ...measured })];
  const proof = sentence(layer ? 'about.head-read' : 'about.head-probed', { dimensions, count: classes, ...measured });
  return exact ? [proof] : [proof, sentence('about.rounds')];
}

const areProbabilities = (rows: Float32Array, length: number): boolean =>
  length > 1 &&
  rows.every((value) => value >= 0) &&
  Array.from({ length: rows.length / length }, (_, i) => rows.subarray(i * length, (i + 1) * length)).every(
    (row) => Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) < 1e-3,
  );
