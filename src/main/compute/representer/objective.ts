// F(W) = (1/n) sum_i loss_i + lambda ||W||_F^2, its gradient and its Hessian (METHODS 0).
import type { Loss } from './loss.ts';
import type { Products } from './products.ts';
import { addScaled, dot } from './vectors.ts';

/** The objective at one W: what a descent needs of it. */
export interface DescentPoint {
  /** D x C, row-major. */
  weights: Float64Array;
  value: number;
  /** D x C. */
  gradient: Float64Array;
}

export interface Point extends DescentPoint {
  /** Root mean square of the logits. */
  logitRms: number;
}

export interface Objective<P extends DescentPoint = Point> {
  evaluate(weights: Float64Array): Promise<P>;
}

/** As exact as its products. */
export interface ExactObjective extends Objective {
  readonly products: Products;
  /** Where `residuals` (n x C) is given, the residuals at `weights` are written to it. */
  evaluate(weights: Float64Array, residuals?: Float64Array): Promise<Point>;
  /** The Hessian times `direction` (D x C), at the weights that the residuals are of. */
  curve(direction: Float64Array, residuals: Float64Array): Promise<Float64Array>;
}

export function createObjective(products: Products, loss: Loss, lambda: number): ExactObjective {
  const n = products.rowCount;
  return {
    products,
    async evaluate(weights, residuals) {
      const classes = weights.length / products.dimensions;
      let total = 0;
      let squares = 0;
      const sums = await products.sweep(weights, (block, first, count) => {
        squares += dot(block, block);
        total += loss.toResiduals(block, first, count);
        residuals?.set(block, first * classes);
      });
      return {
        weights,
        value: total / n + lambda * dot(weights, weights),
        gradient: finishGradient(sums, n, weights, lambda),
        logitRms: Math.sqrt(squares / (n * classes)),
      };
    },
    async curve(direction, residuals) {
      const sums = await products.sweep(direction, (block, first, count) => {
        loss.curve(block, first, count, residuals);
      });
      return finishGradient(sums, n, direction, lambda);
    },
  };
}

/** From a sum over the n rows to its mean, with the penalty's share 2 lambda `weights` added; in place. */
export function finishGradient(sums: Float64Array, n: number, weights: Float64Array, lambda: number): Float64Array {
  for (let i = 0; i < sums.length; i++) sums[i]! /= n;
  addScaled(sums, 2 * lambda, weights);
  return sums;
}
