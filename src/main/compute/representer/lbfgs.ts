// Limited-memory BFGS with a preconditioner as its initial inverse Hessian (Nocedal and Wright, chapter 7).
import { searchLine } from './line-search.ts';
import type { Objective, Point } from './objective.ts';
import type { Precondition } from './preconditioner.ts';
import { addScaled, dot, norm, stepFrom } from './vectors.ts';

const memory = 20;
/** Iterations without a smaller gradient after which there is nothing left to gain in this precision. */
const patience = 25;

export interface Descent {
  point: Point;
  iterations: number;
}

export interface DescentOptions {
  precondition: Precondition;
  /** Asked at every point. */
  isDone: (point: Point) => Promise<boolean>;
  maxIterations: number;
  /** Told after every iteration how many there were. */
  onIteration?: (iterations: number) => void;
}

interface Pair {
  step: Float64Array;
  change: Float64Array;
  /** 1 / (step . change). */
  rho: number;
}

/** Goes down from `start` until `isDone`, or until no step makes the gradient smaller any more. */
export async function descend(
  objective: Objective,
  start: Point,
  { precondition, isDone, maxIterations, onIteration }: DescentOptions,
): Promise<Descent> {
  const pairs: Pair[] = [];
  let point = start;
  let best = start;
  let bestAt = 0;
  for (let iterations = 0; ; iterations++) {
    if (await isDone(point)) return { point, iterations };
    if (norm(point.gradient) < norm(best.gradient)) [best, bestAt] = [point, iterations];
    if (iterations === maxIterations || iterations - bestAt > patience) return { point: best, iterations };
    const direction = await toDirection(point.gradient, pairs, precondition);
    const next = await searchLine(objective, point, direction);
    if (!next) return { point: best, iterations };
    remember(pairs, stepFrom(next.weights, -1, point.weights), stepFrom(next.gradient, -1, point.gradient));
    point = next;
    onIteration?.(iterations + 1);
  }
}

function remember(pairs: Pair[], step: Float64Array, change: Float64Array): void {
  const curvature = dot(step, change);
  if (!(curvature > 0)) return;
  pairs.push({ step, change, rho: 1 / curvature });
  if (pairs.length > memory) pairs.shift();
}

/** Minus the gradient times the inverse Hessian that the pairs and the preconditioner make up. */
async function toDirection(gradient: Float64Array, pairs: Pair[], precondition: Precondition): Promise<Float64Array> {
  const rest = gradient.slice();
  const shares = pairs.map(() => 0);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, rho } = pairs[i]!;
    shares[i] = rho * dot(step, rest);
    addScaled(rest, -shares[i]!, change);
  }
  const direction = await precondition(rest);
  pairs.forEach(({ step, change, rho }, i) => {
    addScaled(direction, shares[i]! - rho * dot(change, direction), step);
  });
  return direction.map((value) => -value);
}
