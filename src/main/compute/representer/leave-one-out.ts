// What the fit would say of each training image, had it not seen that image's label (METHODS 7.4).
import type { LeaveOneOutAnswer, LeaveOneOutRequest, LoadedFit } from '../../../shared/compute-contract.ts';
import { openEkFac } from './ek-fac.ts';
import { openExactHessian, sizeOf } from './exact-hessian.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import type { OnProgress } from './fit.ts';
import { createOnnxProducts } from './onnx-products.ts';
import { addScaled, dot, stepFrom } from './vectors.ts';

/** Rows of the largest Hessian that is made: with its inverse it takes 0.5 GB. */
const maxSize = 5000;
/** Squared rows of the Hessian, times images and rows, that the exact way may take: about ten seconds on two cores. */
const maxWork = 4e11;
/** Where the conjugate gradients stop, relative to where they start. */
const solved = 1e-12;

/**
 * Logits of the training images of a fit, each as a fit of all the others (at the same 1/n and lambda) would have them, by
 * one Newton step: z + (I - A S)^-1 A r, with r = p - q and A = (f (x) I)^T H^-1 (f (x) I) / n. The Hessian is exact where
 * that takes seconds. Throws 'bad-request' where lambda is so small that it has no inverse.
 *
 * [Note: no second order from EK-FAC]
 * Beyond, A is EK-FAC's. It is right on average over the images and too large for those of an unusual kind, for which
 * (I - A S)^-1 makes the most of it: 600 real images at lambda = 1e-4 got shifts up to four times too large, drawn ones
 * sixty. A r alone errs by half as much and keeps the order better, so the shift is A r there.
 */
export async function leaveOneOut(
  matrix: FeatureMatrix,
  fit: LoadedFit,
  { method: wanted }: LeaveOneOutRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<LeaveOneOutAnswer> {
  const { rows, classes, lambda, scale } = fit;
  const n = rows.length;
  const method = wanted === 'auto' ? chooseMethod(matrix, n, classes) : wanted;

  const logits = new Float64Array(n * classes);
  const products = createOnnxProducts(matrix, rows, scale, signal, 'float64');
  await products.multiply(fit.weights, (block, first) => logits.set(block, first * classes));
  const probabilities = toProbabilities(logits, classes);
  const open = method === 'exact' ? openExactHessian : openEkFac;
  const curvature = await open(matrix, fit, { probabilities, onProgress, signal });

  const selfInfluence = new Float64Array(n);
  const residual = new Float64Array(classes);
  await curvature(({ first, count, apply }) => {
    onProgress({ done: first, total: n, stage: 'leaving-out' });
    for (let i = 0; i < count; i++) {
      const at = (first + i) * classes;
      for (let c = 0; c < classes; c++) residual[c] = -2 * lambda * n * fit.alpha[at + c]!;
      const step = new Float64Array(classes);
      apply(i, residual, step);
      selfInfluence[first + i] = dot(residual, step);
      const p = probabilities.subarray(at, at + classes);
      const shift = method === 'exact' ? solveShift((v, target) => apply(i, v, target), p, residual) : step;
      for (let c = 0; c < classes; c++) logits[at + c]! += shift[c]!;
    }
  });
  return { method, logits, selfInfluence };
}

function chooseMethod(matrix: FeatureMatrix, n: number, classes: number): LeaveOneOutAnswer['method'] {
  const size = sizeOf(matrix, classes);
  return size <= maxSize && size ** 2 * (n + size) <= maxWork ? 'exact' : 'ek-fac';
}

function toProbabilities(logits: Float64Array, classes: number): Float64Array {
  const probabilities = new Float64Array(logits.length);
  for (let at = 0; at < logits.length; at += classes) {
    let highest = -Infinity;
    for (let c = 0; c < classes; c++) highest = Math.max(highest, logits[at + c]!);
    let total = 0;
    for (let c = 0; c < classes; c++) total += probabilities[at + c] = Math.exp(logits[at + c]! - highest);
    for (let c = 0; c < classes; c++) probabilities[at + c]! /= total;
  }
  return probabilities;
}

/**
 * x = (I - A S)^-1 A r, as the solution of (A^-1 - S) x = r by conjugate gradients with A as preconditioner: A^-1 is never
 * needed, since of each vector A y the y is kept.
 */
function solveShift(
  apply: (v: Float64Array, target: Float64Array) => void,
  p: Float64Array,
  residual: Float64Array,
): Float64Array {
  const classes = p.length;
  const shift = new Float64Array(classes);
  const rest = residual.slice();
  const conditioned = new Float64Array(classes);
  apply(rest, conditioned);
  /** A `source` = `direction`. */
  let source: Float64Array = rest.slice();
  let direction: Float64Array = conditioned.slice();
  const start = dot(rest, conditioned);
  let product = start;
  for (let step = 0; step < 2 * classes && product > solved ** 2 * start; step++) {
    const curved = source.slice();
    const mean = dot(p, direction);
    for (let c = 0; c < classes; c++) curved[c]! -= p[c]! * (direction[c]! - mean);
    const length = product / dot(direction, curved);
    addScaled(shift, length, direction);
    addScaled(rest, -length, curved);
    apply(rest, conditioned);
    const next = dot(rest, conditioned);
    source = stepFrom(rest, next / product, source);
    direction = stepFrom(conditioned, next / product, direction);
    product = next;
  }
  return shift;
}
