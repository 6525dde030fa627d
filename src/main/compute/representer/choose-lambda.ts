// Lambda by what the fit says about labels that it has not seen (METHODS 5.2 A). Truth is never asked.
import { createStop } from './certificate.ts';
import { dealFolds } from './folds.ts';
import { descend } from './lbfgs.ts';
import { createLabelLoss } from './loss.ts';
import { createObjective } from './objective.ts';
import type { Precondition } from './preconditioner.ts';
import type { Products } from './products.ts';
import { addScaled } from './vectors.ts';

/** From large to small, so that each fit starts from a stiffer one. */
const grid = [1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5];
const maxFolds = 5;
const seed = 1;
/** Logit errors of one percent move the mean loss by far less than lambda does. */
const tolerance = 0.01;
/** So often in a row the loss has to get worse before smaller lambdas are no longer tried. */
const enoughWorse = 2;
const maxIterations = 200;

export interface LambdaSearch {
  /** Matrix rows and their labels; at least two. */
  rows: Int32Array;
  labels: Int32Array;
  classes: number;
  maxFeatureNorm: number;
  /** Products with some of the rows. */
  openProducts: (rows: Int32Array) => Products;
  openPreconditioner: (lambda: number) => Precondition;
  /** Told how many of the lambdas are done, and of how many. */
  onLambda: (done: number, total: number) => void;
}

export interface ChosenLambda {
  lambda: number;
  /** The mean of the folds' weights (D x C): near the fit of all rows. */
  start: Float64Array;
  reads: number;
}

/** The lambda of the grid whose cross-fitted log-loss on the given labels is least. */
export async function chooseLambda(search: LambdaSearch): Promise<ChosenLambda> {
  const folds = openFolds(search);
  let best: { lambda: number; loss: number; start: Float64Array } = {
    lambda: 0,
    loss: Infinity,
    start: new Float64Array(),
  };
  let worse = 0;
  for (const [done, lambda] of grid.entries()) {
    search.onLambda(done, grid.length);
    const precondition = search.openPreconditioner(lambda);
    let loss = 0;
    for (const fold of folds) loss += await fold.refit(lambda, precondition);
    if (loss < best.loss) best = { lambda, loss, start: meanOf(folds.map(({ weights }) => weights)) };
    worse = loss < best.loss || best.lambda === lambda ? 0 : worse + 1;
    if (worse === enoughWorse) break;
  }
  const reads = folds.reduce((sum, fold) => sum + fold.reads, 0);
  return { lambda: best.lambda, start: best.start, reads };
}

interface Fold {
  weights: Float64Array;
  readonly reads: number;
  /** Fits the other folds' rows from the weights of the last time; returns the sum of the losses of this fold's rows. */
  refit(lambda: number, precondition: Precondition): Promise<number>;
}

function openFolds({ rows, labels, classes, maxFeatureNorm, openProducts }: LambdaSearch): Fold[] {
  const count = Math.min(maxFolds, rows.length);
  const foldOf = dealFolds(labels, classes, count, seed);
  return Array.from({ length: count }, (_, k) => {
    const isSeen = (_value: number, index: number) => foldOf[index] !== k;
    const isHeldOut = (_value: number, index: number) => foldOf[index] === k;
    const seen = openProducts(rows.filter(isSeen));
    const heldOut = openProducts(rows.filter(isHeldOut));
    const seenLoss = createLabelLoss(labels.filter(isSeen), classes);
    const heldOutLoss = createLabelLoss(labels.filter(isHeldOut), classes);
    const fold: Fold = {
      weights: new Float64Array(seen.dimensions * classes),
      get reads() {
        return seen.reads + heldOut.reads;
      },
      async refit(lambda, precondition) {
        const objective = createObjective(seen, seenLoss, lambda);
        const isDone = createStop(objective, classes, maxFeatureNorm, tolerance);
        const start = await objective.evaluate(fold.weights);
        const { point } = await descend(objective, start, { precondition, isDone, maxIterations });
        fold.weights = point.weights;
        let loss = 0;
        await heldOut.multiply(fold.weights, (block, first, count) => {
          loss += heldOutLoss.toResiduals(block, first, count);
        });
        return loss;
      },
    };
    return fold;
  });
}

function meanOf(arrays: Float64Array[]): Float64Array {
  const mean = new Float64Array(arrays[0]!.length);
  for (const array of arrays) addScaled(mean, 1 / arrays.length, array);
  return mean;
}
