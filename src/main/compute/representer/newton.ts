// Truncated Newton: each step solves H D = -G by preconditioned conjugate gradients, as exactly as it is worth.
import { solve } from './conjugate-gradients.ts';
import type { Descent, DescentOptions } from './lbfgs.ts';
import type { ExactObjective, Point } from './objective.ts';
import { dot, norm, stepFrom } from './vectors.ts';

const maxInnerSteps = 200;
const maxHalvings = 12;
const sufficientDecrease = 1e-4;
/** Relative differences of the objective below this are rounding; there the gradient decides. */
const noise = 1e-13;

/**
 * Goes on from `start` until `isDone`, or until no step helps any more; slower than L-BFGS at first, surer at the end.
 * `residuals` (n x C) are those of the point it ends at.
 */
export async function polish(
  objective: ExactObjective,
  start: Float64Array,
  residuals: Float64Array,
  { precondition, isDone, maxIterations, onIteration }: DescentOptions,
): Promise<Descent> {
  let point = await objective.evaluate(start, residuals);
  for (let iterations = 0; ; iterations++) {
    if (await isDone(point)) return { point, iterations, isDone: true };
    if (iterations === maxIterations) return { point, iterations, isDone: false };
    const curve = (step: Float64Array) => objective.curve(step, residuals);
    // As exactly as it is worth: the nearer the end, the more so.
    const tolerance = Math.min(0.1, Math.sqrt(norm(point.gradient)));
    const solution = await solve(curve, point.gradient, { precondition, tolerance, maxSteps: maxInnerSteps });
    const direction = solution.map((value) => -value);
    const next = await takeStep(objective, point, direction, residuals);
    // What was tried last has left its residuals.
    if (!next) return { point: await objective.evaluate(point.weights, residuals), iterations, isDone: false };
    point = next;
    onIteration?.(iterations + 1);
  }
}

async function takeStep(
  objective: ExactObjective,
  start: Point,
  direction: Float64Array,
  residuals: Float64Array,
): Promise<Point | null> {
  const slope = dot(start.gradient, direction);
  for (let halvings = 0, t = 1; halvings < maxHalvings; halvings++, t /= 2) {
    const point = await objective.evaluate(stepFrom(start.weights, t, direction), residuals);
    if (point.value <= start.value + sufficientDecrease * t * slope) return point;
    const isLevel = point.value <= start.value + noise * Math.abs(start.value);
    if (isLevel && norm(point.gradient) < norm(start.gradient)) return point;
  }
  return null;
}
