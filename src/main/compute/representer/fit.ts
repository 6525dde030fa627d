// Fitting the head: from rows and labels to weights, alpha and a certificate.
import type { FitAnswer, FitRequest } from '../../../shared/compute-contract.ts';
import type { FeatureScale } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import { certify, createStop, isWithin } from './certificate.ts';
import { chooseLambda } from './choose-lambda.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { descend } from './lbfgs.ts';
import { createLabelLoss } from './loss.ts';
import { polish } from './newton.ts';
import { createObjective } from './objective.ts';
import { createPlainProducts } from './plain-products.ts';
import { createPreconditioner, measureGram } from './preconditioner.ts';

const maxIterations = 1000;
const maxNewtonSteps = 30;

/** Told after every pass over the features. */
export type OnProgress = (progress: { done: number; total: number | null; stage: string }) => void;

/**
 * Minimises mean softmax cross-entropy + lambda ||W||_F^2 over the rows of the request (METHODS 0), until every logit is
 * within `tolerance` times the RMS logit of its representer sum. Throws 'bad-request' with a sentence for what cannot be
 * fitted; a tolerance out of reach is no error: `reached` says so.
 */
export async function fitHead(
  matrix: FeatureMatrix,
  request: FitRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<FitAnswer> {
  const startedAt = performance.now();
  checkRequest(matrix, request);
  const { rows, labels, classes, tolerance } = request;
  const scale = measureScale(matrix, rows, request.featureScale);
  const maxFeatureNorm = Math.sqrt(largestSquare(matrix, rows) / scale ** 2 + 1);
  const openProducts = (chosen: Int32Array) => createPlainProducts(matrix, chosen, scale, signal);

  onProgress({ done: 0, total: null, stage: 'Preparing the fit' });
  const gram = await measureGram(matrix, rows, scale, signal);
  const openPreconditioner = (lambda: number) => createPreconditioner(gram, lambda, 1 / classes);

  const { lambda, start, reads } =
    request.lambda === 'auto'
      ? await chooseLambda({
          rows,
          labels,
          classes,
          maxFeatureNorm,
          openProducts,
          openPreconditioner,
          onLambda: (done, total) => onProgress({ done, total, stage: 'Choosing lambda' }),
        })
      : { lambda: request.lambda, start: new Float64Array((matrix.dimensions + 1) * classes), reads: 0 };

  const products = openProducts(rows);
  const objective = createObjective(products, createLabelLoss(labels, classes), lambda);
  const options = {
    precondition: openPreconditioner(lambda),
    isDone: createStop(objective, classes, maxFeatureNorm, tolerance),
  };
  const first = await objective.evaluate(request.start?.slice() ?? start);
  let descent = await descend(objective, first, { ...options, maxIterations });
  let { iterations } = descent;
  if (!descent.isDone) {
    descent = await polish(objective, descent.point, classes, { ...options, maxIterations: maxNewtonSteps });
    iterations += descent.iterations;
  }

  const residuals = new Float64Array(rows.length * classes);
  const point = await objective.evaluate(descent.point.weights, residuals);
  const certificate = await certify(objective, point);
  return {
    lambda,
    scale,
    objective: point.value,
    iterations,
    passes: Math.ceil((products.reads + reads) / 2),
    seconds: (performance.now() - startedAt) / 1000,
    weights: point.weights,
    alpha: toAlpha(residuals, lambda, rows.length),
    gradient: point.gradient,
    certificate,
    reached: isWithin(certificate.maxLogitError, certificate.logitRms, tolerance),
  };
}

/** alpha = -r / (2 lambda n), in place. */
function toAlpha(residuals: Float64Array, lambda: number, n: number): Float64Array {
  const factor = -1 / (2 * lambda * n);
  for (let i = 0; i < residuals.length; i++) residuals[i]! *= factor;
  return residuals;
}

/** The scalar that makes the mean squared norm of the rows 1 (`unit`), or 1. All-zero features are left as they are. */
function measureScale(matrix: FeatureMatrix, rows: Int32Array, featureScale: FeatureScale): number {
  if (featureScale === 'none') return 1;
  let sum = 0;
  for (const row of rows) sum += matrix.squaredNorms[row]!;
  return Math.sqrt(sum / rows.length) || 1;
}

function largestSquare(matrix: FeatureMatrix, rows: Int32Array): number {
  let largest = 0;
  for (const row of rows) largest = Math.max(largest, matrix.squaredNorms[row]!);
  return largest;
}

function checkRequest(matrix: FeatureMatrix, { rows, labels, classes, lambda, tolerance, start }: FitRequest): void {
  if (rows.length === 0) throw refused('There are no train images to fit.');
  if (rows.length !== labels.length) throw refused(`A fit of ${rows.length} images was given ${labels.length} labels.`);
  if (!(classes >= 2)) throw refused('A fit tells classes apart: there must be at least two.');
  if (lambda === 'auto' && rows.length < 2)
    throw refused('Lambda cannot be chosen from a single train image; give it as a number.');
  if (lambda !== 'auto' && !(lambda > 0 && lambda < Infinity))
    throw refused(`Lambda must be a number above zero; ${lambda} is not.`);
  if (!(tolerance > 0)) throw refused(`The tolerance must be a number above zero; ${tolerance} is not.`);
  if (start && start.length !== (matrix.dimensions + 1) * classes)
    throw refused('The weights to start from belong to a head of another shape.');
  let broken = 0;
  rows.forEach((row, i) => {
    const label = labels[i]!;
    if (!(row >= 0 && row < matrix.rows)) throw refused(`There is no image in row ${row} of ${matrix.rows}.`);
    if (i > 0 && row <= rows[i - 1]!) throw refused('The rows of a fit must be ascending.');
    if (!(label >= 0 && label < classes)) throw refused(`Label ${label} is not one of the ${classes} classes.`);
    if (!Number.isFinite(matrix.squaredNorms[row])) broken += 1;
  });
  if (broken > 0)
    throw refused(
      `The model gave features that are not finite numbers for ${broken} of ${rows.length} train images; check its preprocessing, or exclude them.`,
    );
}

const refused = (sentence: string) => new AppError('bad-request', sentence);
