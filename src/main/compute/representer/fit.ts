// Fitting the head: from rows and labels to weights, alpha and a certificate.
import type { FitAnswer, FitRequest } from '../../../shared/compute-contract.ts';
import type { FeatureScale } from '../../../shared/fit.ts';
import { loadOnnxRuntime } from '../native-libraries.ts';
import { certify, createStop, isWithin } from './certificate.ts';
import { checkRequest } from './check-request.ts';
import { chooseLambda } from './choose-lambda.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { createFusedObjective } from './fused-objective.ts';
import { createImitationLoss } from './imitation-loss.ts';
import { descend } from './lbfgs.ts';
import { createLabelLoss } from './loss.ts';
import { polish } from './newton.ts';
import { createObjective } from './objective.ts';
import { createOnnxProducts } from './onnx-products.ts';
import { Preconditioners } from './preconditioners.ts';
import type { Stage } from '../../../shared/told.ts';

const maxIterations = 1000;
const maxNewtonSteps = 30;
/** The share of the tolerance that the descent goes for: float32 may be wrong by the rest. */
const swiftShare = 0.9;
/** Iterations without a smaller gradient after which float32 has given what it can. */
const swiftPatience = 8;

/** Told now and then how far a fit has come. */
export type OnProgress = (progress: { done: number; total: number | null; stage: Stage }) => void;

/**
 * Minimises the mean loss + lambda ||W||_F^2 over the rows of the request (METHODS 0), the loss being softmax cross-entropy
 * against the labels or that of an imitation, until every logit is within `tolerance` times the RMS logit of its
 * representer sum. Throws 'bad-request' with a sentence for what cannot be fitted; a tolerance out of reach is no error:
 * `reached` says so.
 *
 * [Note: two precisions]
 * The descent begins in float32, which costs half the time and half the memory traffic. Its end is evaluated in float64:
 * certificate, alpha and gradient are those. Where float32 could not reach the tolerance, the same descent goes on in
 * float64 with what it has learned, and Newton's method after it.
 */
export async function fitHead(
  matrix: FeatureMatrix,
  request: FitRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
  preconditioners = new Preconditioners(matrix),
): Promise<FitAnswer> {
  const startedAt = performance.now();
  checkRequest(matrix, request);
  const { rows, labels, classes, tolerance, imitate } = request;
  const scale = measureScale(matrix, rows, request.featureScale);
  const anchor = request.anchor ?? rows;
  const anchorScale = measureScale(matrix, anchor, request.featureScale);

  onProgress({ done: 0, total: null, stage: 'preparing-fit' });
  const openPreconditioner = (lambda: number) => preconditioners.open(anchor, anchorScale, classes, lambda, signal);
  const chosen =
    request.lambda === 'auto'
      ? await chooseLambda(request, { matrix, scale, openPreconditioner, onProgress, signal })
      : { lambda: request.lambda, start: new Float64Array((matrix.dimensions + 1) * classes), reads: 0 };
  const { lambda } = chosen;
  const precondition = await openPreconditioner(lambda);
  const longest = matrix.longest(rows, scale);
  const limits = { lambda, classes, maxFeatureNorm: longest };
  let iterations = 0;
  const onIteration = (done: number) => onProgress({ done: iterations + done, total: null, stage: 'fitting' });

  const swiftProducts = createOnnxProducts(matrix, rows, scale, signal, 'float32');
  const loss = imitate ? createImitationLoss(imitate, classes) : createLabelLoss(labels, classes);
  const swift = imitate
    ? createObjective(swiftProducts, loss, lambda)
    : createFusedObjective(matrix, request, scale, lambda, signal, 'float32');
  const descent = await descend(swift, await swift.evaluate(request.start?.slice() ?? chosen.start), {
    precondition,
    isDone: createStop(swiftProducts, { ...limits, tolerance: tolerance * swiftShare }),
    maxIterations,
    patience: swiftPatience,
    onIteration,
  });
  iterations += descent.iterations;

  const products = createOnnxProducts(matrix, rows, scale, signal, 'float64');
  const curved = createObjective(products, loss, lambda);
  const exact = imitate ? curved : createFusedObjective(matrix, request, scale, lambda, signal, 'float64');
  const residuals = new Float64Array(rows.length * classes);
  let point = await exact.evaluate(descent.point.weights, residuals);
  let certificate = await certify(swiftProducts, lambda, point);
  const isReached = () => isWithin(certificate.maxLogitError, certificate.logitRms, tolerance);
  if (!isReached()) {
    const isDone = createStop(swiftProducts, { ...limits, tolerance });
    const { memory } = descent;
    const onward = await descend(exact, point, { precondition, isDone, maxIterations, memory, onIteration });
    iterations += onward.iterations;
    const newton = await polish(curved, onward.point.weights, residuals, {
      precondition,
      isDone,
      maxIterations: maxNewtonSteps,
      onIteration,
    });
    iterations += newton.iterations;
    point = newton.point;
    certificate = await certify(swiftProducts, lambda, point);
  }
  const reads = chosen.reads + (imitate ? 0 : swift.reads + exact.reads) + swiftProducts.reads + products.reads;
  return {
    lambda,
    scale,
    objective: point.value,
    iterations,
    passes: Math.ceil(reads / 2),
    seconds: (performance.now() - startedAt) / 1000,
    weights: point.weights,
    alpha: toAlpha(residuals, lambda, rows.length),
    gradient: point.gradient,
    certificate,
    reached: isReached(),
    longest,
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
