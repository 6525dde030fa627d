// Every ranking by its name: how it is made, of what, and where it is from. Higher is more suspicious throughout.
import type { RankingMethod } from '../../../shared/ranking.ts';
import { leaveOneOut } from '../representer/leave-one-out.ts';
import { scoreIssues, scoreNormalizedMargin, scoreSelfConfidence, scoreWeightedEntropy } from './confident-learning.ts';
import { denoise, scoreDenoised, toCurrent, type Labelled } from './denoised.ts';
import { believeLabels, crossFit, fitSoftHead, predictRows, type HeadContext } from './heads.ts';
import { scoreNeighbours } from './neighbours.ts';
import { scoreAlphaNorm, scoreLoss, scoreMargin, toProbabilities } from './scores.ts';

/** Each thing that several rankings need is made once, when the first of them asks; `seed` deals the folds. */
export function openMethods(context: HeadContext, labelled: Labelled, seed = 1) {
  const { matrix, rows, classes, lambda, signal } = context;
  const labels = toCurrent(labelled);
  const present = Float32Array.from(labelled.truth, (truth) => (truth === -2 ? 0 : 1));
  const believed = believeLabels(labels, classes, present);
  const plain = once(async () => {
    // The area under the margin is a by-product of the way there.
    const area = new Float64Array(labels.length);
    let points = 0;
    const weights = await fitSoftHead(context, believed, undefined, async (point) => {
      const margins = scoreMargin(await predictRows(context, point.weights), labels, classes);
      points += 1;
      margins.forEach((margin, row) => (area[row]! += margin));
    });
    const logits = await predictRows(context, weights);
    const probabilities = toProbabilities(logits, classes);
    return { weights, logits, probabilities, area: area.map((sum) => sum / points) };
  });
  const crossed = once(async () => {
    const logits = await crossFit(context, labels, believed, { seed });
    return { logits, probabilities: toProbabilities(logits, classes) };
  });
  const leftOut = once(async () => {
    const { weights, probabilities } = await plain();
    const alpha = probabilities.map((p, at) => {
      const row = Math.floor(at / classes);
      return (present[row]! * ((labels[row] === at % classes ? 1 : 0) - p)) / (2 * lambda * rows.length);
    });
    const fit = {
      ...context,
      target: 'labels' as const,
      labels,
      weights,
      gradient: new Float64Array(weights.length),
      alpha,
    };
    return leaveOneOut(matrix, fit, { method: 'auto' }, () => {}, signal);
  });
  const denoised = once(() => denoise(context, labelled, { seed }));

  const scores: Record<Exclude<RankingMethod, 'learned'>, () => Promise<Float64Array>> = {
    /** Mean rank of margin and posterior under the head that learns which labels to believe: denoised.ts. */
    suspicion: async () => scoreDenoised((await denoised()).denoised, labelled.labels, classes),
    /** abs(alpha_y), in the order of the training loss (Yeh, Kim, Yen and Ravikumar 2018, section 4.1): METHODS 1.5. */
    importance: async () => scoreLoss((await plain()).logits, labels, classes),
    /** ||alpha||, EL2N (Paul, Ganguli and Dziugaite 2021): METHODS 1.5. */
    'alpha-norm': async () => scoreAlphaNorm((await plain()).probabilities, labels, classes),
    /** Largest other logit less that of the label: METHODS 4.1. */
    margin: async () => scoreMargin((await plain()).logits, labels, classes),
    /** The same under heads that each leave one image out, approximately (Rad and Maleki 2020): METHODS 7.4. */
    'margin-left-out': async () => scoreMargin((await leftOut()).logits, labels, classes),
    /** The same under heads that have not seen the image: METHODS 4.1. */
    'margin-cross-fit': async () => scoreMargin((await crossed()).logits, labels, classes),
    /** cleanlab's self-confidence 1 - p_y, and with it the cross-fitted loss (Kuan and Mueller 2022): METHODS 4.3. */
    'self-confidence': async () => scoreSelfConfidence((await crossed()).probabilities, labels, classes),
    /** cleanlab's normalised margin, max of the other p_k less p_y (Kuan and Mueller 2022): METHODS 4.3. */
    'normalized-margin': async () => scoreNormalizedMargin((await crossed()).probabilities, labels, classes),
    /** cleanlab's confidence-weighted entropy, H(p) / p_y rescaled (Kuan and Mueller 2022): METHODS 4.3. */
    'weighted-entropy': async () => scoreWeightedEntropy((await crossed()).probabilities, labels, classes),
    /** cleanlab's label issues in its order, then the rest (Northcutt, Jiang and Chuang 2021): METHODS 4.3. */
    'label-issues': async () => scoreIssues((await crossed()).probabilities, labels, classes),
    /** Margin of a head refitted without the images that disagree with their label: METHODS 5.2 D. */
    'refit-margin': async () => scoreMargin((await denoised()).refitted, labels, classes),
    /** Log odds that the label is wrong under the noise matrix, of T[y][k] p_k: METHODS 5.2 E, noise-matrix.ts. */
    'noise-posterior': async () => (await denoised()).denoised.logOdds,
    /** Share of the nearest neighbours that are labelled otherwise: METHODS 4.1. */
    neighbours: () => scoreNeighbours(matrix, rows, labels, signal),
    /** r^T A r, the influence of an image on its own loss (Koh and Liang 2017): METHODS 7.4. */
    'self-influence': async () => (await leftOut()).selfInfluence,
    /** Mean margin on the way of the fit (Pleiss, Zhang, Elenberg and Weinberger 2020): METHODS 4.1. */
    'area-under-margin': async () => (await plain()).area,
  };
  return { scores, denoised };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
