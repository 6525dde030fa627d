// Lambda by what the fit says about labels that it has not seen (METHODS 5.2 A). Truth is never asked.
import type { FitRows } from '../../../shared/compute-contract.ts';
import { measureGap } from './certificate.ts';
import { dealFolds } from './folds.ts';
import type { OnProgress } from './fit.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { createFoldsObjective, type FoldPoint, type FoldsObjective } from './folds-objective.ts';
import { descend } from './lbfgs.ts';
import { createLockstep } from './lockstep.ts';
import type { Precondition } from './preconditioner.ts';
import { addScaled } from './vectors.ts';

/** From large to small, so that each fit starts from a stiffer one. */
const grid = [1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5];
const maxFolds = 5;
const seed = 1;
/** Largest duality gap of a fold's fit, relative to its objective: well below what neighbours in the grid differ by. */
const gapTolerance = 1e-5;
/** So often in a row the loss has to get worse before smaller lambdas are no longer tried. */
const enoughWorse = 2;
const maxIterations = 200;
/** All folds remember at once. */
const maxPairs = 8;

export interface LambdaContext {
  matrix: FeatureMatrix;
  scale: number;
  openPreconditioner: (lambda: number) => Promise<Precondition>;
  onProgress: OnProgress;
  signal: AbortSignal;
}

export interface ChosenLambda {
  lambda: number;
  /** The mean of the folds' weights (D x C): near the fit of all rows. */
  start: Float64Array;
  /** How often the features were read. */
  reads: number;
}

/** The lambda of the grid whose cross-fitted log-loss on the given labels (at least two) is least. */
export async function chooseLambda(request: FitRows, context: LambdaContext): Promise<ChosenLambda> {
  const { rows, labels, classes } = request;
  const { matrix, scale, signal } = context;
  const count = Math.min(maxFolds, rows.length);
  const foldOf = dealFolds(labels, classes, count, seed);
  const objective = createFoldsObjective(matrix, request, foldOf, count, scale, signal);
  let weights = Array.from({ length: count }, (): Float64Array => new Float64Array((matrix.dimensions + 1) * classes));
  let best: ChosenLambda = { lambda: 0, start: new Float64Array(), reads: 0 };
  let bestLoss = Infinity;
  let worse = 0;
  for (const [done, lambda] of grid.entries()) {
    context.onProgress({ done, total: grid.length, stage: 'choosing-lambda' });
    const ends = await fitFolds(objective, weights, lambda, await context.openPreconditioner(lambda));
    weights = ends.map((end) => end.weights);
    const loss = ends.reduce((sum, { heldOutLoss }) => sum + heldOutLoss, 0);
    if (loss < bestLoss) {
      best = { lambda, start: meanOf(weights), reads: 0 };
      bestLoss = loss;
      worse = 0;
    } else if (++worse === enoughWorse) break;
  }
  return { ...best, reads: objective.reads };
}

/** Fits all folds, each from the weights of the last time. */
function fitFolds(
  objective: FoldsObjective,
  weights: Float64Array[],
  lambda: number,
  precondition: Precondition,
): Promise<FoldPoint[]> {
  const lockstep = createLockstep(weights.length, (asked) => objective.evaluate(asked, lambda));
  const isDone = (point: FoldPoint) => measureGap(point, lambda) <= gapTolerance * point.value;
  return Promise.all(
    weights.map(async (start, index) => {
      const fold = { evaluate: (at: Float64Array) => lockstep.ask({ index, weights: at }) };
      try {
        const first = await fold.evaluate(start);
        return (await descend(fold, first, { precondition, isDone, maxIterations, maxPairs })).point;
      } finally {
        lockstep.leave();
      }
    }),
  );
}

function meanOf(arrays: Float64Array[]): Float64Array {
  const mean = new Float64Array(arrays[0]!.length);
  for (const array of arrays) addScaled(mean, 1 / arrays.length, array);
  return mean;
}
