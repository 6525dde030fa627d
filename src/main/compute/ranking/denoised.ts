// [Note: labels to believe] The default ranking: a head that learns which labels to believe, and what the noise matrix makes of it.
//
//   1. Cross-fit the head on the labels. Keep the images whose label it agrees with, refit on those (METHODS 5.2 B to D).
//   2. Estimate the noise matrix and with it the posterior of each image's true class (noise-matrix.ts).
//   3. Three times: fit the head with the posterior as its target, estimate both anew. Expectation maximisation, begun where
//      the labels and the features agree.
//   4. Rank by the mean of two ranks: the logit margin of that head, and the posterior odds that the label is wrong.
//
// The margin is the better of the two where errors fall anywhere, the posterior where classes are confused; the mean of
// ranks is near the better one in both. What a person has decided is a fact in every step. A third round is worth .002 in the
// mean of nine label sets, a fourth next to nothing, and it costs the sets whose errors look like what people confuse
// (`npm run bench -- queue --case rounds`).
import { believeLabels, crossFit, fitSoftHead, predictRows, type HeadContext } from './heads.ts';
import { estimateNoise, refineNoise, toPosterior, type Posterior } from './noise-matrix.ts';
import { meanRank, scoreMargin, toProbabilities } from './scores.ts';
import type { SoftTargets } from './soft-objective.ts';

/** What the rankings are about. */
export interface Labelled {
  /** Given class index of each row. */
  labels: Int32Array;
  /** The class that a person has decided for a row, -1 for none, -2 where it has no class and is to be left out. */
  truth: Int32Array;
}

export interface Denoised extends Posterior {
  /** The head, (d + 1) x C. */
  weights: Float64Array;
  noise: Float64Array;
  /** n x C. */
  logits: Float64Array;
}

/** Of a class that hardly agrees with itself so small a share is too little to learn it from, */
const fewestKept = 0.2;
/** and this share of it, of the best margin, is kept instead. */
const keptInstead = 0.5;
const usualRounds = 3;

/** Steps 1 to 3. `start` is a head to begin from, `seed` deals the folds. */
export async function denoise(
  context: HeadContext,
  labelled: Labelled,
  { start, seed, rounds = usualRounds }: { start?: Float64Array; seed?: number; rounds?: number } = {},
): Promise<{ denoised: Denoised; crossFitted: Float64Array; refitted: Float64Array }> {
  const { classes } = context;
  const current = toCurrent(labelled);
  const present = Float32Array.from(labelled.truth, (truth) => (truth === -2 ? 0 : 1));
  const crossFitted = await crossFit(context, current, believeLabels(current, classes, present), {
    ...(start ? { start } : {}),
    ...(seed === undefined ? {} : { seed }),
  });
  const kept = keepAgreed(crossFitted, current, classes);
  labelled.truth.forEach((truth, row) => {
    if (truth !== -1) kept[row] = truth === -2 ? 0 : 1;
  });
  const weights = await fitSoftHead(context, believeLabels(current, classes, kept), start);
  const refitted = await predictRows(context, weights);
  const noise = estimateNoise(toProbabilities(crossFitted, classes), labelled.labels, classes);
  let denoised = judge(weights, refitted, noise, labelled, classes);
  for (let round = 0; round < rounds; round++) denoised = await goOn(context, labelled, denoised);
  return { denoised, crossFitted, refitted };
}

/** One more round from what another came to, with what has been decided since; `start` is a head to begin the fit from. */
export async function goOn(
  context: HeadContext,
  labelled: Labelled,
  from: Denoised,
  start = from.weights,
): Promise<Denoised> {
  const targets = toTargets(from.shares, labelled, context.classes);
  const weights = await fitSoftHead(context, targets, start);
  return judge(weights, await predictRows(context, weights), from.noise, labelled, context.classes);
}

/** What heads make of each row that have not seen its target: what is said of rows decided and open is then alike. */
export async function judgeUnseen(
  context: HeadContext,
  labelled: Labelled,
  { shares, weights, noise }: Denoised,
): Promise<Posterior & { logits: Float64Array }> {
  const targets = toTargets(shares, labelled, context.classes);
  const logits = await crossFit(context, labelled.labels, targets, { start: weights });
  const probabilities = toProbabilities(logits, context.classes);
  return { logits, ...toPosterior(noise, probabilities, labelled.labels, context.classes) };
}

/** Step 4: n scores from 0 to 1. */
export const scoreDenoised = ({ logits, logOdds }: Denoised, labels: Int32Array, classes: number): Float64Array =>
  meanRank(scoreMargin(logits, labels, classes), logOdds);

/** The label of each row as it is now. */
export const toCurrent = ({ labels, truth }: Labelled): Int32Array =>
  labels.map((label, row) => (truth[row]! >= 0 ? truth[row]! : label));

function judge(
  weights: Float64Array,
  logits: Float64Array,
  before: Float64Array,
  { labels, truth }: Labelled,
  classes: number,
): Denoised {
  const probabilities = toProbabilities(logits, classes);
  const noise = refineNoise(before, probabilities, labels, classes, truth);
  return { weights, logits, noise, ...toPosterior(noise, probabilities, labels, classes) };
}

function toTargets(shares: Float32Array, { truth }: Labelled, classes: number): SoftTargets {
  const targets = shares.slice();
  const weights = new Float32Array(truth.length).fill(1);
  truth.forEach((known, row) => {
    if (known === -1) return;
    targets.fill(0, row * classes, (row + 1) * classes);
    if (known >= 0) targets[row * classes + known] = 1;
    else weights[row] = 0;
  });
  return { targets, weights };
}

/** 1 for each row whose largest logit is its label's, else 0; small classes are guarded. */
export function keepAgreed(logits: Float64Array, labels: Int32Array, classes: number): Float32Array {
  const margins = scoreMargin(logits, labels, classes);
  const kept = Float32Array.from(margins, (margin) => (margin < 0 ? 1 : 0));
  for (let k = 0; k < classes; k++) {
    const rows = [...labels.keys()].filter((row) => labels[row] === k);
    const agreed = rows.filter((row) => kept[row] === 1).length;
    if (agreed >= fewestKept * rows.length) continue;
    rows.sort((a, b) => margins[a]! - margins[b]!);
    rows.forEach((row, place) => (kept[row] = place < keptInstead * rows.length ? 1 : 0));
  }
  return kept;
}
