// From a preconditioner and a start to a certified minimum.
import type { FitRequest } from '../../../shared/compute-contract.ts';
import type { Certificate } from '../../../shared/fit.ts';
import type { BoundFeatures } from './bound-features.ts';
import { Inspection } from './certificate.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import type { OnProgress } from './fit.ts';
import { createFusedObjective } from './fused-objective.ts';
import { movePoint } from './going-on.ts';
import { createImitationLoss } from './imitation-loss.ts';
import { descend, type Descent } from './lbfgs.ts';
import { createLabelLoss } from './loss.ts';
import { polish } from './newton.ts';
import { createObjective, type Objective, type Point } from './objective.ts';
import { createOnnxProducts, type Precision } from './onnx-products.ts';
import type { Precondition } from './preconditioner.ts';

const maxIterations = 1000;
const maxNewtonSteps = 30;
/** Where the bound on the logit errors is within so many tolerances, one more step is likely to be the last. */
const oneStep = 3;
/** Iterations without a smaller gradient after which float32 has given what it can. */
const swiftPatience = 8;

export interface MinimiseSetting {
  scale: number;
  lambda: number;
  /** W, D x C. */
  start: Float64Array;
  precondition: Precondition;
  /** A linear one, which Newton's method needs. */
  gram: Precondition;
  /** Where the descent in float32 is to multiply. */
  bound: BoundFeatures | undefined;
}

export interface Minimum {
  /** Evaluated in float64, and so are the others. */
  point: Point;
  /** n x C. */
  residuals: Float64Array;
  certificate: Certificate;
  iterations: number;
  /** How often the features were read. */
  reads: number;
}

/**
 * Goes down from `start` until the certificate is within the tolerance of the request, or nothing helps any more.
 *
 * [Note: two precisions]
 * The descent begins in float32, which costs half the time and half the memory traffic. From where one more step is likely to
 * reach the tolerance, or from where float32 has given what it can, it goes on in float64 with what it has learned:
 * certificate, alpha and gradient are those of its end. Where it is stuck, Newton's method takes over.
 */
export async function minimise(
  matrix: FeatureMatrix,
  request: FitRequest,
  { scale, lambda, start, precondition, gram, bound }: MinimiseSetting,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Minimum> {
  const { rows, labels, classes, tolerance, imitate, startFit } = request;
  const loss = imitate ? createImitationLoss(imitate, classes) : createLabelLoss(labels, classes);
  const open = (precision: Precision, place?: BoundFeatures) => {
    const products = createOnnxProducts(matrix, rows, scale, signal, precision);
    const curved = createObjective(products, loss, lambda);
    const fused = imitate ? null : createFusedObjective(matrix, request, scale, lambda, signal, precision, place);
    return { products, curved, objective: fused ?? curved, countReads: () => products.reads + (fused?.reads ?? 0) };
  };
  const [swift, exact] = [open('float32', bound), open('float64')];
  const inspection = new Inspection(swift.products, { lambda, classes, longest: matrix.longest(rows, scale) });
  let iterations = 0;
  const onIteration = (done: number) => onProgress({ done: iterations + done, total: null, stage: 'fitting' });
  const options = { precondition, maxIterations, onIteration };

  const known = startFit && !imitate && movePoint(matrix, start, startFit, request, scale, lambda);
  const swiftly = await descend(swift.objective, known || (await swift.objective.evaluate(start)), {
    ...options,
    isDone: (point) => inspection.isBoundWithin(point, tolerance * oneStep),
    patience: swiftPatience,
  });
  iterations += swiftly.iterations;

  const residuals = new Float64Array(rows.length * classes);
  const objective: Objective = { evaluate: (weights) => exact.objective.evaluate(weights, residuals) };
  const isDone = (point: Point) => inspection.isWithin(point, tolerance);
  const begun = swiftly.isDone ? swiftly.point : await objective.evaluate(swiftly.point.weights);
  let end: Descent = await descend(objective, begun, {
    ...options,
    // Where float32 ended is no end: alpha and certificate are of a point that was evaluated in float64.
    isDone: async (point) => point !== swiftly.point && (await isDone(point)),
    memory: swiftly.memory,
  });
  iterations += end.iterations;
  if (!end.isDone) {
    const newton = { ...options, precondition: gram, isDone, maxIterations: maxNewtonSteps };
    end = await polish(exact.curved, end.point.weights, residuals, newton);
    iterations += end.iterations;
  }
  const certificate = await inspection.certify(end.point);
  return { point: end.point, residuals, certificate, iterations, reads: swift.countReads() + exact.countReads() };
}
