// How far the logits of a fit are from their representer sums, and so from the optimum (METHODS 7.2).
//
// With alpha_i = -r_i / (2 lambda n) at any W the representer sum of a feature f misses the logits by exactly
// G^T f / (2 lambda), G being the gradient at W.
import type { Certificate } from '../../../shared/fit.ts';
import type { Point } from './objective.ts';
import type { Products } from './products.ts';
import { dot, norm } from './vectors.ts';

/** Below this a logit error is rounding: it counts as none, also where all logits are zero. */
const negligible = 1e-12;
/** How far the bound on the logit error is above the error, at most, until the first look tells: hardly ever further. */
const usualLooseness = 8;
/** From one point to the next the bound may grow looser by so much. */
const looseningPerStep = 1.2;

/** The bound max_c ||G_c|| max_i ||f_i|| / (2 lambda) on every logit error, without a product. */
export function boundLogitError({ gradient }: Point, classes: number, lambda: number, maxFeatureNorm: number): number {
  return (Math.sqrt(Math.max(...squaredColumns(gradient, classes))) * maxFeatureNorm) / (2 * lambda);
}

/** Squared norm of each of the C columns of a D x C array. */
export function squaredColumns(array: Float64Array, classes: number): Float64Array {
  const squares = new Float64Array(classes);
  for (let at = 0; at < array.length; at += classes)
    for (let c = 0; c < classes; c++) squares[c]! += array[at + c]! ** 2;
  return squares;
}

/** How far the objective is from its minimum, at most: ||G||_F^2 / (4 lambda). */
export const measureGap = ({ gradient }: Point, lambda: number): number => dot(gradient, gradient) / (4 * lambda);

/** The largest logit error over the rows, as exactly as the products are: of an error float32 has digits enough. */
export async function measureLogitError(products: Products, lambda: number, { gradient }: Point): Promise<number> {
  let largest = 0;
  // Divided first: the gradient at a small lambda may be too small for float32.
  const perLogit = gradient.map((value) => value / (2 * lambda));
  await products.multiply(perLogit, (block) => {
    for (let i = 0; i < block.length; i++) largest = Math.max(largest, Math.abs(block[i]!));
  });
  return largest;
}

export const isWithin = (maxLogitError: number, logitRms: number, tolerance: number): boolean =>
  maxLogitError <= Math.max(tolerance * logitRms, negligible);

/** Says of a point whether all its logit errors are within `tolerance` times the RMS logit; looks closely only if near. */
export function createStop(
  products: Products,
  {
    lambda,
    classes,
    maxFeatureNorm,
    tolerance,
  }: { lambda: number; classes: number; maxFeatureNorm: number; tolerance: number },
) {
  let looseness = usualLooseness;
  return async (point: Point): Promise<boolean> => {
    const bound = boundLogitError(point, classes, lambda, maxFeatureNorm);
    if (isWithin(bound, point.logitRms, tolerance)) return true;
    if (!isWithin(bound / looseness, point.logitRms, tolerance)) return false;
    const error = await measureLogitError(products, lambda, point);
    looseness = looseningPerStep * (bound / error);
    return isWithin(error, point.logitRms, tolerance);
  };
}

/** Of a point that was evaluated in float64. */
export async function certify(products: Products, lambda: number, point: Point): Promise<Certificate> {
  return {
    gradientNorm: norm(point.gradient),
    maxLogitError: await measureLogitError(products, lambda, point),
    logitRms: point.logitRms,
    dualityGap: measureGap(point, lambda),
  };
}
