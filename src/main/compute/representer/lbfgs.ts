// Limited-memory BFGS with a preconditioner as its initial inverse Hessian (Nocedal and Wright, chapter 7).
import { searchLine } from './line-search.ts';
import type { Objective, DescentPoint, Point } from './objective.ts';
import type { Precondition } from './preconditioner.ts';
import { addScaled, dot, norm, stepFrom } from './vectors.ts';

const usualPairs = 20;
const usualPatience = 25;

export interface Descent<P extends DescentPoint = Point> {
  point: P;
  iterations: number;
  /** Whether `isDone` ended it. */
  isDone: boolean;
}

/** What a descent has learned of the curvature, for one that goes on from where it ended. */
export type Memory = Pair[];

export interface DescentOptions<P extends DescentPoint = Point> {
  precondition: Precondition;
  /** Asked at every point. */
  isDone: (point: P) => boolean | Promise<boolean>;
  maxIterations: number;
  /** Told after every iteration how many there were. */
  onIteration?: (iterations: number) => void;
}

export interface DescendOptions<P extends DescentPoint = Point> extends DescentOptions<P> {
  memory?: Memory;
  /** How many steps are remembered, 20 where left out: each takes two arrays as large as W. */
  maxPairs?: number;
  /** Iterations without a smaller gradient after which there is nothing left to gain in this precision. */
  patience?: number;
}

interface Pair {
  step: Float64Array;
  change: Float64Array;
  /** 1 / (step . change). */
  rho: number;
}

/** Goes down from `start` until `isDone`, or until no step makes the gradient smaller any more. */
export async function descend<P extends DescentPoint>(
  objective: Objective<P>,
  start: P,
  {
    precondition,
    isDone,
    maxIterations,
    onIteration,
    memory = [],
    patience = usualPatience,
    maxPairs = usualPairs,
  }: DescendOptions<P>,
): Promise<Descent<P> & { memory: Memory }> {
  const pairs = memory.slice();
  let point = start;
  let best = { point, iterations: 0, memory: pairs.slice() };
  for (let iterations = 0; ; iterations++) {
    if (norm(point.gradient) < norm(best.point.gradient)) best = { point, iterations, memory: pairs.slice() };
    if (await isDone(point)) return { point, iterations, memory: pairs, isDone: true };
    const isStuck = iterations === maxIterations || iterations - best.iterations > patience;
    const next = isStuck
      ? null
      : await searchLine(objective, point, await toDirection(point.gradient, pairs, precondition));
    if (!next) return { ...best, iterations, isDone: false };
    remember(pairs, maxPairs, stepFrom(next.weights, -1, point.weights), stepFrom(next.gradient, -1, point.gradient));
    point = next;
    onIteration?.(iterations + 1);
  }
}

function remember(pairs: Pair[], maxPairs: number, step: Float64Array, change: Float64Array): void {
  const curvature = dot(step, change);
  if (!(curvature > 0)) return;
  pairs.push({ step, change, rho: 1 / curvature });
  if (pairs.length > maxPairs) pairs.shift();
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
