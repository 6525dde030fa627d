// What a refit would say, at once: its first steps, with how far they are from the end (METHODS 7.3).
import type { FitRows, LoadedFit, PreviewAnswer } from '../../../shared/compute-contract.ts';
import { Inspection } from './certificate.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { createFusedObjective } from './fused-objective.ts';
import { measureScale } from './fit.ts';
import { descend } from './lbfgs.ts';
import { createOnnxProducts } from './onnx-products.ts';
import { sampleHessian } from './sampled-hessian.ts';
import type { Preconditioners } from './preconditioners.ts';

/** A handful of changed labels takes one step; what takes more than these is better refitted. */
const maxSteps = 4;
/** Largest logit error, relative to the RMS logit, at which another step would hardly show. */
const enough = 0.03;

/**
 * The first preconditioned steps from a fit towards the optimum of the labels as they are now, and the logits that they give
 * `predict` (matrix rows; answered rows x C). `logitError` is the largest logit error over the train rows, relative to
 * their RMS logit: what makes the preview honest to show, or not.
 */
export async function previewRefit(
  matrix: FeatureMatrix,
  fit: LoadedFit,
  now: FitRows,
  { predict, anchor }: { predict: Int32Array; anchor: Int32Array },
  preconditioners: Preconditioners,
  signal: AbortSignal,
): Promise<PreviewAnswer> {
  const { scale, lambda, classes } = fit;
  // The preconditioner of a fit, so that a fit after a preview takes the steps that it takes without one.
  const anchorScale = measureScale(matrix, anchor, scale === 1 ? 'none' : 'unit');
  const products = createOnnxProducts(matrix, now.rows, scale, signal, 'float32');
  const objective = createFusedObjective(matrix, now, scale, lambda, signal, 'float32');
  const gram = await preconditioners.open(anchor, anchorScale, classes, lambda, signal);
  const sampled = await sampleHessian(matrix, now, fit, gram, signal);
  const inspection = new Inspection(products, { lambda, classes, longest: matrix.longest(now.rows, scale) });
  const { point } = await descend(objective, await objective.evaluate(fit.weights), {
    precondition: sampled?.precondition ?? gram,
    isDone: (step) => inspection.isWithin(step, enough),
    maxIterations: maxSteps,
  });
  const logitError = await inspection.measure(point);
  const logits = new Float64Array(predict.length * classes);
  await createOnnxProducts(matrix, predict, scale, signal, 'float32').multiply(point.weights, (block, first) =>
    logits.set(block, first * classes),
  );
  return { logits, logitError: point.logitRms > 0 ? logitError / point.logitRms : 0 };
}
