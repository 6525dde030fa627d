// Truncated Newton: each step solves H D = -G by preconditioned conjugate gradients, as exactly as it is worth.
import type { Descent, DescentOptions } from './lbfgs.ts';
import type { Objective, Point } from './objective.ts';
import type { Precondition } from './preconditioner.ts';
import { addScaled, dot, norm, stepFrom } from './vectors.ts';

const maxInnerSteps = 200;
const maxHalvings = 12;
const sufficientDecrease = 1e-4;
/** Relative differences of the objective below this are rounding; there the gradient decides. */
const noise = 1e-13;

/** Goes on from `start` until `isDone`, or until no step helps any more. Slower than L-BFGS at first, surer at the end. */
export async function polish(
  objective: Objective,
  start: Point,
  classes: number,
  { precondition, isDone, maxIterations }: DescentOptions,
): Promise<Descent> {
  const residuals = new Float64Array(objective.products.rowCount * classes);
  let point = await objective.evaluate(start.weights, residuals);
  for (let iterations = 0; ; iterations++) {
    if (await isDone(point)) return { point, iterations, isDone: true };
    if (iterations === maxIterations) return { point, iterations, isDone: false };
    const direction = await solveNewton(objective, point.gradient, residuals, precondition);
    const next = await takeStep(objective, point, direction, residuals);
    if (!next) return { point, iterations, isDone: false };
    point = next;
  }
}

async function takeStep(
  objective: Objective,
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
  objective: Objective,
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
