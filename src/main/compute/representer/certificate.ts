// How far the logits of a fit are from their representer sums, and so from the optimum (METHODS 7.2).
//
// With alpha_i = -r_i / (2 lambda n) at any W the representer sum of a feature f misses the logits by exactly
// G^T f / (2 lambda), G being the gradient at W.
import type { Certificate } from '../../../shared/fit.ts';
import type { DescentPoint, Point } from './objective.ts';
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
export const measureGap = ({ gradient }: DescentPoint, lambda: number): number =>
  dot(gradient, gradient) / (4 * lambda);

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

/** What is known of the points of a descent. Each is looked at once at most, and only where the bound does not tell. */
export class Inspection {
  readonly #products: Products;
  readonly #lambda: number;
  readonly #classes: number;
  readonly #longest: number;
  #looseness = usualLooseness;
  #last: { point: Point; error: number } | undefined;

  /** `longest` is the largest norm of a feature vector among the rows of `products`. */
  constructor(products: Products, { lambda, classes, longest }: { lambda: number; classes: number; longest: number }) {
    this.#products = products;
    this.#lambda = lambda;
    this.#classes = classes;
    this.#longest = longest;
  }

  /** Whether the bound on a point's logit errors is within `tolerance` times the RMS logit. */
  isBoundWithin(point: Point, tolerance: number): boolean {
    return isWithin(this.#bound(point), point.logitRms, tolerance);
  }

  /** Whether all logit errors of a point are. */
  async isWithin(point: Point, tolerance: number): Promise<boolean> {
    if (this.isBoundWithin(point, tolerance)) return true;
    if (!this.isBoundWithin(point, tolerance * this.#looseness)) return false;
    return isWithin(await this.measure(point), point.logitRms, tolerance);
  }

  /** The largest logit error of a point. */
  async measure(point: Point): Promise<number> {
    if (this.#last?.point !== point) {
      const error = await measureLogitError(this.#products, this.#lambda, point);
      this.#looseness = looseningPerStep * (this.#bound(point) / error);
      this.#last = { point, error };
    }
    return this.#last.error;
  }

  /** Of a point that was evaluated in float64. */
  async certify(point: Point): Promise<Certificate> {
    return {
      gradientNorm: norm(point.gradient),
      maxLogitError: await this.measure(point),
      logitRms: point.logitRms,
      dualityGap: measureGap(point, this.#lambda),
    };
  }

  #bound(point: Point): number {
    return boundLogitError(point, this.#classes, this.#lambda, this.#longest);
  }
}
