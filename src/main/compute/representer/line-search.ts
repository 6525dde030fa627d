// How far to go along a direction: Wolfe's conditions for a convex objective, where the slope alone says on which side of
// the minimum a point lies.
import type { Objective, DescentPoint } from './objective.ts';
import { dot, stepFrom } from './vectors.ts';

const sufficientDecrease = 1e-4;
const slopeLeft = 0.9;
/** Relative differences of the objective below this are rounding; there slopes decide (Hager and Zhang 2005). */
const noise = 1e-7;
const maxTrials = 20;

/** The first point along `direction` (a descent direction) that fulfils the conditions, or null where none was found. */
export async function searchLine<P extends DescentPoint>(
  objective: Objective<P>,
  start: P,
  direction: Float64Array,
): Promise<P | null> {
  const startSlope = dot(start.gradient, direction);
  let low = { t: 0, slope: startSlope };
  let high: { t: number; slope: number } | null = null;
  let t = 1;
  for (let trial = 0; trial < maxTrials; trial++) {
    const point = await objective.evaluate(stepFrom(start.weights, t, direction));
    const slope = dot(point.gradient, direction);
    const allowed = Math.max(sufficientDecrease * t * startSlope, noise * Math.abs(start.value));
    if (!(point.value <= start.value + allowed) || slope > slopeLeft * -startSlope) high = { t, slope };
    else if (slope < slopeLeft * startSlope) low = { t, slope };
    else return point;
    t = high ? between(low, high) : 4 * t;
  }
  return null;
}

/** Where the slope would be zero if it were linear, kept off both ends. */
function between(low: { t: number; slope: number }, high: { t: number; slope: number }): number {
  const width = high.t - low.t;
  const share = high.slope > 0 ? low.slope / (low.slope - high.slope) : 0.5;
  return low.t + width * Math.min(0.9, Math.max(0.1, Number.isFinite(share) ? share : 0.5));
}
