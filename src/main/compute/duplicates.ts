// Pictures that are nearly the same: stored anew, scaled, compressed again, brightened. Features bring up candidates, the
// pixels decide; what the model alone takes for alike is not the same picture.
import type { ComputeCalls, ComputeEvents } from '../../shared/compute-contract.ts';
import { decodePicture } from './decode.ts';
import { mapInParallel } from './in-parallel.ts';
import { forEachNeighbours } from './ranking/neighbours.ts';
import type { FeatureMatrix } from './representer/feature-matrix.ts';

/** Nearest images that are looked at, and how near they must be by the cosine of their features. */
const candidates = 5;
const leastCosine = 0.9;
/** Pictures are compared as so many pixels a side, by the correlation of all their values: blind to size and brightness. */
const side = 16;
const leastCorrelation = 0.98;
/** A picture of one colour has nothing to be told by, in standard deviations of 255 levels. */
const flat = 2;
const picturesAtOnce = 16;

/** Pairs of places among the rows, each once. A picture that cannot be read is in none. */
export async function findNearDuplicates(
  matrix: FeatureMatrix,
  { rows, paths }: ComputeCalls['duplicates.find']['params'],
  report: (progress: ComputeEvents['progress']) => void,
  signal: AbortSignal,
): Promise<ComputeCalls['duplicates.find']['result']> {
  const possible: [number, number][] = [];
  await forEachNeighbours(matrix, rows, candidates, signal, (own, nearest) => {
    if (own % 1000 === 0) report({ done: own, total: rows.length, stage: 'comparing-features' });
    for (const { row, cosine } of nearest)
      if (cosine >= leastCosine) possible.push([Math.min(own, row), Math.max(own, row)]);
  });
  const unique = [...new Map(possible.map((pair) => [pair.join(' '), pair])).values()];
  const wanted = [...new Set(unique.flat())];
  const looks = new Map<number, Float32Array>();
  await mapInParallel(wanted, picturesAtOnce, async (place) => {
    signal.throwIfAborted();
    const look = await readLook(paths[place]!).catch(() => null);
    if (look) looks.set(place, look);
    if (looks.size % 200 === 0) report({ done: looks.size, total: wanted.length, stage: 'comparing-pictures' });
  });
  const pairs = unique.filter(([a, b]) => {
    const [first, second] = [looks.get(a), looks.get(b)];
    return first && second && first.reduce((sum, value, at) => sum + value * second[at]!, 0) >= leastCorrelation;
  });
  return { pairs };
}

/** The values of a small picture with mean 0 and length 1, so that the product of two is their correlation; null where flat. */
async function readLook(path: string): Promise<Float32Array | null> {
  const pixels = await decodePicture(path, { width: side, height: side, shortestSide: null });
  const values = Float32Array.from(pixels);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const length = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0));
  return length < flat * Math.sqrt(values.length) ? null : values.map((value) => (value - mean) / length);
}
