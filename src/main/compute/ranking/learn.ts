// The queue that learns: one step, taken in the background after some decisions.
import { createRandom } from '../../../shared/random.ts';
import type { LearnedOrder, Verdicts } from '../../../shared/compute-contract.ts';
import { goOn, judgeUnseen, scoreDenoised, type Denoised, type Labelled } from './denoised.ts';
import { estimateLeft } from './estimate.ts';
import { type HeadContext } from './heads.ts';
import { scoreMargin, toRanks } from './scores.ts';
import { suggestClasses } from './suggest.ts';
import { fitVerdicts } from './verdict-model.ts';

/**
 * What goes from one step to the next. [Note: one round a step] Each step takes one round (denoised.ts) from the default
 * ranking, with all decisions so far as facts, and not from the step before it: round upon round the posterior believes
 * itself the more, until in some of the label sets whose classes are confused two classes have become one.
 */
export interface Learner {
  /** The default ranking. */
  base: Denoised;
  /** The head of the last step, which is near the next. */
  weights: Float64Array;
}

/** Before the first step. */
export const beginLearning = (base: Denoised): Learner => ({ base, weights: base.weights });

/** How far the verdicts may outweigh the default order, and after how many of them half of that is reached. */
const largestShare = 0.7;
const halfAt = 100;
/** One decision in so many is on an image drawn from all that is left, so that what the ranking is blind to can be seen. */
const exploreEvery = 100;

/**
 * Refits both heads with what has been decided, fits the model of the verdicts, and orders the rows that are open.
 * `seed` draws the explored ones; the same seed and verdicts give the same order.
 */
export async function learn(
  context: HeadContext,
  labelled: Labelled,
  verdicts: Verdicts,
  open: Int32Array,
  learner: Learner,
  seed: number,
): Promise<{ learner: Learner; order: LearnedOrder }> {
  const { classes } = context;
  const { labels } = labelled;
  const denoised = await goOn(context, labelled, learner.base, learner.weights);
  const unseen = await judgeUnseen(context, labelled, denoised);
  const suggestions = suggestClasses(denoised, labels, classes);
  const model = fitVerdicts({
    prior: unseen.logOdds,
    scores: [scoreMargin(unseen.logits, labels, classes), unseen.logOdds].map(standardize),
    given: labels,
    suggested: suggestions.suggested,
    classes,
    ...verdicts,
  });
  const count = verdicts.judged.length;
  const share = (largestShare * count) / (count + halfAt);
  const byDefault = toRanks(scoreDenoised(denoised, labels, classes));
  const byVerdicts = toRanks(model.logOdds);
  const score = byDefault.map((rank, row) => (1 - share) * rank + share * byVerdicts[row]!);
  const sorted = open.slice().sort((a, b) => score[b]! - score[a]! || a - b);
  const order = explore(sorted, count, seed);
  return {
    learner: { base: learner.base, weights: denoised.weights },
    order: { order, score, ...suggestions, estimate: estimateLeft(model, order, verdicts) },
  };
}

/**
 * At the end of each hundred one drawn from behind it, all being equally likely. Hundreds are counted from the first verdict
 * (`verdicts` there were): an order lasts for fewer decisions than that where images are few.
 */
function explore(sorted: Int32Array, verdicts: number, seed: number): Int32Array {
  const random = createRandom(seed);
  const order = sorted.slice();
  const first = exploreEvery - 1 - (verdicts % exploreEvery);
  for (let place = first; place < order.length - 1; place += exploreEvery) {
    const from = place + Math.floor(random() * (order.length - place));
    const drawn = order[from]!;
    order.copyWithin(place + 1, place, from);
    order[place] = drawn;
  }
  return order;
}

/** Clipped to where it says something, then of mean 0 and variance 1. */
function standardize(score: Float64Array): Float64Array {
  const clipped = score.map((value) => Math.max(-20, Math.min(20, value)));
  const mean = clipped.reduce((sum, value) => sum + value, 0) / clipped.length;
  const variance = clipped.reduce((sum, value) => sum + (value - mean) ** 2, 0) / clipped.length;
  const spread = Math.sqrt(variance) || 1;
  return clipped.map((value) => (value - mean) / spread);
}
