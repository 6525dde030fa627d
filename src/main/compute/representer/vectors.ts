// Sums over whole arrays, in float64.

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

export const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));

/** target += factor * source, in place. */
export function addScaled(target: Float64Array, factor: number, source: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i]! += factor * source[i]!;
}

/** base + factor * direction, as a new array. */
export function stepFrom(base: Float64Array, factor: number, direction: Float64Array): Float64Array {
  const result = base.slice();
  addScaled(result, factor, direction);
  return result;
}
