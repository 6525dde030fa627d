// Preconditioned conjugate gradients for H X = B with the Hessian H of a fit (Nocedal and Wright, algorithm 5.3).
import type { Precondition } from './preconditioner.ts';
import { addScaled, dot, norm, stepFrom } from './vectors.ts';

export interface SolveOptions {
  precondition: Precondition;
  /** Largest norm of what is left of B, relative to that of B. */
  tolerance: number;
  maxSteps: number;
  /** So many times the matrix that `precondition` is the inverse of is added to H; 0 where left out. */
  damping?: number;
}

/** X (as long as B) of H X = B, `curve` being the product with H. */
export async function solve(
  curve: (direction: Float64Array) => Promise<Float64Array>,
  right: Float64Array,
  { precondition, tolerance, maxSteps, damping = 0 }: SolveOptions,
): Promise<Float64Array> {
  const target = tolerance * norm(right);
  const solution = new Float64Array(right.length);
  const rest = right.slice();
  let conditioned = await precondition(rest);
  let direction = conditioned;
  // That matrix times the direction, which costs no product: times what was preconditioned it is what was given.
  let damped: Float64Array = rest.slice();
  let product = dot(rest, conditioned);
  for (let step = 0; step < maxSteps && norm(rest) > target; step++) {
    const curved = await curve(direction);
    addScaled(curved, damping, damped);
    const length = product / dot(direction, curved);
    addScaled(solution, length, direction);
    addScaled(rest, -length, curved);
    conditioned = await precondition(rest);
    const nextProduct = dot(rest, conditioned);
    direction = stepFrom(conditioned, nextProduct / product, direction);
    damped = stepFrom(rest, nextProduct / product, damped);
    product = nextProduct;
  }
  return solution;
}
