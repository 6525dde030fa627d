// Lambda by what the fit says about labels that it has not seen (METHODS 5.2 A). Truth is never asked.
import type { FitRows } from '../../../shared/compute-contract.ts';
import { measureGap } from './certificate.ts';
import { dealFolds } from './folds.ts';
import type { OnProgress } from './fit.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { descend } from './lbfgs.ts';
import { createLabelLoss } from './loss.ts';
import type { Point } from './objective.ts';
import { createOnnxProducts } from './onnx-products.ts';
import type { Precondition } from './preconditioner.ts';
import { createFusedObjective } from './fused-objective.ts';
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
  const folds = openFolds(request, context);
  let best: ChosenLambda = { lambda: 0, start: new Float64Array(), reads: 0 };
  let bestLoss = Infinity;
  let worse = 0;
  for (const [done, lambda] of grid.entries()) {
    context.onProgress({ done, total: grid.length, stage: 'choosing-lambda' });
    const precondition = await context.openPreconditioner(lambda);
    let loss = 0;
    for (const fold of folds) loss += await fold.refit(lambda, precondition);
    if (loss < bestLoss) {
      best = { lambda, start: meanOf(folds.map(({ weights }) => weights)), reads: 0 };
      bestLoss = loss;
      worse = 0;
    } else if (++worse === enoughWorse) break;
  }
  return { ...best, reads: folds.reduce((sum, { reads }) => sum + reads, 0) };
}

interface Fold {
  weights: Float64Array;
  reads: number;
  /** Fits the other folds' rows from the weights of the last time; returns the sum of the losses of this fold's rows. */
  refit(lambda: number, precondition: Precondition): Promise<number>;
}

function openFolds({ rows, labels, classes }: FitRows, { matrix, scale, signal }: LambdaContext): Fold[] {
  const count = Math.min(maxFolds, rows.length);
  const foldOf = dealFolds(labels, classes, count, seed);
  return Array.from({ length: count }, (_, k) => {
    const isSeen = (_value: number, index: number) => foldOf[index] !== k;
    const isHeldOut = (_value: number, index: number) => foldOf[index] === k;
    const seen = { rows: rows.filter(isSeen), labels: labels.filter(isSeen), classes };
    const heldOut = createOnnxProducts(matrix, rows.filter(isHeldOut), scale, signal, 'float32');
    const heldOutLoss = createLabelLoss(labels.filter(isHeldOut), classes);
    const fold: Fold = {
      weights: new Float64Array((matrix.dimensions + 1) * classes),
      reads: 0,
      async refit(lambda, precondition) {
        const objective = createFusedObjective(matrix, seen, scale, lambda, signal, 'float32');
        const isDone = async (point: Point) => measureGap(point, lambda) <= gapTolerance * point.value;
        const start = await objective.evaluate(fold.weights);
        const { point } = await descend(objective, start, { precondition, isDone, maxIterations });
        let loss = 0;
        await heldOut.multiply(point.weights, (block, first, heldCount) => {
          loss += heldOutLoss.toResiduals(block, first, heldCount);
        });
        fold.weights = point.weights;
        fold.reads += objective.reads + 1;
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
