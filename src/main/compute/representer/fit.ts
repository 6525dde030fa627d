// Fitting the head: from rows and labels to weights, alpha and a certificate.
import type { FitAnswer, FitRequest } from '../../../shared/compute-contract.ts';
import type { FeatureScale } from '../../../shared/fit.ts';
import { loadOnnxRuntime } from '../native-libraries.ts';
import type { BoundFeatures } from './bound-features.ts';
import { isWithin } from './certificate.ts';
import { checkRequest } from './check-request.ts';
import { chooseLambda } from './choose-lambda.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { minimise } from './minimise.ts';
import { Preconditioners } from './preconditioners.ts';
import { sampleHessian } from './sampled-hessian.ts';
import type { Stage } from '../../../shared/told.ts';

/** Told now and then how far a fit has come. */
export type OnProgress = (progress: { done: number; total: number | null; stage: Stage }) => void;

/**
 * Minimises the mean loss + lambda ||W||_F^2 over the rows of the request (METHODS 0), the loss being softmax cross-entropy
 * against the labels or that of an imitation, until every logit is within `tolerance` times the RMS logit of its
 * representer sum. Throws 'bad-request' with a sentence for what cannot be fitted; a tolerance out of reach is no error:
 * `reached` says so. The descent in float32 goes on where features of the matrix are bound.
 */
export async function fitHead(
  matrix: FeatureMatrix,
  request: FitRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
  preconditioners = new Preconditioners(matrix),
  bound?: BoundFeatures,
): Promise<FitAnswer> {
  const startedAt = performance.now();
  checkRequest(matrix, request);
  const { rows, classes, tolerance } = request;
  const scale = measureScale(matrix, rows, request.featureScale);
  const anchor = request.anchor ?? rows;
  const anchorScale = measureScale(matrix, anchor, request.featureScale);

  onProgress({ done: 0, total: null, stage: 'preparing-fit' });
  const openPreconditioner = (lambda: number) => preconditioners.open(anchor, anchorScale, classes, lambda, signal);
  const chosen =
    request.lambda === 'auto'
      ? await chooseLambda(request, { matrix, scale, openPreconditioner, onProgress, signal })
      : { lambda: request.lambda, start: null, reads: 0 };
  const { lambda } = chosen;
  const start = request.start ?? chosen.start;
  const gram = await openPreconditioner(lambda);
  const near = start && !request.imitate ? { scale, lambda, weights: start } : null;
  const sampled = near && (await sampleHessian(matrix, request, near, gram, signal));
  const found = await minimise(
    matrix,
    request,
    {
      scale,
      lambda,
      start: start ?? new Float64Array((matrix.dimensions + 1) * classes),
      precondition: sampled?.precondition ?? gram,
      gram,
      bound,
    },
    onProgress,
    signal,
  );
  const { point, residuals, certificate, iterations } = found;
  return {
    lambda,
    scale,
    objective: point.value,
    iterations,
    passes: Math.ceil((chosen.reads + (sampled?.reads ?? 0) + found.reads) / 2),
    seconds: (performance.now() - startedAt) / 1000,
    weights: point.weights,
    alpha: toAlpha(residuals, lambda, rows.length),
    gradient: point.gradient,
    certificate,
    reached: isWithin(certificate.maxLogitError, certificate.logitRms, tolerance),
    longest: matrix.longest(rows, scale),
    provider: bound?.provider ?? 'cpu',
    refused: null,
    engine: (await loadOnnxRuntime()).env.versions.node ?? '',
  };
}

/** alpha = -r / (2 lambda n), in place. */
function toAlpha(residuals: Float64Array, lambda: number, n: number): Float64Array {
  const factor = -1 / (2 * lambda * n);
  for (let i = 0; i < residuals.length; i++) residuals[i]! *= factor;
  return residuals;
}

/** The scalar that makes the mean squared norm of the rows 1 (`unit`), or 1. All-zero features are left as they are. */
export function measureScale(matrix: FeatureMatrix, rows: Int32Array, featureScale: FeatureScale): number {
  if (featureScale === 'none') return 1;
  let sum = 0;
  for (const row of rows) sum += matrix.squaredNorms[row]!;
  return Math.sqrt(sum / rows.length) || 1;
}
