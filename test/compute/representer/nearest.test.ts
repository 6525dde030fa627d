import { expect, it } from 'vitest';
import { FeatureMatrix } from '../../../src/main/compute/representer/feature-matrix.ts';
import { findNearest } from '../../../src/main/compute/representer/nearest.ts';
import { createRandom } from '../../../src/shared/random.ts';

const go = new AbortController().signal;

it('finds the largest cosines, as comparing all of them does', async () => {
  const [rows, dimensions] = [20_000, 7];
  const random = createRandom(5);
  const matrix = new FeatureMatrix(rows, dimensions);
  matrix.fill(
    0,
    Float32Array.from({ length: rows * dimensions }, () => random() - 0.4),
  );
  const cosine = (a: number, b: number) => {
    const dot = (x: number, y: number) => matrix.row(x).reduce((sum, value, j) => sum + value * matrix.row(y)[j]!, 0);
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  };
  const candidates = Int32Array.from({ length: rows / 2 }, (_, i) => 2 * i);
  const found = await findNearest(matrix, candidates, { row: 40, count: 5 }, go);
  const all = [...candidates].filter((row) => row !== 40).map((row) => ({ row, cosine: cosine(40, row) }));
  all.sort((a, b) => b.cosine - a.cosine);
  expect([...found.rows]).toEqual(all.slice(0, 5).map(({ row }) => row));
  for (const [index, similarity] of found.similarities.entries()) expect(similarity).toBeCloseTo(all[index]!.cosine, 6);
});

it('passes over rows without a direction, and refuses a row that is not there', async () => {
  const matrix = new FeatureMatrix(3, 2);
  matrix.fill(0, Float32Array.of(1, 0, 0, 0, Number.NaN, 1));
  expect(await findNearest(matrix, Int32Array.of(0, 1, 2), { row: 0, count: 5 }, go)).toEqual({
    rows: new Int32Array(0),
    similarities: new Float64Array(0),
  });
  await expect(findNearest(matrix, Int32Array.of(0), { row: 3, count: 1 }, go)).rejects.toMatchObject({
    code: 'bad-request',
  });
  await expect(findNearest(matrix, Int32Array.of(0, 1), { row: 0, count: 1 }, AbortSignal.abort())).rejects.toThrow();
});
