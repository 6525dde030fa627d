// Axes that end at whole steps, and labels that do not lie on one another.

const niceSteps = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2];
const mostSteps = 6;

/** An accuracy axis that holds the values between two whole steps, in at most six steps and within 0 to 1. */
export function toAxis(values: readonly number[]): { low: number; high: number; step: number } {
  const smallest = Math.min(...values);
  const largest = Math.max(...values);
  for (const step of niceSteps) {
    // A thousandth of a step is a rounding error of binary fractions, and no reason for another step.
    const first = Math.max(0, Math.floor(smallest / step + 1e-3));
    const last = Math.min(Math.round(1 / step), Math.max(first + 1, Math.ceil(largest / step - 1e-3)));
    if (last - first <= mostSteps) return { low: toStep(first, step), high: toStep(last, step), step };
  }
  return { low: 0, high: 1, step: 0.2 };
}

const toStep = (count: number, step: number): number => Number((count * step).toFixed(3));

/** Places moved on where they would be nearer to one another than `apart`; each at the place of its own in the list. */
export function keepApart(places: readonly number[], apart: number): number[] {
  const moved = [...places];
  let free = -Infinity;
  for (const index of [...places.keys()].sort((a, b) => places[a]! - places[b]!)) {
    moved[index] = Math.max(places[index]!, free);
    free = moved[index] + apart;
  }
  return moved;
}
