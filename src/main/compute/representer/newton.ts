// Truncated Newton: each step solves H D = -G by preconditioned conjugate gradients, as exactly as it is worth.
import type { Descent, DescentOptions } from './lbfgs.ts';
import type { ExactObjective, Point } from './objective.ts';
import type { Precondition } from './preconditioner.ts';
import { addScaled, dot, norm, stepFrom } from './vectors.ts';

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
    if (iterations === maxIterations || (await isDone(point))) return { point, iterations };
    const direction = await solveNewton(objective, point.gradient, residuals, precondition);
    const next = await takeStep(objective, point, direction, residuals);
    // What was tried last has left its residuals.
    if (!next) return { point: await objective.evaluate(point.weights, residuals), iterations };
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

/** -H^-1 G up to a residual of min(0.1, sqrt(||G||)) ||G||. */
async function solveNewton(
  objective: ExactObjective,
  gradient: Float64Array,
  residuals: Float64Array,
  precondition: Precondition,
): Promise<Float64Array> {
  const size = norm(gradient);
  const target = Math.min(0.1, Math.sqrt(size)) * size;
  const solution = new Float64Array(gradient.length);
  const rest = gradient.map((value) => -value);
  let conditioned = await precondition(rest);
  let direction = conditioned;
  let product = dot(rest, conditioned);
  for (let step = 0; step < maxInnerSteps && norm(rest) > target; step++) {
    const curved = await objective.curve(direction, residuals);
    const length = product / dot(direction, curved);
    addScaled(solution, length, direction);
    addScaled(rest, -length, curved);
    conditioned = await precondition(rest);
    const nextProduct = dot(rest, conditioned);
    direction = stepFrom(conditioned, nextProduct / product, direction);
    product = nextProduct;
  }
  return solution;
}
